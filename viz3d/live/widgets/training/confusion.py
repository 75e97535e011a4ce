"""The confusion matrix: how often each class was read as each; a cell leads to its images."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QToolTip

from scenes.lettering.class_names import abbreviated
from viz3d.live.widgets.parts import CENTRE, RIGHT, Painted, cut
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import CAPTION, Look, font, with_alpha

_LEAST = 12  # px of a cell that has room for its count
_ROOMY, _WIDER = 26, 1.7  # px of a cell with room for four figures; how much wider than high a smaller one is
_HEAD, _LONGEST = 18.0, 84.0  # px beside the matrix: of figures, and of names at most
_SMALL, _LINE = 9, 11.0  # size of names of small cells, and px from one to the next
_ACROSS = 40.0  # px of a name over a column, at most
_BETWEEN = 3.0  # px between two of them
_CELLS = 4.0  # px of a cell that is drawn as one; smaller ones are points of a picture
_MARK = 7.0  # px of the line around such a point
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
Cell = tuple[int, int]  # class, what it was read as


class ConfusionMatrix(Painted):
    """Counts: each row a class, each column what it was read as.

    `chosen` brings class and answer of a cell that counts something. picked: the cell whose images are
    shown, lit: that the keys have come to; None where there is none.
    """

    role = Role.Chart
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Confusion matrix")
        self.setAccessibleDescription("Arrows walk over the cells, Enter shows the images of one")
        self.setMinimumSize(200, 150)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.picked: Cell | None = None
        self.lit: Cell | None = None
        self._names: Sequence[str] = ()
        self.set_counts(np.zeros((10, 10), np.int64))

    def set_counts(self, counts: np.ndarray, names: Sequence[str] = ()) -> None:
        """Show counts [truth, answer]; names: of the classes, where they are not their numbers."""
        self._counts, self._names, self._full = counts, names, self._shares_of(counts)
        metrics = QFontMetricsF(font("regular", CAPTION))
        self._widest = max(metrics.horizontalAdvance(self._name(k)) for k in range(len(counts)))
        self._head = min(max(self._widest + 8, _HEAD), _LONGEST)
        self.lit = None
        self.pick(None)

    def pick(self, cell: Cell | None) -> None:
        """Mark the cell whose images are shown."""
        self.picked = cell
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the cells, darker where there are more; a single misread image can still be seen."""
        wide, step = self._steps()
        painter.setFont(font("regular", CAPTION if step >= _ROOMY else _SMALL))
        self._write_names(painter, look, wide, step)
        if step < _CELLS:
            self._draw_points(painter, look, step)
        else:
            self._draw_cells(painter, look, wide, step)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell, colour in ((self.lit, look.soft), (self.picked, look.accent)):
            if cell is not None:
                painter.setPen(QPen(colour, 1.5))
                painter.drawRoundedRect(self._box(cell, wide, step), 3, 3)

    def _draw_cells(self, painter: QPainter, look: Look, wide: float, step: float) -> None:
        painter.setFont(font("regular", _size(f"{self._counts.max()}", wide, step)))
        for row, column in np.ndindex(self._counts.shape):
            count = int(self._counts[row, column])
            box = self._box((row, column), wide, step)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(look, row, column))
            painter.drawRoundedRect(box, 3, 3)
            if count and step >= _LEAST:
                painter.setPen(look.text)
                painter.drawText(box, CENTRE, f"{count}")

    def event(self, event: QEvent) -> bool:
        """Tell of the cell under the pointer what it counts: small ones have no room for it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.told(event.pos()), self)
            return True
        return super().event(event)

    def told(self, at: QPoint) -> str:
        """What the cell at a place counts, and that a click shows it; "" beside all cells."""
        cell = self.cell(at)
        if cell is None:
            return ""
        return self.words(cell) + ("; click to see them" if self._counts[cell] else "")

    def words(self, cell: Cell) -> str:
        """What a cell counts."""
        row, column = cell
        return f"{self._name(row)}, read as {self._name(column)}: {int(self._counts[cell]):,}"

    def cell(self, at: QPoint) -> Cell | None:
        """The cell at a place, of several in one point the one that is seen there; None beside all cells."""
        (wide, step), n = self._steps(), len(self._counts)
        column, row = int((at.x() - self._head) // wide), int((at.y() - _HEAD) // step)
        if not (0 <= row < n and 0 <= column < n):
            return None
        return (row, column) if step >= _CELLS else self._seen((row, column), step)

    def _seen(self, cell: Cell, step: float) -> Cell:
        """Of the cells that share a point with one the fullest; one on the diagonal hides all others."""
        block = self._block(step)
        rows, columns = (np.arange(k // block * block, len(self._counts))[:block] for k in cell)
        part = np.ix_(rows, columns)
        full = (self._full[part] + (rows[:, None] == columns)) * (self._counts[part] > 0)
        row, column = np.unravel_index(int(full.argmax()), full.shape)
        return (int(rows[row]), int(columns[column])) if full.any() else cell

    def _block(self, step: float) -> int:
        """How many cells so small share a point, along each side."""
        n = len(self._counts)
        return -(-n // max(int(n * step), 1))

    @property
    def foot(self) -> QPoint:
        """Where the last cell ends."""
        (wide, step), n = self._steps(), len(self._counts)
        return QPoint(math.ceil(self._head + n * wide), math.ceil(_HEAD + n * step))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show with the pointer whether a click shows images."""
        cell = self.cell(event.position().toPoint())
        counts = cell is not None and self._counts[cell] > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if counts else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.cell(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the cells, Enter chooses."""
        key, n = Qt.Key(event.key()), len(self._counts)
        if key in _STEPS:
            at, (down, right) = self.lit or self.picked, _STEPS[key]
            row, column = (0, 0) if at is None else (at[0] + down, at[1] + right)
            self.lit = (min(max(row, 0), n - 1), min(max(column, 0), n - 1))
            self.setAccessibleDescription(self.words(self.lit))
            self.update()
        elif key in _ENTERS and self.lit is not None:
            self._choose(self.lit)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Light up none."""
        super().focusOutEvent(event)
        self.lit = None
        self.update()

    def _choose(self, cell: Cell | None) -> None:
        if cell is not None and self._counts[cell]:
            self.chosen.emit(*cell)

    def _box(self, cell: Cell, wide: float, step: float) -> QRectF:
        (row, column), out = cell, -1.0 if step >= _CELLS else (_MARK - step) / 2
        box = QRectF(self._head + column * wide, _HEAD + row * step, wide, step)
        return box.adjusted(-out, -out, out, out)

    def _name(self, place: int) -> str:
        return self._names[place] if self._names else str(place)

    @staticmethod
    def _shares_of(counts: np.ndarray) -> NDArray[np.floating[Any]]:
        """How full each cell is, 0..1: on the diagonal against its row, elsewhere against all misread."""
        right = np.diag_indices(len(counts))
        wrong = counts.copy()
        wrong[right] = 0
        shares = np.sqrt(counts / max(int(wrong.max()), 1))
        shares[right] = np.sqrt(counts[right] / np.maximum(counts.max(axis=1), 1))
        return np.asarray(shares)

    def _colour(self, look: Look, row: int, column: int) -> QColor:
        if not self._counts[row, column]:
            return look.track
        return with_alpha(look.right if row == column else look.wrong, 0.08 + 0.6 * self._full[row, column])

    def _draw_points(self, painter: QPainter, look: Look, step: float) -> None:
        """Draw cells that are smaller than they can be seen: the fullest of those that share a pixel is."""
        n, block = len(self._counts), self._block(step)
        size = -(-n // block)
        full = np.zeros((2, size * block, size * block))
        full[0, :n, :n] = np.where(self._counts > 0, 0.3 + 0.7 * self._full, 0.0)
        both = np.diag_indices(n)
        full[1][both], full[0][both] = full[0][both], 0.0
        pixels = np.full((size, size, 4), _rgba(look.track), np.uint8)
        for shares, colour in zip(full, (look.wrong, look.right), strict=True):
            most = shares.reshape(size, block, size, block).max(axis=(1, 3))
            seen = most > 0
            pixels[seen] = _rgba(colour)
            pixels[seen, 3] = (255 * most[seen]).astype(np.uint8)
        image = QImage(pixels.data, size, size, 4 * size, QImage.Format.Format_RGBA8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(self._head, _HEAD, n * step, n * step), image)

    def _write_names(self, painter: QPainter, look: Look, wide: float, step: float) -> None:
        """Write the names that have room: of small cells every second or third one, and so on."""
        painter.setPen(look.faint)
        n, longest = len(self._counts), min(self._widest + 4, _ACROSS)
        for row in range(0, n, -int(-_LINE // step)):
            place = QRectF(0, _HEAD + (row + 0.5) * step - 8, self._head - 4, 16)
            painter.drawText(place, RIGHT, cut(painter, self._name(row), place.width()))
        each = -int(-longest // wide)
        for column in range(0, n, each):
            place = QRectF(self._head + (column + 0.5) * wide - each * wide / 2, 0, each * wide, 16)
            name, room = self._name(column), place.width() - _BETWEEN
            if self._names and cut(painter, name, room) != name:
                name = abbreviated(self._names, column)
            painter.drawText(place, CENTRE, cut(painter, name, room))

    def _steps(self) -> tuple[float, float]:
        """Width and height of a cell, px: as wide as high, but wider where its count would be cut else."""
        n = len(self._counts)
        room, high = (self.width() - self._head) / n, (self.height() - _HEAD) / n
        step = min(room, high)
        return (step if step >= _ROOMY or step < _CELLS else min(room, _WIDER * step)), step


def _size(widest: str, wide: float, high: float) -> int:
    """The largest size of figures, px, that a cell has room for."""
    for size in (CAPTION, CAPTION - 1):
        if QFontMetricsF(font("regular", size)).horizontalAdvance(widest) + 4 <= wide and size + 2 <= high:
            return size
    return CAPTION - 2


def _rgba(colour: QColor) -> tuple[int, int, int, int]:
    return colour.red(), colour.green(), colour.blue(), colour.alpha()
