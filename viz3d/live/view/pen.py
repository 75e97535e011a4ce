"""Pen: strokes over the plane of the input, where a view shows it."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from viz3d.live.view import pointing
from viz3d.live.view.beneath import beneath_nothing
from viz3d.live.work.painter import Picture

_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Pen(QWidget):
    """A widget on whose input's plane a person draws, with Ctrl and Shift held, or while `draws`.

    The left button draws and the right one erases. Ctrl alone never draws: it is for synapses.

    Attributes:
        draws: whether a press on the input's plane begins a stroke without keys too.
    """

    pen_down = Signal(float, float, bool)
    pen_moved = Signal(float, float)
    pen_lifted = Signal()
    pen_dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.draws = False
        self._stroke = False
        self._pen_place: tuple[float, float] | None = None

    def seen(self) -> Picture | None:
        """The picture that is pointed at; None while there is none, or another net is about to be seen."""
        raise NotImplementedError

    def _holds_pen(self, at: QPointF, keys: Qt.KeyboardModifier) -> bool:
        """Whether a press at a place of the view would begin a stroke."""
        control = bool(keys & Qt.KeyboardModifier.ControlModifier)
        seen = self.seen() if (keys & _KEYS) == _KEYS or (self.draws and not control) else None
        return seen is not None and pointing.on_input(seen, (at.x(), at.y()))

    def _show_pen(self, at: QPointF | None, keys: Qt.KeyboardModifier) -> bool:
        """Frame the pixel that the pen is over, with None or beside the plane none; return whether it is."""
        held = at is not None and self._holds_pen(at, keys)
        if held or self._pen_place is not None:
            self._pen_place = self._input_at(at) if held and at is not None else None
            self.update(beneath_nothing(self))
        return held

    def _begins_stroke(self, event: QMouseEvent) -> bool:
        """Set the pen down, where that is meant."""
        button = event.button()
        known = button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if not known or not self._holds_pen(event.position(), event.modifiers()):
            return False
        place = self._input_at(event.position())
        assert place is not None
        self._stroke, self._pen_place = True, place
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pen_down.emit(*place, button == Qt.MouseButton.RightButton)
        return True

    def _draw_to(self, at: QPointF) -> None:
        place = self._pen_place = self._input_at(at)
        if place is not None:
            self.pen_moved.emit(*place)

    def _lift_pen(self) -> bool:
        """End the stroke; False where there is none."""
        drawn, self._stroke = self._stroke, False
        if drawn:
            self.pen_lifted.emit()
        return drawn

    def _drop_pen(self) -> None:
        """Give up the stroke, if there is one."""
        drawn, self._stroke = self._stroke, False
        if drawn:
            self.pen_dropped.emit()

    def _input_at(self, at: QPointF) -> tuple[float, float] | None:
        """Row and column of the input's plane at a place of the view, also beyond its border."""
        seen = self.seen()
        return None if seen is None else pointing.input_at(seen, (at.x(), at.y()))
