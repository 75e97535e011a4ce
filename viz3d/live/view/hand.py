"""Hand: what mouse, wheel and keys do to a view."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from viz3d.live.view import pointing
from viz3d.live.view.camera import Camera
from viz3d.live.work.painter import Picture

_TURN = 0.3  # degrees for a pixel
_STEP = 6.0  # degrees for an arrow key
_WHEEL = 0.9989  # of the distance, for each eighth of a degree of the wheel
_ARROWS = {
    Qt.Key.Key_Left: (_STEP, 0.0),
    Qt.Key.Key_Right: (-_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}


class Hand(QWidget):
    """A widget whose camera a person moves, and whose neurons and bars he points at.

    The left button turns, the right or the middle one or Shift pans, the wheel zooms about the pointer, a
    click selects, a double click flies there; arrows turn, R goes home, Escape selects none. With Ctrl, or
    while `draws`, the left button draws on the input's plane and the right one erases there.

    Attributes:
        camera: what is moved.
        draws: whether a press on the input's plane begins a stroke.
    """

    picked = Signal(int)
    opened = Signal(int)
    hovered = Signal(int)
    bar_picked = Signal(int)
    bar_hovered = Signal(int)
    pen_down = Signal(float, float, bool)
    pen_moved = Signal(float, float)
    pen_lifted = Signal()
    menu_asked = Signal(int, QPoint)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.camera = Camera()
        self.draws = False
        self._pointed = self._pointed_bar = -1
        self._stroke = False
        self._pen_place: tuple[float, float] | None = None
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = self._twice = False
        self._held: NDArray[np.floating[Any]] = np.zeros(3)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def seen(self) -> Picture | None:
        """The picture that is pointed at; None while there is none, or another net is about to be seen."""
        raise NotImplementedError

    def neuron_at(self, x: float, y: float) -> int:
        """The neuron at a place of the view, -1 for none."""
        seen = self.seen()
        return -1 if seen is None else pointing.neuron_at(seen, x, y)

    def bar_at(self, x: float, y: float) -> int:
        """The class whose bar is at a place of the view, -1 for none."""
        seen = self.seen()
        return -1 if seen is None else pointing.bar_at(seen, x, y)

    def input_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Row and column of the input's plane at a place of the view, also beyond its border."""
        seen = self.seen()
        return None if seen is None else pointing.input_at(seen, x, y)

    def on_input(self, x: float, y: float) -> bool:
        """Whether a place of the view lies within the input's border."""
        seen = self.seen()
        return seen is not None and pointing.on_input(seen, x, y)

    def place_of(self, neuron: int) -> NDArray[np.floating[Any]] | None:
        """Where a neuron stands in space, None for none."""
        raise NotImplementedError

    def select(self, neuron: int | None) -> None:
        """Mark a neuron."""
        raise NotImplementedError

    def _point_at(self, at: QPointF) -> NDArray[np.floating[Any]]:
        """The point in space that a hand means at a place of the view."""
        place = self.place_of(self.neuron_at(at.x(), at.y()))
        return self.camera.under(at.x(), at.y()) if place is None else self._held_at(at, place)

    def _held_at(self, at: QPointF, place: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """The point under the pointer that is as far away as a neuron: that need not be hit in its middle."""
        pose, under = self.camera.pose, self.camera.under(at.x(), at.y())
        if pose is None:
            return under
        back = pose.axes()[2]
        share = float((place - pose.position) @ back) / float((under - pose.position) @ back)
        return pose.position + share * (under - pose.position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold what is under the pointer, or set the pen down."""
        if self._begins_stroke(event):
            return
        self._pressed = self._last = event.position()
        self._dragging = self._twice = False
        self._held = self._point_at(event.position())
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, turn or pan with a button held; else point at a neuron or a bar."""
        at = event.position()
        if self._stroke:
            self._draw_to(at)
            return
        if self._pressed is None or not event.buttons():
            self._hover(at, event.modifiers())
            return
        far = (at - self._pressed).manhattanLength() >= QApplication.startDragDistance() / 2
        if not (self._dragging or far):
            return
        self._dragging, way, self._last = True, at - self._last, at
        self._point_at_bar(-1)
        if (
            event.buttons() & Qt.MouseButton.LeftButton
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.camera.turn(-_TURN * way.x(), _TURN * way.y())
        else:
            self.camera.pan(way.x(), way.y(), self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Without a move, select; with the right button ask for the menu. Or lift the pen."""
        if self._stroke:
            self._stroke = False
            self.pen_lifted.emit()
            return
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragging or self._twice:
            return
        x, y = event.position().x(), event.position().y()
        neuron = self.neuron_at(x, y)
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(neuron, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            bar = self.bar_at(x, y) if neuron < 0 else -1
            self.bar_picked.emit(bar) if bar >= 0 else self._pick(neuron)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a neuron."""
        self.mousePressEvent(event)
        if self._stroke:
            return
        self._twice = True
        neuron = self.neuron_at(event.position().x(), event.position().y())
        place = self.place_of(neuron)
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.camera.fly_to(place)
            self.opened.emit(neuron)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come nearer to what is under the pointer, or go away from it."""
        if event.angleDelta().y():
            self.camera.zoom(_WHEEL ** event.angleDelta().y(), self._point_at(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn with the arrows, go home with R, select none with Escape."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self.camera.turn(*_ARROWS[key])
        elif key == Qt.Key.Key_R:
            self.camera.view_from("home")
        elif key == Qt.Key.Key_Escape:
            self._pick(-1)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        self._point(-1)
        self._point_at_bar(-1)
        self._pen_place = None
        self.update()

    def _hover(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Point at the neuron under the pointer, else at the bar."""
        pen = self._pen(keys) and self.on_input(at.x(), at.y())
        if pen or self._pen_place is not None:
            self._pen_place = self.input_at(at.x(), at.y()) if pen else None
            self.update()
        neuron = -1 if pen else self.neuron_at(at.x(), at.y())
        bar = -1 if pen or neuron >= 0 else self.bar_at(at.x(), at.y())
        self._point(neuron)
        self._point_at_bar(bar)
        shape = Qt.CursorShape.PointingHandCursor if max(neuron, bar) >= 0 else Qt.CursorShape.ArrowCursor
        self.setCursor(Qt.CursorShape.CrossCursor if pen else shape)

    def _pen(self, keys: Qt.KeyboardModifier) -> bool:
        return self.draws or bool(keys & Qt.KeyboardModifier.ControlModifier)

    def _begins_stroke(self, event: QMouseEvent) -> bool:
        """Set the pen down, where that is meant."""
        at, button = event.position(), event.button()
        known = button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if not (known and self._pen(event.modifiers()) and self.on_input(at.x(), at.y())):
            return False
        place = self.input_at(at.x(), at.y())
        assert place is not None
        self._stroke, self._pen_place = True, place
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pen_down.emit(*place, button == Qt.MouseButton.RightButton)
        return True

    def _draw_to(self, at: QPointF) -> None:
        place = self._pen_place = self.input_at(at.x(), at.y())
        if place is not None:
            self.pen_moved.emit(*place)

    def _pick(self, neuron: int) -> None:
        self.select(neuron)
        self.picked.emit(neuron)

    def _point(self, neuron: int) -> None:
        if neuron != self._pointed:
            self._pointed = neuron
            self.update()
            self.hovered.emit(neuron)

    def _point_at_bar(self, label: int) -> None:
        if label != self._pointed_bar:
            self._pointed_bar = label
            self.update()
            self.bar_hovered.emit(label)
