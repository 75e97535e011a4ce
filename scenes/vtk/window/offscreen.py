"""OffscreenWindow: the only owner of a plotter. It holds what is drawn, aims, renders and reads back."""

from collections.abc import Callable
from math import radians, tan
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkUnsignedCharArray

from scenes.camera.orbit import Orbit
from scenes.space.panel import Panel
from scenes.vtk.window.blending import Blending
from scenes.vtk.window.clouds import HaloActor
from scenes.vtk.window.driver import compiled_light, is_software
from scenes.vtk.window.line_actor import LineActor
from scenes.vtk.window.plotter import OffscreenPlotter
from scenes.vtk.window.sheet_actor import SheetActor
from scenes.vtk.window.surfaces import Backdrop

if TYPE_CHECKING:  # it brings Numba
    from scenes.kernels.rooms import LineRoom, SheetRoom, SpotRoom
    from scenes.kernels.values import View

Pixels = NDArray[np.uint8]
_MARKED = 8  # of 255, in a picture's alpha: half of the least mark of a cell


class Taken(NamedTuple):
    """A picture that was read back.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, top row first.
        kept: uint8 (height, width), more than 0 where it shows a cell on which no glow may fall.
    """

    pixels: Pixels
    kept: Pixels


class _Drawn(Protocol):
    actor: Any


_Part = TypeVar("_Part", bound=_Drawn)


class OffscreenWindow:
    """A window of VTK that is never seen.

    Make it, draw in it and close it in one thread: its context belongs to that thread.

    Args:
        pixels: width and height.
        compiled: whether compiled loops draw what shines; None chooses, see `compiled_light`.

    Attributes:
        plotter: PyVista's plotter.
        window, renderer: VTK's own, which the plotter holds.
        light: what draws all that shines; None where the driver does.
        blending: how parts mix with what is there.
        slow: whether the driver does and is software.
    """

    def __init__(self, pixels: tuple[int, int], compiled: bool | None = None) -> None:
        self.plotter = OffscreenPlotter(off_screen=True, window_size=list(pixels), lighting="none")
        self.window = self.plotter.render_window
        self.window.SetMultiSamples(0)
        self.renderer = self.plotter.renderer
        self.renderer.SetUseOIT(False)
        software = is_software(self.window)
        self.light = compiled_light(software, compiled)
        self.slow = software and not self.light
        self.blending = Blending(self.window, marking=not self.light)
        # What VTK draws itself, such as the ground.
        self.blending.cover(self.renderer)
        # Bodies are drawn on nothing, so that paper and light can be laid under them by loops.
        self.renderer.SetBackground(0.0, 0.0, 0.0)
        self.renderer.SetBackgroundAlpha(0.0)
        self.window.SetAlphaBitPlanes(1)
        self._buffers: list[tuple[Any, Any]] = []
        self._parts: list[_Drawn] = []

    def add(self, part: _Part) -> _Part:
        """Draw a part from now on; returns it."""
        self.renderer.AddActor(part.actor)
        self._parts.append(part)
        return part

    def add_lines(
        self, room: int, length: int, *, ink: bool, under: bool, sparing: bool, nearer: float
    ) -> "LineActor | LineRoom":
        """Draw lines that shine, see `Curves`."""
        if self.light:
            return self.light.add_lines(room, length, part=0 if under else 2 if sparing else 1, nearer=nearer)
        return self.add(LineActor(room, length, self.blending, ink=ink, sparing=sparing, nearer=nearer))

    def add_spots(self, places: NDArray[np.float32], *, ink: bool) -> "HaloActor | SpotRoom":
        """Draw halos, see `Halos`."""
        if self.light:
            return self.light.add_spots(places)
        return self.add(HaloActor(places, self.blending, ink=ink))

    def add_cover(self) -> Callable[[NDArray[np.float32], NDArray[np.uint8]], None] | None:
        """What hears of quads that are drawn after what shines, see `Quads`; None where none needs to."""
        return self.light.add_covers().take if self.light else None

    def keep(self, panel: Panel) -> "SheetActor | SheetRoom":
        """Let cells of a panel of tiles keep their colours, once they are marked so."""
        marks = np.zeros((panel.raster.rows, panel.raster.cols), dtype=np.uint8)
        if self.light:
            return self.light.keep(*panel.cells(), marks)
        return self.add(SheetActor(*panel.cells(), marks, self.blending))

    def lay(self, ground: Pixels, *, ink: bool) -> None:
        """Draw on a ground, uint8 (h, w, 3), the top row first; with ink, what shines is taken from it."""
        if self.light:
            self.light.lay(ground, ink=ink)
        else:
            Backdrop(self.renderer, ground)

    def clear(self) -> None:
        """Take all parts out, and free what they hold on the graphics card."""
        # Now, and in this window: a mapper of splats keeps its buffers to its end, and deletes them by their
        # numbers in whatever window is current by then. That window's next picture would end the process.
        self.window.MakeCurrent()
        for part in self._parts:
            self.renderer.RemoveViewProp(part.actor)
            part.actor.SetMapper(None)
        self._parts.clear()
        if self.light:
            self.light.clear()
        if ground := self.renderer.GetBackgroundTexture():
            ground.ReleaseGraphicsResources(self.window)
            self.renderer.SetBackgroundTexture(None)

    def resize(self, pixels: tuple[int, int]) -> None:
        """Take another size (width, height) in pixels."""
        self.window.SetSize(*pixels)

    def aim(self, pose: Orbit) -> None:
        """Look from a pose."""
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(*map(float, pose.position))
        camera.SetFocalPoint(*pose.focus)
        camera.SetViewUp(0.0, 0.0, 1.0)
        camera.SetViewAngle(pose.angle)
        self.renderer.ResetCameraClippingRange()

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        width, height = self.window.GetSize()
        return width, height

    def render(self) -> None:
        """Draw all parts."""
        self.window.Render()

    def read(self) -> Pixels:
        """The picture of what was rendered: uint8 (height, width, 3), RGB, top row first, a new array."""
        return self.take()().pixels

    def take(self) -> Callable[[], Taken]:
        """Read what was rendered, and return what makes its picture, see `read`.

        It may be called in another thread while the next picture is rendered here, one at a time and once.
        """
        width, height = self.pixels
        light, spare = self.light, self._buffers
        colours, depths = buffers = spare.pop() if spare else (vtkUnsignedCharArray(), vtkFloatArray())
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, colours, 0)
        bodies = vtk_to_numpy(colours).reshape(height, width, 4)
        if light is None:
            upright = np.ascontiguousarray(bodies[::-1, :, :3])
            # Less is a rim of what covers a marked cell.
            taken = Taken(upright, np.uint8(255) * (bodies[::-1, :, 3] >= _MARKED))
            spare.append(buffers)
            return lambda: taken
        self.window.GetZbufferData(0, 0, width - 1, height - 1, depths)
        depth = vtk_to_numpy(depths).reshape(height, width)
        shot = light.shoot(*self._view())

        def finish() -> Taken:
            taken = Taken(*light.over(shot, bodies, depth))
            spare.append(buffers)
            return taken

        return finish

    def _view(self) -> "tuple[View, float]":
        """The camera as loops see it, and the pixels for one scene unit at one scene unit's distance."""
        from scenes.kernels.values import View  # noqa: PLC0415 -- brings Numba

        width, height = self.pixels
        camera = self.renderer.GetActiveCamera()
        matrix = camera.GetCompositeProjectionTransformMatrix(width / height, -1, 1)
        m = np.array([[matrix.GetElement(row, col) for col in range(4)] for row in range(4)])
        # Where the driver's own picture begins at the nearest: vtkRenderer's NearClippingPlaneTolerance.
        near = 0.001 * camera.GetClippingRange()[1]
        return View(m, near, width, height), height / 2 / tan(radians(camera.GetViewAngle()) / 2)

    def close(self) -> None:
        """Free the window and all in it at once.

        Nothing is left to Python's collector: it would free VTK's objects at any moment and in any thread,
        also while another window renders, and that ends the process.
        """
        if not vars(self):
            return
        self.clear()
        self.plotter.close()
        self.plotter.deep_clean()
        vars(self).clear()
