"""OffscreenWindow: the only owner of a plotter. It holds what is drawn, aims, renders and reads back.

Where compiled loops are known to draw all, there is no plotter: neither PyVista nor the driver is started.
"""

from collections.abc import Callable
from math import radians, tan
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer

from scenes.camera.orbit import Orbit
from scenes.space.panel import Panel
from scenes.vtk.window.blending import Blending
from scenes.vtk.window.clouds import BallActor, HaloActor
from scenes.vtk.window.driver import compiled_light, is_software, knows_software
from scenes.vtk.window.line_actor import LineActor
from scenes.vtk.window.raster_actor import RasterActor
from scenes.vtk.window.sheet_actor import SheetActor
from scenes.vtk.window.stamp_actor import StampActor
from scenes.vtk.window.surfaces import Backdrop, QuadActor
from scenes.vtk.window.taken import Pixels, Seen, Taken, parted
from scenes.vtk.window.texels import texels_of

if TYPE_CHECKING:  # it brings Numba
    from scenes.kernels.buffers import (
        BallBuffers,
        CellBuffers,
        LineBuffers,
        QuadBuffers,
        SheetBuffers,
        SpotBuffers,
        StampBuffers,
    )
    from scenes.kernels.values import View


_NEAR = 0.001  # of the farthest distance at which a camera sees, the nearest at least


class _Drawn(Protocol):
    actor: Any


_Part = TypeVar("_Part", bound=_Drawn)


class OffscreenWindow:
    """A window of VTK that is never seen.

    Make it, draw in it and close it in one thread: its context belongs to that thread.

    Args:
        pixels: width and height.
        compiled: whether compiled loops draw; None chooses, see `compiled_light`.

    Attributes:
        plotter: PyVista's plotter; None where it is known without it that loops draw.
        window: VTK's own, which the plotter holds; None without one.
        renderer: VTK's own, which aims.
        light: what draws all by compiled loops; None where the driver does.
        blending: how parts mix with what is there.
        slow: whether the driver does and is software.
    """

    def __init__(self, pixels: tuple[int, int], compiled: bool | None = None) -> None:
        self._size = pixels
        self.plotter: Any = None
        self.window: Any = None
        self._free: list[vtkUnsignedCharArray] = []
        self._parts: list[_Drawn] = []
        self.light = compiled_light(knows_software(), compiled)
        self.slow = False
        if self.light:
            self.renderer: Any = vtkRenderer()
            # What VTK takes itself for a window of its own, see `_view`.
            self.renderer.SetNearClippingPlaneTolerance(_NEAR)
        else:
            self._open(compiled)

    def _open(self, compiled: bool | None) -> None:
        """Start the driver, and ask it who draws."""
        # Not sooner: it takes a third of a second.
        from scenes.vtk.window.plotter import OffscreenPlotter  # noqa: PLC0415

        self.plotter = OffscreenPlotter(off_screen=True, window_size=list(self._size), lighting="none")
        self.window = self.plotter.render_window
        self.window.SetMultiSamples(0)
        self.renderer = self.plotter.renderer
        self.renderer.SetUseOIT(False)
        software = is_software(self.window)
        self.light = compiled_light(software, compiled)
        self.slow = software and not self.light
        self.blending = Blending(self.window)
        # What VTK draws itself, such as the ground.
        self.blending.cover(self.renderer)
        # The alpha tells at first that no pixel keeps its colour.
        self.renderer.SetBackground(0.0, 0.0, 0.0)
        self.renderer.SetBackgroundAlpha(0.0)
        self.window.SetAlphaBitPlanes(1)

    def add(self, part: _Part) -> _Part:
        """Draw a part from now on; returns it."""
        self.renderer.AddActor(part.actor)
        self._parts.append(part)
        return part

    def add_lines(
        self, room: int, length: int, *, ink: bool, under: bool, sparing: bool, nearer: float
    ) -> "LineActor | LineBuffers":
        """Draw lines that shine, see `Curves`."""
        if self.light:
            return self.light.add_lines(room, length, part=0 if under else 2 if sparing else 1, nearer=nearer)
        return self.add(LineActor(room, length, self.blending, ink=ink, sparing=sparing, nearer=nearer))

    def add_spots(self, places: NDArray[np.float32], *, ink: bool) -> "HaloActor | SpotBuffers":
        """Draw halos, see `Halos`."""
        if self.light:
            return self.light.add_spots(places)
        return self.add(HaloActor(places, self.blending, ink=ink))

    def add_balls(
        self, places: NDArray[np.float32], *, ink: bool, painted: bool
    ) -> "BallActor | BallBuffers":
        """Draw balls, see `BallNeurons`."""
        if self.light:
            from scenes.kernels.primitives import balls  # noqa: PLC0415 -- brings Numba

            manner = balls.LIGHT if ink else balls.OWN if painted else balls.DARK
            return self.light.bodies.add_balls(places, manner)
        return self.add(BallActor(places, self.blending, ink=ink, painted=painted))

    def add_cells(
        self, panel: Panel, grid: Pixels, backing: tuple[int, int, int]
    ) -> "RasterActor | CellBuffers":
        """Draw the cells of a panel, see `Raster`."""
        if self.light:
            drawn = texels_of(panel.raster)
            size = drawn.wide, drawn.high
            spans = drawn.across, drawn.below
            return self.light.bodies.add_cells(panel.cells(), grid.copy(), spans, size, backing)
        return self.add(RasterActor(panel, grid, self.blending))

    def add_quads(
        self, corners: NDArray[np.float32], rgba: Pixels, *, over: bool
    ) -> "QuadActor | QuadBuffers":
        """Draw quads, see `Quads`; over: after what shines."""
        if self.light:
            return self.light.bodies.add_quads(corners, rgba, over=over)
        return self.add(QuadActor(corners, rgba, self.blending))

    def add_stamps(self, count: int, size: tuple[int, int], over: float) -> "StampActor | StampBuffers":
        """Draw small pictures of a size (rows, columns) that face the camera, see `TickMarks`.

        over: of their opacity, that with which they are drawn over lines too, see `over_lines`.
        """
        if self.light:
            return self.light.bodies.add_stamps(count, size, over)
        return self.add(StampActor(count, size, self.blending, over))

    def over_lines(self, stamps: "StampActor | StampBuffers") -> None:
        """Draw small pictures once more, over all lines that were added since."""
        if isinstance(stamps, StampActor):
            self.add(stamps.again())

    def keep(self, panel: Panel) -> "SheetActor | SheetBuffers":
        """Let cells of a panel of tiles keep their colours, once they are marked so."""
        marks = np.zeros((panel.raster.rows, panel.raster.cols), dtype=np.uint8)
        if self.light:
            return self.light.keep(*panel.cells(), marks)
        return self.add(SheetActor(panel.edges(), marks, self.blending))

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
        if self.window is not None:
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
        self._size = pixels
        if self.window is not None:
            self.window.SetSize(*pixels)

    def aim(self, pose: Orbit) -> None:
        """Look from a pose."""
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(*map(float, pose.position))
        camera.SetFocalPoint(*pose.focus)
        camera.SetViewUp(0.0, 0.0, 1.0)
        camera.SetViewAngle(pose.angle)
        if self.light:
            low, high = self.light.bounds().astype(float)
            self.renderer.ResetCameraClippingRange(low[0], high[0], low[1], high[1], low[2], high[2])
        else:
            self.renderer.ResetCameraClippingRange()

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        return self._size

    def render(self) -> None:
        """Let the driver draw all parts, where it does."""
        if not self.light:
            self.window.Render()

    def read(self) -> Pixels:
        """The picture of what was rendered: uint8 (height, width, 3), RGB, top row first, a new array."""
        return self.take()().pixels

    def take(self) -> Callable[[], Taken]:
        """Read what was rendered, and return what makes its picture, see `read`.

        It may be called in another thread while the next picture is rendered here, and each once.
        Nothing of the window is touched there.
        """
        light = self.light
        if light is not None:
            shot = light.shoot(*self._view())
            seen = Seen(shot.sheet.m, shot.sheet.box)
            return lambda: Taken(*light.over(shot), seen)
        width, height = self.pixels
        # A fresh one costs as much as reading into it.
        read, free = self._free.pop() if self._free else vtkUnsignedCharArray(), self._free
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, read, 0)

        def taken() -> Taken:
            picture = parted(vtk_to_numpy(read).reshape(height, width, 4))
            free.append(read)
            return picture

        return taken

    def _view(self) -> "tuple[View, float]":
        """The camera as loops see it, and the pixels for one scene unit at one scene unit's distance."""
        from scenes.kernels.values import View  # noqa: PLC0415 -- brings Numba

        width, height = self.pixels
        camera = self.renderer.GetActiveCamera()
        matrix = camera.GetCompositeProjectionTransformMatrix(width / height, -1, 1)
        m = np.array([[matrix.GetElement(row, col) for col in range(4)] for row in range(4)])
        # Where the driver's own picture begins at the nearest: vtkRenderer's NearClippingPlaneTolerance.
        near = _NEAR * camera.GetClippingRange()[1]
        return View(m, near, width, height), height / 2 / tan(radians(camera.GetViewAngle()) / 2)

    def close(self) -> None:
        """Free the window and all in it at once.

        Nothing is left to Python's collector: it would free VTK's objects at any moment and in any thread,
        also while another window renders, and that ends the process.
        """
        if not vars(self):
            return
        self.clear()
        if self.plotter is not None:
            self.plotter.close()
            self.plotter.deep_clean()
        vars(self).clear()
