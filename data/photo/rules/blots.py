"""A shadow with hard edges, or a stain, that runs into a digit: it is fainter than ink, and no stroke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import box_of, dilate
from data.photo.pixels.pieces import label_pieces

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

CLEARER = 1.6  # times the shadow's contrast: what ink has at least
INK = 0.02  # of the mask: less ink than this is noise in the shadow
DARK = 0.7  # of the mask: more ink than this leaves too little for a shadow
CORE = 0.4  # of the fainter part lies away from the darker one's soft edges, at least
EDGE = 3  # pixels that such edges are wide, at most
BROAD = 2.0  # times as wide as the strokes, at least, is what is none


def may_be_blotted(inked: Floats) -> bool:
    """False where DARK of what is inked (n,) or more is as dark as any: no level then leaves a shadow."""
    return int(np.count_nonzero(inked == inked.max())) < DARK * inked.size


def blot_in(mask: Mask, contrast: Floats, level: float) -> tuple[Mask, float] | None:
    """Where the mask (h, w) is a shadow with ink in or beside it, and the shadow's contrast; else None.

    level: the contrast that parts the mask's fainter pixels from its darker ones.
    """
    values = contrast[mask]
    dark = mask & (contrast > level)
    count = int(np.count_nonzero(dark))
    if not INK * values.size < count < DARK * values.size:
        return None
    faint = mask & ~dark
    core = faint & ~dilate(dark, EDGE)
    if np.count_nonzero(core) < CORE * np.count_nonzero(faint):
        return None
    shade = float(np.median(contrast[core]))
    if float(np.median(contrast[dark])) < CLEARER * shade:
        return None
    labels, pieces = label_pieces(core, np.ones(np.count_nonzero(core), np.float32))
    largest = max(pieces, key=lambda piece: piece.mass)
    alone = np.zeros_like(core)
    alone[core] = labels == largest.label
    outline = int(np.count_nonzero(dark & dilate(~dark, 1)))
    if not _is_broad(alone, 2 * count / max(outline, 1)):
        return None
    return dilate(core, EDGE + 1) & mask, shade


def _is_broad(mask: Mask, stroke: float) -> bool:
    """Whether a mask is somewhere wider than a stroke of so many pixels."""
    part = np.pad(mask[box_of(mask)], 1)
    reach = max(2, round(BROAD * stroke / 2))
    return bool((~dilate(~part, reach)).any())
