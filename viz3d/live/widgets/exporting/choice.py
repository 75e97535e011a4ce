"""A row of buttons, one of which is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import button


class Choice(QWidget):
    """One of a few: (key, words, tip) each. `chosen` brings the key that a person chose.

    across: buttons in a row; None: all of them.
    """

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str, str]], name: str, across: int | None = None) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        across = across or len(options)
        for first in range(0, len(options), across):
            row = QHBoxLayout()
            row.setSpacing(4)
            for key, words, tip in options[first : first + across]:
                made = self._buttons[key] = button(words, tip, "quiet", checkable=True)
                made.clicked.connect(lambda _on, of=key: self.chosen.emit(of))
                self._group.addButton(made)
                row.addWidget(made)
            row.addStretch(1)
            column.addLayout(row)
        self.set_value(options[0][0])

    @property
    def value(self) -> str:
        """The key that is chosen."""
        return next(key for key, each in self._buttons.items() if each.isChecked())

    def set_value(self, key: str) -> None:
        """Choose, without a signal."""
        self._buttons[key].setChecked(True)

    def allow(self, key: str, on: bool, tip: str) -> None:
        """Let a key be chosen, or not: then the first one is, where it was; tip: why."""
        each = self._buttons[key]
        each.setEnabled(on)
        each.setToolTip(tip)
        if not on and each.isChecked():
            self.set_value(next(key for key, other in self._buttons.items() if other.isEnabled()))
