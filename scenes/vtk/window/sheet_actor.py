"""SheetActor: tells the graphics driver which pixels of a panel keep their colours."""

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from scenes.vtk.window.arrays import own, points, runs, write
from scenes.vtk.window.blending import Blending

Floats = NDArray[np.float32]


class SheetActor:
    """A quad that is not seen: it lies in the plane of a raster and writes the marks of its cells as alpha.

    Draw it after the raster and before the bodies that can cover it. The quad is that of the raster to the
    last digit, which would else hide some of it.

    Args:
        edges: float32 (4, 3), the raster's corners, see Panel.edges.
        marks: uint8 (rows, cols), of each cell.
        blending: of the window.
    """

    def __init__(self, edges: Floats, marks: NDArray[np.uint8], blending: Blending) -> None:
        rows, cols = marks.shape
        self._image = vtkImageData()
        self._image.SetDimensions(cols, rows, 1)
        self._scalars = own(np.zeros((rows * cols, 4), dtype=np.uint8), "rgba")
        self._image.GetPointData().SetScalars(self._scalars)
        ends = np.array([(0, rows), (cols, rows), (cols, 0), (0, 0)], dtype=np.float32)
        data = vtkPolyData()
        data.SetPoints(points(edges))
        data.SetPolys(runs(1, 4))
        data.GetPointData().SetTCoords(own(ends / np.array([cols, rows], dtype=np.float32), "uv"))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        blending.mark(mapper)
        texture = vtkTexture()
        texture.SetInputData(self._image)
        texture.InterpolateOff()
        texture.SetColorModeToDirectScalars()
        texture.RepeatOff()
        texture.EdgeClampOn()
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.SetTexture(texture)
        self.actor.GetProperty().SetLighting(False)
        self.actor.ForceOpaqueOn()
        self.mark(marks)

    def mark(self, marks: NDArray[np.uint8]) -> None:
        """Take other marks."""
        rgba = np.zeros((marks.size, 4), dtype=np.uint8)
        rgba[:, 3] = marks.ravel()
        write(self._scalars, rgba)
        self._image.Modified()
