"""Ruled and squared paper: its lines are told from strokes and taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.morphology import dilate, run_lengths

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
    across = np.zeros_like(mask)
    for turned in (False, True):
        lines = mask.T if turned else mask
        found = _lines(lines)
        across |= found.T if turned else found
    return np.asarray(mask & ~across)


def _lines(mask: Mask) -> Mask:
    height, width = mask.shape
    thin: Mask = mask & (run_lengths(mask, 0) <= max(3, 0.018 * height))
    found = np.zeros_like(mask)
    if thin.sum() < COVERED * width:
        return found
    wide = dilate(mask, 1)
    # At the very top and bottom of a tight picture a line is more likely the digit's own, as in 7 and 2.
    inner = np.arange(round(0.04 * height), round(0.96 * height))
    columns = np.arange(width)
    for tilt in TILTS:
        rows = inner[:, None] + np.round(tilt * (columns - width / 2)).astype(np.int64)
        inside = (rows >= 0) & (rows < height)
        rows = np.clip(rows, 0, height - 1)
        full = ((wide[rows, columns] & inside).sum(1) > COVERED * width)[:, None] & inside
        found[rows[full], np.broadcast_to(columns, rows.shape)[full]] = True
    return np.asarray(thin & found)
