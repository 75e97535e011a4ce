"""A digit that is much smaller than its picture, as a corner of a large photo or of an empty page has it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.groups import Box, box_around
from data.photo.pixels.morphology import blur
from data.photo.pixels.pieces import label_pieces

Floats = NDArray[np.float32]

AROUND = 24  # pixels: the ground is what is so near
CLEAR = 0.15  # of black to white: fainter things so small are stains
NOISE = 8.0  # standard deviations of the ground
HALF = 0.4  # of the clearest ink: so clear are a digit's strokes
LEAST = 10  # pixels: lower is dust
MOST = 0.08  # of the longer side; larger digits are seen without this
ALONE = 0.9  # of all that is as clear: where more lies elsewhere, it is one mark of many


def lone_place(grey: Floats) -> tuple[slice, slice] | None:
    """Rows and columns around the only thing of a digit's clearness in grey (h, w) 0..1; None: there is none.

    With as much ground around it as it is large, on all sides.
    """
    contrast = np.abs(blur(grey, AROUND) - grey)
    clear = float(contrast.max())
    if clear < max(CLEAR, NOISE * 1.4826 * float(np.median(contrast))):
        return None
    mask = contrast > HALF * clear
    if np.count_nonzero(mask) > (MOST * max(grey.shape)) ** 2:
        return None
    _, pieces = label_pieces(mask, np.ones(np.count_nonzero(mask), np.float32))
    heaviest = max(pieces, key=lambda piece: piece.mass)
    near = [piece for piece in pieces if piece.gap(heaviest) <= heaviest.size]
    if sum(piece.mass for piece in near) < ALONE * sum(piece.mass for piece in pieces):
        return None
    box = box_around(near)
    size = max(box.height, box.width)
    return _grown(box, size) if box.height >= LEAST and size <= MOST * max(grey.shape) else None


def _grown(box: Box, by: int) -> tuple[slice, slice]:
    return slice(max(0, box.top - by), box.bottom + by), slice(max(0, box.left - by), box.right + by)
