"""Curves: many polylines with a colour for each point, whose light adds up."""

import math
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
    """Room for R polylines of M points each, built once; the last K of them are in use.

    Args:
        curves: float32 (K, M, 3), scene units; see `move`.
        window: the render window, whose blending is set while the curves are drawn.
        width: line width in pixels. Thinner than one pixel is drawn as one pixel with less light.
        ink: take light away, for a light ground.
        room: how many there may be, where that is more than K.
    """

    def __init__(
        self, curves: NDArray[np.float32], window: Any, *, width: float, ink: bool, room: int = 0
    ) -> None:
        room, length = max(room, len(curves)), curves.shape[1]
        self._data = vtkPolyData()
        self._places = np.zeros_like(curves, shape=(room, length, 3))
        self._data.SetPoints(points(self._places))
        self._data.SetLines(runs(room, length))
        self._thinned = 1, 1.0
        self._rgba = own(np.zeros((room * length, 4), dtype=np.uint8), "rgba")
        self._data.GetPointData().SetScalars(self._rgba)
        self._width = width
        self._thin = np.float32(min(width, 1.0))
        self._shown = np.zeros_like(curves, shape=(0, length, 4), dtype=np.uint8)
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
        self.move(curves)

    def scale(self, factor: float, step: int = 1, share: float = 1.0) -> None:
        """Draw the lines so many times as wide as at first, for a picture of so many times the pixels.

        step: let them bend at every so many of their points only, which is drawn faster.
        share: draw this share of the room only, the last.
        """
        if (step, share) != self._thinned:
            self._thinned = step, share
            room, length = self._places.shape[:2]
            kept = math.ceil(share * room)
            self._data.SetLines(runs(kept, length, step, room - kept))
        width = self._width * factor
        self.actor.GetProperty().SetLineWidth(max(width, 1.0))
        thin, shown = np.float32(min(width, 1.0)), self._shown
        if thin != self._thin:
            self._thin, self._shown = thin, shown[:0]
            self.draw(shown)

    def move(self, curves: NDArray[np.float32]) -> None:
        """Put K <= R curves, float32 (K, M, 3), in the place of those before; they are dark until drawn.

        Lines that are not in use shrink to a point, where nothing of them is seen.
        """
        places = np.zeros_like(self._places)
        unused = len(places) - len(curves)
        places[unused:] = curves
        places[:unused] = curves[:1, :1] if len(curves) else 0.0
        if len(curves) == len(self._shown) and np.array_equal(places, self._places):
            return
        self._places = places
        self._shown = np.zeros((len(curves), *self._shown.shape[1:]), dtype=np.uint8)
        self.actor.VisibilityOff()
        write(self._data.GetPoints().GetData(), places)
        self._data.GetPoints().Modified()
        self._data.Modified()

    def draw(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities, uint8 (K, M, 4). Unchanged ones cost nothing."""
        if np.array_equal(rgba, self._shown):
            return
        self._shown = rgba.copy()
        shown = np.zeros((len(self._places), *rgba.shape[1:]), dtype=np.uint8)
        shown[len(shown) - len(rgba) :] = rgba
        if self._ink:
            np.invert(shown[..., :3], out=shown[..., :3])
        if self._thin < 1.0:
            dimmed = (np.arange(256, dtype=np.uint8) * self._thin + 0.5).astype(np.uint8)
            shown[..., 3] = dimmed[shown[..., 3]]
        write(self._rgba, shown)
        # Nothing to see costs nothing: the first seconds of a film have no strands yet.
        self.actor.SetVisibility(bool(shown[..., 3].any()))
        self._data.Modified()
