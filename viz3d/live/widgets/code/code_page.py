"""The page at the right that shows the network as code, in two tabs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout

from engine.text.lines import CodeLine
from viz3d.live.widgets.code.code_view import CodeView
from viz3d.live.widgets.parts import Card, button, label

TABS = {"Text": "As viz3d writes a network", "PyTorch": "As a PyTorch module that computes the same"}


class CodePage(Card):
    """The network as text and as a PyTorch module.

    Signals: `pointed` the names of the layers of the line under the pointer, none of them for no line;
    `copied` the text that is to be copied.
    """

    pointed = Signal(tuple)
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, tuple[CodeLine, ...]] = dict.fromkeys(TABS, ())
        self.view = CodeView()
        self.tabs, group = (
            {name: button(name, tip, "quiet", checkable=True) for name, tip in TABS.items()},
            QButtonGroup(self),
        )
        self.copy = button("Copy", "Copy this code")
        row, column = QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 12)
        column.setSpacing(8)
        row.setSpacing(4)
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(label("CODE", "section"))
        row.addSpacing(8)
        for tab in self.tabs.values():
            group.addButton(tab)
            row.addWidget(tab)
        row.addStretch(1)
        row.addWidget(self.copy)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(label("Point at a line to see its layer light up.", "faint"))
        self.tabs["PyTorch"].setChecked(True)
        group.buttonClicked.connect(lambda _tab: self._show())
        self.view.pointed.connect(self._point)
        self.copy.clicked.connect(lambda _on: self.copied.emit(self.text() + "\n"))
        self.setAccessibleName("The network as code")

    @property
    def lines(self) -> tuple[CodeLine, ...]:
        """The lines of the tab that is open."""
        return self._lines[next(name for name, tab in self.tabs.items() if tab.isChecked())]

    def text(self) -> str:
        """The code of the tab that is open."""
        return "\n".join(line.text for line in self.lines)

    def set_code(self, text: Sequence[CodeLine], module: Sequence[CodeLine]) -> None:
        """Show a network's lines."""
        self._lines = dict(zip(TABS, (tuple(text), tuple(module)), strict=True))
        self._show()

    def _show(self) -> None:
        self.view.set_lines([line.text for line in self.lines])

    def _point(self, line: int) -> None:
        self.pointed.emit(self.lines[line].layers if 0 <= line < len(self.lines) else ())
