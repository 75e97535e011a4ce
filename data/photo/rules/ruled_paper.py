"""Ruled and squared paper: its lines are told from strokes and taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut, box_of, dilate, long_runs
from data.photo.rules.broken_frames import is_empty_frame

Mask = NDArray[np.bool_]

TILTS = np.linspace(
    -0.072, 0.072, 13
)  # up to four degrees askew, in steps that a line of three pixels bridges
COVERED = 0.7  # of the picture's width or height
ACROSS = 0.88  # of it, by one line alone: a long stroke of a large digit covers less
APART = 0.05  # of the height or width: what is nearer is one line


def without_rules(mask: Mask, cut: Cut | None = None) -> Mask:
    """Take out lines that go from side to side, up to four degrees askew: bool (h, w) to the same.

    Such lines are thin; a stroke that crosses one is thick there, measured across the line, and stays whole.
    mask may be cut out of a picture, with at least one pixel around all that is in it.
    """
    cut = cut or Cut(0, 0, *mask.shape)
    if min(cut.height, cut.width) < 60 or is_empty_frame(mask[box_of(mask)]):
        return mask  # without two of its sides, a frame with nothing in it would be an eleven
    turned = Cut(cut.left, cut.top, cut.width, cut.height)
    return np.asarray(mask & ~(_lines(mask, cut) | _lines(mask.T, turned).T))


def _lines(mask: Mask, cut: Cut) -> Mask:
    lines = np.zeros_like(mask)
    least = COVERED * cut.width
    if mask.shape[1] <= least:
        return lines
    thin = mask & ~long_runs(mask, int(max(3, 0.018 * cut.height)) + 1)
    if np.count_nonzero(thin) < least:
        return lines
    ys, xs = np.nonzero(dilate(mask, 1))
    columns = np.arange(mask.shape[1])
    for tilt in TILTS:
        shift = np.round(tilt * (cut.left + columns - cut.width / 2)).astype(np.int64)
        rows = cut.top + ys - shift[xs]  # where the pixel's line crosses the middle
        rows = rows[(rows >= 0) & (rows < cut.height)]
        full = np.flatnonzero(np.bincount(rows, minlength=cut.height) > least)
        # At the very top and bottom of a tight picture a line is more likely the digit's own, as in 7 and 2.
        full = full[(full >= round(0.04 * cut.height)) & (full < round(0.96 * cut.height))]
        if full.size and np.ptp(full) < APART * cut.height:  # one alone goes from border to border
            along = cut.left + xs[np.isin(cut.top + ys - shift[xs], full)]
            full = full[: full.size * int(np.ptp(along) + 1 >= ACROSS * cut.width)]
        there = full[:, None] + shift - cut.top
        inside = (there >= 0) & (there < mask.shape[0])
        lines[there[inside], np.broadcast_to(columns, there.shape)[inside]] = True
    return np.asarray(thin & lines)
