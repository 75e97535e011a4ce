"""ViewedScene: what a picture shows, and all that is written over it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from engine import EngineError, Trace
from engine.graph import address
from engine.graph.receptive_field import receptive_field
from scenes import Frame, Free, Orbit, Scene
from scenes.lettering.edited.ghosts import ghosts
from scenes.light.focus import ways
from viz3d.live.view.overlay.edges import Edges, sides
from viz3d.live.view.overlay.layer_frames import (
    draw_field,
    draw_group_frames,
    draw_layer_frames,
    face_corners,
    group_corners,
)
from viz3d.live.view.overlay.lettering import (
    Spot,
    about,
    draw_card,
    draw_ghosts,
    draw_ring,
    draw_rings,
    draw_row,
    draw_tag,
    spot,
    tag_box,
    write_captions,
)
from viz3d.live.view.overlay.lines import draw_line, draw_pull, middle
from viz3d.live.view.pointing import NOTHING, Thing, layers_of
from viz3d.live.widgets.style import Look, number

_GHOST = 1.6  # px, width of a ghost on a bar


@dataclass(frozen=True)
class Marks:
    """What a hand does: what is selected and pointed at, and what is written over the picture for it.

    Attributes:
        marked, pointed: what is selected, and what the pointer is on.
        card: what is said of the neuron that is pointed at, empty for its address and value.
        pull: the neuron that a line is drawn from, and where it ends; None without a line.
    """

    marked: Thing = NOTHING
    pointed: Thing = NOTHING
    card: str = ""
    pull: tuple[int, QPointF] | None = None


@dataclass(frozen=True, eq=False)
class ViewedScene:
    """A scene with what is known of it besides, as it was when its picture was asked for.

    Attributes:
        scene: what is shown.
        before: probabilities before the edits, None where there are none.
        trace: the trace that it shows.
        box: what panels leave free, px.
        legend: left end, right end and base line of the legend, px.
        covered: panels beside which labels may stand as low as the legend, px.
    """

    scene: Scene
    before: NDArray[np.float32] | None
    trace: Trace
    box: QRectF
    legend: tuple[float, float, float]
    covered: tuple[QRectF, ...] = ()

    @cached_property
    def edges(self) -> Edges:
        """What is written at the edges."""
        return Edges(self.scene, self.before, self.box, self.legend)

    def address(self, neuron: int) -> str:
        """The address of a neuron, such as hidden1:17."""
        return address.write(self.trace.net.graph, neuron)

    def stops(self) -> list[tuple[str, tuple[str, ...]]]:
        """What layers or blocks that can be flown to are called, and the names of their layers."""
        cards = (card for card in self.scene.words.cards if not card.minor)
        return [(card.name, layers_of(self.scene, card)) for card in cards]

    def name(self, thing: Thing) -> str:
        """The address of a thing."""
        return " → ".join(map(self.address, thing.neurons)) or thing.layer or thing.group

    def has(self, thing: Thing) -> bool:
        """Whether there is such a thing here: it may be of another net than this still is."""
        if thing.layer:
            return thing.layer in {panel.layer for panel in self.scene.layout.panels}
        if thing.bar >= 0:
            return thing.bar < len(self.scene.probabilities)
        if thing.group:
            return self.group(thing) is not None
        return bool(thing.neurons) and max(thing.neurons) < len(self.trace.neurons)

    def group(self, thing: Thing) -> NDArray[np.int64] | None:
        """The global ids (n,) of a group's neurons; None where there is none of this name here."""
        try:
            return address.neurons(self.trace.net.graph, thing.group) if thing.group else None
        except EngineError:
            return None

    def lit(self, thing: Thing) -> tuple[int, ...]:
        """The neurons whose synapses are lit for a thing, or those at the ends of a synapse."""
        group = self.group(thing)
        return thing.neurons if group is None else tuple(group.tolist())

    def room(self, pose: Orbit, t: float, marked: Thing) -> Free:
        """Where labels in space may stand beside all else that is written."""
        taken = self.edges.taken(t, t >= self.scene.timeline.answer[0], pose)
        at = self._tagged(pose, marked) if self.has(marked) else None
        if at is not None:
            taken.append(tag_box(self.name(marked), at, self.box, taken))
        box = self.box.adjusted(-8, -8, 8, 8)
        taken += self.covered
        if self.covered:
            box.setBottom(max(box.bottom(), self.legend[2]))
        return Free(sides(box), tuple(map(sides, taken)))

    def write(self, painter: QPainter, look: Look, frame: Frame) -> None:
        """Write all that belongs over a frame's picture, whatever is selected."""
        self.edges.shade(painter, frame)
        draw_rings(painter, frame)
        write_captions(painter, look, frame.captions)
        if self.before is not None and frame.bars.any():
            scene, pose = self.scene, frame.camera
            moved = scene.layout, self.before, scene.probabilities
            draw_ghosts(
                painter, ghosts(*moved, pose, scene.size, scene.theme, width=_GHOST, numbers=scene.numbers)
            )
        self.edges.draw(painter, look, frame)

    def mark(self, painter: QPainter, look: Look, frame: Frame, marks: Marks) -> None:
        """Mark what a hand does over all that is written."""
        if self.has(marks.marked):
            self._draw_marked(painter, look, frame, marks.marked)
        if marks.pull is not None and (at := spot(self.scene, frame.camera, marks.pull[0])):
            draw_pull(painter, look, at, marks.pull[1])
        if marks.pointed != marks.marked and self.has(marks.pointed):
            self._draw_pointed(painter, look, frame, marks)

    def _draw_marked(self, painter: QPainter, look: Look, frame: Frame, marked: Thing) -> None:
        """What is selected: rings, a frame or a line, and its address."""
        if marked.layer:
            draw_layer_frames(painter, look, self.scene, frame.camera, (marked.layer,), fill=False)
            return
        draw_group_frames(painter, look, self.scene, frame.camera, self._frames(marked), strong=True)
        if marked.neuron >= 0:
            self._draw_field(painter, look, frame, marked.neuron)
        for neuron in marked.neurons:
            if at := spot(self.scene, frame.camera, neuron):
                draw_ring(painter, look, at, strong=True)
        lit = frame.focus is not None and len(frame.focus.source)
        if marked.synapse is not None and not lit:
            draw_line(painter, look, self._line(frame.camera, marked.synapse), there=False)
        where = self._tagged(frame.camera, marked)
        if where is not None:
            text = self.name(marked)
            written = self.edges.taken(frame.t, frame.winner > 0, frame.camera)
            draw_tag(painter, look, text, tag_box(text, where, self.box, written))

    def _draw_pointed(self, painter: QPainter, look: Look, frame: Frame, marks: Marks) -> None:
        """What is pointed at: its ring, line or frame, and a small card."""
        thing = marks.pointed
        if thing.layer:
            draw_layer_frames(
                painter, look, self.scene, frame.camera, (thing.layer,), strong=False, fill=False
            )
            return
        draw_group_frames(painter, look, self.scene, frame.camera, self._frames(thing), strong=False)
        if thing.bar >= 0:
            draw_row(painter, look, self.scene, frame, thing.bar)
            return
        ends = [spot(self.scene, frame.camera, neuron) for neuron in thing.neurons]
        value = float(self.trace.neurons[thing.neuron]) if thing.neuron >= 0 else 0.0
        texts, at = (self.name(thing), number(value, 3) if ends else ""), self._tagged(frame.camera, thing)
        if thing.synapse is not None:
            line = self._line(frame.camera, thing.synapse)
            draw_line(painter, look, line, there=True)
            texts = self.name(thing), ""
        for each in ends:
            if each is not None:
                draw_ring(painter, look, each, strong=False)
        if at is not None:
            draw_card(painter, look, (marks.card, "") if marks.card else texts, at, self.box)

    def _tagged(self, pose: Orbit, thing: Thing) -> Spot | None:
        """Where the address of a thing is written: above a neuron or a group, or half way along a synapse."""
        if thing.synapse is not None:
            return middle(self._line(pose, thing.synapse))
        if frames := self._frames(thing):
            # Of a head its face tells more than its part of each token.
            frames = face_corners(self.scene, self.trace.net, thing.group) or frames
            return about(pose.project(np.concatenate(frames), self.scene.size))
        return spot(self.scene, pose, thing.neuron) if thing.neuron >= 0 else None

    def _frames(self, thing: Thing) -> list[NDArray[np.float32]]:
        """The corners (4, 3) of what holds a group's neurons, and of a head's face; none of anything else."""
        neurons = self.group(thing)
        if neurons is None:
            return []
        faces = face_corners(self.scene, self.trace.net, thing.group)
        return [*group_corners(self.scene, neurons), *faces]

    def _line(self, pose: Orbit, synapse: tuple[int, int]) -> NDArray[np.float32]:
        """Where a synapse runs, (POINTS, 2) in pixels; NaN behind the camera."""
        source, target = (np.array([end], np.int32) for end in synapse)
        curve = ways(self.trace.net, self.scene.layout, source, target)[0]
        return pose.project(curve, self.scene.size)

    def _draw_field(self, painter: QPainter, look: Look, frame: Frame, neuron: int) -> None:
        """Draw a frame around the pixels that a neuron can see, where these are a part of them."""
        panels, graph = self.scene.layout.panels, self.trace.net.graph
        panel = next(each for each in panels if each.start <= neuron < each.stop)
        if len(graph.layers[0].shape) == 3:
            field = receptive_field(graph, panel.layer, neuron - panel.start)
            draw_field(painter, look, self.scene, frame.camera, field)
