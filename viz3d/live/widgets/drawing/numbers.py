"""The numbers that a network reads where its input is no picture: a name, a bar and a value in each row."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from viz3d.live.widgets.parts import LEFT, RIGHT, Painted, cut
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number

_ROW, _MOST = 24, 9  # px, and rows that there is room for
_NAME, _VALUE = 104, 52  # px


@dataclass(frozen=True)
class Entry:
    """One number: its name, its value as it was found, and what the network makes of it, 0..1."""

    name: str
    value: float
    share: float


class Numbers(Painted):
    """Rows of numbers; where there are more than have room, the last row counts the others."""

    def __init__(self, side: int = 216) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self.setAccessibleName("The numbers that are read")
        self._entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these."""
        self._entries = tuple(entries)
        self.setToolTip("\n".join(f"{each.name}: {each.value:g}" for each in self._entries[:40]))
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the rows."""
        fit = len(self._entries) <= _MOST
        shown = self._entries if fit else self._entries[: _MOST - 1]
        for place, entry in enumerate(shown):
            self._draw(painter, look, entry, place * _ROW)
        if not fit:
            painter.setPen(look.faint)
            painter.setFont(font("regular", CAPTION))
            rest = QRectF(0, len(shown) * _ROW, self.width(), _ROW)
            painter.drawText(rest, LEFT, f"and {len(self._entries) - len(shown):,} more")

    def _draw(self, painter: QPainter, look: Look, entry: Entry, top: float) -> None:
        wide = self.width()
        painter.setFont(font("regular", TEXT))
        painter.setPen(look.soft)
        painter.drawText(QRectF(0, top, _NAME, _ROW), LEFT, cut(painter, entry.name, _NAME - 8))
        painter.setPen(look.text)
        painter.drawText(QRectF(wide - _VALUE, top, _VALUE, _ROW), RIGHT, number(entry.value))
        bar = QRectF(_NAME, top + _ROW / 2 - 2, wide - _NAME - _VALUE - 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(look.excite)
        filled = bar.width() * min(max(entry.share, 0.0), 1.0)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(filled, 1.5), 4), 2, 2)
