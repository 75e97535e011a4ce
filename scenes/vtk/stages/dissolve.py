"""Dissolve: a film begins with its last picture, its thumbnail, which gives way to the first."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenes.clip import Clip
from scenes.moment import seconds_of

Pixels = NDArray[np.uint8]
Finish = Callable[[], Pixels]
"""What finishes a picture that was begun."""


class Dissolve:
    """Keeps a clip's last picture for as long as its first seconds need it."""

    def __init__(self) -> None:
        self._clip: Clip | None = None
        self._last = np.zeros((0, 0, 3), dtype=np.uint8)

    def begin(self, clip: Clip, t: float, begin: Callable[[float], Finish]) -> Finish:
        """Begin the picture at time t in seconds; begin: what begins that of a moment of the clip alone.

        Returns what finishes it, a new array.
        """
        t = seconds_of(t)
        share = clip.dissolve(t)
        if share <= 0:
            return begin(t)
        if self._clip is not clip:
            self._last, self._clip = begin(clip.seconds)(), clip
        if share >= 1:
            return self._last.copy
        last, finish = self._last, begin(t)
        return lambda: _mixed(finish(), last, share)


def _mixed(picture: Pixels, last: Pixels, share: float) -> Pixels:
    now = picture.astype(np.float32)
    mixed: Pixels = (now + (last - now) * np.float32(share) + 0.5).astype(np.uint8)
    return mixed
