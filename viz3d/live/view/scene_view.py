"""SceneView: the widget that shows a scene, with a free camera and neurons that can be pointed at."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent

from engine import Trace
from scenes import Scene
from viz3d.live.view.hand import Hand
from viz3d.live.view.layer_frames import draw_layer_frames
from viz3d.live.view.lettering import draw_pixel
from viz3d.live.view.pace import Pace
from viz3d.live.view.page import sides
from viz3d.live.view.pointing import NOTHING, Thing, layers_at
from viz3d.live.view.shown import Marks, Shown
from viz3d.live.view.written import Written
from viz3d.live.widgets.style import look
from viz3d.live.work.painter import Painter, PaintWish, Picture

_REST = 150  # ms without a change, after which the picture is drawn whole
_WHOLE = 1.0, 1.0
_MARGIN = 24.0
# px within the free rectangle that the net leaves to headline, bars' numbers and cards.
_LEFT, _TOP, _RIGHT, _BOTTOM = 8.0, 60.0, 60.0, 64.0
_LEGEND = 32.0
_LEAST = 120.0  # px that the net gets however little is free
_DWELL = 60  # ms that the pointer rests on a neuron or a bar, or beside all, before other synapses are lit


class SceneView(Hand):
    """Shows a scene. It asks the painter for a picture when something has changed, and else does nothing.

    Signals: `picked` the neuron that is clicked, -1 for none; `synapse_picked` source and target of a strand,
    `layer_picked` the layer of a caption, `bar_picked` the class of a bar that is; `opened` a neuron that is
    clicked twice; `hovered` and `bar_hovered` the neuron and the class under the pointer, -1 for none;
    `end_picked` a neuron that is clicked with Ctrl; `joined` two between which a line was led; `walked` steps
    among layers and among neurons, of keys; `menu_asked` whether something is under the pointer, and the
    place on the screen; `moved` when the camera has; `changed` then and when another moment is shown;
    `pen_down` row and column of the input's plane, where pixel 0 reaches from 0 to 1, and whether the pen
    erases; `pen_moved` and `pen_lifted` what follows; `resized` when the view has another size and that is at
    rest; `left_end` when another moment than the last is to be shown; `failed` one line of what went wrong in
    the painter.

    Attributes:
        painter: what draws; `close_painter` ends it.
        camera: where a person looks from.
        picture: what is shown, None before the first.
    """

    resized = Signal()
    left_end = Signal()
    failed = Signal(str)
    changed = Signal()

    def __init__(self, painter: Painter | None = None) -> None:
        super().__init__()
        self.painter = painter or Painter()
        self.picture: Picture | None = None
        self._shown: Shown | None = None
        self._written: Written | None = None
        self._time, self._card = float("inf"), ""
        self._told = NOTHING  # what another part pointed out last
        self._lit = NOTHING  # the neuron or the bar that is lit because the pointer rests on it
        self._framed: tuple[str, ...] = ()
        self._sheets: set[str] = set()  # those that cover the scene
        self._free: QRectF | None = None
        self._covered: tuple[QRectF, ...] = ()
        self._legend: tuple[float, float, float] | None = None
        self._asked: PaintWish | None = None
        self._pace = Pace()
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(self._rest)
        self._dwell = QTimer(self, singleShot=True, interval=_DWELL)
        self._dwell.timeout.connect(self._light)
        # Another size is another stage, which takes longer than a window's size stands still under a hand.
        self._resizing = QTimer(self, singleShot=True, interval=_REST)
        self._resizing.timeout.connect(self._resized)
        self.camera.moved.connect(self._ask)
        self.camera.moved.connect(self.moved)
        self.camera.moved.connect(self.changed)
        self.painter.painted.connect(self._take)
        self.painter.failed.connect(self.failed)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("The network in space")
        # Not a tip: that would pop up over the scene whenever the pointer rests in it.
        self.setAccessibleDescription("Drag to turn, roll to come near, click a neuron to read and change it")

    @property
    def slow(self) -> bool:
        """Whether whole pictures take so long that others are drawn with fewer pixels."""
        return self._pace.slow

    # What the window sets.

    def show_scene(self, scene: Scene, before: NDArray[np.float32] | None, trace: Trace) -> None:
        """Show a scene of a trace, of any size: its picture fills the view.

        before: probabilities (classes,) before the edits, for the ticks on the bars; None without edits.
        """
        if self._shown is None or trace.net.layers != self._shown.trace.net.layers:
            self.marked = self._pointed = self._lit = NOTHING
        self._shown = Shown(scene, before, trace, self._box(), self._legend_line(), self._covered)
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
        self.update()

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

    def stir(self) -> None:
        """Draw what is asked for soon as quickly as while something moves: a hand has begun to."""
        if self._shown is not None:
            self._resting.start()

    def home(self) -> None:
        """Fly back to where all of the net is seen."""
        self.camera.view_from("home")

    def view_from(self, name: str) -> None:
        """Fly to the view named home, front, side or top."""
        self.camera.view_from(name)

    def fly_to(self, neuron: int) -> None:
        """Fly close to a neuron."""
        place = self.place_of(neuron)
        if place is not None:
            self.camera.fly_to(place)

    def stops(self) -> list[tuple[str, tuple[str, ...]]]:
        """What layers or blocks that can be flown to are called, and the names of their layers."""
        return [] if self._shown is None else self._shown.stops()

    def fly_to_layers(self, layers: Sequence[str]) -> None:
        """Fly to where layers, by name, fill the view."""
        panels = () if self._shown is None else self._shown.scene.layout.panels
        corners = [panel.corners() for panel in panels if panel.layer in layers]
        if corners:
            self.camera.fly_to_part(np.concatenate(corners))

    @property
    def legend_top(self) -> float:
        """How far up the legend reaches, px."""
        return self._legend_line()[2] if self._shown is None else self._shown.edges.legend_top()

    @property
    def time(self) -> float:
        """The moment that is shown, in seconds."""
        return min(self._time, 0.0 if self._shown is None else self._shown.scene.seconds)

    def written(self) -> QImage:
        """The picture with all that is written over it, as far as panels leave it free."""
        left, top, right, bottom = sides(self._box().adjusted(-_MARGIN, 0, _MARGIN, 0))
        part = QRectF(left, top, right - left, max(bottom, self._legend_line()[2] + _MARGIN / 2) - top)
        return self.grab(part.toAlignedRect().intersected(self.rect())).toImage()

    def close_painter(self) -> None:
        """End the painter's thread and free what it draws with; the last picture stays."""
        self._resting.stop()
        self._resizing.stop()
        self.painter.close()

    # What the hand asks.

    def seen(self) -> Picture | None:
        """The picture, unless another net is about to be seen."""
        picture, shown = self.picture, self._shown
        known = picture is not None and shown is not None and picture.scene.layout is shown.scene.layout
        return picture if known and picture is not None and self._fits(picture) else None

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
        lit = self._pointed if self._pointed.neuron >= 0 or self._pointed.bar >= 0 else NOTHING
        if lit != self._lit:
            self._lit = lit
            # A hand that moves on does not wait for all pixels.
            self._resting.start()
            self._ask()

    # The picture.

    def _box(self) -> QRectF:
        return self._free or QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _legend_line(self) -> tuple[float, float, float]:
        box = self._box()
        return self._legend or (box.left(), box.right(), box.bottom() - 8)

    def _settle(self) -> None:
        """Take the view's size and its free rectangle into account, and ask for a picture."""
        if self._shown is None or self._resizing.isActive():
            return
        scene, size, box = self._shown.scene, (self.width(), self.height()), self._box()
        if scene.size != size:
            scene = replace(scene, site=replace(scene.site, size=size))
        self._shown = replace(
            self._shown, scene=scene, box=box, legend=self._legend_line(), covered=self._covered
        )
        left, top = box.left() + _LEFT, box.top() + _TOP
        right = max(box.right() - _RIGHT, left + _LEAST)
        bottom = max(box.bottom() - _BOTTOM - (0.0 if self._legend else _LEGEND), top + _LEAST)
        if self.camera.settle(scene.layout, size, (left, top, right, bottom)):
            self.moved.emit()
        self._ask()

    def _ask(self) -> None:
        """Ask for a picture: with fewer pixels, where another was asked for just now or the camera moves."""
        if self._shown is None or not self.isVisible() or self._resizing.isActive():
            return
        moving = self._resting.isActive() or self._asked is None or self._asked.pose != self.camera.pose
        self._wish(*(self._pace.moving if moving and self.picture is not None else _WHOLE))
        self._resting.start()

    def _rest(self) -> None:
        if self._asked is not None and not self._asked.whole:
            self._wish(*_WHOLE)

    def _wish(self, scale: float, share: float) -> None:
        shown, pose = self._shown, self.camera.pose
        if shown is None or pose is None:
            return
        t, lit = min(self._time, shown.scene.seconds), self._lit if shown.has(self._lit) else self.marked
        self._asked = PaintWish(
            shown.scene,
            t,
            pose,
            scale,
            share,
            self.devicePixelRatioF(),
            free=shown.room(pose, t, self.marked),
            focus=(shown.trace, lit.neurons) if lit.neurons and shown.has(lit) else None,
            evidence=(shown.trace, lit.bar) if lit.bar >= 0 else None,
            stamp=shown,
        )
        self.painter.ask(self._asked)

    def _take(self, picture: Picture) -> None:
        """Show a picture that was drawn."""
        self.picture, self._pace = picture, self._pace.after(picture)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and all text over it."""
        colours, picture = look(), self.picture
        with QPainter(self) as painter:
            if picture is None or self._sheets:
                ground = QColor(*picture.scene.theme.background) if picture else colours.well
                painter.fillRect(self.rect(), ground)
                return
            ratio, written = self.devicePixelRatioF(), self._written
            if written is None or not written.shows(picture, colours, ratio):
                self._written = written = Written.of(picture, colours, ratio)
            if not self._fits(picture):
                painter.drawImage(QRectF(self.rect()), written.sheet)
                return
            painter.drawImage(0, 0, written.sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shown = cast(Shown, picture.wish.stamp)
            pull = (self._joins, self._tip) if self._joins >= 0 and self._dragging else None
            shown.mark(painter, colours, picture.frame, Marks(self.marked, self._pointed, self._card, pull))
            draw_layer_frames(painter, colours, shown.scene, picture.frame.camera, self._framed)
            if self._pen_place is not None:
                draw_pixel(painter, colours, picture.scene, picture.frame, self._pen_place)

    def _fits(self, picture: Picture) -> bool:
        return picture.scene.size == (self.width(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have a picture made of the new size: the first at once, any other when the size is at rest."""
        if self.picture is None:
            self._resized()
        else:
            self._resizing.start()

    def _resized(self) -> None:
        self._settle()
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first picture."""
        self._settle()

    def event(self, event: QEvent) -> bool:
        """Ask for other pixels on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask()
        return super().event(event)
