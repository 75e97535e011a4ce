"""Digits drawn as outlines, two edges with paper between them, are filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.morphology import box_of, spanned, strokes_crossed, surrounded
from data.photo.pieces import label_pieces

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

ROWS = 60  # ink is looked at in about so many rows
CROSSED = 1.85  # strokes a row and a column: an outline crosses each stroke twice
REACH = 0.7  # of the ink's height and width, of one of them 0.8: so far goes what an outline encloses
FAR = 0.8
BENT = 0.72  # of what it spans: more is filled by the hole of a nought, with a loop in it or without


def without_outline(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly, filled where it is a digit's outline; any other as it is.

    What an outline encloses is bent as the digit is, and goes nearly as far; a nought's hole is round. An
    outlined one is no different from a narrow nought.
    """
    step = max(1, len(ink) // ROWS)
    rough = ink[::step, ::step] > 0.5
    if not rough.any() or min(_crossed(rough), _crossed(rough.T)) < CROSSED:
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
    return np.where(inside, np.float32(1), ink) if _is_stroke(inside) else ink


def _crossed(mask: Mask) -> float:
    """How many strokes a row of the mask crosses, in the mean."""
    return strokes_crossed(mask) / len(mask)


def _is_stroke(inside: Mask) -> bool:
    """Whether what is enclosed is a digit's strokes: bent, and nearly as high and as wide as the ink."""
    part = inside[box_of(inside)]
    reach = sorted(have / whole for have, whole in zip(part.shape, inside.shape, strict=True))
    if reach[0] < REACH or reach[1] < FAR:
        return False
    return bool(np.count_nonzero(part) < BENT * max(spanned(part), spanned(part.T)))
