"""Pointing: what a picture shows at a place of it."""

from dataclasses import dataclass

import numpy as np

from scenes import Focus, Frame, Scene, pick, pick_bar, pick_strand, place_on
from scenes.lettering.fonts import extent
from scenes.lettering.names.naming import Card
from scenes.light.strand_curves import POINTS
from scenes.space.panel import Panel
from viz3d.live.work.painter import Picture

_OUTER = POINTS // 2  # points of a strand, from its far end on, that can be hit: nearer by, all strands meet
_AROUND = 4.0  # px about a caption
Place = tuple[float, float]


@dataclass(frozen=True)
class Thing:
    """A neuron by its number, a synapse by those of its ends, a layer by its name, a bar by its class.

    A group of neurons, such as a map or a head, by its address.

    Without any, nothing.
    """

    neuron: int = -1
    synapse: tuple[int, int] | None = None
    layer: str = ""
    bar: int = -1
    group: str = ""

    def __bool__(self) -> bool:
        return self != NOTHING

    @property
    def neurons(self) -> tuple[int, ...]:
        """The neuron, or the synapse's source and target; none of a layer, a bar or a group."""
        return (self.neuron,) if self.neuron >= 0 else self.synapse or ()


NOTHING = Thing()


def thing_at(picture: Picture, at: Place, strands: Focus | None) -> Thing:
    """What a picture shows at a place: a neuron, a bar, a strand of what is selected, a layer's caption.

    strands: the lit synapses of what is selected, None where there are none.
    """
    scene, frame = picture.scene, picture.frame
    neuron = neuron_at(picture, at)
    if neuron >= 0:
        return Thing(neuron)
    bar = pick_bar(scene.layout, frame.camera, scene.size, at)
    if 0 <= bar < len(scene.rows):
        return Thing(bar=scene.rows[bar])
    synapse = strand_at(scene, frame, at, strands)
    if synapse:
        return Thing(synapse=synapse)
    layers = layers_at(scene, frame, at)
    return Thing(layer=layers[0]) if layers else NOTHING


def neuron_at(picture: Picture, at: Place, more: float = 0.0) -> int:
    """The neuron at a place, or one whose edge is within so many pixels; -1 for none."""
    frame, scene = picture.frame, picture.scene
    return pick(scene.layout, frame.neuron_size, frame.camera, scene.size, at, more)


def strand_at(scene: Scene, frame: Frame, at: Place, focus: Focus | None) -> tuple[int, int] | None:
    """The synapse of the selected neuron whose strand passes a place near its other end; None for none.

    The selected synapse itself is hit all along.
    """
    if focus is None:
        return None
    selected = focus.about
    if len(selected) > 1:
        curves = focus.curves
    else:
        into = focus.target == selected[0]
        curves = np.where(into[:, None, None], focus.curves, focus.curves[:, ::-1])[:, :_OUTER]
    number = pick_strand(curves, frame.camera, scene.size, at)
    return None if number < 0 else (int(focus.carrier[number]), int(focus.target[number]))


def layers_at(scene: Scene, frame: Frame, at: Place) -> tuple[str, ...]:
    """The layers whose caption stands at a place, of a block several; none where none does."""
    for caption in frame.captions:
        left, top, right, bottom = extent(caption)
        if left - _AROUND <= at[0] <= right + _AROUND and top - _AROUND <= at[1] <= bottom + _AROUND:
            named = [card for card in scene.words.cards if caption.text in (card.name, card.detail)]
            # Blocks have words in common: it is the card of the panels that it stands at.
            cards = [card for card in named if caption.text]
            if cards:
                centres = np.array([scene.layout.panels[min(card.layers)].centre for card in cards])
                x = frame.camera.project(centres, scene.size)[:, 0]
                away = np.nan_to_num(np.abs(x - (left + right) / 2), nan=np.inf)
                return layers_of(scene, cards[int(np.argmin(away))])
    return ()


def layers_of(scene: Scene, card: Card) -> tuple[str, ...]:
    """The names of the layers that a caption is for, from the first on."""
    return tuple(scene.layout.panels[place].layer for place in sorted(card.layers))


def input_at(picture: Picture, at: Place) -> Place | None:
    """Row and column of the input's plane at a place, also beyond its border; None where it is no picture."""
    panel = _input(picture)
    if panel is None:
        return None
    return place_on(panel, picture.frame.camera, picture.scene.size, at)


def on_input(picture: Picture, at: Place) -> bool:
    """Whether a place lies within the input's border."""
    panel, place = _input(picture), input_at(picture, at)
    if panel is None or place is None:
        return False
    return 0 <= place[0] < panel.raster.rows and 0 <= place[1] < panel.raster.cols


def _input(picture: Picture) -> Panel | None:
    panel = picture.scene.layout.panels[0]
    return panel if panel.raster.kind == "tiles" and not panel.raster.walled else None
