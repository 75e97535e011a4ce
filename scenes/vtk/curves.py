"""Curves: many polylines with a colour for each point, whose light adds up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from scenes.vtk.arrays import own, points, runs, write
from scenes.vtk.blending import accumulate

# Lines need no light, no clipping and no picking: the colour as it is. VTK's own shader takes a fifth longer.
_PLAIN = """#version 150
in vec4 vertexColorVSOutput;
out vec4 fragOutput0;
void main() { fragOutput0 = vertexColorVSOutput; }
"""


class Curves:
    """K polylines of M points each, built once.

    Args:
        curves: float32 (K, M, 3), scene units.
        window: the render window, whose blending is set while the curves are drawn.
        width: line width in pixels. Thinner than one pixel is drawn as one pixel with less light.
        ink: take light away, for a light ground.
    """

    def __init__(self, curves: NDArray[np.float32], window: Any, *, width: float, ink: bool) -> None:
        count, length = curves.shape[:2]
        self._data = vtkPolyData()
        self._data.SetPoints(points(curves))
        self._data.SetLines(runs(count, length))
        self._rgba = own(np.zeros((count * length, 4), dtype=np.uint8), "rgba")
        self._data.GetPointData().SetScalars(self._rgba)
        self._thin = np.float32(min(width, 1.0))
        self._shown = np.zeros_like(curves, shape=(count, length, 4), dtype=np.uint8)
        self._ink = ink
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._data)
        mapper.SetColorModeToDirectScalars()
        mapper.SetStatic(1)
        accumulate(mapper, window, ink=ink)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetShaderProperty().SetFragmentShaderCode(_PLAIN)
        self.actor.ForceTranslucentOn()
        self.actor.VisibilityOff()
        style = self.actor.GetProperty()
        style.SetLighting(False)
        style.SetLineWidth(max(width, 1.0))

    def draw(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities, uint8 (K, M, 4). Unchanged ones cost nothing."""
        if np.array_equal(rgba, self._shown):
            return
        self._shown = rgba.copy()
        shown = rgba.reshape(-1, 4)
        if self._ink or self._thin < 1.0:
            shown = shown.copy()
        if self._ink:
            np.invert(shown[:, :3], out=shown[:, :3])
        if self._thin < 1.0:
            shown[:, 3] = (shown[:, 3] * self._thin + 0.5).astype(np.uint8)
        write(self._rgba, shown)
        # Nothing to see costs nothing: the first seconds of a film have no strands yet.
        self.actor.SetVisibility(bool(shown[:, 3].any()))
        self._data.Modified()
