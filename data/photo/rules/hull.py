"""The least convex shape around a mask: how much of it is filled tells sheets and rings from strokes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Corner = tuple[int, int]


def hull_area(mask: Mask) -> float:
    """Area of the least convex shape around a mask's pixels (Andrew's monotone chain, 1979)."""
    rows = np.flatnonzero(mask.any(1))
    first, end = mask[rows].argmax(1), mask.shape[1] - mask[rows][:, ::-1].argmax(1)
    corners = sorted({(int(y + below), int(x)) for below in (0, 1) for y, x in zip(rows, first, strict=True)})
    ends = sorted({(int(y + below), int(x)) for below in (0, 1) for y, x in zip(rows, end, strict=True)})
    hull = _chain(corners, 1) + _chain(ends, -1)[::-1]
    y, x = np.array(hull, np.float64).T
    return float(abs(y @ np.roll(x, 1) - x @ np.roll(y, 1)) / 2)


def _chain(points: list[Corner], side: int) -> list[Corner]:
    """The outer points of a side, from above: 1 the left one, -1 the right one."""
    chain: list[Corner] = []
    for y, x in points:
        while len(chain) > 1:
            (a, b), (c, d) = chain[-2:]
            if side * ((c - a) * (x - b) - (d - b) * (y - a)) > 0:
                break
            chain.pop()
        chain.append((y, x))
    return chain
