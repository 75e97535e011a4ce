"""Ticks: the names of the bands, which stand in space beside them; the answer's steps forward."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine import NO_CLASS
from scenes.frame import Tick
from scenes.lettering.words import Words
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout

_HIGH = 1.7  # scene units, the size of the type
_CLOSE = 1.15  # of the distance to the next tick, what the type may be
_GROWS = 1.45  # the answer's, of the others
_LEAST = 2.3  # the size that the answer's has at least, scene units
_WHOLE, _CUT = 6, 4  # letters of a name that is written whole, and at least of one that is cut


def lay_out(
    words: Words, layout: Layout, theme: Theme, line: Timeline, t: float, winner: float
) -> tuple[Tick, ...]:
    """The ticks at time t; winner: 0..1, how far the answer has stepped forward."""
    shown = float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))
    ticks = []
    for panel in layout.panels:
        bands = panel.raster.bands
        if bands is None:
            continue
        places = panel.ticks
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
    return tuple(ticks)


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
