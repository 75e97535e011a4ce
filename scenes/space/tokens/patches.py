"""Patches: tokens lie where their patches lie, each one's numbers as a small tile."""

from dataclasses import dataclass
from math import ceil, isqrt, sqrt

import numpy as np

from engine import Layer, Net, PatchEmbedding
from scenes.space.raster import Raster


@dataclass(frozen=True)
class Patches:
    """How a transformer cuts its image.

    Attributes:
        size: pixels of a patch, a side.
        rows, cols: how many patches there are, one above another and side by side.
        ahead: tokens ahead of those of the patches: 1 where there is a class token, else 0.
    """

    size: int
    rows: int
    cols: int
    ahead: int

    def hold(self, layer: Layer) -> bool:
        """Whether a layer has one token for each patch."""
        return len(layer.shape) == 2 and layer.shape[0] == self.ahead + self.rows * self.cols


def patches(net: Net) -> Patches | None:
    """How a net cuts its input, a picture of one plane, into patches; None where it does not."""
    first = net.layers[0]
    if len(first.shape) != 3 or first.shape[2] != 1:
        return None
    for layer in net.layers:
        if isinstance(layer.block, PatchEmbedding) and layer.sources == (first.name,):
            size = layer.block.size
            rows, cols = first.shape[0] // size, first.shape[1] // size
            return Patches(size, rows, cols, int(layer.block.class_token))
    return None


def tile(width: int) -> tuple[int, int]:
    """Rows and columns of a tile of so many numbers: as square as it can be without an empty place.

    64 are 8 x 8, 128 are 8 x 16; a number that is hard to divide leaves places empty.
    """
    for rows in range(isqrt(width), 0, -1):
        if width % rows == 0 and width <= 4 * rows * rows:
            return rows, width // rows
    cols = ceil(sqrt(width))
    return ceil(width / cols), cols


def tiles(cut: Patches, width: int, pitch: float) -> Raster:
    """Lay tokens of so many numbers out as tiles: those of patches in the patches' grid, row by row.

    The class token's stands apart, above the middle. All tiles are as large as each other, whatever their
    number of cells. See `rise` for where the panel's middle belongs.

    pitch: scene units from one patch to the next.
    """
    high, wide = tile(width)
    below, aside = (max(1, round(side / 4)) for side in (high, wide))
    top = high + below + max(1, high // 8) if cut.ahead else 0
    token = np.arange(cut.rows * cut.cols)
    first_row = np.concatenate([[0] * cut.ahead, top + token // cut.cols * (high + below)])
    cols = cut.cols * (wide + aside) - aside
    first_col = np.concatenate([[(cols - wide) // 2] * cut.ahead, token % cut.cols * (wide + aside)])
    y, x = np.divmod(np.arange(width), wide)
    maps = np.stack([first_row, first_row + high - 1, first_col, first_col + wide - 1], axis=1)
    return Raster(
        "tiles",
        top + cut.rows * (high + below) - below,
        cols,
        (first_row[:, None] + y).ravel().astype(np.int32),
        (first_col[:, None] + x).ravel().astype(np.int32),
        (pitch / (wide + aside), pitch / (high + below)),
        maps.astype(np.int32),
        ahead=cut.ahead,
    )


def rise(cells: Raster) -> float:
    """Scene units that the middle of tiles stands above that of their patches' grid."""
    grid = cells.maps[cells.ahead :]
    middle = (int(grid[:, 0].min()) + int(grid[:, 1].max()) + 1) / 2
    return float((middle - cells.rows / 2) * cells.cell[1])
