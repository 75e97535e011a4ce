"""Neurons: how bright and how large each one is, and when it lights."""

import itertools
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.camera.orbit import Orbit
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.level import levels
from scenes.light.paint import Coat, colour
from scenes.light.pulse import arrivals
from scenes.light.theme import Theme, shade
from scenes.motion.easing import between, flash, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.raster import Raster

Floats = NDArray[np.float32]

_RISE = 0.028  # share of the film in which a neuron goes from dark to its level
_FULL = 220.0  # the brightest stripe: more would bloom to white
_BESIDE = 0.5  # of a stripe's colour: how much of the others of its pixel it shows
_BLOCK = 1024  # neurons that are worked out together, or not at all
_RISES, _FLASHES, _RESTS = 1, 2, 3  # what neurons do that do something
_FLASH = 4.0  # times that long until it has flashed


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
    def blocks(self) -> tuple[Floats, Floats]:
        """Seconds at which the first of each `_BLOCK` of them begins to light, and the last."""
        starts = np.arange(0, len(self.fires), _BLOCK)
        return np.minimum.reduceat(self.fires, starts), np.maximum.reduceat(self.fires, starts)

    @cached_property
    def rest(self) -> float:
        """Seconds from which on time changes none of them: all have flashed, and the paint is dry."""
        flashed = float(self.fires.max()) + _FLASH * self.rise
        return max(flashed, self.coat.dries[1]) if self.coat else flashed


@dataclass(frozen=True, eq=False)
class Shown:
    """All neurons at one moment, before a camera sees them; see Frame.

    Attributes:
        level, size: float32 (N,), as in Frame.
        rgb: float32 (3, N), red, green and blue near the camera, 0..255.
        shine: uint8 (N, 3), the colour of the light around balls.
        halo: float32 (N,), how strong that is near the camera.
        bright: ids of those that may have such light, or its colour.
    """

    level: Floats
    size: Floats
    rgb: Floats
    shine: NDArray[np.uint8]
    halo: Floats
    bright: NDArray[np.intp]


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
        glow=_glow(level),
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


def at(neurons: Neurons, theme: Theme, t: float, winner: float) -> Shown:
    """Colours and sizes at time t; `winner` 0..1 lets the answer's neuron grow."""
    runs = _runs(neurons, t)
    if neurons.coat or len(runs) == 1:
        shown = _shown(neurons, theme, t, slice(None))
    else:
        # Most, at any time, are as they are at one end of a film.
        dark, full = _ends(neurons, theme)
        parts = [
            _shown(neurons, theme, t, part)
            if kind == _RISES
            else _flashing(neurons, _part(full, part), t, part)
            if kind == _FLASHES
            else _part(full if kind else dark, part)
            for part, kind in runs
        ]
        level, size, halo, shine = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("level", "size", "halo", "shine")
        )
        rgb = np.concatenate([part.rgb for part in parts], axis=1)
        shown = Shown(level, size, rgb, shine, halo, dark.bright)
    if neurons.stripes and not neurons.coat:
        shown.rgb[:, : neurons.stripes] = _striped(shown.level[: neurons.stripes], theme)
    shown.size[neurons.answer] *= 1.0 + 0.22 * winner
    shown.halo[neurons.answer] *= 1.0 + 0.7 * winner
    return shown


def _runs(neurons: Neurons, t: float) -> list[tuple[slice, int]]:
    """Runs of neurons by what they do at time t: nothing yet, rise, flash with their full level, or rest."""
    first, last = ((t - end) / neurons.rise for end in neurons.blocks)
    kind = np.select([first <= 0.0, last >= _FLASH, last >= 1.0], [0, _RESTS, _FLASHES], _RISES)
    turns = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
    return [
        (slice(_BLOCK * start, _BLOCK * stop), int(kind[start])) for start, stop in itertools.pairwise(turns)
    ]


def _part(shown: Shown, part: slice) -> Shown:
    level, size, rgb = shown.level[part], shown.size[part], shown.rgb[:, part]
    return Shown(level, size, rgb, shown.shine[part], shown.halo[part], shown.bright)


def _flashing(neurons: Neurons, full: Shown, t: float, part: slice) -> Shown:
    """A part of the neurons of which each has its full level and may still flash; full: as they will rest."""
    since = (t - neurons.fires[part]) / neurons.rise
    busy = np.flatnonzero(since < _FLASH)
    size, halo = full.size.copy(), full.halo.copy()
    _flash(size, halo, busy, since[busy], neurons.level[part][busy])
    return replace(full, size=size, halo=halo)


def _flash(size: Floats, halo: Floats, busy: NDArray[np.intp], since: Floats, level: Floats) -> None:
    """Let some neurons flash, in place."""
    size[busy] *= 1.0 + 0.45 * flash(since / 3.0) * level
    halo[busy] *= 1.0 + 0.8 * flash(since / _FLASH)


@lru_cache(maxsize=2)
def _ends(neurons: Neurons, theme: Theme) -> tuple[Shown, Shown]:
    """All neurons before any lights, and once all have flashed."""
    dark, full = (_shown(neurons, theme, t, slice(None)) for t in (-np.inf, np.inf))
    return dark, full


def _shown(neurons: Neurons, theme: Theme, t: float, part: slice) -> Shown:
    """A part of the neurons, all where there is paint, at time t."""
    since = (t - neurons.fires[part]) / neurons.rise
    lit = since >= 1.0
    level = np.where(lit, neurons.level[part], np.float32(0))
    glow = np.where(lit, neurons.glow[part], np.float32(0))
    # All others rest: those in the dark, and those that have flashed.
    busy = np.flatnonzero((since > 0.0) & (since < _FLASH))
    since, full = since[busy], neurons.level[part][busy]
    level[busy] = full * smooth(since)
    glow[busy] = _glow(level[busy])
    if neurons.coat:
        level[neurons.coat.neurons] = painted = np.abs(neurons.coat.at(t))
        glow[neurons.coat.neurons] = _glow(painted)
    size = np.asarray(neurons.radius[part] * (0.60 + 0.55 * glow), np.float32)
    halo, balls = np.zeros(len(glow), dtype=glow.dtype), np.flatnonzero(~neurons.flat[part])
    halo[balls] = np.clip(glow[balls] - 0.12, 0.0, 1.0)
    _flash(size, halo, busy, since, full)
    rgb, shine = _colours(neurons, theme, level, glow, t, part)
    bright = neurons.balls if neurons.coat is None else np.arange(len(neurons.level))
    return Shown(level, size, rgb, shine, np.asarray(halo, np.float32), bright)


def _glow(level: Floats) -> Floats:
    """Brightness of levels, both 0..1."""
    # A power takes long, and many neurons are dark.
    lit = np.flatnonzero(level)
    glow = np.zeros_like(level)
    glow[lit] = level[lit] ** 0.75
    return glow


def _colours(
    neurons: Neurons, theme: Theme, level: Floats, glow: Floats, t: float, part: slice
) -> tuple[Floats, NDArray[np.uint8]]:
    """Colours of some neurons, float32 (3, n), and of the light around balls, uint8 (n, 3)."""
    balls = np.flatnonzero(~neurons.flat[part])
    idle = between(level, 0.01, 0.06)
    idle[balls] = 1.0
    # One ramp after the other: above rest, and below it.
    ramps = np.concatenate([theme.heat, theme.chill]).astype(np.float32)
    side = np.where(neurons.below[part], np.int16(256), np.int16(0))
    step = shade(glow * 0.965) + side
    rgb, place = np.empty((3, len(level)), dtype=np.float32), step.astype(np.intp)
    # Channel by channel: arrays whose last axis is three long are slow.
    for channel, rest in enumerate(theme.idle_pixel):
        mine = rgb[channel]
        np.take(ramps[:, channel] - np.float32(rest), place, out=mine, mode="clip")
        mine *= idle
        mine += rest
    if neurons.stripes and neurons.coat:  # of all: paint may come over them
        rgb[:, : neurons.stripes] = _striped(level[: neurons.stripes], theme)
    shine = np.zeros((len(level), 3), dtype=np.uint8)
    shine[balls] = ramps[shade(0.35 + 0.42 * glow[balls]) + side[balls]]
    if coat := neurons.coat:
        shine[coat.neurons] = painted = colour(coat.at(t), theme)
        rgb[:, coat.neurons] = painted.T
    return rgb, shine


def _striped(level: Floats, theme: Theme) -> Floats:
    """Colours of an image's red, green and blue neurons, in turn (3, N), of their levels (N,).

    Each shows most of the colour that it tells of, and somewhat of the others of its pixel: from afar the
    image is seen.
    """
    pixels = level.reshape(-1, 1, 3)
    shares = _BESIDE + (1 - _BESIDE) * np.eye(3, dtype=np.float32)
    rest = np.array(theme.idle_pixel, np.float32) * (1 - pixels.max(axis=2, keepdims=True))
    colours: Floats = np.asarray(rest + _FULL * pixels * shares, np.float32)
    return colours.reshape(-1, 3).T


def fog(neurons: Neurons, layout: Layout, pose: Orbit) -> Floats:
    """Share of its colour that distance from a camera leaves each neuron, float32 (N,), 0..1.

    All of it for the nearest. Fog follows the camera in steps too small to be
    seen, a few levels of 255, so that while it drifts nothing needs to be drawn anew.
    """
    left: Floats = 1.0 - neurons.fades * _away(layout, pose.coarse())
    return left


@lru_cache(maxsize=4)
def _away(layout: Layout, pose: Orbit) -> Floats:
    """How far each neuron is from a camera, float32 (N,): 0 for the nearest, 1 for the farthest."""
    positions = layout.positions
    away = [positions[:, axis] - np.float32(place) for axis, place in enumerate(pose.position)]
    distance = np.sqrt(away[0] * away[0] + away[1] * away[1] + away[2] * away[2])
    near, far = float(distance.min()), float(distance.max())
    share: Floats = (distance - near) / max(far - near, 1e-6)
    return share


def clear(neurons: Neurons, fog: Floats) -> Floats:
    """Fog (N,) but none before an image's pixels, which have the colours that the legend has for them.

    They lie farthest, and all of them nearly as far.
    """
    left = fog.copy()
    left[: neurons.pixels] = 1.0
    return left


def seen(shown: Shown, theme: Theme, fog: Floats) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colours of the neurons, uint8 (N, 3), and of their halos, uint8 (N, 4), with fog (N,) before them.

    Distance takes colour away: towards black on a dark ground, towards the paper on a light one.
    """
    rgb = np.empty((len(fog), 3), dtype=np.uint8)
    for channel, paper in enumerate(theme.background):
        left = shown.rgb[channel] * fog
        rgb[:, channel] = left + paper * (1 - fog) if theme.ink else left
    halo, some = np.zeros((len(fog), 4), dtype=np.uint8), shown.bright
    halo[some, :3] = shown.shine[some]
    halo[some, 3] = np.clip(shown.halo[some] * fog[some] * (theme.halo * 255.0), 0, 255)
    return rgb, halo
