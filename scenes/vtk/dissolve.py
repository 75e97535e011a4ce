"""Dissolve: a film begins with its last picture, its thumbnail, which gives way to the first."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenes.clip import Clip

Pixels = NDArray[np.uint8]


class Dissolve:
    """Keeps a clip's last picture for as long as its first seconds need it."""

    def __init__(self) -> None:
        self._clip: Clip | None = None
        self._last = np.zeros((0, 0, 3), dtype=np.uint8)

    def draw(self, clip: Clip, t: float, draw: Callable[[float], Pixels]) -> Pixels:
        """The picture at time t in seconds, a new array; draw: what draws a moment of the clip alone."""
        share = clip.dissolve(t)
        if share <= 0:
            return draw(t)
        if self._clip is not clip:
            self._last, self._clip = draw(clip.seconds), clip
        if share >= 1:
            return self._last.copy()
        now = draw(t).astype(np.float32)
        mixed: Pixels = (now + (self._last - now) * np.float32(share) + 0.5).astype(np.uint8)
        return mixed
