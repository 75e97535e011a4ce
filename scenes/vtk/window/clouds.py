"""Clouds: neurons as shaded balls and their halos, each point one splat on the screen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLPointGaussianMapper

from scenes.vtk.window.arrays import own, points, runs, same, write
from scenes.vtk.window.blending import Blending

# The alpha channel carries the neuron's level: cold balls are lit like glass, hot ones glow from within and
# darken at the limb, so that a white-hot disc still looks round. The rim fades over one pixel. VTK turns some
# splats upside down; to what side a place lies is told by how it changes from pixel to pixel.
_BALL = """//VTK::Color::Impl
float d2 = dot(offsetVCVSOutput.xy, offsetVCVSOutput.xy);
if (d2 > 1.0) discard;
float d = sqrt(d2);
float rimWidth = fwidth(d);
vec2 aside = inverse(mat2(dFdx(offsetVCVSOutput.xy), dFdy(offsetVCVSOutput.xy))) * offsetVCVSOutput.xy;
vec3 n = vec3(aside * (d / max(length(aside), 1e-6)), sqrt(1.0 - d2));
float level = vertexColorVSOutput.a;
vec3 base = vertexColorVSOutput.rgb;
float light = max(0.0, dot(n, normalize(vec3(-0.45, 0.65, 0.6))));
float gleam = pow(max(0.0, dot(n, normalize(vec3(-0.3, 0.5, 0.9)))), 48.0);
float rim = pow(1.0 - n.z, 2.5);
%s
ambientColor = mix(cold, hot, smoothstep(0.02, 0.45, level));
diffuseColor = vec3(0.0);
opacity = 1.0 - smoothstep(1.0 - 1.5 * rimWidth, 1.0, d);
"""
_DARK = """
vec3 cold = base * (0.30 + 0.75 * light) + vec3(0.30, 0.42, 0.75) * rim * 0.55 * (1.0 - level)
          + vec3(0.8, 0.88, 1.0) * gleam * 0.35;
vec3 hot = mix(base * vec3(0.78, 0.34, 0.22), base * 1.06, smoothstep(0.0, 0.85, n.z))
         + vec3(1.0, 0.82, 0.5) * pow(n.z, 6.0) * level * level * 0.45;
"""
# Where colour tells of a study, it is the ball's own from limb to middle.
_OWN = """
vec3 cold = base * (0.42 + 0.66 * light) + vec3(0.30, 0.42, 0.75) * rim * 0.30 * (1.0 - level)
          + vec3(0.8, 0.88, 1.0) * gleam * 0.35;
vec3 hot = mix(base * base * 0.60, base, smoothstep(0.0, 0.75, n.z)) + vec3(1.0) * gleam * 0.25;
"""
_LIGHT = """
vec3 cold = base * (0.62 + 0.42 * light) - vec3(0.20, 0.18, 0.12) * rim + vec3(1.0) * gleam * 0.30;
vec3 hot = mix(base * 0.62, base * 1.04, smoothstep(0.0, 0.8, n.z)) + vec3(1.0) * gleam * 0.30;
"""
_HALO = """//VTK::Color::Impl
float fall = max(0.0, 1.0 - length(offsetVCVSOutput.xy));
ambientColor = vertexColorVSOutput.rgb;
diffuseColor = vec3(0.0);
opacity = vertexColorVSOutput.a * fall * fall * fall;
"""


class _Cloud:
    """Points with a colour and a radius each."""

    def __init__(self, positions: NDArray[np.float32], shader: str) -> None:
        count = len(positions)
        self._data = vtkPolyData()
        self._data.SetPoints(points(positions))
        self._data.SetVerts(runs(count, 1))
        self._rgba = own(np.zeros((count, 4), dtype=np.uint8), "rgba")
        self._radius = own(np.ones(count, dtype=np.float32), "radius")
        self._data.GetPointData().SetScalars(self._rgba)
        self._data.GetPointData().AddArray(self._radius)
        mapper = vtkOpenGLPointGaussianMapper()
        mapper.SetInputData(self._data)
        mapper.SetColorModeToDirectScalars()
        mapper.SetScaleArray("radius")
        mapper.SetScaleFactor(1.0)
        _splat_reach(mapper, 1.0)
        mapper.EmissiveOff()
        mapper.SetSplatShaderCode(shader)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().SetLighting(False)
        self._shown = np.zeros((count, 4), dtype=np.uint8), np.ones(count, dtype=np.float32)

    @property
    def places(self) -> NDArray[np.float32]:
        """The points, float32 (n, 3), as VTK has them."""
        places: NDArray[np.float32] = vtk_to_numpy(self._data.GetPoints().GetData())
        return places

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """Colours, uint8 (n, 4), as VTK has them."""
        rgba: NDArray[np.uint8] = vtk_to_numpy(self._rgba)
        return rgba

    @property
    def radius(self) -> NDArray[np.float32]:
        """Radii, float32 (n,), as VTK has them."""
        radius: NDArray[np.float32] = vtk_to_numpy(self._radius)
        return radius

    def move(self, positions: NDArray[np.float32]) -> None:
        """Put the points (n, 3) elsewhere, or in another order."""
        write(self._data.GetPoints().GetData(), positions)
        self._data.GetPoints().Modified()
        self._data.Modified()

    def paint(self, rgba: NDArray[np.uint8], radius: NDArray[np.float32]) -> None:
        """Show colours uint8 (n, 4) and radii (n,) in scene units. Unchanged ones cost nothing."""
        if same(rgba, self._shown[0]) and same(radius, self._shown[1]):
            return
        self._shown = rgba.copy(), radius.copy()
        write(self._rgba, rgba)
        write(self._radius, radius)
        self._data.Modified()


def _splat_reach(mapper: Any, reach: float) -> None:
    """Set how many radii a splat covers: the method was renamed in VTK 9.6."""
    name = "SetBoundScale" if hasattr(mapper, "SetBoundScale") else "SetTriangleScale"
    getattr(mapper, name)(reach)


class BallActor(_Cloud):
    """Shaded neurons. Give the points from far to near: their soft rims blend over what is behind.

    painted: they do not glow at white heat, but keep the hue of their colour.
    """

    def __init__(
        self, positions: NDArray[np.float32], blending: Blending, *, ink: bool, painted: bool = False
    ) -> None:
        super().__init__(positions, _BALL % (_LIGHT if ink else _OWN if painted else _DARK))
        self.actor.ForceOpaqueOn()
        blending.cover(self.actor.GetMapper())


class HaloActor(_Cloud):
    """Soft light around points, drawn by the graphics driver. Pixels that keep their colours are spared."""

    def __init__(self, positions: NDArray[np.float32], blending: Blending, *, ink: bool) -> None:
        super().__init__(positions, _HALO)
        self.actor.ForceTranslucentOn()
        blending.accumulate(self.actor.GetMapper(), ink=ink, sparing=True)
