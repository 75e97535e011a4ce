"""Digits that touch: told from one digit, and cut apart where a cut between them is plain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.photo.canvas import BOX, THINNEST, stroke_width
from data.photo.morphology import box_of, grow, maximum, minimum, spanned, strokes_crossed, surrounded
from data.photo.pieces import label_pieces

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ROWS = 40  # ink is looked at in so many rows
INKED = 0.4
SIDEWAYS = np.float32(0.02)  # of a pixel's ink: what a step to the side costs, so that ways are straight
NEAR_MIDDLE = 0.3  # of the width
OUTER = 0.15  # of the width: nearer to its sides nothing is cut off
PLAIN = 3.0  # strokes' widths: of most touching pairs the best way cuts less
SEVERAL = 2.45  # of 1,000 single digits none to four have more, by how they are drawn
GRAINY = 1.35  # times as wide strokes when closed
ROUGH = 0.15  # less, before the ink is looked at well
AGAIN = 0.1  # more, of what was cut off already
MOST = 6


@dataclass(frozen=True, eq=False)
class Parting:
    """A way from top to bottom (ROWS,), first column right of it, and what speaks for it.

    severed: how much ink, in strokes' widths; least: how much the way near the middle cuts that cuts least.
    """

    way: Ints
    severed: float
    least: float

    @property
    def plain(self) -> bool:
        """Whether it lies between two digits, as far as can be told."""
        return self.severed < PLAIN


def parts_that_touch(ink: Floats, several: float = SEVERAL) -> tuple[Floats, ...] | None:
    """The digits that touch in ink (h, w) 0..1 cut out tightly, from left to right, each the same.

    None: it looks like one digit. Empty: like several, with no plain way between them.
    """
    step = max(1, len(ink) // ROWS)
    rough = ink[::step, ::step] > 0.5
    if _at_most(rough) < several or _several(rough, 0.0) < several - ROUGH:
        return None
    small = _small(ink)
    mask = small > INKED
    if _at_most(mask) < several or _several(mask, 0.0) < several:
        return None
    parting = _parting(small)
    if parting is None or _several(mask, parting.least) < several:
        return None
    if not parting.plain:
        return ()
    digits: list[Floats] = []
    for part in _cut(ink, parting.way):
        digits += parts_that_touch(part, SEVERAL + AGAIN) or (part,)
    return tuple(digits) if len(digits) <= MOST else ()


def _several(mask: Mask, cut: float) -> float:
    """How much ink looks like several digits: its rows cross more strokes, it is wide, and easily cut.

    What a ring encloses speaks for one; corners that stay empty outside, as beside a six or a seven, as well.
    Weights of a logistic regression on 7,000 single digits of MNIST's training set, a third of them in
    strokes of one pixel, and 2,000 touching pairs, rounded.
    """
    filled = np.count_nonzero(mask) + (enclosed := _enclosed(mask))
    return float(_unringed(mask) - 0.13 * cut - 1.32 * enclosed / filled + 1.05 * filled / mask.size)


def _at_most(mask: Mask) -> float:
    """No less than _several can be, quickly: nothing is enclosed, and each row is full between its ends."""
    return float(_unringed(mask) + 1.05 * spanned(mask) / mask.size)


def _unringed(mask: Mask) -> float:
    return float(strokes_crossed(mask) / len(mask) + 0.15 * min(mask.shape[1] / len(mask), 2))


def _enclosed(mask: Mask) -> int:
    """How many pixels of a mask (h, w) lie in its holes."""
    ground = ~surrounded(mask, 1)
    labels, _ = label_pieces(ground, np.ones(np.count_nonzero(ground), np.float32))
    return int(np.count_nonzero(labels != labels[0]))


def _parting(small: Floats) -> Parting | None:
    """The best way between two digits in (ROWS, w); None where no way has ink on both sides."""
    width = small.shape[1]
    middle = ROWS // 2
    above, up = _ways(small[: middle + 1])
    below, down = _ways(small[middle:][::-1])
    ways = np.concatenate([up, down[::-1][1:]])
    stroke = stroke_width(small)
    cuts = (above + below - small[middle]) / stroke
    mask = small > INKED
    aside = np.abs((np.arange(width) + 0.5) / width - 0.5)
    least = float(cuts[aside < NEAR_MIDDLE].min())
    best, lowest = None, np.inf
    for column in range(int(OUTER * width), int(np.ceil((1 - OUTER) * width))):
        way = ways[:, column]
        left = np.arange(width) < way[:, None]
        halves = mask & left, mask & ~left
        if not halves[0].any() or not halves[1].any():
            continue
        boxes = [box_of(half) for half in halves]
        tall = min(rows.stop - rows.start for rows, _ in boxes) / ROWS
        wide = max(columns.stop - columns.start for _, columns in boxes) / ROWS
        mass = min(np.count_nonzero(half) for half in halves) / np.count_nonzero(mask)
        # Weights tried on touching pairs of training digits.
        severed = _severed(mask[np.arange(ROWS), np.minimum(way, width - 1)], stroke)
        badness = severed + 2.5 * wide - 2 * mass - 3 * tall
        if badness < lowest:
            best, lowest = Parting(way, severed, least), badness
    return best


def _severed(inked: Mask, stroke: float) -> float:
    """How much a way with ink in some rows (ROWS,) severs, in strokes' widths.

    Once is better than twice, and where two strokes lie along one another they meet for long.
    """
    ends = np.flatnonzero(np.diff(np.pad(inked.astype(np.int8), 1)))
    lengths = (ends[1::2] - ends[::2]) / stroke
    return float(np.sum(0.6 + np.minimum(lengths, 1.05 + 0.3 * lengths)))


def _ways(ink: Floats) -> tuple[Floats, Ints]:
    """For each column of the last row (w,) the least ink on a way from the first row, and that way (h, w)."""
    height, width = ink.shape
    columns, cost = np.arange(width), ink[0]
    came = []
    for row in ink[1:]:
        sides = np.pad(cost, 1, constant_values=np.inf)
        from_each = np.stack([cost, sides[:-2] + SIDEWAYS, sides[2:] + SIDEWAYS])
        choice = from_each.argmin(0)
        came.append(columns + np.array([0, -1, 1])[choice])
        cost = from_each[choice, columns] + row
    ways = np.empty((height, width), np.int64)
    ways[-1] = columns
    for row in range(height - 2, -1, -1):
        ways[row] = came[row][ways[row + 1]]
    return cost, ways


def _small(ink: Floats) -> Floats:
    """Ink in ROWS rows, by area, in strokes not thinner than MNIST's: thin noughts cross each row twice.

    Chalk's and pencil's gaps are closed: those whose closing makes strokes much wider.
    """
    width = max(2, round(ink.shape[1] * ROWS / len(ink)))
    image = Image.fromarray(np.ascontiguousarray(ink, np.float32))
    small = np.asarray(image.resize((width, ROWS), Image.Resampling.BOX), np.float32)
    closed = minimum(maximum(small, 1), 1)
    small = closed if stroke_width(closed) > GRAINY * stroke_width(small) else small
    lacks = (THINNEST * ROWS / BOX - stroke_width(small)) / 2
    if lacks <= 0:
        return small
    reach = int(np.ceil(lacks))
    return grow(small, lacks)[reach:-reach, reach:-reach]


def _cut(ink: Floats, way: Ints) -> list[Floats]:
    """Both sides of a way, found in ROWS rows, each cut out tightly."""
    height, width = ink.shape
    rows = np.minimum(np.arange(height) * ROWS // height, ROWS - 1)
    at = way[rows] * width / max(2, round(width * ROWS / height))
    left = np.arange(width) < at[:, None]
    sides = np.where(left, ink, 0), np.where(left, 0, ink)
    return [side[box_of(side > 0.15)].astype(np.float32) for side in sides]
