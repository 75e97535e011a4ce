"""Groups: neurons that stand together, whose strands to another group run alike."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenes.space.panel import Panel

_BLOCKS = 4  # a panel without maps or bands is cut into so many blocks a side


def groups(panels: Sequence[Panel]) -> NDArray[np.int64]:
    """The group of each neuron, int64 (N,), by global id; counted through all panels.

    The map of a wall or the token of tiles, the band of a layer, the class of an output; of other panels,
    such as the digit, a block of a sixteenth.
    """
    counted, parts = 0, []
    for panel in panels:
        mine = _groups(panel)
        parts.append(mine + counted)
        counted += int(mine.max(initial=-1)) + 1
    return np.concatenate(parts)


def _groups(panel: Panel) -> NDArray[np.int64]:
    cells = panel.raster
    if cells.kind == "outputs":
        return np.arange(len(cells.row))
    if cells.walled:
        owner = np.zeros((cells.rows, cells.cols), dtype=np.int64)
        for number, (top, bottom, left, right) in enumerate(cells.maps):
            owner[top : bottom + 1, left : right + 1] = number
        return owner[cells.row, cells.col]
    if cells.bands is not None:
        at = cells.row if cells.bands.rows else cells.col
        return np.searchsorted(cells.bands.spans[:, 1], at).astype(np.int64)
    blocks: NDArray[np.int64] = (
        cells.row * _BLOCKS // cells.rows * _BLOCKS + cells.col * _BLOCKS // cells.cols
    )
    return blocks
