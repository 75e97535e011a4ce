"""OffscreenWindow: the only owner of a plotter. It holds what is drawn, aims, renders and reads back."""

from typing import Any, Protocol, TypeVar

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from scenes.space.camera import Orbit
from scenes.vtk.blending import cover_after

Pixels = NDArray[np.uint8]


class _Drawn(Protocol):
    actor: Any


_Part = TypeVar("_Part", bound=_Drawn)


class _Plotter(pv.Plotter):  # type: ignore[misc]  # PyVista is not read by mypy
    """PyVista's plotter, of which nothing holds itself alive once it is closed."""

    def reset_key_events(self) -> None:
        """PyVista calls this before it puts another interactor style in place of its first.

        The first would be left holding itself: what it observes are its own methods.
        """
        super().reset_key_events()
        if self.iren is not None:
            self.iren.style.RemoveAllObservers()


class OffscreenWindow:
    """A window of VTK that is never seen.

    Make it, draw in it and close it in one thread: its context belongs to that thread.

    Attributes:
        plotter: PyVista's plotter.
        window, renderer: VTK's own, which the plotter holds.
    """

    def __init__(self, pixels: tuple[int, int]) -> None:
        self.plotter = _Plotter(off_screen=True, window_size=list(pixels), lighting="none")
        self.window = self.plotter.render_window
        self.window.SetMultiSamples(0)
        self.renderer = self.plotter.renderer
        self.renderer.SetUseOIT(False)
        cover_after(self.renderer, self.window)
        self._buffer = vtkUnsignedCharArray()
        self._parts: list[_Drawn] = []

    def add(self, part: _Part) -> _Part:
        """Draw a part from now on; returns it."""
        self.renderer.AddActor(part.actor)
        self._parts.append(part)
        return part

    def clear(self) -> None:
        """Take all parts out, and free what they hold on the graphics card."""
        # Now, and in this window: a mapper of splats keeps its buffers to its end, and deletes them by their
        # numbers in whatever window is current by then. That window's next picture would end the process.
        self.window.MakeCurrent()
        for part in self._parts:
            self.renderer.RemoveViewProp(part.actor)
            part.actor.SetMapper(None)
        self._parts.clear()
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
        """Read what was rendered: uint8 (height, width, 3), RGB, top row first, a new array."""
        width, height = self.pixels
        self.window.GetPixelData(0, 0, width - 1, height - 1, 0, self._buffer, 0)
        pixels: Pixels = vtk_to_numpy(self._buffer).reshape(height, width, 3)
        return np.ascontiguousarray(pixels[::-1])

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
