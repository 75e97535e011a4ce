"""The inputs to take: small pictures, or names, that answer to a click; of more than two rows a strip."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QScrollArea

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.parts import CENTRE, Painted, cut, framed
from viz3d.live.widgets.pictures import Picture, fitted, image_of
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import CAPTION, Look, font, with_alpha

_COARSE = 10  # px of a picture's side up to which its pixels are not smoothed
_PALE = 0.35  # of what cannot be taken
_ROWS = 2  # that there is room for
_BAR = 10  # px that the bar of a strip takes, and what lies between
_LEAST_NAME = 56  # px of a name's field


class Samples(Painted):
    """Inputs to choose from, by mouse or with the arrow keys.

    Signals: `chosen` the place of one; `marked` where the one that is marked lies, a QRectF.
    """

    role = Role.List
    chosen = Signal(int)
    marked = Signal(object)

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

    def offer(self, pictures: list[Picture], names: Sequence[str] = (), room: int = 0) -> None:
        """Offer pictures, uint8 (h, w) or (h, w, 3); without any, for other inputs, the names of classes.

        room: px that a row takes at most; 0: what the pictures of a row need at their usual size.
        """
        self._pictures, self._names, self._current = list(pictures), names, -1
        room = room or self._most * (self._side + self._gap) - self._gap
        if pictures:
            side = min((room + self._gap) // self._most - self._gap, self._side)
            self._columns, self._cell = self._most, (side, side)
        else:
            letters = QFontMetricsF(font("medium", CAPTION))
            longest = max((math.ceil(letters.horizontalAdvance(name)) for name in names), default=0)
            wide = min(max(longest + 16, _LEAST_NAME), room)
            self._columns = max((room + self._gap) // (wide + self._gap), 1)
            self._cell = (room + self._gap) // self._columns - self._gap, 24
        self.setFixedSize(self._columns * (self._cell[0] + self._gap) - self._gap, self.high(self.rows))
        self.setToolTip("One test image of each class: click one to have it read")
        self.update()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return max(math.ceil(self._count / self._columns), 1)

    def high(self, rows: int) -> int:
        """How high so many rows are, px."""
        return rows * (self._cell[1] + self._gap) - self._gap

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
            if place >= 0:
                self.marked.emit(self._box(place))

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
                framed(painter, box, 5, partial(_show, painter, box, self._pictures[place]))
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


def _show(painter: QPainter, box: QRectF, picture: Picture) -> None:
    """Draw a picture in its proportions; of few pixels each is seen, such as those that stand for numbers."""
    painter.fillRect(box, Qt.GlobalColor.black)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, min(picture.shape[:2]) > _COARSE)
    painter.drawImage(fitted(box, picture.shape), image_of(picture))


class Strip(QScrollArea):
    """Samples, of which two rows are seen at a time: more come with the wheel, the bar or the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.samples = Samples()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the samples have the keys
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.samples.setObjectName("page")  # of the style sheet
        self.setWidget(self.samples)
        FingerScroll(self)
        self.samples.marked.connect(self._reach)

    def offer(self, pictures: list[Picture], names: Sequence[str], room: int) -> None:
        """Offer pictures or names as `Samples.offer` does, in so many px."""
        self.samples.offer(pictures, names, room)
        more = self.samples.rows > _ROWS
        if more:
            self.samples.offer(pictures, names, room - _BAR)
        self.setFixedSize(room, self.samples.high(min(self.samples.rows, _ROWS)))
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if more else policy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self.samples.high(2) - self.samples.high(1))
        self.verticalScrollBar().setValue(0)

    def _reach(self, box: QRectF) -> None:
        centre = box.center()
        self.ensureVisible(round(centre.x()), round(centre.y()), 0, math.ceil(box.height() / 2))
