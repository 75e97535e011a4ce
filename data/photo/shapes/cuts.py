"""Ways from top to bottom between digits that touch: each severs as little ink as it can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.photo.canvas import BOX, THINNEST, stroke_width
from data.photo.pixels.morphology import box_of, grow, maximum, minimum

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ROWS = 40  # ink is looked at in so many rows
INKED = 0.4
SIDEWAYS = np.float32(0.02)  # of a pixel's ink: what a step to the side costs, so that ways are straight
OUTER = 0.15  # of the width: nearer to its sides nothing is cut off
APART = 2.5  # columns, in the mean: nearer ways are the same
GRAINY = 1.35  # times as wide strokes when closed


@dataclass(frozen=True, eq=False)
class Cut:
    """A way from top to bottom (ROWS,), first column right of it, and what speaks against it."""

    way: Ints
    badness: float


def cuts_of(ink: Floats, most: int) -> list[Cut]:
    """Ways between two digits in ink (h, w) 0..1 cut out tightly, at most so many, the best first.

    Each has ink on both sides. Bad is what severs much, what leaves a side low, wide or with little ink.
    """
    small = _small(ink)
    width = small.shape[1]
    middle = ROWS // 2
    _, up = _ways(small[: middle + 1])
    _, down = _ways(small[middle:][::-1])
    ways = np.concatenate([up, down[::-1][1:]])
    stroke = stroke_width(small)
    mask = small > INKED
    found = []
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
        found.append(Cut(way, severed + 2.5 * wide - 2 * mass - 3 * tall))
    best: list[Cut] = []
    for each in sorted(found, key=lambda each: each.badness):
        if len(best) < most and all(np.abs(each.way - other.way).mean() >= APART for other in best):
            best.append(each)
    return best


def sides_of(ink: Floats, cut: Cut) -> list[Floats]:
    """Both sides of a cut through ink (h, w), each cut out tightly."""
    height, width = ink.shape
    rows = np.minimum(np.arange(height) * ROWS // height, ROWS - 1)
    at = cut.way[rows] * width / max(2, round(width * ROWS / height))
    left = np.arange(width) < at[:, None]
    sides = np.where(left, ink, 0), np.where(left, 0, ink)
    return [side[box_of(side > 0.15)].astype(np.float32) for side in sides]


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
