"""Neurons: how bright and how large each one will be, when it lights, and what fog leaves of it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.camera.orbit import Orbit
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.level import levels
from scenes.light.paint import Coat
from scenes.light.pulse import arrivals
from scenes.light.theme import Theme
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.raster import Raster

Floats = NDArray[np.float32]

_RISE = 0.028  # share of the film in which a neuron goes from dark to its level
FLASH = 4.0
"""Times that long until it has flashed."""
LEAST, MORE, STEP = 0.60, 0.55, 0.22
"""Of a neuron's radius, what a dark one has, what light adds; and what the answer's grows by, of its own."""


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
        level: float32 (N,), |activation| over the largest of its layer, 0..1, see `levels`; for outputs the
            probability; for painted ones the size of their value.
        below: bool (N,), whether it lies below its rest and has a colour that says so.
        glow: float32 (N,), how bright that is, 0..1.
        fires: float32 (N,), seconds at which it begins to light.
        rise: seconds that it takes to light.
        radius: float32 (N,), radius of a ball at full level in scene units; half a cell for tiles.
        fades: float32 (N,), share of its colour that each would lose as the farthest; nothing for painted
            ones, so that near and far neurons of one value have the one colour that the legend has for it.
        flat: bool (N,), True for tiles.
        answer: id of the output neuron that wins.
        coat: the paint on some of them, None where all show their activation.
        stripes: how many at the beginning are the red, green and blue of an image's pixels, in turn.
        pixels: how many at the beginning are an image's pixels, in colour or not.
    """

    level: Floats
    below: NDArray[np.bool_]
    glow: Floats
    fires: Floats
    rise: float
    radius: Floats
    fades: Floats
    flat: NDArray[np.bool_]
    answer: int
    coat: Coat | None = None
    stripes: int = 0
    pixels: int = 0

    @cached_property
    def balls(self) -> NDArray[np.intp]:
        """Ids of those that are no tiles."""
        return np.flatnonzero(~self.flat)

    @cached_property
    def rest(self) -> float:
        """Seconds from which on time changes none of them: all have flashed, and the paint is dry."""
        flashed = float(self.fires.max()) + FLASH * self.rise
        return max(flashed, self.coat.dries[1]) if self.coat else flashed


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
    theme: Theme,
    coat: Coat | None = None,
) -> Neurons:
    """Work out levels and firing times once for a film."""
    level, below = levels(trace)
    fades = np.where(still.flat, np.float32(0.4 * theme.fog), np.float32(theme.fog))
    if coat:
        level[coat.neurons], fades[coat.neurons] = np.abs(coat.value), 0.0
        below[coat.neurons] = False
    return Neurons(
        level=level,
        below=below,
        glow=glow_of(level),
        fires=_firing_times(still, drawn, line),
        rise=_RISE * line.seconds,
        radius=still.radius,
        fades=fades,
        flat=still.flat,
        answer=layout.panels[-1].start + trace.prediction,
        coat=coat,
        stripes=trace.net.layers[0].size if trace.net.layers[0].shape[2:] == (3,) else 0,
        pixels=layout.panels[0].stop if layout.panels[0].raster.kind == "tiles" else 0,
    )


def answer_radius(outputs: Raster) -> float:
    """The radius of the answer's ball at full level, once it has stepped forward; in scene units."""
    return _radius(outputs) * (LEAST + MORE) * (1.0 + STEP)


def _radius(cells: Raster) -> float:
    # An output's label stands close by, so the ball is not as large as the pitch allows where that is wide.
    share = {"tiles": 0.5, "neurons": 0.40, "outputs": 0.33}[cells.kind]
    return share * (min(cells.pitch, 2.9) if cells.kind == "outputs" else cells.pitch)


def _firing_times(still: Bodies, drawn: DrawnSynapses, line: Timeline) -> Floats:
    """Seconds at which each neuron lights: when its first strand arrives, or else when its layer fires."""
    if not len(drawn):
        return still.fires
    reached = np.full(len(still.fires), np.inf, dtype=np.float32)
    np.minimum.at(reached, drawn.target, arrivals(drawn, line))
    return np.where(np.isfinite(reached), reached, still.fires)


def glow_of(level: Floats) -> Floats:
    """Brightness of levels, both float32 (N,), 0..1."""
    # A power takes long, and many neurons are dark.
    lit = np.flatnonzero(level)
    glow = np.zeros_like(level)
    glow[lit] = level[lit] ** 0.75
    return glow


def fog(neurons: Neurons, layout: Layout, pose: Orbit) -> Floats:
    """Share of its colour that distance from a camera leaves each neuron, float32 (N,), 0..1; read-only.

    All of it for the nearest. Fog follows the camera in steps too small to be
    seen, a few levels of 255, so that while it drifts nothing needs to be drawn anew: it is the same array.
    """
    return _fog(neurons, layout, pose.coarse())


@lru_cache(maxsize=4)
def _fog(neurons: Neurons, layout: Layout, pose: Orbit) -> Floats:
    left: Floats = 1.0 - neurons.fades * _away(layout, pose)
    left.flags.writeable = False
    return left


@lru_cache(maxsize=4)
def _away(layout: Layout, pose: Orbit) -> Floats:
    """How far each neuron is from a camera, float32 (N,): 0 for the nearest, 1 for the farthest."""
    places = zip(_axes(layout), pose.position, strict=True)
    away = [along - np.float32(place) for along, place in places]
    distance = np.sqrt(away[0] * away[0] + away[1] * away[1] + away[2] * away[2])
    near, far = float(distance.min()), float(distance.max())
    share: Floats = (distance - near) / max(far - near, 1e-6)
    return share


@lru_cache(maxsize=2)
def _axes(layout: Layout) -> tuple[Floats, Floats, Floats]:
    """Where all neurons are along each axis, float32 (N,) each: one after the other they are read faster."""
    x, y, z = np.ascontiguousarray(layout.positions.T)
    return x, y, z


def clear(neurons: Neurons, fog: Floats) -> Floats:
    """Fog (N,) but none before an image's pixels, which have the colours that the legend has for them.

    They lie farthest, and all of them nearly as far.
    """
    left = fog.copy()
    left[: neurons.pixels] = 1.0
    return left
