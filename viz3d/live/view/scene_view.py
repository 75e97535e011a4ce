"""SceneView: the widget that shows a scene, with a free camera and neurons that can be pointed at."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent

from engine import Trace
from scenes import Scene
from viz3d.live.view.hand import Hand
from viz3d.live.view.layer_frames import draw_layer_frames
from viz3d.live.view.lettering import draw_pixel
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.view.shown import Marks, Shown
from viz3d.live.widgets.style import look
from viz3d.live.work.painter import Painter, PaintWish, Picture

_REST = 150  # ms without a change, after which the picture is drawn with all pixels
_MOVING = 0.6  # of the pixels in both directions, until then
_FAST = 0.03  # seconds for a whole picture, below which none is drawn with fewer
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
    among layers and among neurons, of keys; `menu_asked` a neuron or -1, and the place on the screen; `moved`
    when the camera has; `pen_down` row and column of the input's plane, where pixel 0 reaches from 0 to 1,
    and whether the pen erases; `pen_moved` and `pen_lifted` what follows; `failed` one line of what went
    wrong in the painter.

    Attributes:
        painter: what draws; `close_painter` ends it.
        camera: where a person looks from.
        picture: what is shown, None before the first.
    """

    failed = Signal(str)

    def __init__(self, painter: Painter | None = None) -> None:
        super().__init__()
        self.painter = painter or Painter()
        self.picture: Picture | None = None
        self._shown: Shown | None = None
        self._time, self._card = float("inf"), ""
        self._told = NOTHING  # what another part pointed out last
        self._lit = NOTHING  # the neuron or the bar that is lit because the pointer rests on it
        self._framed: tuple[str, ...] = ()
        self._free: QRectF | None = None
        self._legend: tuple[float, float, float] | None = None
        self._asked: PaintWish | None = None
        self._cost = _FAST
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST)
        self._resting.timeout.connect(self._rest)
        self._dwell = QTimer(self, singleShot=True, interval=_DWELL)
        self._dwell.timeout.connect(self._light)
        self.camera.moved.connect(self._ask)
        self.camera.moved.connect(self.moved)
        self.painter.painted.connect(self._take)
        self.painter.failed.connect(self.failed)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("The network in space")
        # Not a tip: that would pop up over the scene whenever the pointer rests in it.
        self.setAccessibleDescription("Drag to turn, roll to come near, click a neuron to read and change it")

    # What the window sets.

    def show_scene(self, scene: Scene, before: NDArray[np.float32] | None, trace: Trace) -> None:
        """Show a scene of a trace, of any size: its picture fills the view.

        before: probabilities (classes,) before the edits, for the ticks on the bars; None without edits.
        """
        if self._shown is None or trace.net.layers != self._shown.trace.net.layers:
            self.marked = self._pointed = self._lit = NOTHING
        self._shown = Shown(scene, before, trace, self._box(), self._legend_line())
        self._settle()

    def set_time(self, t: float) -> None:
        """Show another moment, in seconds; until it is set, the last."""
        if t != self._time:
            self._time = t
            self._ask()

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

    def set_free(self, left: float, top: float, right: float, bottom: float) -> None:
        """Say which part of the view panels leave free, px; headline, answer and net stay within it."""
        self._free = QRectF(left, top, right - left, bottom - top)
        self._settle()

    def set_legend(self, left: float, right: float, base: float) -> None:
        """Say where the legend stands: its ends, and the line that it is written on, px."""
        self._legend = left, right, base
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

    def fly_to(self, neuron: int) -> None:
        """Fly close to a neuron."""
        place = self.place_of(neuron)
        if place is not None:
            self.camera.fly_to(place)

    def fly_to_layer(self, name: str) -> None:
        """Fly to where all of a layer is seen."""
        panels = () if self._shown is None else self._shown.scene.layout.panels
        for panel in panels:
            if panel.layer == name:
                self.camera.fly_to(panel.centre, 2 * max(panel.half))

    def close_painter(self) -> None:
        """End the painter's thread and free what it draws with; the last picture stays."""
        self._resting.stop()
        self.painter.close()

    # What the hand asks.

    def seen(self) -> Picture | None:
        """The picture, unless another net is about to be seen."""
        picture, shown = self.picture, self._shown
        known = picture is not None and shown is not None and picture.scene.layout is shown.scene.layout
        return picture if known else None

    def place_of(self, neuron: int) -> NDArray[np.floating[Any]] | None:
        """Where a neuron stands in space, None for none."""
        return None if neuron < 0 or self._shown is None else self._shown.scene.layout.positions[neuron]

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
        if self._shown is None:
            return
        scene, size, box = self._shown.scene, (self.width(), self.height()), self._box()
        if scene.size != size:
            scene = replace(scene, site=replace(scene.site, size=size))
        self._shown = replace(self._shown, scene=scene, box=box, legend=self._legend_line())
        left, top = box.left() + _LEFT, box.top() + _TOP
        right = max(box.right() - _RIGHT, left + _LEAST)
        bottom = max(box.bottom() - _BOTTOM - (0.0 if self._legend else _LEGEND), top + _LEAST)
        if self.camera.settle(scene.layout, size, (left, top, right, bottom)):
            self.moved.emit()
        self._ask()

    def _ask(self) -> None:
        """Ask for a picture: with fewer pixels, where another was asked for just now or the camera moves."""
        if self._shown is None or not self.isVisible():
            return
        moving = self._resting.isActive() or self._asked is None or self._asked.pose != self.camera.pose
        slow = self._cost >= _FAST and self.picture is not None
        self._wish(_MOVING if moving and slow else 1.0)
        self._resting.start()

    def _rest(self) -> None:
        if self._asked is not None and self._asked.scale < 1.0:
            self._wish(1.0)

    def _wish(self, scale: float) -> None:
        shown, pose = self._shown, self.camera.pose
        if shown is None or pose is None:
            return
        t, lit = min(self._time, shown.scene.seconds), self._lit if shown.has(self._lit) else self.marked
        self._asked = PaintWish(
            shown.scene,
            t,
            pose,
            scale,
            self.devicePixelRatioF(),
            free=shown.room(pose, t, self.marked),
            focus=(shown.trace, lit.neurons) if lit.neurons and shown.has(lit) else None,
            evidence=(shown.trace, lit.bar) if lit.bar >= 0 else None,
            stamp=shown,
        )
        self.painter.ask(self._asked)

    def _take(self, picture: Picture) -> None:
        """Show a picture that was drawn."""
        self.picture = picture
        if picture.wish.scale == 1.0:
            self._cost = sum(picture.seconds.values())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and all text over it."""
        colours, picture = look(), self.picture
        with QPainter(self) as painter:
            if picture is None:
                painter.fillRect(self.rect(), colours.well)
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.wish.scale < 1.0)
            painter.drawImage(QRectF(self.rect()), picture.image)
            shown = cast(Shown, picture.wish.stamp)
            pull = (self._joins, self._tip) if self._joins >= 0 and self._dragging else None
            shown.draw(painter, colours, picture.frame, Marks(self.marked, self._pointed, self._card, pull))
            draw_layer_frames(painter, colours, shown.scene, picture.frame.camera, self._framed)
            if self._pen_place is not None:
                draw_pixel(painter, colours, picture.scene, picture.frame, self._pen_place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a picture of the new size."""
        self._settle()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first picture."""
        self._settle()

    def event(self, event: QEvent) -> bool:
        """Ask for other pixels on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask()
        return super().event(event)
