"""Values of a layer laid out as one flat sheet: pictures side by side, rows folded, nothing drawn."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 128, 400
"""Cells of a sheet at most; of more pictures the first are shown, of a larger matrix the extremes."""
FEW_ROWS, FEW_COLUMNS = 60, 320
"""Cells where only the first of many pictures have room anyway: fewer, so that each is the larger."""
_ROW = 16  # neurons up to which a row is not folded
_WIDER = 3.0  # times that a sheet of pictures is wider than high, where nothing else is asked for
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Strip:
    """One kind of a layer's values as a sheet.

    values: float32 (rows, columns), NaN between pictures. low, high: of all values, those too that had no
    room. ramp: "signed" where 0 is the middle of the colours, else "heat" or, of attention, "attend".
    shown: how much had room, in words, "" for all. neurons: flat index in the layer of each cell's neuron, -1
    between pictures; None for weights.
    """

    name: str
    values: NDArray[np.float32]
    low: float
    high: float
    ramp: str
    shown: str = ""
    neurons: Places | None = None


def strip(
    name: str,
    values: NDArray[Any],
    ramp: str = "heat",
    neurons: NDArray[Any] | None = None,
    wider: float = _WIDER,
) -> Strip:
    """Lay values out: (n, h, w) pictures, (n, m, h, w) of m each, (rows, columns) or (1, n) of a row.

    ramp: see Strip; where a value is below 0 it is "signed". neurons: of values' shape, the neuron of each.
    wider: times that a sheet of (n, h, w) pictures is about wider than high.
    """
    low, high = float(values.min()), float(values.max())
    places, shown = _places(values, wider)
    gap, flat = places < 0, values.reshape(-1)
    sheet = np.where(gap, np.nan, flat[places]).astype(np.float32)
    of = None if neurons is None else np.where(gap, -1, neurons.reshape(-1)[places])
    return Strip(name, sheet, low, high, "signed" if low < 0 else ramp, shown, of)


def _places(values: NDArray[Any], wider: float) -> tuple[Places, str]:
    shape = values.shape
    if values.ndim == 4:
        return _grid_of_pictures(shape)
    if values.ndim == 3 and shape[1] <= ROWS and shape[2] <= COLUMNS:
        return _pictures(shape, wider)
    # Of an image too large, and of a whole stack of such, the first.
    matrix = values if values.ndim == 2 else values[0]
    more = f"first of {shape[0]}" if values.ndim == 3 and shape[0] > 1 else ""
    if values.ndim == 2 and shape[0] == 1:
        return _folded(shape[1])
    factor = max(math.ceil(matrix.shape[0] / ROWS), math.ceil(matrix.shape[1] / COLUMNS))
    if factor == 1:
        return np.arange(matrix.size).reshape(matrix.shape), more
    return _extremes(matrix, factor), f"each cell the extreme of {factor} × {factor}"


@lru_cache(maxsize=512)
def _folded(n: int) -> tuple[Places, str]:
    """A row as several where it is long, about twice as wide as high."""
    across = n if n <= _ROW else math.ceil(math.sqrt(2 * n))
    # A width that leaves no gap is looked for among those a little larger.
    across = next((w for w in range(across, across + across // 2 + 1) if n % w == 0), across)
    across = max(across, math.ceil(n / ROWS))
    places = np.full(math.ceil(n / across) * across, -1)
    places[:n] = np.arange(n)
    return places.reshape(-1, across), ""


@lru_cache(maxsize=512)
def _pictures(shape: tuple[int, int, int], wider: float) -> tuple[Places, str]:
    n, h, w = shape
    most_across, most_down = (COLUMNS + 1) // (w + 1), max((ROWS + 1) // (h + 1), 1)
    across = math.ceil(math.sqrt(wider * n * (h + 1) / (w + 1)))
    across = min(max(across, math.ceil(n / most_down)), most_across, n)
    if n > across * most_down:
        across, most_down = _few(FEW_COLUMNS, w), _few(FEW_ROWS, h)
    down = min(math.ceil(n / across), most_down)
    shown = min(n, across * down)
    stack = np.arange(shown * h * w).reshape(shown, h, w)
    tiles = np.full((down * across, h + 1, w + 1), -1)
    tiles[:shown, :h, :w] = stack
    words = "" if shown == n else f"first {shown} of {n}"
    return _joined(tiles.reshape(down, across, h + 1, w + 1)), words


@lru_cache(maxsize=512)
def _grid_of_pictures(shape: tuple[int, int, int, int]) -> tuple[Places, str]:
    """A column of pictures for each of the first axis, a row for each of the second."""
    n, m, h, w = shape
    across, down = min(n, _few(COLUMNS, w)), min(m, _few(ROWS, h))
    if across < n or down < m:
        across, down = min(n, _few(FEW_COLUMNS, w)), min(m, _few(FEW_ROWS, h))
    tiles = np.full((down, across, h + 1, w + 1), -1)
    tiles[:, :, :h, :w] = np.arange(n * m * h * w).reshape(shape)[:across, :down].swapaxes(0, 1)
    words = [f"first {across} of {n}"] if across < n else []
    words += [f"{down} of {m} maps each"] if down < m else []
    return _joined(tiles), ", ".join(words)


def _few(cells: int, length: int) -> int:
    """How many pictures of a length have room in so many cells, one at least."""
    return max((cells + 1) // (length + 1), 1)


def _joined(tiles: NDArray[np.int64]) -> Places:
    """Tiles (down, across, h + 1, w + 1) as one sheet, without the gap at its right and lower edge."""
    down, across, high, wide = tiles.shape
    return tiles.transpose(0, 2, 1, 3).reshape(down * high, across * wide)[:-1, :-1]


def _extremes(matrix: NDArray[Any], factor: int) -> Places:
    """The place of the value of largest size in each block of factor x factor."""
    rows, columns = (math.ceil(length / factor) for length in matrix.shape)
    places = np.full((rows * factor, columns * factor), 0)
    size = np.full(places.shape, -1.0)
    places[: matrix.shape[0], : matrix.shape[1]] = np.arange(matrix.size).reshape(matrix.shape)
    size[: matrix.shape[0], : matrix.shape[1]] = np.abs(matrix)
    blocks = (rows, factor, columns, factor)
    sizes, ids = (a.reshape(blocks).swapaxes(1, 2).reshape(rows, columns, -1) for a in (size, places))
    return np.asarray(np.take_along_axis(ids, sizes.argmax(axis=2)[..., None], 2)[..., 0])
