"""Surfaces that the graphics driver draws: flat quads, and the ground of the picture."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from scenes.vtk.window.arrays import own, points, runs, write
from scenes.vtk.window.blending import Blending


class QuadActor:
    """Flat quads with a colour for each corner.

    Args:
        corners: float32 (n, 4, 3), scene units, in order around each quad.
        rgba: uint8 (n, 4, 4).
        blending: of the window.
    """

    def __init__(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8], blending: Blending) -> None:
        self._data = vtkPolyData()
        self._points = points(corners)
        self._data.SetPoints(self._points)
        self._data.SetPolys(runs(len(corners), 4))
        self._rgba = own(rgba.reshape(-1, 4), "rgba")
        self._data.GetPointData().SetScalars(self._rgba)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._data)
        mapper.SetColorModeToDirectScalars()
        blending.cover(mapper, veil=True)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().SetLighting(False)
        self.actor.ForceTranslucentOn()

    def take(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8]) -> None:
        """Take other quads, as many."""
        write(self._points.GetData(), corners)
        write(self._rgba, rgba)
        self._points.Modified()
        self._data.Modified()


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
