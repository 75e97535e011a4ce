"""SceneView: the widget that shows a scene, with a free camera and neurons that can be pointed at."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent

from engine import Trace
from engine.graph import address
from scenes import Free, Scene, pick
from viz3d.live.view.hand import Hand
from viz3d.live.view.lettering import (
    draw_card,
    draw_ghosts,
    draw_ring,
    draw_rings,
    draw_tag,
    spot,
    tag_box,
    write_captions,
)
from viz3d.live.view.page import Edges, sides
from viz3d.live.widgets.style import look, number
from viz3d.live.work.painter import Painter, PaintWish, Picture

_REST = 150  # ms without a change, after which the picture is drawn with all pixels
_MOVING = 0.6  # of the pixels in both directions, until then
_FAST = 0.03  # seconds for a whole picture, below which none is drawn with fewer
_MARGIN = 24.0
# px within the free rectangle that the net leaves to headline, bars' numbers and cards.
_ROOM = (8.0, 60.0, 60.0, 64.0)


class SceneView(Hand):
    """Shows a scene. It asks the painter for a picture when something has changed, and else does nothing.

    Signals: `picked` the neuron that is clicked, -1 for none; `opened` one that is clicked twice; `hovered`
    the one under the pointer, -1 for none; `menu_asked` a neuron or -1, and the place on the screen; `moved`
    when the camera has; `failed` one line of what went wrong in the painter.

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
        self._scene: Scene | None = None
        self._trace: Trace | None = None
        self._before: NDArray[np.float32] | None = None
        self._time, self._selected, self._card = np.inf, -1, ""
        self._free: QRectF | None = None
        self._legend: tuple[float, float, float] | None = None
        self._asked: PaintWish | None = None
        self._cost = _FAST
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST)
        self._resting.timeout.connect(self._rest)
        self.camera.moved.connect(self._ask)
        self.camera.moved.connect(self.moved)
        self.painter.painted.connect(self._show)
        self.painter.failed.connect(self.failed)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("The network in space")

    # What the window sets.

    def show_scene(self, scene: Scene, before: NDArray[np.float32] | None, trace: Trace) -> None:
        """Show a scene of a trace, of any size: its picture fills the view.

        before: probabilities (classes,) before the edits, for the ticks on the bars; None without edits.
        """
        if self._trace is None or trace.net.layers != self._trace.net.layers:
            self._selected = self._pointed = -1
        self._scene, self._before, self._trace = scene, before, trace
        self._settle()

    def set_time(self, t: float) -> None:
        """Show another moment, in seconds; until it is set, the last."""
        if t != self._time:
            self._time = t
            self._ask()

    def select(self, neuron: int | None) -> None:
        """Put the ring and the address at a neuron, None or -1 for none."""
        neuron = -1 if neuron is None else neuron
        if neuron != self._selected:
            self._selected = neuron
            self._ask()
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
        """Say something else of the neuron under the pointer than its address and value, until it changes."""
        self._card = text
        self.update()

    def _point(self, neuron: int) -> None:
        self._card = "" if neuron != self._pointed else self._card
        super()._point(neuron)

    def home(self) -> None:
        """Fly back to where all of the net is seen."""
        self.camera.view_from("home")

    def view_from(self, name: str) -> None:
        """Fly to the view named home, front, side or top."""
        self.camera.view_from(name)

    def fly_to(self, neuron: int) -> None:
        """Fly close to a neuron."""
        if self._scene is not None:
            self.camera.fly_to(self._scene.layout.positions[neuron])

    def close_painter(self) -> None:
        """End the painter's thread and free what it draws with; the last picture stays."""
        self._resting.stop()
        self.painter.close()

    # What the hand asks.

    def neuron_at(self, x: float, y: float) -> int:
        """The neuron that the picture shows at a place of the view, -1 for none."""
        if self.picture is None or self._scene is None or self.picture.scene.layout is not self._scene.layout:
            return -1
        frame = self.picture.frame
        return pick(self._scene.layout, frame.neuron_size, frame.camera, self.picture.scene.size, (x, y))

    def place_of(self, neuron: int) -> NDArray[np.floating] | None:
        """Where a neuron stands in space, None for none."""
        return None if neuron < 0 or self._scene is None else self._scene.layout.positions[neuron]

    # The picture.

    def _settle(self) -> None:
        """Take the view's size and its free rectangle into account, and ask for a picture."""
        if self._scene is None:
            return
        size = self.width(), self.height()
        if self._scene.size != size:
            self._scene = replace(self._scene, site=replace(self._scene.site, size=size))
        left, top, right, bottom = sides(self._box())
        bottom -= 0.0 if self._legend else 32.0
        rectangle = left + _ROOM[0], top + _ROOM[1], right - _ROOM[2], bottom - _ROOM[3]
        if self.camera.settle(self._scene.layout, size, rectangle):
            self.moved.emit()
        self._ask()

    def _box(self) -> QRectF:
        margin = _MARGIN
        return self._free or QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)

    def _edges(self, scene: Scene) -> Edges:
        box = self._box()
        legend = self._legend or (box.left(), box.right(), box.bottom() - 8)
        return Edges(scene, self._before, box, legend)

    def _ask(self) -> None:
        """Ask for a picture: with fewer pixels, where there was one just now or a hand moves the camera."""
        if self._scene is None or self.camera.pose is None or not self.isVisible():
            return
        moving = self._resting.isActive() or self._asked is None or self._asked.pose != self.camera.pose
        slow = self._cost >= _FAST
        self._wish(_MOVING if moving and slow and self.picture is not None else 1.0)
        self._resting.start()

    def _rest(self) -> None:
        if self._asked is not None and self._asked.scale < 1.0:
            self._wish(1.0)

    def _wish(self, scale: float) -> None:
        if self._scene is None or self.camera.pose is None:
            return
        t = min(self._time, self._scene.seconds)
        self._asked = PaintWish(
            self._scene, t, self.camera.pose, scale, self.devicePixelRatioF(), self._room(self._scene, t)
        )
        self.painter.ask(self._asked)

    def _room(self, scene: Scene, t: float) -> Free:
        """Where labels may stand beside what the view writes itself."""
        taken = self._edges(scene).taken(t, t >= scene.timeline.answer[0])
        at = (
            spot(scene, self.camera.pose, self._selected)
            if self.camera.pose and self._selected >= 0
            else None
        )
        if at is not None:
            taken.append(tag_box(self._address(self._selected), at, self._box()))
        room = self._box().adjusted(-8, -8, 8, 8)
        return Free(sides(room), tuple(map(sides, taken)))

    def _show(self, picture: Picture) -> None:
        """Take a picture that was drawn."""
        self.picture = picture
        if picture.wish.scale == 1.0:
            self._cost = sum(picture.seconds.values())
        self.update()

    def _address(self, neuron: int) -> str:
        return "" if self._trace is None else address.write(self._trace.net.graph, neuron)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and all text over it."""
        colours = look()
        with QPainter(self) as painter:
            if self.picture is None:
                painter.fillRect(self.rect(), colours.well)
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.picture.wish.scale < 1.0)
            painter.drawImage(QRectF(self.rect()), self.picture.image)
            scene, frame = self.picture.scene, self.picture.frame
            write_captions(painter, frame.captions)
            draw_rings(painter, frame)
            if self._before is not None and frame.bars.any():
                draw_ghosts(painter, colours, scene, frame, self._before)
            self._edges(scene).draw(painter, colours, frame)
            self._draw_neurons(painter, self.picture)

    def _draw_neurons(self, painter: QPainter, picture: Picture) -> None:
        """Draw rings and words at the neurons that are selected and pointed at."""
        colours, bounds, count = look(), self._box(), len(picture.frame.level)
        if self._trace is None or count != len(self._trace.neurons):
            return
        if self._selected >= 0 and (at := spot(picture.scene, picture.frame.camera, self._selected)):
            draw_ring(painter, colours, at, strong=True)
            text = self._address(self._selected)
            draw_tag(painter, colours, text, tag_box(text, at, bounds))
        pointed = self._pointed
        if pointed in (-1, self._selected):
            return
        if at := spot(picture.scene, picture.frame.camera, pointed):
            draw_ring(painter, colours, at, strong=False)
            texts = self._address(pointed), number(float(self._trace.neurons[pointed]), 3)
            draw_card(painter, colours, (self._card, "") if self._card else texts, at, bounds)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a picture of the new size."""
        self._settle()

    def showEvent(self, event: object) -> None:
        """Ask for the first picture."""
        self._settle()
