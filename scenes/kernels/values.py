"""What the loops of light are handed: plain tuples of arrays, which Numba takes as they are."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]
# float32 throughout: Python's own word for a number would say float64.
Number: TypeAlias = Any
f = np.float32


class View(NamedTuple):
    """A camera.

    Attributes:
        m: float64 (4, 4), from places to OpenGL's clip space.
        near: scene units, where what it sees begins.
        width, height: of the picture in pixels.
    """

    m: NDArray[np.float64]
    near: float
    width: int
    height: int


class Lines(NamedTuple):
    """Lines of light and what a camera sees of them.

    Attributes:
        places: float32 (P, 3), points in scene units. rgba: uint8 (P, 4).
        line: int64 (L, 3), each line's first and last point, and how many points lie between two bends.
        half: float32 (L,), half of each line's width in pixels, and half a pixel more.
        nearer: float32 (L,), scene units by which it is taken for nearer than it is.
        parts: int64 (4,), where three parts begin and the last ends: lines beneath all that covers, then
            those that are seen over all behind them, and strands, which kept pixels are spared.
        at: float32 (P, 4), pixels x, y, depth 0..1 and w; NaN for x and y of what is nearer than `near`.
        low, high: float32 (L,), the rows that each line reaches; none where it is dark.
    """

    places: Floats
    rgba: Bytes
    line: NDArray[np.int64]
    half: Floats
    nearer: Floats
    parts: NDArray[np.int64]
    at: Floats
    low: Floats
    high: Floats


class Spots(NamedTuple):
    """Halos, and triangles that cover light.

    Attributes:
        at: float32 (n, 4), pixels x, y, depth 0..1 and radius in pixels. rgba: uint8 (n, 4).
        corner: float32 (c, 3, 4), the same of each triangle's corners. alpha: uint8 (c, 3), their opacities.
    """

    at: Floats
    rgba: Bytes
    corner: Floats
    alpha: Bytes


class Sheet(NamedTuple):
    """A raster of cells as a camera sees it.

    Attributes:
        m: float64 (3, 3), from pixels (x, y, 1) to column, row and 1, all over the distance from the camera.
        marks: uint8 (rows, cols), of each cell: 0 for none, 255 for one that strands are not to light.
        box: int64 (4,), left, top, right and bottom of what the picture can show of it, in pixels.
    """

    m: NDArray[np.float64]
    marks: Bytes
    box: NDArray[np.int64]


class Band(NamedTuple):
    """Room for some rows of a picture, with a rim around, so that loops need not ask where it ends.

    Attributes:
        acc: float32 (3 n,), light. zed: float32 (n,), depth of the bodies; -1 in the rim: nothing is seen.
        rim: pixels. width: of the picture. top: its first row here. rows: how many.
    """

    acc: Floats
    zed: Floats
    rim: int
    width: int
    top: int
    rows: int
