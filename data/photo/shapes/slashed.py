"""A nought that is crossed out by a slanting stroke, so that it is no letter: read as the nought it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.canvas import stroke_width
from data.photo.pixels.morphology import box_of, dilate, strokes_crossed, surrounded
from data.photo.pixels.pieces import Piece, label_pieces

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

ROWS = 60  # ink is looked at in about so many rows
CROSSED = 1.9  # strokes a row, at least: an eight has two in its eyes, and one above, between and below
TALL = 0.4  # of the ink's height are both halves of its inside, at least: an eight's eyes are lower
BESIDE = 0.4  # of the lower half's height are both side by side
HIGHER = 0.04  # of the ink's height lies the left half higher: the stroke goes up to the right
SMALL = 0.1  # of the second hole: what else is enclosed is no third
AROUND = 1.6  # strokes' widths: what is farther from the inside is an end of the slash


def without_slash(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly: a slashed nought without its slash; any other as it is."""
    height, width = ink.shape
    step = max(1, height // ROWS)
    rough = ink[::step, ::step] > 0.5
    if width >= height or strokes_crossed(rough) < CROSSED * len(rough):
        return ink
    ground = ~surrounded(ink > 0.5, 1)
    labels, pieces = label_pieces(ground, np.ones(np.count_nonzero(ground), np.float32))
    holes = sorted((each for each in pieces if each.label != labels[0]), key=lambda each: -each.mass)
    if len(holes) < 2 or (len(holes) > 2 and holes[2].mass > SMALL * holes[1].mass):
        return ink
    there = np.zeros(ground.shape, np.bool_)
    there[ground] = np.isin(labels, [each.label for each in holes[:2]])
    left, right = sorted(holes[:2], key=lambda each: each.left + each.right)
    if not _are_halves(left, right, height):
        return ink
    inside = _between(there[1:-1, 1:-1])
    near = dilate(inside, round(AROUND * stroke_width(ink)))
    ring = np.where(near & ~inside, ink, np.float32(0))
    return ring[box_of(ring > 0.15)]


def _are_halves(left: Piece, right: Piece, height: int) -> bool:
    """Whether two holes are what a slanting stroke leaves of a nought's inside."""
    tall = [each.bottom - each.top for each in (left, right)]
    beside = min(left.bottom, right.bottom) - max(left.top, right.top)
    higher = (right.top + right.bottom - left.top - left.bottom) / 2
    return min(tall) >= TALL * height and beside >= BESIDE * min(tall) and higher >= HIGHER * height


def _between(holes: Mask) -> Mask:
    """Each row of a mask (h, w) filled from its first to its last pixel."""
    first = np.maximum.accumulate(holes, 1)
    last = np.maximum.accumulate(holes[:, ::-1], 1)[:, ::-1]
    return first & last
