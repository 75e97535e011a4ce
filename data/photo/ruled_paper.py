"""Ruled and squared paper: its lines are told from strokes and taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.morphology import box_of, dilate, long_runs

Mask = NDArray[np.bool_]

TILTS = np.linspace(
    -0.072, 0.072, 13
)  # up to four degrees askew, in steps that a line of three pixels bridges
COVERED = 0.7  # of the picture's width or height


def without_rules(mask: Mask) -> Mask:
    """Take out lines that go from side to side, up to four degrees askew: bool (h, w) to the same.

    Such lines are thin; a stroke that crosses one is thick there, measured across the line, and stays whole.
    """
    if min(mask.shape) < 60:
        return mask
    return np.asarray(mask & ~(_lines(mask) | _lines(mask.T).T))


def _lines(mask: Mask) -> Mask:
    height, width = mask.shape
    found = np.zeros_like(mask)
    part = box_of(mask)
    thin = np.zeros_like(mask)
    thin[part] = mask[part] & ~long_runs(mask[part], int(max(3, 0.018 * height)) + 1)
    if np.count_nonzero(thin) < COVERED * width:
        return found
    wide = dilate(mask, 1)
    if np.count_nonzero(wide.any(0)) <= COVERED * width:
        return found
    ys, xs = np.nonzero(wide)
    columns = np.arange(width)
    for tilt in TILTS:
        shift = np.round(tilt * (columns - width / 2)).astype(np.int64)
        rows = ys - shift[xs]  # where the pixel's line crosses the middle
        rows = rows[(rows >= 0) & (rows < height)]
        full = np.flatnonzero(np.bincount(rows, minlength=height) > COVERED * width)
        # At the very top and bottom of a tight picture a line is more likely the digit's own, as in 7 and 2.
        full = full[(full >= round(0.04 * height)) & (full < round(0.96 * height))]
        there = full[:, None] + shift
        inside = (there >= 0) & (there < height)
        found[there[inside], np.broadcast_to(columns, there.shape)[inside]] = True
    return np.asarray(thin & found)
