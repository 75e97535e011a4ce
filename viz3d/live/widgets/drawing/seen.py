"""What the net sees: a small picture whose pixels can be painted."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, qRgb

from scenes.light.theme import Theme
from viz3d.live.widgets.parts import Painted, framed
from viz3d.live.widgets.pictures import Picture, colour_image, fitted, heat
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import Look

_ROUND = 6  # px, radius of the corners
_STEPS = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}


@lru_cache(maxsize=8)
def _greys(theme: Theme) -> NDArray[np.uint32]:
    """The scene's colour of each grey as Qt has it, (256,)."""
    colours = heat(np.arange(256, dtype=np.float32)[None] / 255, theme)[0]
    return np.array([qRgb(*each) for each in colours.tolist()], np.uint32)


def _in_colour(picture: Picture, theme: Theme) -> QImage:
    """A grey uint8 (h, w) in the scene's colours; it owns its memory."""
    pixels, (high, wide) = _greys(theme)[picture], picture.shape
    return QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()


class Seen(Painted):
    """The picture that goes into the net; its pixels can be painted, or taken away with the right button.

    `painted` brings a uint8 of the picture's shape at each pixel that a hand changes, not after
    `set_picture`; `rested` brings the same once, when the hand lets go after it has changed something.

    Attributes:
        ink: what a painted pixel becomes, 255 or 0; taken away it becomes the other.
        erases: whether the left button takes ink away too.
    """

    role = Role.Canvas
    painted = Signal(object)
    rested = Signal(object)

    def __init__(self, side: int = 88) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("What the network sees")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        told = "What goes into the network; paint pixels (right button: take away), or use arrows and Return"
        self.setToolTip(told)
        self._picture: Picture = np.zeros((28, 28), np.uint8)
        self._last: tuple[int, int] | None = None
        self._at = 14, 14  # the pixel that keys paint
        self._touched, self.ink, self.erases = False, 255, False

    def picture(self) -> Picture:
        """What is shown: uint8 (h, w), or (h, w, 3) in colour."""
        return self._picture.copy()

    def set_picture(self, picture: Picture) -> None:
        """Show a uint8 (h, w), or (h, w, 3) in colour."""
        before, self._picture = self._picture, picture.copy()
        self._at = min(self._at[0], picture.shape[0] - 1), min(self._at[1], picture.shape[1] - 1)
        edge = math.ceil(_ROUND * max(picture.shape) / self.width())
        if before.shape == picture.shape:
            changed = before != picture
            changed[edge:-edge, edge:-edge] = False
            if not changed.any():
                self.update(self._middle)
                return
        self.update()

    @property
    def _middle(self) -> QRect:
        """All but the round corners."""
        return self.rect().adjusted(_ROUND, _ROUND, -_ROUND, -_ROUND)

    def _pixel(self, place: QPointF) -> tuple[int, int]:
        high, wide = self._picture.shape[:2]
        box = fitted(QRectF(self.rect()), (high, wide))
        x = math.floor((place.x() - box.x()) / box.width() * wide)
        y = math.floor((place.y() - box.y()) / box.height() * high)
        return min(max(y, 0), high - 1), min(max(x, 0), wide - 1)

    def _paint_to(self, end: tuple[int, int], value: int) -> None:
        """Paint all pixels from the last one to this: a quick hand leaves no gaps."""
        start = self._last or end
        count = max(abs(end[0] - start[0]), abs(end[1] - start[1])) + 1
        rows = np.linspace(start[0], end[0], count).round().astype(int)
        columns = np.linspace(start[1], end[1], count).round().astype(int)
        self._last = end
        before = self._picture.copy()
        self._picture[rows, columns] = value
        if not np.array_equal(before, self._picture):
            self._touched = True
            self.update()
            self.painted.emit(self.picture())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Paint one pixel."""
        self._last = None
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint on."""
        held = event.buttons()
        if held & (Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton):
            adds = bool(held & Qt.MouseButton.LeftButton) and not self.erases
            self._paint_to(self._pixel(event.position()), self.ink if adds else 255 - self.ink)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows lead from pixel to pixel, Return or Space paints one, or takes it away."""
        (row, column), (high, wide) = self._at, self._picture.shape[:2]
        if event.key() in _STEPS:
            down, right = _STEPS[Qt.Key(event.key())]
            self._at = min(max(row + down, 0), high - 1), min(max(column + right, 0), wide - 1)
            self.update()
            speak(self, f"row {self._at[0]}, column {self._at[1]}: {self._told_at()}")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._last, full = None, bool(np.all(self._picture[self._at] == self.ink))
            self._paint_to(self._at, 255 - self.ink if full else self.ink)
            speak(self, self._told_at())
            self._rest()
        else:
            super().keyPressEvent(event)

    def _told_at(self) -> str:
        """What the pixel has that keys paint: ink, or its colour, of 255."""
        return " ".join(map(str, np.atleast_1d(self._picture[self._at])))

    def _rest(self) -> None:
        if self._touched:
            self._touched = False
            self.rested.emit(self.picture())

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the pixels as the scene's input does: grey ones in its colours."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        box = QRectF(self.rect())

        def fill() -> None:
            painter.fillRect(box, QColor(*look.theme.idle_pixel))
            picture = self._picture
            image = _in_colour(picture, look.theme) if picture.ndim == 2 else colour_image(picture)
            painter.drawImage(fitted(box, picture.shape), image)

        if self._middle.contains(self.exposed.boundingRect()):
            fill()  # its corners are not touched: to cut them off takes longer than all else
        else:
            framed(painter, box, _ROUND, fill)
        if self.hasFocus():
            whole, (high, wide) = fitted(box, self._picture.shape), self._picture.shape[:2]
            cell = QRectF(0, 0, whole.width() / wide, whole.height() / high)
            cell.moveTo(whole.x() + self._at[1] * cell.width(), whole.y() + self._at[0] * cell.height())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.accent, 1.5))
            painter.drawRect(cell.adjusted(-1, -1, 1, 1))
