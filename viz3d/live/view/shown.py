"""Shown: what a picture shows, and all that is written over it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from engine import Trace
from engine.graph import address
from engine.graph.receptive_field import receptive_field
from scenes import Frame, Free, Orbit, Scene
from scenes.lettering.fonts import extent
from scenes.lettering.ghosts import ghosts
from scenes.lettering.naming import Card
from viz3d.live.view.layer_frames import draw_field
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
from viz3d.live.widgets.style import Look, number

_GHOST = 1.6  # px, width of a ghost on a bar


@dataclass(frozen=True, eq=False)
class Shown:
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

    @property
    def edges(self) -> Edges:
        """What is written at the edges."""
        return Edges(self.scene, self.before, self.box, self.legend)

    def address(self, neuron: int) -> str:
        """The address of a neuron, such as hidden1:17."""
        return address.write(self.trace.net.graph, neuron)

    def stops(self) -> list[tuple[str, tuple[str, ...]]]:
        """What layers or blocks that can be flown to are called, and the names of their layers."""
        return [(card.name, self._named(card)) for card in self.scene.words.cards if not card.minor]

    def layers_at(self, frame: Frame, x: float, y: float) -> tuple[str, ...]:
        """The names of the layers whose card stands at a place of a frame, none where none does."""
        for card in self.scene.words.cards:
            at = next((k for k, caption in enumerate(frame.captions) if caption.text == card.name), None)
            # A card's second line follows its first.
            for caption in () if at is None else frame.captions[at : at + 2]:
                left, top, right, bottom = extent(caption)
                inside = left <= x <= right and top <= y <= bottom
                if inside and caption.text in (card.name, card.detail):
                    return self._named(card)
        return ()

    def _named(self, card: Card) -> tuple[str, ...]:
        return tuple(self.scene.layout.panels[place].layer for place in card.layers)

    def room(self, pose: Orbit, t: float, selected: int) -> Free:
        """Where labels in space may stand beside all else that is written."""
        taken = self.edges.taken(t, t >= self.scene.timeline.answer[0])
        at = spot(self.scene, pose, selected) if selected >= 0 else None
        if at is not None:
            taken.append(tag_box(self.address(selected), at, self.box))
        box = self.box.adjusted(-8, -8, 8, 8)
        taken += self.covered
        if self.covered:
            box.setBottom(max(box.bottom(), self.legend[2]))
        return Free(sides(box), tuple(map(sides, taken)))

    def write(self, painter: QPainter, look: Look, frame: Frame) -> None:
        """Write all that belongs over a frame's picture, whatever is selected."""
        write_captions(painter, frame.captions)
        draw_rings(painter, frame)
        if self.before is not None and frame.bars.any():
            scene, pose = self.scene, frame.camera
            moved = scene.layout, self.before, scene.probabilities
            draw_ghosts(painter, ghosts(*moved, pose, scene.size, scene.theme, width=_GHOST))
        self.edges.draw(painter, look, frame)

    def mark(
        self, painter: QPainter, look: Look, frame: Frame, selected: int, pointed: int, card: str
    ) -> None:
        """Mark neurons over all that is written.

        selected, pointed: neurons with a ring, -1 for none; card: what is said of the one that is pointed at,
            empty for its address and value.
        """
        # Either may be of another net than the picture still is.
        count = len(self.trace.neurons)
        if 0 <= selected < count and (at := spot(self.scene, frame.camera, selected)):
            self._draw_field(painter, look, frame, selected)
            draw_ring(painter, look, at, strong=True)
            text = self.address(selected)
            draw_tag(painter, look, text, tag_box(text, at, self.box))
        if 0 <= pointed < count and pointed != selected and (at := spot(self.scene, frame.camera, pointed)):
            draw_ring(painter, look, at, strong=False)
            texts = self.address(pointed), number(float(self.trace.neurons[pointed]), 3)
            draw_card(painter, look, (card, "") if card else texts, at, self.box)

    def _draw_field(self, painter: QPainter, look: Look, frame: Frame, neuron: int) -> None:
        """Draw a frame around the pixels that a neuron can see, where these are a part of them."""
        panels, graph = self.scene.layout.panels, self.trace.net.graph
        panel = next(each for each in panels if each.start <= neuron < each.stop)
        if len(graph.layers[0].shape) == 3:
            field = receptive_field(graph, panel.layer, neuron - panel.start)
            draw_field(painter, look, self.scene, frame.camera, field)
