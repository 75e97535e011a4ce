"""The lines between the cells of a raster, on which glow falls, by loops: as scenes/vtk/lattice has it."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import inner, jit
from scenes.kernels.values import Bytes, Floats, Number

_FADES = 5.0  # how fast lines give way to cells, as the cells become small
_ONE = np.uint64(1)
_Spans = NDArray[np.float64]


@inner
def _spans(ink: Floats) -> _Spans:
    """From where to where cells have their colour, (cells + 2, 2), with one of none at either end."""
    spans = np.empty((len(ink) + 2, 2))
    spans[0], spans[-1] = 0.0, len(ink)
    for i in range(len(ink)):
        spans[i + 1, 0], spans[i + 1, 1] = i + np.float64(ink[i, 0]), i + np.float64(ink[i, 1])
    return spans


@inner
def _at(low: Number, count: int) -> Number:
    """Which of so many spans a part that begins at a place has first; there is always a next one."""
    first = np.int64(low + 1)
    return np.uint64(0 if first < 0 else first if first < count - 2 else count - 2)


# Takes no arrays, whose holders Numba would count at each call; without min and max, which look for NaN.
@inner
def _shared(low: Number, high: Number, start: Number, end: Number) -> Number:
    """How much two parts have in common."""
    first, last = low if low > start else start, high if high < end else end
    return last - first if last > first else 0.0


@jit
def bare(kept: Bytes, m: NDArray[np.float64], box: NDArray[np.int64], across: Floats, below: Floats) -> None:
    """Lessen how much of each pixel keeps its colour, uint8 (h, w), by what it shows of lines between cells.

    m: float64 (3, 3), from pixels (x, y, 1) to column, row and 1, all over the distance from the camera.
    box: int64 (4,), left, top, right and bottom of what can show the raster.
    across, below: float32 (cols, 2) and (rows, 2), from where to where, 0..1, cells have their colour.
    """
    cols, rows, begin = _spans(across), _spans(below), box[0] + 0.5
    count = np.uint64(max(box[2] - box[0], 0))  # unsigned: no place is counted from the end
    # By column and by row: places of a line of pixels, and half of what each shows.
    u, v, wide, high = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    (a, d, g), (b, e, h), (c, f, k) = m[0], m[1], m[2]
    for y in range(box[1], box[3]):
        marks, middle = kept[y, box[0] : box[2]], y + 0.5
        # A loop of its own and without branches: eight times as fast.
        for x in range(count):
            at = begin + x
            per = 1 / (c * at + (f * middle + k))
            u[x], v[x] = (a * at + (d * middle + g)) * per, (b * at + (e * middle + h)) * per
            wide[x] = 0.5 * per * np.sqrt((a - u[x] * c) ** 2 + (d - u[x] * f) ** 2)
            high[x] = 0.5 * per * np.sqrt((b - v[x] * c) ** 2 + (e - v[x] * f) ** 2)
        for x in range(count):
            if not marks[x]:
                continue
            left, right, top, foot = u[x] - wide[x], u[x] + wide[x], v[x] - high[x], v[x] + high[x]
            i, j = _at(left, len(cols)), _at(top, len(rows))
            if left >= cols[i, 0] and right <= cols[i, 1] and top >= rows[j, 0] and foot <= rows[j, 1]:
                continue  # it shows one cell and no line, as most do
            seen = 2 - _FADES * (right - left if right - left > foot - top else foot - top)
            if seen > 0:
                inked = _shared(left, right, cols[i, 0], cols[i, 1])
                inked += _shared(left, right, cols[i + _ONE, 0], cols[i + _ONE, 1])
                down = _shared(top, foot, rows[j, 0], rows[j, 1])
                down += _shared(top, foot, rows[j + _ONE, 0], rows[j + _ONE, 1])
                inked *= down / ((right - left) * (foot - top))
                marks[x] = np.uint8(marks[x] * (1 - (seen if seen < 1 else 1.0) * (1 - inked)))
