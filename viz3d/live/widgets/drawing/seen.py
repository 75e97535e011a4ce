"""What the net sees, and the inputs to take: small pictures that answer to a click."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from viz3d.live.widgets.parts import CENTRE, Painted, cut, framed
from viz3d.live.widgets.pictures import Picture, colour_image, fitted, heat, image_of
from viz3d.live.widgets.style import CAPTION, Look, font, with_alpha

_ROUND = 6  # px, radius of the corners
_PALE = 0.35  # of what cannot be taken
_GREYS = np.arange(256, dtype=np.float32)[None] / 255


class Seen(Painted):
    """The picture that goes into the net; its pixels can be painted, or taken away with the right button.

    `painted` brings a uint8 of the picture's shape at each pixel that a hand changes, not after
    `set_picture`; `rested` brings the same once, when the hand lets go after it has changed something.

    Attributes:
        ink: what a painted pixel becomes, 255 or 0; taken away it becomes the other.
    """

    painted = Signal(object)
    rested = Signal(object)

    def __init__(self, side: int = 88) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("What the network sees")
        self.setToolTip("What goes into the network; paint pixels, or take them away with the right button")
        self._picture: Picture = np.zeros((28, 28), np.uint8)
        self._last: tuple[int, int] | None = None
        self._touched, self.ink = False, 255

    def picture(self) -> Picture:
        """What is shown: uint8 (h, w), or (h, w, 3) in colour."""
        return self._picture.copy()

    def set_picture(self, picture: Picture) -> None:
        """Show a uint8 (h, w), or (h, w, 3) in colour."""
        before, self._picture = self._picture, picture.copy()
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

    def _paint_to(self, place: QPointF, value: int) -> None:
        """Paint all pixels from the last place to this: a quick hand leaves no gaps."""
        end = self._pixel(place)
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
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._paint_to(event.position(), self.ink)
        elif event.buttons() & Qt.MouseButton.RightButton:
            self._paint_to(event.position(), 255 - self.ink)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
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
            grey = picture.ndim == 2
            image = colour_image(heat(_GREYS, look.theme)[0, picture] if grey else picture)
            painter.drawImage(fitted(box, picture.shape), image)

        if self._middle.contains(self.exposed.boundingRect()):
            fill()  # its corners are not touched: to cut them off takes longer than all else
        else:
            framed(painter, box, _ROUND, fill)


class Samples(Painted):
    """Inputs to choose from, by mouse or with the arrow keys; `chosen` brings the place in the row."""

    chosen = Signal(int)

    def __init__(self, columns: int = 5, side: int = 30, gap: int = 8) -> None:
        super().__init__()
        self._most, self._side, self._gap = columns, side, gap
        self._columns, self._cell = columns, (side, side)
        self._pictures: list[Picture] = []
        self._names: Sequence[str] = ()
        self._current = self._under = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Digits to take")
        self.offer([np.zeros((28, 28), np.uint8)] * 2 * columns)

    def offer(self, pictures: list[Picture], names: Sequence[str] = ()) -> None:
        """Offer pictures, uint8 (h, w) or (h, w, 3); without any, for other inputs, the names of classes."""
        self._pictures, self._names, self._current = list(pictures), names, -1
        wide = (self._most * (self._side + self._gap) - 2 * self._gap) // 2
        self._columns, self._cell = (self._most, (self._side, self._side)) if pictures else (2, (wide, 24))
        rows = max(math.ceil(self._count / self._columns), 1)
        self.setFixedSize(
            self._columns * (self._cell[0] + self._gap) - self._gap,
            rows * (self._cell[1] + self._gap) - self._gap,
        )
        self.setToolTip("One test image of each class: click one to have it read")
        self.update()

    def refuse(self, why: str) -> None:
        """Let none be taken, and say why; "" lets them be."""
        self.setEnabled(not why)
        if why:
            self.setToolTip(why)
        self.update()

    @property
    def _count(self) -> int:
        return len(self._pictures or self._names)

    def set_current(self, place: int) -> None:
        """Mark one, or with -1 none."""
        if place != self._current:
            self._current = place
            self.update()

    def _box(self, place: int) -> QRectF:
        (wide, high), gap = self._cell, self._gap
        row, column = divmod(place, self._columns)
        return QRectF(column * (wide + gap), row * (high + gap), wide, high)

    def _at(self, point: QPointF) -> int:
        return next((k for k in range(self._count) if self._box(k).contains(point)), -1)

    def _choose(self, place: int) -> None:
        if 0 <= place < self._count:
            self.set_current(place)
            self.chosen.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose one."""
        self._choose(self._at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer, and name it."""
        self._under = self._at(event.position())
        if 0 <= self._under < len(self._names):
            self.setToolTip(f"{self._names[self._under]}: a test image of it, to have it read")
        hand = Qt.CursorShape.PointingHandCursor if self._under >= 0 else Qt.CursorShape.ArrowCursor
        self.setCursor(hand)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Light up nothing."""
        self._under = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns}
        steps[Qt.Key.Key_Down] = self._columns
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(0 if self._current < 0 else self._current + step)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw pictures, white on black, or names; the chosen one in a line of the accent."""
        painter.setOpacity(1.0 if self.isEnabled() else _PALE)
        for place in range(self._count):
            box = self._box(place)
            if self._pictures:
                framed(painter, box, 5, partial(painter.drawImage, box, image_of(self._pictures[place])))
            else:
                self._write(painter, look, place)
            if place == self._current:
                painter.setPen(QPen(look.accent, 1.5))
            else:
                painter.setPen(QPen(look.soft if place == self._under else with_alpha(look.soft, 0.3), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    def _write(self, painter: QPainter, look: Look, place: int) -> None:
        painter.setFont(font("medium", CAPTION))
        painter.setPen(look.accent if place == self._current else look.soft)
        box = self._box(place)
        painter.drawText(box, CENTRE, cut(painter, self._names[place], box.width() - 8))
