"""The lines between the cells of a raster, on which glow falls, by loops: as scenes/vtk/lattice has it."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import inner, jit
from scenes.kernels.values import Bytes, Floats, Number

_FADES = 5.0  # how fast lines give way to cells, as the cells become small


@inner
def _inked(at: Number, wide: Number, ink: Floats) -> Number:
    """The share of a part of cells, less than 1 wide, around a place in which they have their colour."""
    low, high, total = at - 0.5 * wide, at + 0.5 * wide, 0.0
    for i in range(max(int(low), 0), min(int(high), len(ink) - 1) + 1):
        total += max(min(high, i + np.float64(ink[i, 1])) - max(low, i + np.float64(ink[i, 0])), 0.0)
    return total / wide


@jit
def bare(kept: Bytes, m: NDArray[np.float64], box: NDArray[np.int64], across: Floats, below: Floats) -> None:
    """Lessen how much of each pixel keeps its colour, uint8 (h, w), by what it shows of lines between cells.

    m: float64 (3, 3), from pixels (x, y, 1) to column, row and 1, all over the distance from the camera.
    box: int64 (4,), left, top, right and bottom of what can show the raster.
    across, below: float32 (cols, 2) and (rows, 2), from where to where, 0..1, cells have their colour.
    """
    for y in range(box[1], box[3]):
        middle = y + 0.5
        u0, v0, k0 = m[0, 1] * middle + m[0, 2], m[1, 1] * middle + m[1, 2], m[2, 1] * middle + m[2, 2]
        for x in range(box[0], box[2]):
            if not kept[y, x]:
                continue
            at = x + 0.5
            per = 1 / (m[2, 0] * at + k0)
            u, v = (m[0, 0] * at + u0) * per, (m[1, 0] * at + v0) * per
            wide = per * np.sqrt((m[0, 0] - u * m[2, 0]) ** 2 + (m[0, 1] - u * m[2, 1]) ** 2)
            high = per * np.sqrt((m[1, 0] - v * m[2, 0]) ** 2 + (m[1, 1] - v * m[2, 1]) ** 2)
            seen = min(2 - _FADES * max(wide, high), 1.0)
            if seen > 0:
                inked = _inked(u, wide, across) * _inked(v, high, below)
                kept[y, x] = np.uint8(kept[y, x] * (1 - seen * (1 - inked)))
