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
from scenes.vtk.window.texels import texels_of


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
        self._below, self._across = (
            drawn.below,
            np.broadcast_to(drawn.across, (cells.rows, *drawn.across.shape)),
        )
        self._grid = _numbers(grid).copy()
        self._backing = self._grid.copy()
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
        rows, high, _ = self._texels.shape
        middles = self._texels[:, high // 2].reshape(rows, -1, self._across.shape[2])[
            ..., self._across.shape[2] // 2
        ]
        return np.ascontiguousarray(middles).view(np.uint8).reshape(*middles.shape, 4)

    @property
    def filled(self) -> NDArray[np.float32]:
        """The share of its place that each cell's colour covers as VTK has it: float32 (rows, cols)."""
        rows, high, _ = self._texels.shape
        cells = self._texels.reshape(rows, high, -1, self._across.shape[2])
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
        back = self._backing[rows, :, None]
        line = np.where(self._across[rows], now[rows, :, None], back).reshape(len(rows), 1, -1)
        plain = np.broadcast_to(back, self._across[rows].shape).reshape(len(rows), 1, -1)
        inked = self._below[rows]
        if (inked == inked[0]).all():
            self._texels[np.ix_(rows, np.flatnonzero(inked[0]))] = line
        else:
            self._texels[rows] = np.where(inked[:, :, None], line, plain)
        self._scalars.Modified()
        self._image.Modified()


def _numbers(grid: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Colours (rows, cols, 4) as numbers (rows, cols)."""
    return np.ascontiguousarray(grid).view(np.uint32)[..., 0]
