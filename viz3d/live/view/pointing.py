"""Pointing: what a picture shows at a place of the view."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes import Frame, Scene, pick, pick_strand
from scenes.lettering.fonts import extent
from scenes.light.drawn_synapses import POINTS

_OUTER = POINTS // 2  # points of a strand, from its far end on, that can be hit: nearer by, all strands meet
_AROUND = 4.0  # px about a caption


@dataclass(frozen=True)
class Thing:
    """A neuron by its number, a synapse by those of its ends, a layer by its name; without any, nothing."""

    neuron: int = -1
    synapse: tuple[int, int] | None = None
    layer: str = ""

    def __bool__(self) -> bool:
        return self != NOTHING

    @property
    def neurons(self) -> tuple[int, ...]:
        """The neuron, or the synapse's source and target; none of a layer."""
        return (self.neuron,) if self.neuron >= 0 else self.synapse or ()


NOTHING = Thing()


def thing_at(scene: Scene, frame: Frame, at: tuple[float, float], selected: int) -> Thing:
    """What a picture shows at a place: a neuron, or a strand of the selected one, or a layer's caption."""
    neuron = pick(scene.layout, frame.neuron_size, frame.camera, scene.size, at)
    if neuron >= 0:
        return Thing(neuron)
    synapse = strand_at(scene, frame, at, selected)
    return Thing(synapse=synapse) if synapse else Thing(layer=layer_at(scene, frame, at))


def strand_at(scene: Scene, frame: Frame, at: tuple[float, float], selected: int) -> tuple[int, int] | None:
    """The synapse of the selected neuron whose strand passes a place near its other end; None for none."""
    focus = frame.focus
    if focus is None or focus.about != (selected,):
        return None
    far = np.where((focus.target == selected)[:, None, None], focus.curves, focus.curves[:, ::-1])
    number = pick_strand(far[:, :_OUTER], frame.camera, scene.size, at)
    return None if number < 0 else (int(focus.carrier[number]), int(focus.target[number]))


def layer_at(scene: Scene, frame: Frame, at: tuple[float, float]) -> str:
    """The layer whose caption stands at a place; of a caption for several the first. "" for none."""
    for caption in frame.captions:
        left, top, right, bottom = extent(caption)
        if left - _AROUND <= at[0] <= right + _AROUND and top - _AROUND <= at[1] <= bottom + _AROUND:
            named = [card for card in scene.words.cards if caption.text in (card.name, card.detail)]
            # Blocks have words in common: it is the card of the panels that it stands at.
            places = [min(card.layers) for card in named if caption.text]
            if places:
                centres = np.array([scene.layout.panels[place].centre for place in places])
                x = frame.camera.project(centres, scene.size)[:, 0]
                away = np.nan_to_num(np.abs(x - (left + right) / 2), nan=np.inf)
                return scene.layout.panels[places[int(np.argmin(away))]].layer
    return ""


def outline(scene: Scene, frame: Frame, layer: str) -> NDArray[np.float32]:
    """The corners (4, 2) of a layer's plane in pixels; NaN behind the camera."""
    panel = next(panel for panel in scene.layout.panels if panel.layer == layer)
    return frame.camera.project(panel.corners(), scene.size)
