"""The field that finds a neuron, a synapse or a layer by its address."""

from PySide6.QtCore import Signal

from viz3d.live.widgets.asking.command_box import CommandLine


class SearchLine(CommandLine):
    """`entered` brings an address; what is wrong with it is marked until it is changed.

    After a good one, call `accept`; after another, `refuse`.
    """

    entered = Signal(str)
    verbs = False

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Find …")
        self.setAccessibleName("Find by address")
        self.setToolTip("Find a neuron, a synapse or a layer by its address (Ctrl+F), such as hidden1:17")
        self.setProperty("role", "small")
        self.setFixedHeight(26)
        self.setMinimumWidth(40)
        self.returnPressed.connect(self._enter)
        self.textEdited.connect(lambda _text: self.refuse(""))
        self.left.connect(lambda: self.refuse(""))

    def accept(self) -> None:
        """It was found: empty the field, and keep the address for the up key."""
        self.remember(self.text().strip())
        self.setText("")
        self.refuse("")

    def refuse(self, why: str) -> None:
        """Mark the field, with what is wrong under the pointer; "" for nothing."""
        self.setProperty("wrong", bool(why))
        self.style().unpolish(self)
        self.style().polish(self)

    def _enter(self) -> None:
        if self.text().strip():
            self.entered.emit(self.text().strip())
