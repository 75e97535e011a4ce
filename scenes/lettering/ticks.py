"""Ticks: the names of the bands, which stand in space beside them; the answer's steps forward."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import NO_CLASS
from scenes.camera.orbit import Orbit
from scenes.frame import Caption, Tick
from scenes.lettering.fonts import extent
from scenes.lettering.words import Words
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout

_HIGH = 1.7  # scene units, the size of the type
_CLOSE = 1.15  # of the distance to the next tick, what the type may be
_GROWS = 1.45  # the answer's, of the others
_LEAST = 2.3  # the size that the answer's has at least, scene units
_MEETS = 0.1  # of a panel's ticks, how many may meet a text before all of them go
_WHOLE, _CUT = 6, 4  # letters of a name that is written whole, and at least of one that is cut


def lay_out(
    words: Words, layout: Layout, theme: Theme, line: Timeline, t: float, winner: float
) -> tuple[tuple[Tick, ...], ...]:
    """The ticks at time t, panel by panel; winner: 0..1, how far the answer has stepped forward."""
    shown = float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))
    panels = []
    for panel in layout.panels:
        bands = panel.raster.bands
        if bands is None:
            continue
        places, ticks = panel.ticks, []
        apart = np.linalg.norm(np.diff(places, axis=0), axis=1).min(initial=_HIGH / _CLOSE)
        size = min(_HIGH, _CLOSE * float(apart))
        for label, (x, y, z) in zip(bands.classes, places.tolist(), strict=True):
            hot = winner if label == words.prediction else 0.0
            ticks.append(
                Tick(
                    text="–" if label == NO_CLASS else _written(words.classes, label),
                    at=(x, y, z),
                    size=size + hot * (max(_GROWS * size, _LEAST) - size),
                    colour=_mixed(theme.text_soft, theme.answer, hot),
                    alpha=shown * (0.8 + 0.2 * hot),
                    beside=bands.rows,
                )
            )
        panels.append(tuple(ticks))
    return tuple(panels)


def clear(
    panels: tuple[tuple[Tick, ...], ...],
    texts: Iterable[Caption],
    layout: Layout,
    camera: Orbit,
    size: tuple[int, int],
) -> tuple[tuple[Tick, ...], ...]:
    """Ticks of panels, but of those that a camera sees before bars, texts or the ticks of a panel nearer.

    From the front panels stand before each other, and a band's name would be taken for a bar's.
    size: of the picture, pixels.
    """
    if not panels:
        return panels
    boxes = _boxes([tick for ticks in panels for tick in ticks], camera, size)
    mine = np.split(boxes, np.cumsum([len(ticks) for ticks in panels[:-1]]))
    ends = layout.bars.base + layout.bars.length * layout.bars.along
    bars = camera.project(np.concatenate([layout.bars.label, ends]), size)
    whole = [*bars.min(axis=0), *bars.max(axis=0)]
    taken, kept = np.array([whole, *(extent(text) for text in texts)]), []
    for ticks, own in zip(reversed(panels), reversed(mine), strict=True):
        low, high = own[:, None, :2] < taken[None, :, 2:], own[:, None, 2:] > taken[None, :, :2]
        if np.mean(np.any(np.all(low & high, axis=2), axis=1)) > _MEETS:
            kept.append(tuple(replace(tick, alpha=0.0) for tick in ticks))
        else:
            kept.append(ticks)
            taken = np.concatenate([taken, own])
    return tuple(reversed(kept))


def _boxes(ticks: list[Tick], camera: Orbit, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where ticks are seen, in pixels (N, 4); NaN behind the camera."""
    at = np.array([tick.at for tick in ticks])
    x, y = camera.project(at, size).T
    away = (camera.position - at) @ camera.axes()[2]
    pixels = camera.scale_at(at[0], size) * max(float(away[0]), 1e-6) / away
    high = 0.5 * pixels * [tick.size for tick in ticks]
    wide = 1.2 * high * [len(tick.text) for tick in ticks]
    return np.stack([x, y - 0.8 * high, x + wide, y + 0.8 * high], axis=1)


@lru_cache(maxsize=1024)
def _written(names: tuple[str, ...], place: int) -> str:
    """The same for every frame: all names are looked through for each."""
    return abbreviated(names, place)


def abbreviated(names: Sequence[str], place: int) -> str:
    """A name as it has room beside a band: whole up to six letters, else four or as few as tell it apart.

    Words that all begin with are left out: of "iris setosa" and "iris virginica" the second.
    """
    name, *others = _without_shared([names[place], *names])
    if len(name) <= _WHOLE:
        return name
    for letters in range(_CUT, _WHOLE):
        cut = name[:letters].rstrip()
        if sum(each[:letters].rstrip() == cut for each in others) == 1:
            return cut
    return name[:_WHOLE].rstrip()


def _without_shared(names: Sequence[str]) -> list[str]:
    """Names without the words that all of them begin with; at least one word of each stays."""
    words = [name.split() or [""] for name in names]
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == words[0][shared] for each in words):
        shared += 1
    return [" ".join(each[shared:]) for each in words]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
