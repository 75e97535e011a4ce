"""Digits drawn as outlines, two edges with paper between them, are filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import box_of, strokes_crossed, surrounded
from data.photo.pixels.pieces import label_pieces
from data.photo.rules.hull import hull_area

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

ROWS = 60  # ink is looked at in about so many rows
CROSSED = 1.75  # strokes a row and a column: an outline crosses each stroke twice
REACH = 0.7  # of the ink's height and width, of one of them 0.8: so far goes what an outline encloses
FAR = 0.8
UPRIGHT = 0.35  # of the height is its width
NARROW = 0.29  # the narrowest of 2,240 noughts of MNIST's training set has 0.30, one of a thousand 0.33
BENT = 0.8  # of the least convex shape around it: more is filled by the hole of a nought


def without_outline(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly, filled where it is a digit's outline; any other as it is.

    What an outline encloses is bent as the digit is, and goes nearly as far; a nought's hole is round. A
    nought narrower than any of MNIST's is an outlined one.
    """
    step = max(1, len(ink) // ROWS)
    rough = ink[::step, ::step] > 0.5
    upright = ink.shape[1] < UPRIGHT * len(ink)  # such ink's columns run along its strokes
    crossed = _crossed(rough) if upright else min(_crossed(rough), _crossed(rough.T))
    if not rough.any() or crossed < CROSSED:
        return ink
    mask = ink > 0.5
    ground = ~surrounded(mask, 1)
    labels, pieces = label_pieces(ground, np.ones(np.count_nonzero(ground), np.float32))
    holes = [piece for piece in pieces if piece.label != labels[0]]
    if not holes:
        return ink
    widest = max(holes, key=lambda piece: piece.mass)
    inside = np.zeros(ground.shape, np.bool_)
    inside[ground] = labels == widest.label
    inside = inside[1:-1, 1:-1]
    is_outline = _is_stroke(inside) or (len(holes) == 1 and _is_bar(inside | mask))
    return np.where(inside, np.float32(1), ink) if is_outline else ink


def _is_bar(filled: Mask) -> bool:
    """Whether a mask with its hole filled is narrow, however it leans: of its spread across and along."""
    ys, xs = np.nonzero(filled)
    across, along = np.linalg.eigvalsh(np.cov(np.stack([ys, xs])))
    return bool(across < NARROW**2 * along)


def _crossed(mask: Mask) -> float:
    """How many strokes a row of the mask crosses, in the mean."""
    return strokes_crossed(mask) / len(mask)


def _is_stroke(inside: Mask) -> bool:
    """Whether what is enclosed is a digit's strokes: bent, and nearly as high and as wide as the ink."""
    part = inside[box_of(inside)]
    reach = sorted(have / whole for have, whole in zip(part.shape, inside.shape, strict=True))
    if reach[0] < REACH or reach[1] < FAR:
        return False
    return bool(np.count_nonzero(part) < BENT * hull_area(part))
