"""From where one looks: preset views, layers that are flown to, and a net that turns by itself."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter

from PySide6.QtCore import QObject, QPoint, QRectF, QTimer, Signal
from PySide6.QtWidgets import QWidget

from viz3d.live.places import Places
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.menu import menu_of
from viz3d.live.widgets.scene.view_corner import ViewCorner

_TICK = 33  # ms
_SPEED = 8.0  # degrees a second
_ABOVE = 4  # px over the legend
_WORDS = {"home": "See all of it", "front": "From the front", "side": "From the side", "top": "From above"}


class ViewingControl(QObject):
    """Joins the scene to its corner's buttons. The clock runs only while the net turns.

    `stood`: the corner stands somewhere else now, and what stands over it is to follow.
    """

    stood = Signal()

    def __init__(self, window: QWidget, view: SceneView) -> None:
        super().__init__()
        self._window, self._view, self._clock, self._last = window, view, perf_counter, 0.0
        self.corner = ViewCorner()
        self.corner.setParent(window)
        self._spots: Places | None = None
        self.timer = QTimer(self, interval=_TICK)
        self.timer.timeout.connect(self._tick)
        self.corner.chosen.connect(self.see)
        self.corner.turning.connect(self.turn)
        view.touched.connect(lambda: self.turn(False))
        view.covering.connect(self.corner.setHidden)

    def see(self, name: str) -> None:
        """Fly to the view named home, front, side or top."""
        self.turn(False)
        self._view.view_from(name)

    def turn(self, on: bool) -> None:
        """Begin or cease to turn."""
        if on == self.timer.isActive():
            return
        if on:
            self._last = self._clock()
            self.timer.start()
        else:
            self.timer.stop()
        self.corner.turn.setChecked(on)

    def popup(self, place: QPoint) -> None:
        """Open a menu of views and layers at a place of the screen."""
        views = [(words, partial(self.see, name)) for name, words in _WORDS.items()]
        layers = [(f"Fly to {name}", partial(self._fly, parts)) for name, parts in self._view.stops()]
        menu_of(self._window, (*views, None, *layers)).popup_once(place)

    def place(self, spots: Places) -> None:
        """Put the corner above the legend's end, or where that is narrow above the pad's card."""
        self._spots = spots
        self.stand()

    def stand(self) -> None:
        """Put the corner where it belongs, now that the legend may be another."""
        if self._spots is None:
            return
        corner, drawing = self.corner, self._spots.drawing
        left = self._spots.free.right() + 1 - corner.width()
        foot = round(self._view.legend_top) if left > drawing.right() else drawing.top()
        place = QPoint(left, foot - _ABOVE - corner.height())
        moved = place != corner.pos()
        corner.move(place)
        self._view.set_covered(QRectF(drawing), QRectF(corner.geometry()))
        if moved:
            self.stood.emit()

    def _fly(self, layers: Sequence[str]) -> None:
        self.turn(False)
        self._view.fly_to_layers(layers)

    def _tick(self) -> None:
        now, before = self._clock(), self._last
        self._last = now
        if not self._view.isVisible():
            self.turn(False)
        elif not self._view.camera.flying:
            self._view.camera.go_round(_SPEED * min(now - before, 1.0))
