"""Hand: what mouse, wheel and keys do to a view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from viz3d.live.view.beneath import beneath_nothing
from viz3d.live.view.camera import Camera
from viz3d.live.view.hold import Hold
from viz3d.live.view.picker import Picker
from viz3d.live.view.pinch import Pinch
from viz3d.live.view.pointing import NOTHING, Thing

_TURN = 0.3  # degrees for a pixel
_STEP = 6.0  # degrees for an arrow key
_LEAST = 0.1  # times as far apart as before, the least that two fingers are taken to be at once
_WHEEL = 0.9989  # of the distance, for each eighth of a degree of the wheel
_MISSED = 8.0  # px beside a neuron at which a hand may end a line that is to lead to it
_WALKS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_PageUp: (0, -2),
    Qt.Key.Key_PageDown: (0, 2),
}
_ARROWS = {
    Qt.Key.Key_Left: (_STEP, 0.0),
    Qt.Key.Key_Right: (-_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}


@dataclass(frozen=True)
class Clicked:
    """What a click has picked, where a second one flies, the layers of a name, and when, in ms of events."""

    thing: Thing = NOTHING
    goal: Thing = NOTHING
    layers: tuple[str, ...] = ()
    when: int = 0


class Hand(Picker):
    """A widget whose camera a person moves, and in which he picks things and joins neurons.

    The left button turns, the right or the middle one or Shift pans, the wheel zooms about the pointer, a
    click selects, a double click flies there, of a block's name to all of its layers; the right button or a
    finger that rests asks for the menu; with Ctrl a drag leads from one neuron to another. Arrows move what
    is selected; with Shift, or where nothing is, they turn; R goes home, Escape selects none. See `Pen` for
    what draws.
    `touched` tells that a hand begins to move or draw.

    Attributes:
        camera: what is moved.
    """

    end_picked = Signal(int)
    joined = Signal(int, int)
    walked = Signal(int, int)
    menu_asked = Signal(bool, QPoint)
    moved = Signal()
    touched = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.camera = Camera()
        self._joins, self._tip = -1, QPointF()  # the neuron that a line is drawn from, and the line's end
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = self._twice = False
        self._clicked = Clicked()
        self._held: NDArray[np.floating[Any]] = np.zeros(3)
        self._fingers = Pinch(self, self._let_all_go, self._pinch)
        self._finger_rests = Hold(self, self._open_by_hold)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def leads(self) -> bool:
        """Whether a hand is dragging the camera."""
        return self._pressed is not None and self._dragging and self._joins < 0

    def set_behind(self, on: bool) -> None:
        """Tell whether another network is asked for than is drawn: then no line leads to it either."""
        super().set_behind(on)
        if on:
            self._joins = -1

    def layers_at(self, x: float, y: float) -> tuple[str, ...]:
        """The layers whose name stands at a place of the view."""
        raise NotImplementedError

    def fly_to_thing(self, thing: Thing, layers: Sequence[str] = ()) -> None:
        """Fly to where a thing fills the view; layers: those of a name that is for several."""
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
        """Hold what is under the pointer, or set the pen down; with Ctrl begin a line at a neuron."""
        self._rests = None
        self.touched.emit()
        if self._begins_stroke(event):
            return
        at = self._pressed = self._last = event.position()
        self._dragging = self._twice = False
        self._held = self._point_at(at)
        joining = event.button() == Qt.MouseButton.LeftButton and _ctrl(event)
        self._joins, self._tip = (self.neuron_at(at.x(), at.y()) if joining else -1), at
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, turn or pan with a button held, or lead a line; else point at something."""
        at = event.position()
        if self._stroke:
            self._draw_to(at)
            return
        if self._pressed is None or not event.buttons():
            self._hover(at, event.modifiers())
            return
        # A hand that clicks twice is less still, and a turn would end the flight.
        least = QApplication.startDragDistance() / (1 if self._twice else 2)
        far = (at - self._pressed).manhattanLength() >= least
        if not (self._dragging or far):
            return
        self._dragging, way, self._last = True, at - self._last, at
        if self._joins >= 0:
            self._tip = at
            self._point(Thing(self.neuron_at(at.x(), at.y(), _MISSED)))
            self.update(beneath_nothing(self))
            return
        if self._pointed.bar >= 0:
            self._point(NOTHING)
        if (
            event.buttons() & Qt.MouseButton.LeftButton
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.camera.turn(-_TURN * way.x(), _TURN * way.y())
        else:
            self.camera.pan(way.x(), way.y(), self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Without a move, select; with the right button ask for the menu; end a line. Or lift the pen."""
        if self._lift_pen():
            return
        pressed, self._pressed = self._pressed, None
        self._rests = event.position()
        if event.source() != Qt.MouseEventSource.MouseEventNotSynthesized:
            self._rests = None  # a finger has gone
            self._point(NOTHING)
        first, self._joins = self._joins, -1
        at = event.position()
        if pressed is None or self._twice:
            return
        if first >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._end_line(first, self.neuron_at(at.x(), at.y(), _MISSED))
        elif not self._dragging and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if event.button() == Qt.MouseButton.RightButton:
                self._ask_for_menu(at, event.globalPosition().toPoint())
            else:
                self._clicked = self._click(at, event.timestamp())
                self._pick(self._clicked.thing)

    def _click(self, at: QPointF, when: int) -> "Clicked":
        thing = self.thing_at(at.x(), at.y())
        far = [end for end in thing.synapse or () if end not in self.marked.neurons]
        goal = Thing(far[-1]) if far else thing  # a strand of what is selected is hit near its other end
        return Clicked(thing, goal, self.layers_at(at.x(), at.y()) if thing.layer else (), when)

    def _ask_for_menu(self, at: QPointF, screen: QPoint) -> None:
        """Ask for the menu of what is seen at a place of the view, which is picked first."""
        thing = self.thing_at(at.x(), at.y())
        if thing:
            self._pick(thing)
        self.menu_asked.emit(bool(thing), screen)

    def _open_by_hold(self, at: QPointF, screen: QPoint) -> None:
        """A finger rests: it is no click when it is lifted. What draws, leads a line or opened stays."""
        if self._pressed is None or self._joins >= 0 or self._twice:
            return
        self._pressed = None
        self._ask_for_menu(at, screen)

    def _end_line(self, first: int, last: int) -> None:
        self.update()
        if not self._dragging:
            self.end_picked.emit(first)
        elif last >= 0 and last != first:
            self.joined.emit(first, last)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fly to what the first click picked: since then a picture may have moved it from under the hand."""
        first, now = self._clicked, event.timestamp()
        self.mousePressEvent(event)
        if self._stroke:
            return
        self._twice = True
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if not first.thing or now - first.when > QApplication.doubleClickInterval():
            first = self._click(event.position(), now)
            if first.thing:
                self._pick(first.thing)
        # A bar selects the neuron that speaks for its class.
        self.fly_to_thing(first.goal if first.goal.bar < 0 else self.marked, first.layers)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come nearer to what is under the pointer, or go away from it."""
        self.touched.emit()
        if event.angleDelta().y():
            self.camera.zoom(_WHEEL ** event.angleDelta().y(), self._point_at(event.position()))
        event.accept()

    def _let_all_go(self) -> None:
        """Give up what one finger has begun when another comes: a turn, a line, a stroke."""
        self._drop_pen()
        self.let_go()
        self._finger_rests.give_up()
        self._pressed = None

    def _pinch(self, factor: float, at: QPointF, way: QPointF) -> None:
        self.touched.emit()
        held = self._point_at(at)
        self.camera.zoom(1 / max(factor, _LEAST), held)
        self.camera.pan(way.x(), way.y(), held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move what is selected, or turn, with the arrows; go home with R, select none with Escape."""
        key = Qt.Key(event.key())
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        walks = key in _WALKS and bool(self.marked) and not shifted
        if not walks and (key in _ARROWS or key == Qt.Key.Key_R):
            self.touched.emit()
        if walks:
            self.walked.emit(*_WALKS[key])
        elif key in _ARROWS:
            self.camera.turn(*_ARROWS[key])
        elif key == Qt.Key.Key_R:
            self.camera.view_from("home")
        elif key == Qt.Key.Key_Escape and not self.let_go():
            self._pick(NOTHING)
        else:
            super().keyPressEvent(event)

    def let_go(self) -> bool:
        """Give up the line that a hand leads; False where there is none."""
        held, self._joins = self._joins >= 0, -1
        if held:
            self._pressed = None
            self.update()
        return held


def _ctrl(event: QMouseEvent) -> bool:
    """Whether Ctrl is held, and not Shift besides."""
    keys = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    return keys == Qt.KeyboardModifier.ControlModifier
