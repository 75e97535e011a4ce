"""A bold nought with a slit in it: no sheet with a one on it, though both are dark around something light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import box_of
from data.photo.rules.hull import hull_area

Mask = NDArray[np.bool_]

LONG = 0.43  # of the ring's longer side is its hole's, at least: what is shorter is written on an oval
SLIM = 1.25  # times what the hole lacks of the ring's length: a disc around a slim stroke is less even
ALIKE = 0.3  # of the widest of the four margins is the narrowest, at least
STRAIGHT = 0.15  # more than the ring does a stroke keep its width towards its ends, and a nought's hole less
CONVEX = 0.9  # of the least convex shape around it fills a hole
ROUND = 0.93  # of the least box around it, at most, fills a nought with its hole: a label fills more
TURNED = np.deg2rad(np.arange(-30, 31, 3))


def is_bold_nought(whole: Mask, hole: Mask) -> bool:
    """Whether a mask with what it encloses (h, w) is a pen's way around the one hole in it, (h, w) too."""
    if not 0 < 2 * np.count_nonzero(hole) < np.count_nonzero(whole):
        return False
    outer, inner = box_of(whole), box_of(hole)
    before = [i.start - o.start for o, i in zip(outer, inner, strict=True)]
    behind = [o.stop - i.stop for o, i in zip(outer, inner, strict=True)]
    down, across = (one + two for one, two in zip(before, behind, strict=True))
    sizes = [max(part.stop - part.start for part in box) for box in (inner, outer)]
    long = sizes[0] / sizes[1]
    if long < LONG or min(down, across) < SLIM * (1 - long) * max(down, across):
        return False
    if min(before + behind) < ALIKE * max(before + behind):
        return False
    part = hole[inner]
    if is_straight(whole, hole):
        return False
    if np.count_nonzero(part) + sum(part.shape) / 2 < CONVEX * hull_area(part):
        return False
    return bool(np.count_nonzero(whole) < ROUND * _least_box(whole[outer]))


def is_straight(whole: Mask, hole: Mask) -> bool:
    """Whether a hole narrows less towards its ends than the whole (h, w) does, as a stroke on an oval."""
    part, ring = hole[box_of(hole)], whole[box_of(whole)]
    if part.shape[0] < part.shape[1]:
        part, ring = part.T, ring.T
    return _kept(part) > _kept(ring) + STRAIGHT


def _kept(part: Mask) -> float:
    """How much of its middle's width a mask has in its upper and lower quarter: a stroke 1, a disc 0.64.

    Infinite where there is nothing between them, 0 where too few rows have no quarters.
    """
    if len(part) < 4:
        return 0.0
    above, upper, lower, below = (float(each.mean()) for each in np.array_split(part.sum(1), 4))
    return (above + below) / (upper + lower) if upper + lower else float("inf")


def _least_box(part: Mask) -> float:
    """Area of the least box around a mask cut out tightly, upright or turned by up to 30 degrees."""
    width = part.shape[1]
    first, last = part.argmax(1), width - part[:, ::-1].argmax(1)
    x, y = np.concatenate([first, last]), np.tile(np.arange(len(part)) + 0.5, 2)
    turned = ((np.cos(each), np.sin(each)) for each in TURNED)
    return float(min((np.ptp(c * x + s * y) + 1) * (np.ptp(c * y - s * x) + 1) for c, s in turned))
