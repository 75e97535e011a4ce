"""Many small marks in a picture, as in a long strip of digits or on a page of text: where each of them is.

The search for one digit looks in a coarse copy and allows strokes as wide as a large digit's; there, rows of
small marks run together. Here they are told apart in the picture itself, by contrast with what is around.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import NoInkError
from data.photo.groups import Box, box_around, in_reading_order
from data.photo.ink import search_around
from data.photo.lines import without_lines
from data.photo.pixels.morphology import blur, reduce
from data.photo.pixels.pieces import Piece, label_pieces
from data.photo.strokes import otsu

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

MOST_SIDE = 1100  # pixels; in a larger picture marks are looked for in a smaller copy
COARSE = 4
LOWEST = 5  # pixels: lower is noise
FAINTEST = 0.06  # of black to white: step from paper to ink
ALIKE = 0.45  # of the usual height, and its inverse: so low and so high is a mark among others
FEW = 3  # fewer are left to the search for digits
UNCOUNTED = 100  # on a page of so many the parts of letters need not be joined
LONELY = 3.0  # usual heights: a mark has its neighbour nearer


@dataclass(frozen=True, eq=False)
class Marks:
    """A picture grey (h, w) 0..1 with many marks, and the box of each, in reading order."""

    grey: Floats
    digits: tuple[Box, ...]

    def ink(self, number: int = 0) -> Floats:
        """The ink of the mark of that number, from 0 on, cut out tightly: (h', w') 0..1. NoInkError: none."""
        box = self.digits[number]
        ink = search_around(self.grey, box, 1, False, box)
        if ink is None:
            raise NoInkError(f"mark {number + 1} of {len(self.digits)} is too faint to be read")
        return ink.cut_out()


def marks(grey: Floats) -> list[Box]:
    """Boxes of marks alike in height that stand in rows, in reading order; none where there is no such row.

    grey: (h, w) 0..1. Something much larger among them is a digit on a patterned ground: then none.
    """
    step = max(1, round(max(grey.shape) / MOST_SIDE))
    mask = _ink(reduce(grey, step))
    if mask is None:
        return []
    mask = without_lines(mask)
    _, pieces = label_pieces(mask, np.ones(np.count_nonzero(mask), np.float32))
    tall = [piece for piece in pieces if piece.bottom - piece.top >= LOWEST]
    if len(tall) < FEW:
        return []
    usual = float(np.quantile([piece.bottom - piece.top for piece in tall], 0.6))
    heaviest = max(pieces, key=lambda piece: piece.size)
    if heaviest.bottom - heaviest.top > usual / ALIKE and heaviest.mass > 0.15 * mask.sum():
        return []
    alike = [piece for piece in tall if ALIKE * usual <= piece.bottom - piece.top <= usual / ALIKE]
    boxes = in_reading_order(_joined(alike, usual))
    return [box.times(step) for box in boxes] if _in_rows(boxes, usual) else []


def _ink(grey: Floats) -> Mask | None:
    """What is darker than around it, or lighter, whichever stands out more; None where nothing does."""
    contrast = _around(grey) - grey
    if float(np.einsum("ij,ij,ij->", contrast, contrast, contrast)) < 0:
        contrast = -contrast
    level = otsu(contrast.reshape(-1))
    mask = contrast > level
    if not mask.any() or mask.all():
        return None
    step = float(contrast[mask].mean() - contrast[~mask].mean())
    spread = max(float(contrast[mask].std()), float(contrast[~mask].std()))
    return mask if step > max(FAINTEST, 2.5 * spread) else None


def _around(grey: Floats) -> Floats:
    """The mean around each pixel (h, w), of a copy a quarter as large: it changes slowly."""
    radius = max(8, min(grey.shape) // 6, max(grey.shape) // 24) // COARSE
    mean = blur(reduce(grey, COARSE), radius)
    return np.repeat(np.repeat(mean, COARSE, 0), COARSE, 1)[: grey.shape[0], : grey.shape[1]]


def _joined(pieces: list[Piece], usual: float) -> list[Box]:
    """A box for each mark: pieces one above the other, nearly touching, are one."""
    if len(pieces) > UNCOUNTED:
        return [box_around([piece]) for piece in pieces]
    groups: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.left):
        near = [group for group in groups if _are_one(box_around(group), piece, usual)]
        groups = [group for group in groups if group not in near]
        groups.append([piece, *(each for group in near for each in group)])
    return [box_around(group) for group in groups]


def _are_one(box: Box, piece: Piece, usual: float) -> bool:
    across = min(box.right, piece.right) - max(box.left, piece.left)
    whole = max(box.bottom, piece.bottom) - min(box.top, piece.top)
    return across > 0.5 * min(box.width, piece.right - piece.left) and whole <= 1.2 * usual


def _in_rows(boxes: list[Box], usual: float) -> bool:
    """Whether nearly every mark has a neighbour before or behind it in its row."""
    if len(boxes) < FEW:
        return False
    sides = np.array([(box.top, box.left, box.bottom, box.right) for box in boxes], np.float64)
    top, left, bottom, right = sides.T
    level = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top) > 0.4 * usual
    gap = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    near = level & (gap < LONELY * usual) & ~np.eye(len(boxes), dtype=np.bool_)
    return bool(near.any(1).mean() > 0.8)
