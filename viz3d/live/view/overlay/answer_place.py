"""Where the answer stands: at the top, or below the bars, where a hand has turned these behind it."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes import Layout, Orbit
from scenes.space.page import Box

_BEHIND = 10.0  # px by which a bar reaches behind the answer unnoticed: its letters have air around them
_APART = 24.0  # px between the answer, whose veil reaches out of it, and a bar
_NAMED = 76.0  # px below the bars that the output's name takes, and what is told under it
_BESIDE = 60.0  # px that a bar's digit and its percentage take on either side of it
_STEP = 8.0  # px between two places that are tried


@lru_cache(maxsize=2)  # several texts of each picture ask
def lowered(layout: Layout, camera: Orbit, size: tuple[int, int], box: Box, floor: float) -> float:
    """How far down from its box the answer has to stand so that it hides no bar, nor its numbers, px.

    It leaves room for the output's name below the bars where it can.
    0 where no bar is behind it, or it would hide some at every place. floor: how far down it may reach, px.
    """
    bars = layout.bars
    seen = camera.project(bars.quads(np.ones(len(bars.base), np.float32)).reshape(-1, 3), size)
    ends = seen.reshape(len(bars.base), 4, 2)
    ends = ends[np.isfinite(ends).all(axis=(1, 2))]
    left, top, right, foot = box
    if not len(ends) or not _hides(ends, (left + _BEHIND, top + _BEHIND, right - _BEHIND, foot - _BEHIND)):
        return 0.0
    for above in (_NAMED, _APART):
        for down in np.arange(_STEP, floor - foot, _STEP).tolist():
            at = left - _BESIDE, top + down - above, right + _BESIDE, foot + down + _APART
            if not _hides(ends, at):
                return float(down)
    return 0.0


def _hides(ends: NDArray[np.float32], box: Box) -> bool:
    """Whether a box meets one of the boxes of bars (n, 4, 2)."""
    least, most = ends.min(axis=1), ends.max(axis=1)
    return bool(((least < box[2:]) & (most > box[:2])).all(axis=1).any())
