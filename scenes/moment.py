"""Moment: what a scene shows at a time, from wherever it is seen."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guarding import in_a_line
from scenes.errors import SceneError
from scenes.frame import Tick
from scenes.light import pulse
from scenes.light.lighting import LitNeurons


@dataclass(frozen=True, eq=False)
class Moment:
    """All of a frame that does not depend on the camera.

    Attributes:
        t: seconds from the start of the film.
        winner, grown: 0..1, how far the winner has stepped forward and the bars have grown.
        neurons, synapses: their light; signal: that of the synapses that carry it forward.
        faces: colours of the faces of attention near the camera, float32 (cells, 3) each.
        reach, reach_alpha: where a neuron's window stands, and how far its lines are seen; see Frame.
        ticks: the names of the bands, panel by panel.
    """

    t: float
    winner: float
    grown: float
    neurons: LitNeurons
    synapses: pulse.Glow
    signal: pulse.Glow
    faces: tuple[NDArray[np.float32], ...] = ()
    reach: NDArray[np.float32] | None = None
    reach_alpha: float = 0.0
    ticks: tuple[tuple[Tick, ...], ...] = ()


def seconds_of(t: object) -> float:
    """A moment as a number of seconds; SceneError where it is none."""
    try:
        seconds = float(t)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        seconds = math.nan
    if math.isnan(seconds):
        raise SceneError(f"a moment is a number of seconds, got {in_a_line(t)}")
    return seconds
