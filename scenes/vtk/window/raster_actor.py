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

# A pixel shows the mean of the cells that it covers, as far spread as `softened` in scenes/kernels/cells has
# it: so both ways make one picture. A texture of cells with their borders would be a hundred times as large,
# and goes to the card with each step of the camera, since what is farther away is paler.
_MEAN = """//VTK::TCoord::Impl
ivec2 cells = textureSize(actortexture, 0) - ivec2(2, 1);
vec2 texels = 255.0 * texelFetch(actortexture, cells, 0).xy;
vec3 backing = texelFetch(actortexture, cells + ivec2(1, 0), 0).rgb;
vec2 place = tcoordVCVSOutput;
vec2 aside = dFdx(place), below = dFdy(place);
vec2 across = texels * vec2(length(vec2(aside.x, below.x)), length(vec2(aside.y, below.y)));
float least = min(across.x, across.y);
least = max(max(least, max(across.x, across.y) / 8.0), 1.0);
float level = floor(log2(least));
float blur = 3.0 * exp2(2.0 * level) * (1.0 + 3.0 * (log2(least) - level));
vec2 reach = sqrt(blur + max(across * across - least * least, 0.0)) / texels;
reach = 0.5 * min(reach, 16.0);
vec2 begin = max(place - reach, 0.0), end = min(place + reach, vec2(cells));
ivec2 first = ivec2(begin), last = min(ivec2(end), cells - 1);
vec3 light = vec3(0.0);
float inked = 0.0, there = 0.0;
for (int j = first.y; j <= last.y; j++) {
  vec2 ink = 255.0 / texels.y * texelFetch(actortexture, ivec2(cells.x, j), 0).xy;
  float top = max(begin.y - float(j), 0.0), low = min(end.y - float(j), 1.0);
  float dyed = max(min(low, ink.y) - max(top, ink.x), 0.0);
  for (int i = first.x; i <= last.x; i++) {
    vec4 cell = texelFetch(actortexture, ivec2(i, j), 0);
    if (cell.a == 0.0) continue;
    ink = 255.0 / texels.x * texelFetch(actortexture, ivec2(i, cells.y), 0).xy;
    float left = max(begin.x - float(i), 0.0), right = min(end.x - float(i), 1.0);
    float share = dyed * max(min(right, ink.y) - max(left, ink.x), 0.0);
    light += share * cell.rgb;
    inked += share;
    there += (low - top) * (right - left);
  }
}
if (there <= 0.0) discard;
vec2 size = max(end - begin, 1e-6);
gl_FragData[0] = vec4((light + (there - inked) * backing) / there, min(there / (size.x * size.y), 1.0));
"""


class RasterActor:
    """The cells of a panel as one quad, whose texture has a texel for each cell.

    Args:
        panel: a panel of tiles.
        grid: uint8 (rows, cols, 4), colours of the cells: at first all have that of what lies between them.
        blending: of the window.
    """

    def __init__(self, panel: Panel, grid: NDArray[np.uint8], blending: Blending) -> None:
        drawn, (rows, cols) = texels_of(panel.raster), grid.shape[:2]
        self._texels = drawn.high * drawn.wide
        self._image = vtkImageData()
        self._image.SetDimensions(cols + 2, rows + 1, 1)
        self._scalars = own(_image(grid, drawn).reshape(-1, 4), "rgba")
        self._image.GetPointData().SetScalars(self._scalars)
        self._told = vtk_to_numpy(self._scalars).reshape(rows + 1, cols + 2, 4)
        self.actor = vtkActor()
        mapper = _quad(panel)
        blending.cover(mapper)
        self.actor.SetMapper(mapper)
        self.actor.SetTexture(self._texture())
        self.actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, _MEAN, False)
        self.actor.GetProperty().SetLighting(False)
        self.actor.ForceOpaqueOn()

    def _texture(self) -> Any:
        texture = vtkTexture()
        texture.SetInputData(self._image)
        texture.InterpolateOff()
        texture.SetColorModeToDirectScalars()
        texture.RepeatOff()
        texture.EdgeClampOn()
        return texture

    @property
    def grid(self) -> NDArray[np.uint8]:
        """Colours of the cells, uint8 (rows, cols, 4), as VTK has them."""
        grid: NDArray[np.uint8] = self._told[:-1, :-2].copy()
        return grid

    @property
    def filled(self) -> NDArray[np.float32]:
        """The share of its place that each cell's colour covers as VTK has it: float32 (rows, cols)."""
        told = self._told.astype(np.float32)
        filled = np.outer(told[:-1, -2, 1] - told[:-1, -2, 0], told[-1, :-2, 1] - told[-1, :-2, 0])
        return (filled / self._texels).astype(np.float32)

    def paint(self, grid: NDArray[np.uint8]) -> None:
        """Show other colours, uint8 (rows, cols, 4)."""
        self._told[:-1, :-2] = grid
        self._scalars.Modified()
        self._image.Modified()


def _image(grid: NDArray[np.uint8], drawn: Texels) -> NDArray[np.uint8]:
    """What the shader reads: uint8 (rows + 1, cols + 2, 4).

    The cells, the first row first; beside and below them between which texels each row and each column has
    its colour, as two bytes; in the corner how many texels a cell is wide and high, and what is between.
    """
    rows, cols = grid.shape[:2]
    told = np.zeros((rows + 1, cols + 2, 4), dtype=np.uint8)
    told[:-1, :-2] = grid
    told[-1, :-2, :2] = np.rint(drawn.across * drawn.wide)
    told[:-1, -2, :2] = np.rint(drawn.below * drawn.high)
    told[-1, -2, :2] = drawn.wide, drawn.high
    told[-1, -1] = grid[0, 0]
    return told


def _quad(panel: Panel) -> Any:
    """The quad of a panel."""
    cells = panel.raster
    data = vtkPolyData()
    data.SetPoints(points(panel.edges()))
    data.SetPolys(runs(1, 4))
    # Counted in cells, from the picture's upper left.
    rows, cols = cells.rows, cells.cols
    places = np.array([(0, rows), (cols, rows), (cols, 0), (0, 0)], dtype=np.float32)
    data.GetPointData().SetTCoords(own(places, "uv"))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    return mapper
