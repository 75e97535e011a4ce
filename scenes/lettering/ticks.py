"""Ticks: the names of the bands, which stand in space beside them; the answer's steps forward."""

from collections.abc import Sequence

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
                    text="–" if label == NO_CLASS else abbreviated(words.classes, label),
                    at=(x, y, z),
                    size=size + hot * (max(_GROWS * size, _LEAST) - size),
                    colour=_mixed(theme.text_soft, theme.answer, hot),
                    alpha=shown * (0.8 + 0.2 * hot),
                    beside=bands.rows,
                )
            )
    return tuple(ticks)


def abbreviated(names: Sequence[str], place: int) -> str:
    """A name as far as its like need it to be told apart, two to four letters; short ones as they are."""
    name = names[place]
    for letters in range(2, 4):
        if sum(each.startswith(name[:letters]) for each in names) == 1:
            return name[:letters]
    return name[:4]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
