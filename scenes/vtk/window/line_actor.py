"""LineActor: lines whose light adds up, drawn by the graphics driver."""

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from scenes.vtk.window.arrays import own, points, runs, write
from scenes.vtk.window.blending import Blending

# Lines need no light, no clipping and no picking: the colour as it is. VTK's own shader takes a fifth longer.
_PLAIN = """#version 150
in vec4 vertexColorVSOutput;
out vec4 fragOutput0;
void main() { fragOutput0 = vertexColorVSOutput; }
"""
# Depth is a + b / w, and what is a little nearer has b (1 + nearer / w) / w. See OpenGL's perspective matrix.
_NEARER = """//VTK::PositionVC::Impl
vec3 ahead = vec3(MCDCMatrix[0].w, MCDCMatrix[1].w, MCDCMatrix[2].w);
vec3 depths = vec3(MCDCMatrix[0].z, MCDCMatrix[1].z, MCDCMatrix[2].z);
float b = MCDCMatrix[3].z - dot(depths, ahead) / dot(ahead, ahead) * MCDCMatrix[3].w;
gl_Position.z += b * %f / max(gl_Position.w, 1.0);
"""


class LineActor:
    """Room for R lines of M points each, in arrays of VTK.

    Args:
        room, length: R and M.
        blending: of the window.
        ink: take light away, for a light ground.
        sparing: spare pixels that keep their colours.
        nearer: scene units by which they are taken for nearer.
    """

    def __init__(
        self,
        room: int,
        length: int,
        blending: Blending,
        *,
        ink: bool,
        sparing: bool = False,
        nearer: float = 0.0,
    ) -> None:
        self._shape = room, length
        self._data = vtkPolyData()
        self._data.SetPoints(points(np.zeros((room * length, 3))))
        self._data.SetLines(runs(room, length))
        self._rgba = own(np.zeros((room * length, 4), dtype=np.uint8), "rgba")
        self._data.GetPointData().SetScalars(self._rgba)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._data)
        mapper.SetColorModeToDirectScalars()
        mapper.SetStatic(1)
        blending.accumulate(mapper, ink=ink, sparing=sparing)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetShaderProperty().SetFragmentShaderCode(_PLAIN)
        if nearer:
            shader = self.actor.GetShaderProperty()
            shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _NEARER % nearer, False)
        self.actor.ForceTranslucentOn()
        self.actor.VisibilityOff()
        self.actor.GetProperty().SetLighting(False)

    @property
    def places(self) -> NDArray[np.float32]:
        """The points, float32 (R, M, 3), as VTK has them."""
        places: NDArray[np.float32] = vtk_to_numpy(self._data.GetPoints().GetData())
        return places.reshape(*self._shape, 3)

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """Colours and opacities, uint8 (R, M, 4), as VTK has them."""
        rgba: NDArray[np.uint8] = vtk_to_numpy(self._rgba)
        return rgba.reshape(*self._shape, 4)

    def move(self, places: NDArray[np.float32]) -> None:
        """Put all points (R, M, 3) elsewhere."""
        write(self._data.GetPoints().GetData(), places)
        self._data.GetPoints().Modified()
        self._data.Modified()

    def paint(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities (R, M, 4)."""
        write(self._rgba, rgba)
        # Nothing to see costs nothing: the first seconds of a film have no strands yet.
        self.actor.SetVisibility(bool(rgba[..., 3].any()))
        self._data.Modified()

    def hide(self) -> None:
        """Show nothing until they are painted."""
        self.actor.VisibilityOff()

    def thin(self, step: int, kept: NDArray[np.int64]) -> None:
        """Bend at every so many points only, and draw these lines alone."""
        self._data.SetLines(runs(kept, self._shape[1], step))

    def widen(self, width: float) -> None:
        """Draw them so many pixels wide, at least one."""
        self.actor.GetProperty().SetLineWidth(width)
