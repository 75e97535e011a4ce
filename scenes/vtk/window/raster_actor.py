"""RasterActor: the cells of a panel, drawn by the graphics driver."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from scenes.space.panel import Panel
from scenes.vtk.window.arrays import own, points, runs
from scenes.vtk.window.blending import Blending
from scenes.vtk.window.texels import Texels, texels_of


class RasterActor:
    """The cells of a panel as one textured quad: mip-mapping keeps its fine grid from shimmering.

    Args:
        panel: a panel of tiles.
        grid: uint8 (rows, cols, 4), colours of the cells: at first all have that of what lies between them.
        blending: of the window.
    """

    def __init__(self, panel: Panel, grid: NDArray[np.uint8], blending: Blending) -> None:
        self._panel = panel
        cells, drawn = panel.raster, texels_of(panel.raster)
        self._down, self._across = _reach(drawn.below), _reach(drawn.across)
        self._seams, self._grid = _seams(drawn), _numbers(grid).copy()
        self._line = self._grid.repeat(drawn.wide, axis=1).reshape(cells.rows, cells.cols, drawn.wide)
        self._backing = self._grid[0, 0]
        texels = self._grid.repeat(drawn.high, axis=0).repeat(drawn.wide, axis=1)
        self._image = vtkImageData()
        self._image.SetDimensions(texels.shape[1], texels.shape[0], 1)
        self._scalars = own(texels.reshape(-1, 1).view(np.uint8), "rgba")
        self._image.GetPointData().SetScalars(self._scalars)
        form = cells.rows, drawn.high, cells.cols * drawn.wide
        self._texels = vtk_to_numpy(self._scalars).view(np.uint32).reshape(form)
        self.actor = vtkActor()
        mapper = self._mapper()
        blending.cover(mapper)
        self.actor.SetMapper(mapper)
        self.actor.SetTexture(self._texture())
        self.actor.GetProperty().SetLighting(False)
        self.actor.ForceOpaqueOn()

    def _mapper(self) -> Any:
        panel = self._panel
        # The raster ends half a cell outside the outermost neurons' centres.
        width, height = panel.raster.width / 2, panel.raster.height / 2
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)
        corners = panel.centre + signs[:, :1] * width * panel.right + signs[:, 1:] * height * panel.up
        data = vtkPolyData()
        data.SetPoints(points(corners))
        data.SetPolys(runs(1, 4))
        # Row 0 of the texture is its bottom for VTK, the top of the picture for us.
        texture = np.array([(0, 1), (1, 1), (1, 0), (0, 0)], dtype=np.float32)
        data.GetPointData().SetTCoords(own(texture, "uv"))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        return mapper

    def _texture(self) -> Any:
        texture = vtkTexture()
        texture.SetInputData(self._image)
        texture.InterpolateOn()
        texture.MipmapOn()
        texture.SetMaximumAnisotropicFiltering(8)
        texture.SetColorModeToDirectScalars()
        texture.RepeatOff()
        texture.EdgeClampOn()
        return texture

    @property
    def grid(self) -> NDArray[np.uint8]:
        """Colours of the cells, uint8 (rows, cols, 4), as VTK has them in their middles."""
        middles = self._texels[:, self._texels.shape[1] // 2].reshape(self._line.shape)
        middles = middles[:, :, self._line.shape[2] // 2]
        return np.ascontiguousarray(middles).view(np.uint8).reshape(*middles.shape, 4)

    @property
    def filled(self) -> NDArray[np.float32]:
        """The share of its place that each cell's colour covers as VTK has it: float32 (rows, cols)."""
        rows, high, _ = self._texels.shape
        cells = self._texels.reshape(rows, high, *self._line.shape[1:])
        lit = cells[:, high // 2, :, cells.shape[3] // 2]
        filled: NDArray[np.float32] = (cells == lit[:, None, :, None]).mean(axis=(1, 3), dtype=np.float32)
        return filled

    def paint(self, grid: NDArray[np.uint8]) -> None:
        """Show other colours, uint8 (rows, cols, 4)."""
        now = _numbers(grid)
        rows = np.flatnonzero((now != self._grid).any(axis=1))
        if not len(rows):
            return
        self._grid[rows] = now[rows]
        # First one row of texels for each row of cells that has changed, then its copies.
        line = self._line[rows]
        line[:, :, self._across] = now[rows, :, None]
        self._texels[rows, self._down] = line.reshape(len(rows), 1, -1)
        if len(self._seams):
            self._texels.reshape(-1)[self._seams] = self._backing
        self._scalars.Modified()
        self._image.Modified()


def _reach(inked: NDArray[np.bool_]) -> slice:
    """Between which texels of a cell colours lie in any of its rows or columns (n, texels)."""
    places = np.flatnonzero(inked.any(axis=0))
    return slice(places[0], places[-1] + 1)


def _seams(drawn: Texels) -> NDArray[np.intp]:
    """Which texels, numbered row by row, lie between the patches of a picture: backing in some cells."""
    lines = []
    for inked in (drawn.below, drawn.across):
        reach = np.zeros_like(inked)
        reach[:, _reach(inked)] = True
        lines.append((reach & ~inked).ravel())
    return np.flatnonzero(lines[0][:, None] | lines[1])


def _numbers(grid: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Colours (rows, cols, 4) as numbers (rows, cols)."""
    return np.ascontiguousarray(grid).view(np.uint32)[..., 0]
