"""StampActor: small pictures in space, drawn by the graphics driver."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from scenes.vtk.window.arrays import own, points, runs, write
from scenes.vtk.window.blending import Blending

_ROW = 32  # pictures side by side in the texture: it would else be wider than some drivers allow


@dataclass
class Again:
    """A second actor for what another holds."""

    actor: Any


class StampActor:
    """A quad for each picture; the pictures lie in rows in one texture.

    Args:
        count: how many there are.
        size: rows and columns of each picture in texels.
        blending: of the window.
        over: see `OffscreenWindow.add_stamps`.
    """

    def __init__(self, count: int, size: tuple[int, int], blending: Blending, over: float = 0.0) -> None:
        (high, wide), cols, rows = size, min(count, _ROW), -(-count // _ROW)
        self._image = vtkImageData()
        self._image.SetDimensions(cols * wide, rows * high, 1)
        self._scalars = own(np.zeros((rows * cols * wide * high, 4), np.uint8), "rgba")
        self._image.GetPointData().SetScalars(self._scalars)
        self._tiles = vtk_to_numpy(self._scalars).reshape(rows, high, cols, wide, 4)
        self._data = vtkPolyData()
        self._points = points(np.zeros((count * 4, 3), np.float32))
        self._data.SetPoints(self._points)
        self._data.SetPolys(runs(count, 4))
        corners = np.array([(0, 1), (1, 1), (1, 0), (0, 0)], np.float32)
        row, col = np.divmod(np.arange(count), _ROW)
        places = (corners + np.stack([col, row], axis=1)[:, None]) / (cols, rows)
        self._data.GetPointData().SetTCoords(own(places.reshape(-1, 2).astype(np.float32), "uv"))
        self._blending, self._over, self._seen = blending, over, self._texture()
        self.actor = self._actor()

    def again(self) -> "Again":
        """The text once more, to be drawn over what comes between, as thinly as `over` says."""
        return Again(self._actor(self._over))

    def _actor(self, opacity: float = 1.0) -> Any:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._data)
        self._blending.cover(mapper, veil=True)
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.SetTexture(self._seen)
        actor.GetProperty().SetLighting(False)
        actor.GetProperty().SetOpacity(opacity)
        actor.ForceTranslucentOn()
        return actor

    def _texture(self) -> Any:
        texture = vtkTexture()
        texture.SetInputData(self._image)
        texture.InterpolateOn()
        texture.MipmapOn()
        texture.SetColorModeToDirectScalars()
        texture.RepeatOff()
        texture.EdgeClampOn()
        return texture

    @property
    def pictures(self) -> NDArray[np.uint8]:
        """What they show, uint8 (n, rows, columns, 4), as VTK has it."""
        tiles = self._tiles.transpose(0, 2, 1, 3, 4)
        pictures: NDArray[np.uint8] = tiles.reshape(-1, *tiles.shape[2:])
        return pictures

    def paint(self, place: int, picture: NDArray[np.uint8]) -> None:
        """Show another picture, uint8 (rows, columns, 4), the top row first, at one place."""
        row, col = divmod(place, _ROW)
        self._tiles[row, :, col] = picture
        self._scalars.Modified()
        self._image.Modified()

    def move(self, corners: NDArray[np.float32]) -> None:
        """Put all elsewhere: (count, 4, 3), in scene units, the lower left corner first."""
        write(self._points.GetData(), corners)
        self._points.Modified()
        self._data.Modified()
