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
        at: float32 (P, 4), pixels x, y, depth 0..1 and w; NaN for x and y of what is nearer than `near`;
            nothing of what is dark.
    """

    places: Floats
    rgba: Bytes
    line: NDArray[np.int64]
    half: Floats
    nearer: Floats
    parts: NDArray[np.int64]
    at: Floats


class Spots(NamedTuple):
    """Halos.

    Attributes:
        at: float32 (n, 4), pixels x, y, depth 0..1 and radius in pixels. rgba: uint8 (n, 4).
    """

    at: Floats
    rgba: Bytes


class Rasters(NamedTuple):
    """Rasters of cells as a camera sees them, from near to far.

    Attributes:
        m: float64 (r, 3, 3), of each, from pixels (x, y, 1) to column, row and 1, all over the distance from
            the camera.
        rows: int64 (r, 2), the first row of the picture that each can reach, and the one after its last.
        form: int64 (r, 5), of each: its rows and columns, its first cell, and the first numbers in `ink` of
            its columns and of its rows.
        texels: float64 (r, 2), of a cell's width and height where a driver draws it.
        whole: bool (r,), whether all its cells are there. backing: float32 (r, 3), colour between cells.
        rgba: uint8 (n, 4), the cells' colours, row by row; those with no opacity are not there.
        ink: float32 (g, 2), from where to where in a column or a row cells have their colour, 0..1.
    """

    m: NDArray[np.float64]
    rows: NDArray[np.int64]
    form: NDArray[np.int64]
    texels: NDArray[np.float64]
    whole: NDArray[np.bool_]
    backing: Floats
    rgba: Bytes
    ink: Floats


class Discs(NamedTuple):
    """Balls, from far to near.

    Attributes:
        at: float32 (n, 4), pixels x, y, depth 0..1 and radius in pixels. rgba: uint8 (n, 4), the level of
            each in place of an opacity.
        tilt: float32 (n, 4), as each faces the camera's place and not the picture's plane: the way outwards
            from the picture's middle (x, y), how many times longer it is that way, and by which share of its
            distance its outer rim is nearer.
        manner: how they are shaded: see `scenes.kernels.primitives.balls`.
    """

    at: Floats
    tilt: Floats
    rgba: Bytes
    manner: int


class Sides(NamedTuple):
    """Triangles that cover what is behind them.

    Attributes:
        corner: float32 (t, 3, 4), pixels x, y, depth 0..1 and more than 0 of each corner.
        rgba: uint8 (t, 3, 4), their colours and opacities.
    """

    corner: Floats
    rgba: Bytes


class Stamps(NamedTuple):
    """Small pictures that face the camera.

    Attributes:
        at: float32 (n, 4), pixels x, y of the middle, depth 0..1 and half of the height in pixels.
        levels: uint8 (n, p, 4), each picture from large to small, its sides half of those before.
        high, wide: of the largest, in pixels.
        over: of their opacity, that with which they are laid over the light too.
    """

    at: Floats
    levels: Bytes
    high: int
    wide: int
    over: float


class Bodies(NamedTuple):
    """All that covers in a picture: rasters and balls hide by their depth, the rest is laid over them.

    Attributes:
        rasters, discs: what hides. sides: what is laid under the light. stamps: over that. over: over light.
    """

    rasters: Rasters
    discs: Discs
    sides: Sides
    stamps: Stamps
    over: Sides


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
        acc: float32 (3 n,), light: of each row its red, then green, then blue.
        zed: float32 (n,), depth of the bodies; -1 in the rim: nothing is seen.
        body: float32 (4 n,), colours of the bodies 0..255 by their opacity, and that.
        rim: pixels. width: of the picture. top: its first row here. rows: how many.
    """

    acc: Floats
    zed: Floats
    body: Floats
    rim: int
    width: int
    top: int
    rows: int


class Rows(NamedTuple):
    """A band as lines see it: numbers alone, as at each call Numba counts who holds an array.

    Attributes:
        acc, zed: addresses. rim, width, top, rows: see `Band`.
    """

    acc: int
    zed: int
    rim: int
    width: int
    top: int
    rows: int
