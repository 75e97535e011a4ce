"""Neurons: how bright and how large each one is, and when it lights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.paint import Coat, colour
from scenes.light.pulse import arrivals
from scenes.light.theme import Theme, sample
from scenes.motion.easing import between, flash, smooth
from scenes.motion.timeline import Timeline
from scenes.space.camera import Orbit
from scenes.space.layout import Layout
from scenes.space.raster import Raster

Floats = NDArray[np.float32]

_RISE = 0.028  # share of the film in which a neuron goes from dark to its level


@dataclass(frozen=True, eq=False)
class Bodies:
    """What neurons are like before any image, by global id.

    Attributes:
        flat: bool (N,), True for tiles.
        radius: float32 (N,), radius of a ball at full level in scene units; half a cell for tiles.
        fires: float32 (N,), seconds at which it lights where no pulse reaches it: when its layer does; of a
            pixel when the digit is written there.
    """

    flat: NDArray[np.bool_]
    radius: Floats
    fires: Floats


@dataclass(frozen=True, eq=False)
class Neurons:
    """What each neuron will show, by global id.

    Attributes:
        level: float32 (N,), |activation| over the largest of its layer, 0..1; for outputs the probability;
            for painted ones the size of their value.
        fires: float32 (N,), seconds at which it begins to light.
        rise: seconds that it takes to light.
        radius: float32 (N,), radius of a ball at full level in scene units; half a cell for tiles.
        fog: float32 (N,), share of its colour that distance leaves; all of it for painted ones, so that near
            and far neurons of one value have the one colour that the legend has for it.
        flat: bool (N,), True for tiles.
        answer: id of the output neuron that wins.
        coat: the paint on some of them, None where all show their activation.
    """

    level: Floats
    fires: Floats
    rise: float
    radius: Floats
    fog: Floats
    flat: NDArray[np.bool_]
    answer: int
    coat: Coat | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """Levels, colours, sizes and halos of all neurons at one moment; see Frame."""

    level: Floats
    rgb: NDArray[np.uint8]
    size: Floats
    halo: NDArray[np.uint8]


def levels(trace: Trace) -> Floats:
    """Level of each neuron, float32 (N,): |activation| over its layer's own maximum.

    Outputs are shown as their probabilities, so that a bar and its neuron agree.
    """
    parts = []
    for layer in trace.net.layers:
        shown = np.abs(trace.display(layer.name).reshape(-1))
        plain = layer is trace.net.layers[-1]
        parts.append(shown if plain else shown / max(float(shown.max()), 1e-30))
    return np.concatenate(parts).astype(np.float32)


def bodies(layout: Layout, line: Timeline) -> Bodies:
    """Work out what all images of a net have in common."""
    counts = [panel.stop - panel.start for panel in layout.panels]
    fires = np.repeat([line.fires[panel.layer] for panel in layout.panels], counts)
    first = layout.panels[0]
    start, end = line.digit
    # The digit is written from left to right, as a hand would, each column a little from the top down.
    cells = first.raster
    sweep = 0.75 * cells.col / max(cells.cols - 1, 1) + 0.25 * cells.row / max(cells.rows - 1, 1)
    fires[first.start : first.stop] = start + (end - start) * 0.8 * sweep
    return Bodies(
        flat=np.repeat([panel.raster.kind == "tiles" for panel in layout.panels], counts),
        radius=np.repeat([_radius(panel.raster) for panel in layout.panels], counts).astype(np.float32),
        fires=fires.astype(np.float32),
    )


def prepare(
    trace: Trace,
    layout: Layout,
    still: Bodies,
    drawn: DrawnSynapses,
    line: Timeline,
    pose: Orbit,
    theme: Theme,
    coat: Coat | None = None,
) -> Neurons:
    """Work out levels and firing times once for a film."""
    distance = np.linalg.norm(layout.positions - pose.position, axis=1)
    near, far = float(distance.min()), float(distance.max())
    depth = (distance - near) / max(far - near, 1e-6)
    fog = 1.0 - theme.fog * np.clip(depth, 0.0, 1.0) * np.where(still.flat, 0.4, 1.0)
    level = levels(trace)
    if coat:
        level[coat.neurons], fog[coat.neurons] = np.abs(coat.value), 1.0
    return Neurons(
        level=level,
        fires=_firing_times(still, drawn, line),
        rise=_RISE * line.seconds,
        radius=still.radius,
        fog=fog.astype(np.float32),
        flat=still.flat,
        answer=layout.panels[-1].start + trace.prediction,
        coat=coat,
    )


def _radius(cells: Raster) -> float:
    # An output's label stands close by, so the ball is not as large as the pitch allows where that is wide.
    share = {"tiles": 0.5, "neurons": 0.36, "outputs": 0.33}[cells.kind]
    return share * (min(cells.pitch, 2.9) if cells.kind == "outputs" else cells.pitch)


def _firing_times(still: Bodies, drawn: DrawnSynapses, line: Timeline) -> Floats:
    """Seconds at which each neuron lights: when its first strand arrives, or else when its layer fires."""
    reached = np.full(len(still.fires), np.inf, dtype=np.float32)
    np.minimum.at(reached, drawn.target, arrivals(drawn, line))
    return np.where(np.isfinite(reached), reached, still.fires)


def at(neurons: Neurons, theme: Theme, t: float, winner: float) -> Shown:
    """Colours and sizes at time t; `winner` 0..1 lets the answer's neuron grow."""
    since = (t - neurons.fires) / neurons.rise
    level = (neurons.level * smooth(since)).astype(np.float32)
    if neurons.coat:
        level[neurons.coat.neurons] = np.abs(neurons.coat.at(t))
    glow = level**0.75
    swell = 1.0 + 0.45 * flash(since / 3.0) * neurons.level
    size = neurons.radius * (0.60 + 0.55 * glow) * swell
    strength = np.clip(glow - 0.12, 0.0, 1.0) * (1.0 + 0.8 * flash(since / 4.0)) * neurons.fog
    if winner > 0:
        size[neurons.answer] *= 1.0 + 0.22 * winner
        strength[neurons.answer] *= 1.0 + 0.7 * winner
    rgb, shine = _colours(neurons, theme, level, t)
    halo = np.empty((len(level), 4), dtype=np.uint8)
    halo[:, :3] = shine
    halo[:, 3] = np.clip(strength * theme.halo * 255.0, 0, 255) * ~neurons.flat
    return Shown(level, rgb, size.astype(np.float32), halo)


def _colours(
    neurons: Neurons, theme: Theme, level: Floats, t: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colours of the neurons and of the light around them, uint8 (N, 3) each."""
    glow = level**0.75
    rgb = sample(theme.heat, glow * 0.965).astype(np.float32)
    idle = between(level, 0.01, 0.06)[:, None]
    rgb = np.where(neurons.flat[:, None], np.array(theme.idle_pixel) * (1 - idle) + rgb * idle, rgb)
    rgb = _fade(rgb, neurons.fog[:, None], theme)
    shine = sample(theme.heat, 0.35 + 0.42 * glow)
    if coat := neurons.coat:
        rgb[coat.neurons] = shine[coat.neurons] = colour(coat.at(t), theme)
    return rgb.astype(np.uint8), shine


def _fade(rgb: Floats, fog: Floats, theme: Theme) -> Floats:
    """Let distance take colour away: towards black on a dark ground, towards the paper on a light one."""
    if theme.ink:
        faded: Floats = rgb * fog + np.array(theme.background, dtype=np.float32) * (1 - fog)
        return faded
    return rgb * fog
