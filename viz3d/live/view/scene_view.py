"""SceneView: the widget that shows a scene, with a free camera and neurons that can be pointed at."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QImage, QPainter, QPaintEvent, QPen

from engine import Trace
from scenes import Scene
from viz3d.live.view.drawn_view import DrawnView
from viz3d.live.view.overlay.layer_frames import group_corners
from viz3d.live.view.pointing import NOTHING, Thing, layers_at
from viz3d.live.view.viewed_scene import ViewedScene
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import look
from viz3d.live.work.painter import Painter

_DWELL = 60  # ms that the pointer rests on a neuron or a bar, or beside all, before other synapses are lit
_HANDS = "Drag to turn, roll or spread two fingers to come near, click a neuron to read and change it"
_RING = 7.5  # px, by which the line is wider than what panels leave free


class SceneView(DrawnView):
    """Shows a scene: what the window and a hand ask for; `DrawnView` has it drawn.

    Signals: `picked` the neuron that is clicked, -1 for none; `synapse_picked` source and target of a strand,
    `layer_picked` the layer of a caption, `bar_picked` the class of a bar that is; `hovered` and
    `bar_hovered` the neuron and the class under the pointer, -1 for none; `end_picked` a neuron that is
    clicked with Ctrl; `joined` two between which a line was led; `walked` steps among layers and among
    neurons, of keys; `menu_asked` whether something is under the pointer, and the place on the screen;
    `moved` when the camera has; `changed` then and when another moment is shown; `pen_down` row and column of
    the input's plane, where pixel 0 reaches from 0 to 1, and whether the pen erases; `pen_moved` and
    `pen_lifted` what follows, `pen_dropped` that the stroke is given up; `left_end` when another moment than
    the last is to be shown; `covering` whether sheets now hide the scene.
    """

    role = Role.Canvas
    left_end = Signal()
    changed = Signal()
    covering = Signal(bool)

    def __init__(self, painter: Painter | None = None) -> None:
        super().__init__(painter)
        self._told = NOTHING  # what another part pointed out last
        self._by_keys = False  # whether keys led to it
        self._dwell = QTimer(self, singleShot=True, interval=_DWELL)
        self._dwell.timeout.connect(self._light)
        self.camera.moved.connect(self.moved)
        self.camera.moved.connect(self.changed)
        self.setAccessibleName("The network in space")
        # Not a tip: that would pop up over the scene whenever the pointer rests in it.
        self.setAccessibleDescription(_HANDS)
        # Tells in words what is selected, for who does not see it.
        self.chosen: Callable[[], str] = str

    def aloud(self) -> str:
        """What is selected, if anything, ahead of what is told of it always."""
        chosen = self.chosen()
        return f"{chosen} is selected. {_HANDS}" if chosen else ""

    # What the window sets.

    def show_scene(self, scene: Scene, before: NDArray[np.float32] | None, trace: Trace) -> None:
        """Show a scene of a trace, of any size: its picture fills the view.

        before: probabilities (classes,) before the edits, for the ticks on the bars; None without edits.
        """
        if self._shown is None or trace.net.layers != self._shown.trace.net.layers:
            self.marked = self._pointed = self._lit = NOTHING
        self._shown = ViewedScene(scene, before, trace, self._box(), self._legend_line(), self._covered)
        self._settle()
        if scene.ended and not self.at_end:
            self.left_end.emit()

    @property
    def at_end(self) -> bool:
        """Whether the last moment is shown."""
        return self._shown is None or self._time >= self._shown.scene.seconds

    def set_time(self, t: float) -> None:
        """Show another moment, in seconds; until it is set, the last."""
        if t != self._time:
            was, self._time = self.at_end, t
            self._ask()
            self.changed.emit()
            if was and not self.at_end:
                self.left_end.emit()

    @property
    def time(self) -> float:
        """The moment that is shown, in seconds."""
        return min(self._time, 0.0 if self._shown is None else self._shown.scene.seconds)

    @property
    def selected(self) -> int:
        """The neuron with the ring and the address, -1 for none."""
        return self.marked.neuron

    def select(self, neuron: int | None) -> None:
        """Light a neuron's synapses and write its address beside it; None or -1 for none."""
        self.mark(NOTHING if neuron is None else Thing(neuron))

    def mark(self, thing: Thing) -> None:
        """Light a neuron with its synapses, or a synapse, or frame a layer; write the address beside it."""
        if thing != self.marked:
            # What was chosen just now is lit, though the pointer rests on something else.
            self.marked, self._lit = thing, NOTHING
            self._dwell.stop()
            self._ask()
            self.update()

    def point_out(self, thing: Thing) -> None:
        """Show something as if the pointer were on it, though it is elsewhere; nothing takes that back."""
        # What the pointer itself is on stays, though a panel hears only later that it was left.
        if thing or self._pointed == self._told:
            self._told = thing
            self._point(thing)

    def light_layers(self, layers: tuple[str, ...]) -> None:
        """Draw a frame around layers, by name; around none where there are none."""
        if layers != self._framed:
            self._framed = layers
            self.update()

    def cover(self, sheet: str, covered: bool) -> None:
        """Show the ground alone while a sheet lies over the most of it: no halves of words stick out."""
        (self._sheets.add if covered else self._sheets.discard)(sheet)
        self.covering.emit(bool(self._sheets))
        self.update()

    @property
    def covered(self) -> bool:
        """Whether a sheet hides the scene."""
        return bool(self._sheets)

    def set_free(self, left: float, top: float, right: float, bottom: float) -> None:
        """Say which part of the view panels leave free, px; headline, answer and net stay within it."""
        self._free = QRectF(left, top, right - left, bottom - top)
        self._settle()

    def set_legend(self, left: float, right: float, base: float) -> None:
        """Say where the legend stands: its ends, and the line that it is written on, px."""
        self._legend = left, right, base
        self._settle()

    def set_covered(self, *panels: QRectF) -> None:
        """Say which panels stand below the free part: beside them labels may stand, in them none."""
        if panels != self._covered:
            self._covered = panels
            self._settle()

    def set_card(self, text: str) -> None:
        """Say something else of the neuron under the pointer than its address and value, while it is."""
        self._card = text
        self.update()

    def home(self) -> None:
        """Fly back to where all of the net is seen."""
        self.camera.view_from("home")

    def view_from(self, name: str) -> None:
        """Fly to the view named home, front, side or top."""
        self.camera.view_from(name)

    def show_input(self) -> None:
        """Fly home, unless all of the input's plane is seen from its front: there it can be drawn on."""
        if self._shown is not None and not self.camera.faces(self._shown.scene.layout.panels[0]):
            self.home()

    def fly_to(self, neuron: int) -> None:
        """Fly close to a neuron."""
        place = self.place_of(neuron)
        if place is not None:
            self.camera.fly_to(place)

    def fly_to_thing(self, thing: Thing, layers: Sequence[str] = ()) -> None:
        """Fly to a thing, of a synapse to its target; layers: those of a name that is for several."""
        if layers or thing.layer:
            self.fly_to_layers(layers or (thing.layer,))
        elif thing.group:
            self.fly_to_group(thing.group)
        for neuron in thing.neurons[-1:]:
            self.fly_to(neuron)

    def follow(self, neuron: int) -> None:
        """Bring a neuron into view, where it is not."""
        place = self.place_of(neuron)
        if place is not None:
            self.camera.follow(place)

    def stops(self) -> list[tuple[str, tuple[str, ...]]]:
        """What layers or blocks that can be flown to are called, and the names of their layers."""
        return [] if self._shown is None else self._shown.stops()

    def fly_to_layers(self, layers: Sequence[str]) -> None:
        """Fly to where layers, by name, fill the view."""
        panels = () if self._shown is None else self._shown.scene.layout.panels
        corners = [panel.corners() for panel in panels if panel.layer in layers]
        if corners:
            self.camera.fly_to_part(np.concatenate(corners))

    def fly_to_reading(self, neuron: int) -> None:
        """Fly to where the input fills the view together with a neuron that reads it."""
        place = self.place_of(neuron)
        if self._shown is not None and place is not None:
            panels = self._shown.scene.layout.panels
            read = [panel.corners() for panel in panels if panel.layer == panels[0].layer]
            self.camera.fly_to_part(np.concatenate([*read, place[None]]))

    def fly_to_group(self, where: str) -> None:
        """Fly to where a group of neurons, by its address, fills the view."""
        group = None if self._shown is None else self._shown.group(Thing(group=where))
        corners = [] if self._shown is None or group is None else group_corners(self._shown.scene, group)
        if corners:
            self.camera.fly_to_part(np.concatenate(corners))

    # What tells that it has the keys.

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it with a line, unless a click gave it them."""
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keys = event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take that line away."""
        self.update()

    def written(self) -> QImage:
        """The picture with all that is written over it: without that line."""
        by_keys, self._by_keys = self._by_keys, False
        try:
            return super().written()
        finally:
            self._by_keys = by_keys

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, all text over it, and that line."""
        super().paintEvent(event)
        if self._by_keys and self.hasFocus():
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(look().accent, 1))
                painter.drawRoundedRect(self._box().adjusted(-_RING, 0.5, _RING, -0.5), 6, 6)

    # What the hand asks.

    def layers_at(self, x: float, y: float) -> tuple[str, ...]:
        """The layers whose name stands at a place of the view."""
        seen = self.seen()
        return () if seen is None else layers_at(seen.scene, seen.frame, (x, y))

    def place_of(self, neuron: int) -> NDArray[np.floating[Any]] | None:
        """Where a neuron stands in space; None for none, and for another net's, whose scene is to come."""
        if self._shown is None or not 0 <= neuron < len(self._shown.trace.neurons):
            return None
        return self._shown.scene.layout.positions[neuron]

    def _point(self, thing: Thing) -> None:
        if thing != self._pointed:
            self._card = ""
            self._dwell.start()
        super()._point(thing)

    def _light(self) -> None:
        """Light what the pointer rests on; beside all, what is selected."""
        # A strand is lit already, with all others of what is selected.
        thing = self._pointed
        lit = thing if thing.neuron >= 0 or thing.bar >= 0 or thing.group else NOTHING
        if lit != self._lit:
            self._lit = lit
            # A hand that moves on does not wait for all pixels.
            self._resting.start()
            self._ask()
