"""The page of a synapse: its address, its weight, and what changes it."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import button, elided, label, recolour
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import number


@dataclass(frozen=True)
class SynapseChange:
    """A synapse that can be changed, for one image.

    Attributes:
        address: as people type it, `hidden1:201 -> hidden2:5`.
        weight: None where there is no such synapse.
        offered: the weight that the slider begins at where there is none.
        most: the largest weight of either sign that the slider offers.
        step: what a nudge adds.
        activation: of the neuron that it comes from.
        edited: whether a person changed it.
    """

    address: str
    weight: float | None
    offered: float
    most: float
    step: float
    activation: float
    edited: bool = False

    @property
    def there(self) -> bool:
        """Whether there is such a synapse."""
        return self.weight is not None


class SynapsePanel(QWidget):
    """One synapse: `tell_with` takes the part that tells more of it.

    Signals: `sliding` and `chosen` bring a weight, the first at each move, the second once when the hand
    rests; `nudged` what is to be added to it; `cut` whether it shall be cut.

    Attributes:
        card: what is shown, None for nothing.
    """

    sliding = Signal(float)
    chosen = Signal(float)
    nudged = Signal(float)
    cut = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.card: SynapseChange | None = None
        self._name, self._value, self._note = elided("head"), label("", "name"), elided("soft")
        self.weight = Setting("Set to", Scale(-1, 1), lambda x: number(x, signed=True), "Give it a weight")
        self.down, self.up = button("", "Make its weight less"), button("", "Make its weight more")
        self.gone = button("Cut", "Take it away (Delete)", checkable=True)
        self._told = QVBoxLayout()
        names, row, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        names.addWidget(self._name, 1)
        names.addWidget(self._value)
        row.setSpacing(8)
        for each in (self.down, self.up, self.gone):
            row.addWidget(each, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(names)
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addLayout(self._told)
        column.addWidget(label("CHANGE IT", "section"))
        column.addWidget(self.weight)
        column.addSpacing(4)
        column.addLayout(row)
        column.addStretch(1)
        self.weight.sliding.connect(self.sliding)
        self.weight.chosen.connect(self.chosen)
        self.down.clicked.connect(lambda _on: self.nudged.emit(-self.card.step if self.card else 0.0))
        self.up.clicked.connect(lambda _on: self.nudged.emit(self.card.step if self.card else 0.0))
        self.gone.clicked.connect(self.cut)

    def tell_with(self, part: QWidget) -> None:
        """Show a part between the name and what changes it."""
        self._told.addWidget(part)
        self._told.addSpacing(8)

    def set_card(self, card: SynapseChange | None) -> None:
        """Show a synapse, or with None nothing."""
        self.card = card
        if card is None:
            return
        self._name.setText(card.address.replace("->", "→"))
        self._value.setText("–" if card.weight is None else number(card.weight, 3, signed=True))
        recolour(self._value, "accent" if card.edited else "name")
        self._note.setText(_note(card))
        self.weight.set_scale(Scale(-card.most, card.most))
        self.weight.set_value(card.weight or 0.0)
        for each, sign in ((self.down, "−"), (self.up, "+")):
            each.setText(f"Nudge {sign}{number(card.step)}")
            each.setAccessibleName(each.text())
            each.setEnabled(card.there)
        self.gone.setChecked(not card.there)
        self.gone.setText("Cut" if card.there else "Put back" if card.edited else "Add it")
        self.gone.setToolTip("Take it away (Delete)" if card.there else "Put a synapse here (Delete)")


def _note(card: SynapseChange) -> str:
    if card.weight is None:
        return "not there: give it a weight"
    product = number(card.weight * card.activation, 3, signed=True)
    return f"weight × activation: {number(card.weight)} × {number(card.activation)} = {product}"
