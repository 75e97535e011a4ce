"""Lighting: what the neurons look like at one moment."""

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes.light.neurons import FLASH, LEAST, MORE, STEP, Neurons, glow_of
from scenes.light.paint import colour
from scenes.light.theme import Theme, shade
from scenes.motion.easing import between, flash, smooth

Floats = NDArray[np.float32]

_FULL = 220.0  # the brightest stripe: more would bloom to white
_BESIDE = 0.5  # of a stripe's colour: how much of the others of its pixel it shows
_BLOCK = 1024  # neurons that are worked out together, or not at all
_RISES, _FLASHES, _RESTS = 1, 2, 3  # what neurons do that do something


@dataclass(frozen=True, eq=False)
class LitNeurons:
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


def at(neurons: Neurons, theme: Theme, t: float, winner: float) -> LitNeurons:
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
        shown = LitNeurons(level, size, rgb, shine, halo, dark.bright)
    if neurons.stripes and not neurons.coat:
        shown.rgb[:, : neurons.stripes] = _striped(shown.level[: neurons.stripes], theme)
    shown.size[neurons.answer] *= 1.0 + STEP * winner
    shown.halo[neurons.answer] *= 1.0 + 0.7 * winner
    return shown


def _runs(neurons: Neurons, t: float) -> list[tuple[slice, int]]:
    """Runs of neurons by what they do at time t: nothing yet, rise, flash with their full level, or rest."""
    first, last = ((t - end) / neurons.rise for end in _blocks(neurons))
    kind = np.where(last >= 1.0, np.where(last >= FLASH, _RESTS, _FLASHES), _RISES)
    kind = np.where(first <= 0.0, 0, kind)
    turns = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
    return [
        (slice(_BLOCK * start, _BLOCK * stop), int(kind[start])) for start, stop in itertools.pairwise(turns)
    ]


@lru_cache(maxsize=2)
def _blocks(neurons: Neurons) -> tuple[Floats, Floats]:
    """Seconds at which the first of each `_BLOCK` of them begins to light, and the last."""
    starts = np.arange(0, len(neurons.fires), _BLOCK)
    return np.minimum.reduceat(neurons.fires, starts), np.maximum.reduceat(neurons.fires, starts)


def _part(shown: LitNeurons, part: slice) -> LitNeurons:
    level, size, rgb = shown.level[part], shown.size[part], shown.rgb[:, part]
    return LitNeurons(level, size, rgb, shown.shine[part], shown.halo[part], shown.bright)


def _flashing(neurons: Neurons, full: LitNeurons, t: float, part: slice) -> LitNeurons:
    """A part of the neurons of which each has its full level and may still flash; full: as they will rest."""
    since = (t - neurons.fires[part]) / neurons.rise
    busy = np.flatnonzero(since < FLASH)
    size, halo = full.size.copy(), full.halo.copy()
    _flash(size, halo, busy, since[busy], neurons.level[part][busy], neurons.flat[part])
    return replace(full, size=size, halo=halo)


def _flash(
    size: Floats,
    halo: Floats,
    busy: NDArray[np.intp],
    since: Floats,
    level: Floats,
    flat: NDArray[np.bool_],
) -> None:
    """Let some neurons flash, in place. Those that are flat have no halo."""
    size[busy] *= 1.0 + 0.45 * flash(since / 3.0) * level
    balls = np.flatnonzero(~flat[busy])
    halo[busy[balls]] *= 1.0 + 0.8 * flash(since[balls] / FLASH)


@lru_cache(maxsize=2)
def _ends(neurons: Neurons, theme: Theme) -> tuple[LitNeurons, LitNeurons]:
    """All neurons before any lights, and once all have flashed."""
    dark, full = (_shown(neurons, theme, t, slice(None)) for t in (-np.inf, np.inf))
    return dark, full


def _shown(neurons: Neurons, theme: Theme, t: float, part: slice) -> LitNeurons:
    """A part of the neurons, all where there is paint, at time t."""
    since = (t - neurons.fires[part]) / neurons.rise
    lit = since >= 1.0
    level = np.where(lit, neurons.level[part], np.float32(0))
    glow = np.where(lit, neurons.glow[part], np.float32(0))
    # All others rest: those in the dark, and those that have flashed.
    busy = np.flatnonzero((since > 0.0) & (since < FLASH))
    since, full = since[busy], neurons.level[part][busy]
    level[busy] = full * smooth(since)
    glow[busy] = glow_of(level[busy])
    if neurons.coat:
        level[neurons.coat.neurons] = painted = np.abs(neurons.coat.at(t))
        glow[neurons.coat.neurons] = glow_of(painted)
    size = np.asarray(neurons.radius[part] * (LEAST + MORE * glow), np.float32)
    halo, balls = np.zeros(len(glow), dtype=glow.dtype), np.flatnonzero(~neurons.flat[part])
    halo[balls] = np.clip(glow[balls] - 0.12, 0.0, 1.0)
    _flash(size, halo, busy, since, full, neurons.flat[part])
    rgb, shine = _colours(neurons, theme, level, glow, t, part)
    bright = neurons.balls if neurons.coat is None else np.arange(len(neurons.level))
    return LitNeurons(level, size, rgb, shine, np.asarray(halo, np.float32), bright)


def _colours(
    neurons: Neurons, theme: Theme, level: Floats, glow: Floats, t: float, part: slice
) -> tuple[Floats, NDArray[np.uint8]]:
    """Colours of some neurons, float32 (3, n), and of the light around balls, uint8 (n, 3)."""
    balls = np.flatnonzero(~neurons.flat[part])
    idle = between(level, 0.01, 0.06)
    idle[balls] = 1.0
    # One ramp after the other: above rest, and below it.
    ramps, channels = _ramps(theme)
    side = np.where(neurons.below[part], np.int16(256), np.int16(0))
    step = shade(glow * 0.965) + side
    rgb, place = np.empty((3, len(level)), dtype=np.float32), step.astype(np.intp)
    # Channel by channel: arrays whose last axis is three long are slow.
    for channel, rest in enumerate(theme.idle_pixel):
        mine = rgb[channel]
        np.take(channels[channel], place, out=mine, mode="clip")
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


@lru_cache(maxsize=4)
def _ramps(theme: Theme) -> tuple[Floats, Floats]:
    """Colours of neurons, above rest and then below, (512, 3); and (3, 512) over those at rest."""
    ramps = np.concatenate([theme.heat, theme.chill]).astype(np.float32)
    return ramps, np.ascontiguousarray((ramps - np.array(theme.idle_pixel, np.float32)).T)


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


def seen(shown: LitNeurons, theme: Theme, fog: Floats) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
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
