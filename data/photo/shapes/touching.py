"""Digits that touch: told from one digit, and cut apart where a cut between them is best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.canvas import HARD, stroke_width, thickened
from data.photo.pixels.morphology import spanned, strokes_crossed
from data.photo.shapes.cuts import cuts_of, sides_of
from data.photo.shapes.odds import ONE, PIECE, SEVERAL, odds, seen_small

Floats = NDArray[np.float32]

ROWS = 40  # so many rows are looked at first
NARROW = 0.9  # of its height is the width of several, at least; of 150 pairs no narrower one was told as such
SMALL = 24  # pixels: ink no larger is rarely of two digits
SURER = 3.0  # more, of such
PEN = 0.11  # of its height: so wide a pen's line of one pixel becomes, of which the network knows little
BUSY = 2.2  # less in them, as of three of four single digits, is no several
LIKELY = 3.0  # logarithm of how much likelier several are than one
AGAIN = 0.5  # more, of what was cut off already
CUTS = 8  # of the best are looked at by what they leave on both sides
TRUST = 4.0  # of the network, beside what speaks against a cut by itself
MOST = 6


def parts_that_touch(ink: Floats, likely: float = LIKELY) -> tuple[Floats, ...] | None:
    """The digits that touch in ink (h, w) 0..1 cut out tightly, from left to right, each the same.

    None: it looks like one digit. Empty: like several, that no way parts, or more than MOST.
    """
    if ink.shape[1] < NARROW * len(ink) or not _may_be_several(ink):
        return None
    sure = likely + SURER * (max(ink.shape) <= SMALL and not _is_line(ink))
    told = odds(_seen(ink)[None])[0]
    if told[SEVERAL] - told[ONE] < sure:
        return None
    parted = [(cut, sides_of(ink, cut)) for cut in cuts_of(ink, CUTS)]
    # A side with ink in the small copy alone, whose strokes are thicker, has none.
    parted = [(cut, both) for cut, both in parted if all(side.size for side in both)]
    if not parted:
        return ()
    sides = [both for _, both in parted]
    seen = odds(np.stack([_seen(side) for both in sides for side in both]))
    whole = np.log1p(-np.exp(np.minimum(seen[:, PIECE], -1e-4))).reshape(-1, 2).sum(1)
    best = sides[int(np.argmax(TRUST * whole - [cut.badness for cut, _ in parted]))]
    digits: list[Floats] = []
    for side in best:
        digits += parts_that_touch(side, likely + AGAIN) or (side,)
    return tuple(digits) if len(digits) <= MOST else ()


def _seen(ink: Floats) -> Floats:
    """Ink as the network reads it, in a pen that it knows: open eights in lines pass for two digits."""
    return seen_small(thickened(ink, PEN * len(ink) / max(ink.shape)) if _is_line(ink) else ink)


def _is_line(ink: Floats) -> bool:
    """Whether ink is drawn with a pen of one pixel."""
    return stroke_width(ink) < HARD


def _may_be_several(ink: Floats) -> bool:
    """False at once where rows cross too few strokes and leave too much of the box free."""
    step = max(1, len(ink) // ROWS)
    mask = ink[::step, ::step] > 0.5
    crossed = strokes_crossed(mask) / len(mask) + 0.15 * min(mask.shape[1] / len(mask), 2)
    return bool(crossed + 1.05 * spanned(mask) / mask.size >= BUSY)
