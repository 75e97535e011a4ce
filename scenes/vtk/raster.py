"""Raster: the cells of a panel in flat colours, with the lines between them."""

import numpy as np
from numpy.typing import NDArray

from scenes.space.panel import Panel
from scenes.vtk.window.offscreen import OffscreenWindow


class Raster:
    """The neurons of a panel as cells.

    Args:
        panel: a panel of tiles.
        window: where they are drawn.
        backing: colour between the cells.

    Attributes:
        grid: uint8 (rows, cols, 4), the colours of the cells; no opacity where there is none.
        drawn: what draws them: the driver, or compiled loops.
    """

    def __init__(self, panel: Panel, window: OffscreenWindow, backing: tuple[int, int, int]) -> None:
        cells = panel.raster
        self._shown = bytes(backing) * len(cells.row)
        self._colour = np.full((len(cells.row), 4), 255, dtype=np.uint8)
        self._place = cells.row.astype(np.intp) * cells.cols + cells.col
        # A colour is one number here: NumPy copies four bytes at once much faster than one by one.
        self._cells = np.zeros(cells.rows * cells.cols, dtype=np.uint32)
        self.grid = self._cells.view(np.uint8).reshape(cells.rows, cells.cols, 4)
        self.grid[..., :3] = backing
        self.grid[..., 3] = np.where(cells.covered, 255, 0)
        self.drawn = window.add_cells(panel, self.grid, backing)

    def draw(self, rgb: NDArray[np.uint8]) -> None:
        """Show the neurons' colours, uint8 (n, 3) in id order. Unchanged colours cost nothing."""
        # As bytes: arrays that are small take longer to compare.
        shown = rgb.tobytes()
        if shown == self._shown:
            return
        self._shown = shown
        self._colour[:, :3] = rgb
        self._cells[self._place] = self._colour.view(np.uint32)[:, 0]
        self.drawn.paint(self.grid)
