"""Rows that answer to a pointer and to keys: one is lit under it, a click or Enter chooses it."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QMoveEvent, QPainter

from viz3d.live.widgets.parts import Painted, aside
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import Look


class Rows(Painted):
    """Rows of one height, from the top. What is in a row, a subclass draws.

    Attributes:
        high: px of a row.

    Signals: `chosen` the place of the row that is clicked; `hovered` of that under the pointer, or that keys
    have walked to; -1 when it leaves.
    """

    role = Role.List
    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self, height: int) -> None:
        super().__init__()
        self.high, self._count, self._under = height, 0, -1
        self._pointer: QPointF | None = None  # where it is on the screen; None beside the rows
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_count(self, count: int) -> None:
        """Have so many rows."""
        self._count = count
        self.setFixedHeight(count * self.high)
        if self._under >= count:
            self._hover(-1)
        self.update()

    def set_high(self, high: int) -> None:
        """Have rows so many pixels high."""
        if high != self.high:
            self.high = high
            self.set_count(self._count)

    def touch(self, place: int, left: int = 0) -> None:
        """Have one row painted again, from so many pixels on."""
        self.update(left, place * self.high, self.width() - left, self.high)

    @property
    def lit(self) -> int:
        """The row that is lit, -1 for none."""
        return self._under

    def light(self, place: int) -> None:
        """Light a row up that is pointed at elsewhere, -1 for none."""
        if place != self._under:
            self._under = place
            self.update()

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw a row, whose upper left corner is the painter's origin."""
        raise NotImplementedError

    def told(self, place: int) -> str:
        """What a screen reader says of the row that keys have walked to, "" for nothing."""
        return ""

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the rows."""
        for place in range(self._count):
            if not self.exposed.intersects(QRect(0, place * self.high, self.width(), self.high)):
                continue
            with aside(painter):
                painter.translate(0, place * self.high)
                self.row(painter, look, place, place == self._under)

    def point_again(self) -> None:
        """Light the row that is under the pointer by now: the rows have moved, and it has not."""
        if self._pointer is not None and self._under >= 0:
            at = self.mapFromGlobal(self._pointer)
            inside = QRectF(self.rect()).contains(at)
            self._hover(self._row_at(at.y()) if inside else -1)

    def _row_at(self, y: float) -> int:
        place = int(y // self.high)
        return place if 0 <= place < self._count else -1

    def _hover(self, place: int) -> None:
        if place != self._under:
            self.light(place)
            self.hovered.emit(place)

    def _at(self, event: QMouseEvent) -> int:
        return self._row_at(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row under the pointer."""
        self._pointer = event.globalPosition()
        self._hover(self._at(event))

    def moveEvent(self, event: QMoveEvent) -> None:
        """Another row is under the pointer, where a line above has come or gone."""
        super().moveEvent(event)
        self.point_again()

    def leaveEvent(self, event: QEvent) -> None:
        """Light up none."""
        self._pointer = None
        self._hover(-1)

    def hideEvent(self, event: QHideEvent) -> None:
        """Light up none: a pointer that has gone on meanwhile is not heard of."""
        super().hideEvent(event)
        self._pointer = None
        self._hover(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Light up none."""
        super().focusOutEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row."""
        place = self._at(event)
        if place >= 0:
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk over the rows, Enter chooses."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._hover(min(max(self._under + step, 0), self._count - 1))
            if words := self.told(self._under):
                speak(self, words)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._under >= 0:
            self.chosen.emit(self._under)
        else:
            super().keyPressEvent(event)
