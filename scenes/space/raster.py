"""Raster: how the neurons of one layer are folded, tiled or lined up in a plane."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine import AttentionScores, Layer
from scenes.errors import SceneError

Kind = Literal["tiles", "neurons", "outputs"]
_WIDEST = 60.0  # scene units: a wider grid would hide what stands before it
_LARGEST = 1.7  # scene units of a cell's side: larger pixels look coarse
_LOOSEST = 2.4  # from one ball to the next: farther apart they are no panel any more


@dataclass(frozen=True, eq=False)
class Bands:
    """Rows or columns of neurons that prefer one class each.

    Attributes:
        classes: the class of each band; engine.NO_CLASS of those that prefer none.
        spans: int32 (m, 2), first and last row of each, or column.
        rows: whether they are rows; else columns.
    """

    classes: tuple[int, ...]
    spans: NDArray[np.int32]
    rows: bool


@dataclass(frozen=True, eq=False)
class Raster:
    """Cells of a panel, and which of them each neuron fills.

    Attributes:
        kind: "tiles" are flat cells, "neurons" are balls, "outputs" are the balls that carry the bars.
        rows, cols: size in cells.
        row, col: int32 (n,), the cell of each neuron.
        cell: width and height of a cell in scene units.
        maps: int32 (m, 4), first and last row, first and last column of each map; the whole raster where
            the layer has no maps.
        bands: where neurons stand sorted by the class that they prefer.
        ahead: how many of the maps, the first, stand apart from the grid of all others.
        seam: cells from one border of a patch to the next, 0 where there are none: a picture that is cut
            into patches shows where.
    """

    kind: Kind
    rows: int
    cols: int
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    cell: tuple[float, float]
    maps: NDArray[np.int32]
    bands: Bands | None = None
    ahead: int = 0
    seam: int = 0

    @property
    def walled(self) -> bool:
        """Whether it is a wall of several maps."""
        return len(self.maps) > 1

    @property
    def width(self) -> float:
        """Scene units."""
        return self.cols * self.cell[0]

    @property
    def height(self) -> float:
        """Scene units."""
        return self.rows * self.cell[1]

    @property
    def pitch(self) -> float:
        """The shorter side of a cell, in scene units."""
        return min(self.cell)

    @cached_property
    def neurons(self) -> NDArray[np.int32]:
        """Which neuron of the layer fills each cell, int32 (rows, cols); -1 for none."""
        grid = np.full((self.rows, self.cols), -1, dtype=np.int32)
        grid[self.row, self.col] = np.arange(len(self.row), dtype=np.int32)
        return grid

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """Which cells are drawn, (rows, cols): those of neurons, and the gaps between maps.

        Synapses that end in a wall would else shine through its gaps as a lattice.
        """
        used = self.neurons >= 0
        grid = self.maps[self.ahead :]
        if len(grid) > 1:
            below, aside = (_gap(grid[:, side], grid[0, side + 1]) for side in (0, 2))
            for top, bottom, left, right in grid:
                used[top : bottom + 1 + below, left : right + 1 + aside] = True
        return used


def _gap(starts: NDArray[np.int32], end: int) -> int:
    """Cells between the end of a map and the nearest that starts after it, 0 where none does."""
    return int(min((start - end for start in starts if start > end), default=1)) - 1


@dataclass(frozen=True)
class Room:
    """What a panel may fill, in scene units."""

    width: float
    height: float


def _whole(
    kind: Kind, rows: int, cols: int, row: NDArray[np.int32], col: NDArray[np.int32], pitch: float
) -> Raster:
    """A raster of square cells without maps."""
    return Raster(
        kind, rows, cols, row, col, (pitch, pitch), np.array([[0, rows - 1, 0, cols - 1]], np.int32)
    )


def _fold(n: int, portrait: bool) -> Raster:
    """Fold n neurons into a grid: 16 rows high, or in portrait about 50 units wide."""
    pitch = float(np.clip(1.25 * (512 / n) ** 0.22, 0.6, 2.2))
    if portrait:
        pitch *= 0.84
        rows = max(1, round(n * pitch / 50))
    else:
        rows = max(16, ceil(sqrt(n / 2))) if n >= 100 else ceil(sqrt(n))
    cols = ceil(n / rows)
    pitch = min(pitch, _WIDEST / cols)
    row, col = np.divmod(np.arange(n, dtype=np.int32), np.int32(cols))
    return _whole("neurons", ceil(n / cols), cols, row, col, pitch)


def tower(n: int, room: Room) -> Raster:
    """Fold n neurons of a net of many layers into a panel as high as its room, as large as can be."""

    def pitch(cols: int) -> float:
        return min(room.width / cols, room.height / ceil(n / cols), _LOOSEST)

    cols = max(range(1, n + 1), key=lambda cols: (pitch(cols), -cols))
    row, col = np.divmod(np.arange(n, dtype=np.int32), np.int32(cols))
    return _whole("neurons", ceil(n / cols), cols, row, col, pitch(cols))


def _tiling(maps: int, aspect: float) -> tuple[int, int]:
    """Rows and columns for so many maps: near the aspect (columns for each row), few places left empty."""

    def cost(rows: int) -> float:
        cols = ceil(maps / rows)
        return abs(log(cols / rows / aspect)) + 5 * (rows * cols - maps) / maps

    best = min(range(1, maps + 1), key=cost)
    return best, ceil(maps / best)


def _wall(h: int, w: int, maps: int, room: Room, shape: float, first: bool = False) -> Raster:
    """Tile feature maps as a wall with a gap between maps; shape: the wall's width over its height.

    first: the maps are the first of the layer's axes, not the last.
    """
    gap = max(1, round(h / 8)) if maps > 1 else 0
    tile_rows, tile_cols = _tiling(maps, shape * (h + gap) / (w + gap))
    rows, cols = tile_rows * (h + gap) - gap, tile_cols * (w + gap) - gap
    axes = np.meshgrid(np.arange(h), np.arange(w), np.arange(maps), indexing="ij")
    y, x, c = (axis.transpose(2, 0, 1) if first else axis for axis in axes)
    row = (c // tile_cols) * (h + gap) + y
    col = (c % tile_cols) * (w + gap) + x
    pitch = min(room.height / rows, room.width / cols, _LARGEST)
    each = np.arange(maps)
    top, left = each // tile_cols * (h + gap), each % tile_cols * (w + gap)
    walls = np.stack([top, top + h - 1, left, left + w - 1], axis=1).astype(np.int32)
    places = row.ravel().astype(np.int32), col.ravel().astype(np.int32)
    return Raster("tiles", rows, cols, *places, (pitch, pitch), walls)


def _token_rows(tokens: int, d: int, room: Room) -> Raster:
    """One row for each token, as wide as there is room: its cells are narrow where it has many numbers."""
    row, col = np.divmod(np.arange(tokens * d, dtype=np.int32), np.int32(d))
    cell = min(room.width / d, _LARGEST), min(room.height / tokens, 1.5 * _LARGEST)
    return Raster("tiles", tokens, d, row, col, cell, np.array([[0, tokens - 1, 0, d - 1]], np.int32))


def _output(n: int, portrait: bool) -> Raster:
    index, zero = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    if portrait:
        return _whole("outputs", 1, n, zero, index, 4.9 * 10 / max(n, 10))
    return _whole("outputs", n, 1, index, zero, 2.75 * 10 / max(n, 10))


COLUMN = 13
"""Numbers of an input that stand one above another, with their names: as many as wine has, a usual table."""


def column(n: int, portrait: bool) -> Raster:
    """A few neurons one above another, or in portrait side by side."""
    index, zero = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    pitch = float(np.clip(20 / n, 2.2, 3.6))
    return (
        _whole("neurons", 1, n, zero, index, pitch)
        if portrait
        else _whole("neurons", n, 1, index, zero, pitch)
    )


def striped(h: int, w: int, portrait: bool) -> Raster:
    """An image in colour: each pixel is three stripes, its red, green and blue neuron, as on a screen."""
    room = Room(48, 16) if portrait else Room(46, 28)
    side = min(room.height / h, room.width / w, _LARGEST)
    row, rest = np.divmod(np.arange(3 * h * w, dtype=np.int32), np.int32(3 * w))
    whole = np.array([[0, h - 1, 0, 3 * w - 1]], np.int32)
    return Raster("tiles", h, 3 * w, row, rest, (side / 3, side), whole)


def raster(layer: Layer, last: bool, portrait: bool, room: Room | None = None) -> Raster:
    """Choose the drawing of a layer by its shape; `last` for the layer of classes.

    Attention scores (heads, queries, keys) are a wall with a map for each head, one row for each query.

    room: what tokens and maps may fill; None for a layer that stands alone in a short net.
    """
    match layer.shape:
        case (n,):
            return _output(n, portrait) if last else _fold(n, portrait)
        case (tokens, d):
            return _token_rows(tokens, d, room or (Room(48, 16) if portrait else Room(20, 28)))
        case (heads, queries, keys) if isinstance(layer.block, AttentionScores):
            space = room or Room(28, 28)
            return _wall(queries, keys, heads, space, space.width / space.height, first=True)
        case (h, w, c):
            if c == 1 and room is None:
                return _wall(h, w, c, Room(46, 28), 1.0)
            shape = room.width / room.height if room else 3.5 if portrait else 1.25
            return _wall(h, w, c, room or (Room(48, 16) if portrait else Room(46, 28)), shape)
    raise SceneError(
        f"layer '{layer.name}' has shape {layer.shape}: a layer that is drawn has 1, 2 or 3 dimensions"
    )
