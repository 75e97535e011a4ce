"""Surfaces: flat coloured quads, thin outlines, and the raster of a panel of pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from scenes.space.panel import Panel
from scenes.space.raster import Raster as Grid
from scenes.vtk.window.arrays import own, points, runs, same, write
from scenes.vtk.window.blending import Blending

_SEAM = 0.22  # of a cell: the gap to the next patch, in the cells on both sides of a patch's border
_BORDERED = 12  # texels a side of a cell, from where on a line between it and the next is drawn
# Corners 0..3 of a quad lie inside its soft border, 4..7 outside: the quad itself, then its four borders.
_SOFT = np.array([(0, 1, 2, 3), (4, 5, 1, 0), (5, 6, 2, 1), (6, 7, 3, 2), (7, 4, 0, 3)])


class Quads:
    """Flat quads with a colour for each corner, whose borders fade instead of stepping.

    Args:
        corners: float32 (n, 4, 3), scene units, in order around each quad.
        rgba: uint8 (n, 4, 4).
        blending: of the window.
        soft: width of the fading border in scene units, about a pixel's.
        hears: is told the corners (q, 4, 3) and opacities (q, 4) of all that is drawn, each time they change.
    """

    def __init__(
        self,
        corners: NDArray[np.float32],
        rgba: NDArray[np.uint8],
        blending: Blending,
        soft: float = 0.0,
        hears: Callable[[NDArray[np.float32], NDArray[np.uint8]], None] | None = None,
    ) -> None:
        self._soft, self._hears = soft, hears
        self._shown = corners, rgba
        self._data = vtkPolyData()
        self._points = points(self._spread(corners))
        self._data.SetPoints(self._points)
        self._data.SetPolys(runs(len(corners) * len(_SOFT), 4))
        self._rgba = own(self._shade(rgba), "rgba")
        self._data.GetPointData().SetScalars(self._rgba)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._data)
        mapper.SetColorModeToDirectScalars()
        blending.cover(mapper, veil=True)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().SetLighting(False)
        self.actor.ForceTranslucentOn()
        self._tell()

    def _tell(self) -> None:
        if self._hears:
            corners, rgba = self._spread(self._shown[0]), self._shade(self._shown[1])
            self._hears(corners.reshape(-1, 4, 3), rgba[:, 3].reshape(-1, 4))

    def _spread(self, corners: NDArray[np.float32]) -> NDArray[np.float32]:
        along = corners[:, 1] - corners[:, 0]
        across = corners[:, 3] - corners[:, 0]
        sides = []
        for edge in (along, across):
            length = np.linalg.norm(edge, axis=1, keepdims=True)
            unit = edge / np.maximum(length, 1e-6)
            # A bar thinner than its border must not turn inside out.
            sides.append(
                (unit * np.minimum(self._soft / 2, length / 2), unit * self._soft / 2 * (length > 0))
            )
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)[None, :, :, None]
        inset = signs[:, :, 0] * sides[0][0][:, None] + signs[:, :, 1] * sides[1][0][:, None]
        outset = signs[:, :, 0] * sides[0][1][:, None] + signs[:, :, 1] * sides[1][1][:, None]
        eight = np.concatenate([corners - inset, corners + outset], axis=1)
        return eight[:, _SOFT].reshape(-1, 3).astype(np.float32)

    def _shade(self, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
        outer = rgba.copy()
        outer[..., 3] = 0
        return np.concatenate([rgba, outer], axis=1)[:, _SOFT].reshape(-1, 4)

    def soften(self, soft: float) -> None:
        """Let the borders fade over another width, in scene units."""
        if soft != self._soft:
            self._soft = soft
            self._write(*self._shown)

    def draw(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8]) -> None:
        """Move the corners (n, 4, 3) and recolour them (n, 4, 4). Unchanged ones cost nothing."""
        if not (same(corners, self._shown[0]) and same(rgba, self._shown[1])):
            self._write(corners, rgba)

    def _write(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8]) -> None:
        self._shown = corners, rgba
        write(self._points.GetData(), self._spread(corners))
        write(self._rgba, self._shade(rgba))
        self._points.Modified()
        self._data.Modified()
        self._tell()


class Raster:
    """The pixels of a panel as one textured quad: mip-mapping keeps its fine grid from shimmering.

    Args:
        panel: a panel of tiles.
        blending: of the window.
        backing: colour between the cells.
        fill: share of a cell's width that its colour fills.
    """

    def __init__(
        self, panel: Panel, blending: Blending, backing: tuple[int, int, int], fill: float = 0.88
    ) -> None:
        self._panel = panel
        cells = panel.raster
        high, wide = (int(np.clip(704 // n, 4, 24)) for n in (cells.rows, cells.cols))
        if cells.cell[0] == cells.cell[1]:
            high = wide = min(high, wide)
        # In cells of few texels a border would take most of the light.
        gap = max(1, round(high * (1 - fill) / 2)) if min(high, wide) >= _BORDERED else 0
        # Narrow cells are a row's; lines between them would darken it.
        aside = gap if wide == high else 0
        self._down, self._across = slice(gap, high - gap), slice(aside, wide - aside)
        self._shown = np.full((len(cells.row), 3), backing, dtype=np.uint8)
        self._colour = np.full((len(cells.row), 4), 255, dtype=np.uint8)
        self._place = cells.row.astype(np.intp) * cells.cols + cells.col
        # A colour is one number here: NumPy copies four bytes at once much faster than one by one.
        self._grid = np.zeros((cells.rows, cells.cols), dtype=np.uint32)
        grid = _bytes(self._grid)
        grid[..., :3] = backing
        grid[..., 3] = np.where(cells.covered, 255, 0)
        self._line = np.repeat(self._grid, wide, axis=1).reshape(cells.rows, cells.cols, wide)
        texels = np.repeat(self._line.reshape(cells.rows, 1, -1), high, axis=1)
        self._image = vtkImageData()
        self._image.SetDimensions(cells.cols * wide, cells.rows * high, 1)
        self._scalars = own(_bytes(texels).reshape(-1, 4), "rgba")
        self._image.GetPointData().SetScalars(self._scalars)
        self._texels = vtk_to_numpy(self._scalars).view(np.uint32).reshape(texels.shape)
        self._seams, self._backing = _seams(cells, high, wide), self._grid[0, 0]
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

    def draw(self, rgb: NDArray[np.uint8]) -> None:
        """Show the neurons' colours, uint8 (n, 3) in id order. Unchanged colours cost nothing."""
        if same(rgb, self._shown):
            return
        self._shown = rgb.copy()
        before = self._grid.copy()
        self._colour[:, :3] = rgb
        self._grid.reshape(-1)[self._place] = self._colour.view(np.uint32)[:, 0]
        # First one row of texels for each row of cells that has changed, then its copies.
        rows = np.flatnonzero((self._grid != before).any(axis=1))
        line = self._line[rows]
        line[:, :, self._across] = self._grid[rows, :, None]
        self._texels[rows, self._down] = line.reshape(len(rows), 1, -1)
        if len(self._seams):
            self._texels.reshape(-1)[self._seams] = self._backing
        self._scalars.Modified()
        self._image.Modified()


def _seams(cells: Grid, high: int, wide: int) -> NDArray[np.intp]:
    """Which texels, numbered row by row, lie between the patches that a picture is cut into."""
    if not cells.seam:
        return np.empty(0, dtype=np.intp)
    lines = []
    for count, side in ((cells.rows, high), (cells.cols, wide)):
        place = np.arange(count * side)
        border = np.rint(place / (cells.seam * side)) * cells.seam * side
        near = (place >= border - _SEAM * side) & (place < border + _SEAM * side)
        lines.append(near & (border > 0) & (border < count * side))
    return np.flatnonzero(lines[0][:, None] | lines[1])


def _bytes(colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Red, green, blue and opacity of colours (...), as uint8 (..., 4)."""
    return colours.view(np.uint8).reshape(*colours.shape, 4)


class Backdrop:
    """The ground of the picture as a texture: a soft light in the middle and a vignette."""

    def __init__(self, renderer: Any, pixels: NDArray[np.uint8]) -> None:
        """Take the ground, uint8 (h, w, 3), top row first."""
        image = vtkImageData()
        image.SetDimensions(pixels.shape[1], pixels.shape[0], 1)
        image.GetPointData().SetScalars(own(pixels[::-1].reshape(-1, 3), "rgb"))
        texture = vtkTexture()
        texture.SetInputData(image)
        texture.SetColorModeToDirectScalars()
        texture.InterpolateOn()
        renderer.SetBackgroundTexture(texture)
        renderer.TexturedBackgroundOn()
