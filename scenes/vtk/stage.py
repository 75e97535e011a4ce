"""Stage: the only owner of a plotter. It builds its parts once and rewrites their arrays for each frame."""

from types import TracebackType
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from scenes.frame import Frame
from scenes.scene import Scene
from scenes.space.camera import Orbit
from scenes.space.page import page
from scenes.vtk.blending import cover_after
from scenes.vtk.bloom import bloom
from scenes.vtk.clouds import Balls, Halos
from scenes.vtk.curves import Curves
from scenes.vtk.draw_lettering import write_over
from scenes.vtk.ground import Veil, ground
from scenes.vtk.scenery import bar_colours, floor, frames, tints
from scenes.vtk.surfaces import Backdrop, Quads, Raster

Pixels = NDArray[np.uint8]

_GLOW_SHARE = 0.10  # the strongest strands are drawn a second time, wide and faint


class Stage:
    """Draws the frames of one scene off screen. Use it as a context manager.

    Args:
        scene: what to draw.
        supersample: draw this many times larger in both directions and average down: 2 for stills.
    """

    def __init__(self, scene: Scene, supersample: int = 1) -> None:
        self.scene = scene
        self._supersample = supersample
        self._page = page(scene.size, scene.layout.orientation.name == "portrait", scene.painted)
        self._pixels = (scene.size[0] * supersample, scene.size[1] * supersample)
        self.plotter = pv.Plotter(off_screen=True, window_size=list(self._pixels), lighting="none")
        self._window = self.plotter.render_window
        self._window.SetMultiSamples(0)
        self._renderer = self.plotter.renderer
        self._renderer.SetUseOIT(False)
        cover_after(self._renderer, self._window)
        self._buffer = vtkUnsignedCharArray()
        # Lines are as wide as in the design of the page, in its own pixels.
        self._unit = self._page.unit * supersample
        self._build()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the window and all that was built in it."""
        self.plotter.close()

    def _build(self) -> None:
        scene, theme, layout = self.scene, self.scene.theme, self.scene.layout
        paper = ground(scene.size, theme)
        self._backdrop = Backdrop(self._renderer, paper)
        self._veil = Veil(paper, self._page.legend_top)
        lines, glow = floor(layout, theme)
        self._floor = self._add(Curves(lines, self._window, width=self._unit, ink=theme.ink))
        self._floor.draw(glow)
        self._tints = self._add(Quads(*tints(layout, theme), self._window))
        self._rasters = [
            (self._add(Raster(panel, self._window, theme.panel_fill)), slice(panel.start, panel.stop))
            for panel in layout.panels
            if panel.raster.kind == "tiles"
        ]
        coat = scene.neurons.coat
        outlines, rgba = frames(layout, theme, coat.layers if coat else ())
        self._frames = self._add(Curves(outlines, self._window, width=1.2 * self._unit, ink=theme.ink))
        self._frames.draw(rgba)
        # Balls blend at their rims, so they are drawn from far to near.
        balls = np.flatnonzero(~scene.neurons.flat)
        distance = np.linalg.norm(layout.positions[balls] - scene.path.end.position, axis=1)
        self._order = balls[np.argsort(-distance)]
        places = layout.positions[self._order]
        self._balls = self._add(Balls(places, self._window, ink=theme.ink, painted=scene.painted))
        self._build_strands()
        self._halos = self._add(Halos(places, self._window, ink=theme.ink))
        self._build_bars()

    def _build_strands(self) -> None:
        """One actor for each connection, and one for the wide glow of its strongest strands."""
        drawn, ink = self.scene.drawn, self.scene.theme.ink
        self._strands = []
        for span in drawn.spans:
            count = span.stop - span.start
            strong = slice(span.stop - int(np.ceil(_GLOW_SHARE * count)), span.stop)
            thin = self._add(Curves(drawn.curves[span], self._window, width=1.1 * self._unit, ink=ink))
            wide = self._add(Curves(drawn.curves[strong], self._window, width=5.0 * self._unit, ink=ink))
            self._strands.append((thin, span, wide, strong))

    def _build_bars(self) -> None:
        scene = self.scene
        bars, zero = scene.layout.bars, np.zeros(len(scene.probabilities), dtype=np.float32)
        track = np.tile(np.array(scene.theme.bar_track, dtype=np.uint8), (len(zero), 4, 1))
        # Borders fade over one pixel, as seen by the last pose.
        soft = 1.3 / scene.path.end.scale_at(bars.base.mean(axis=0), self._pixels)
        self._tracks = self._add(Quads(bars.quads(zero + 1), track, self._window, soft))
        self._bars = self._add(Quads(bars.quads(zero), bar_colours(scene, 0.0), self._window, soft))

    def _add(self, part: Any) -> Any:
        self._renderer.AddActor(part.actor)
        return part

    def draw_at(self, t: float) -> Pixels:
        """Draw the scene at time t in seconds: uint8 (height, width, 3), RGB, top row first."""
        return self.draw(self.scene.frame(t))

    def draw(self, frame: Frame) -> Pixels:
        """Draw a frame: uint8 (height, width, 3), RGB, top row first."""
        pixels = self.render(frame)
        if self.scene.theme.bloom:
            bloom(pixels, self.scene.theme.bloom)
        self._veil.draw(pixels)
        write_over(pixels, frame)
        return pixels

    def render(self, frame: Frame) -> Pixels:
        """Draw a frame's three dimensional part only: no bloom, no text."""
        self.update(frame)
        self._window.Render()
        return self.read()

    def update(self, frame: Frame) -> None:
        """Write a frame's values into the parts, in place."""
        self._aim(frame.camera)
        order = self._order
        size = frame.neuron_size[order]
        self._balls.draw(frame.neuron_rgb[order], frame.level[order], size)
        self._halos.draw(frame.halo_rgba[order], 3.6 * size)
        for raster, ids in self._rasters:
            raster.draw(frame.neuron_rgb[ids])
        for thin, span, wide, strong in self._strands:
            thin.draw(frame.synapse_rgba[span])
            faint = frame.synapse_rgba[strong].copy()
            faint[..., 3] = faint[..., 3] // 5
            wide.draw(faint)
        quads = self.scene.layout.bars.quads(np.maximum(frame.bars, 0.008 * (frame.bars > 0)))
        self._bars.draw(quads, bar_colours(self.scene, frame.winner))

    def _aim(self, pose: Orbit) -> None:
        camera = self._renderer.GetActiveCamera()
        camera.SetPosition(*map(float, pose.position))
        camera.SetFocalPoint(*pose.focus)
        camera.SetViewUp(0.0, 0.0, 1.0)
        camera.SetViewAngle(pose.angle)
        self._renderer.ResetCameraClippingRange()

    def read(self) -> Pixels:
        """Read the rendered picture: uint8 (height, width, 3), a new array."""
        width, height = self._pixels
        self._window.GetPixelData(0, 0, width - 1, height - 1, 0, self._buffer, 0)
        pixels: Pixels = vtk_to_numpy(self._buffer).reshape(height, width, 3)[::-1]
        if self._supersample == 1:
            return np.ascontiguousarray(pixels)
        return np.array(Image.fromarray(np.ascontiguousarray(pixels)).reduce(self._supersample))
