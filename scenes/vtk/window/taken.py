"""Taken: a picture as a window gives it out, and where in it cells keep their colours."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenes.vtk.window.driver import finish_loops

Pixels = NDArray[np.uint8]
# Of 255, in a picture's alpha: half of the least mark of a cell. Less is a rim of what covers a marked cell.
_MARKED = 8


class Seen(NamedTuple):
    """A raster of cells as a camera sees it.

    Attributes:
        m: float64 (3, 3), from pixels (x, y, 1) to column, row and 1, all over the distance.
        box: int64 (4,), left, top, right and bottom of what the picture can show of it, in pixels.
    """

    m: NDArray[np.float64]
    box: NDArray[np.int64]


class Taken(NamedTuple):
    """A picture that was read back.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, top row first.
        kept: uint8 (height, width), 255 where it shows a cell on which no glow may fall, else 0.
        seen: where the raster of those cells is, None where what drew the picture does not tell.
    """

    pixels: Pixels
    kept: Pixels
    seen: Seen | None = None


def parted(rgba: Pixels) -> Taken:
    """A picture as the driver tells it, uint8 (height, width, 4) with the bottom row first."""
    height, width = rgba.shape[:2]
    if loops := finish_loops():
        rgb, kept = np.empty((height, width, 3), np.uint8), np.empty((height, width), np.uint8)
        loops.part(rgba.reshape(height, -1), _MARKED, rgb.reshape(height, -1), kept)
        return Taken(rgb, kept)
    upright = rgba[::-1]
    return Taken(
        np.ascontiguousarray(upright[..., :3]),
        np.where(upright[..., 3] >= _MARKED, np.uint8(255), np.uint8(0)),
    )
