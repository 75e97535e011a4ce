"""Raster: how the neurons of one layer are folded, tiled or lined up in a plane."""

from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine import Layer
from scenes.errors import SceneError

Kind = Literal["tiles", "neurons", "outputs"]


@dataclass(frozen=True, eq=False)
class Raster:
    """Cells of a panel, and which of them each neuron fills; see `scenes.layout.Panel`."""

    kind: Kind
    rows: int
    cols: int
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    pitch: float
    maps: NDArray[np.int32] | None = None

    @property
    def walled(self) -> bool:
        """Whether it is a wall of several maps."""
        return self.maps is not None


def _fold(n: int, portrait: bool) -> Raster:
    """Fold n neurons into a grid: 16 rows high, or in portrait about 50 units wide."""
    pitch = float(np.clip(1.25 * (512 / n) ** 0.22, 0.6, 2.2))
    if portrait:
        pitch *= 0.84
        rows = max(1, round(n * pitch / 50))
    else:
        rows = max(16, ceil(sqrt(n / 2))) if n >= 100 else ceil(sqrt(n))
    cols = ceil(n / rows)
    row, col = np.divmod(np.arange(n, dtype=np.int32), np.int32(cols))
    return Raster("neurons", ceil(n / cols), cols, row, col, pitch)


def _tiling(maps: int, aspect: float) -> tuple[int, int]:
    """Rows and columns for so many maps: near the aspect (columns for each row), few places left empty."""

    def cost(rows: int) -> float:
        cols = ceil(maps / rows)
        return abs(log(cols / rows / aspect)) + 5 * (rows * cols - maps) / maps

    best = min(range(1, maps + 1), key=cost)
    return best, ceil(maps / best)


def _wall(h: int, w: int, maps: int, portrait: bool) -> Raster:
    """Tile feature maps as a wall, wider than high, with a gap between maps; in portrait wide and low."""
    gap = max(1, round(h / 8)) if maps > 1 else 0
    tile_rows, tile_cols = _tiling(maps, (3.5 if portrait else 1.25) * (h + gap) / (w + gap))
    rows, cols = tile_rows * (h + gap) - gap, tile_cols * (w + gap) - gap
    y, x, c = np.meshgrid(np.arange(h), np.arange(w), np.arange(maps), indexing="ij")
    row = (c // tile_cols) * (h + gap) + y
    col = (c % tile_cols) * (w + gap) + x
    high, wide = (16, 48) if portrait and maps > 1 else (28, 46)
    pitch = min(high / rows, wide / cols, 1.7)
    each = np.arange(maps)
    top, left = each // tile_cols * (h + gap), each % tile_cols * (w + gap)
    walls = np.stack([top, top + h - 1, left, left + w - 1], axis=1).astype(np.int32)
    places = row.ravel().astype(np.int32), col.ravel().astype(np.int32)
    return Raster("tiles", rows, cols, *places, pitch, walls if maps > 1 else None)


def _token_rows(tokens: int, d: int) -> Raster:
    row, col = np.divmod(np.arange(tokens * d, dtype=np.int32), np.int32(d))
    return Raster("tiles", tokens, d, row, col, min(28 / tokens, 40 / d, 1.7))


def _output(n: int, portrait: bool) -> Raster:
    index, zero = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    if portrait:
        return Raster("outputs", 1, n, zero, index, 4.9 * 10 / max(n, 10))
    return Raster("outputs", n, 1, index, zero, 2.75 * 10 / max(n, 10))


def raster(layer: Layer, last: bool, portrait: bool) -> Raster:
    """Choose the drawing of a layer by its shape alone; `last` for the layer of classes."""
    match layer.shape:
        case (n,):
            return _output(n, portrait) if last else _fold(n, portrait)
        case (tokens, d):
            return _token_rows(tokens, d)
        case (h, w, c):
            return _wall(h, w, c, portrait)
    raise SceneError(
        f"layer '{layer.name}' has shape {layer.shape}: a layer that is drawn has 1, 2 or 3 dimensions"
    )
