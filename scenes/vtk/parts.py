"""Parts: all that one scene's pictures are made of, built once; then only arrays are rewritten."""

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Frame
from scenes.scene import Scene
from scenes.space.panel import Panel
from scenes.vtk.ball_neurons import BallNeurons, Halos
from scenes.vtk.curves import Curves
from scenes.vtk.geometry import same_geometry
from scenes.vtk.quads import Quads
from scenes.vtk.raster import Raster
from scenes.vtk.scenery import bar_colours, floor, frames, tints
from scenes.vtk.sheet import Sheet
from scenes.vtk.synapse_curves import FocusCurves, SynapseCurves
from scenes.vtk.tick_marks import TickMarks
from scenes.vtk.window.offscreen import OffscreenWindow

_NEARER = 0.4  # scene units by which outlines are seen before the walls in whose plane they lie


class Parts:
    """The parts of a scene in a window.

    Args:
        scene: what to draw.
        window: where to draw it, empty.
        ground: the background, uint8 (h, w, 3).
        unit: pixels for one pixel of the page's design: lines are as wide as in the design.
    """

    def __init__(self, scene: Scene, window: OffscreenWindow, ground: NDArray[np.uint8], unit: float) -> None:
        self.scene, self._window = scene, window
        # What was last shown, to know it again.
        self._rgb: NDArray[np.uint8] | None = None
        self._faces_shown: tuple[NDArray[np.uint8], ...] | None = None
        self._grown: tuple[bytes, float, float] | None = None
        theme, layout, coat = scene.theme, scene.layout, scene.neurons.coat
        window.lay(ground, ink=theme.ink)
        self._lines: list[Curves] = []
        lines, glow = floor(layout, theme)
        self._curves(lines, glow, unit, under=True)
        Quads(*tints(layout, theme), window)
        self.rasters = [
            (Raster(panel, window, theme.panel_fill), slice(panel.start, panel.stop))
            for panel in layout.panels
            if panel.raster.kind == "tiles"
        ]
        self.sheet = self._sheet(layout.panels[0])
        self.faces = [Raster(face.panel, window, theme.panel_fill) for face in layout.faces]
        outlines, colours = frames(layout, theme, coat.layers if coat else ())
        self._curves(outlines, colours, 1.2 * unit, nearer=_NEARER)
        ids = np.flatnonzero(~scene.neurons.flat)
        places = layout.positions[ids]
        self.balls = BallNeurons(ids, places, window, ink=theme.ink, painted=scene.painted)
        bands = [panel.raster.bands for panel in layout.panels]
        count = sum(len(each.classes) for each in bands if each)
        # Before the strands, whose light falls over them, and thinly once more over that.
        names = scene.words.classes
        self.ticks = TickMarks(count, window, theme.background, names) if count else None
        self.signal = SynapseCurves(scene.signal, window, unit=unit, ink=theme.ink)
        self.synapses = SynapseCurves(scene.drawn, window, unit=unit, ink=theme.ink)
        self.focus = FocusCurves(window, unit=unit, ink=theme.ink)
        self.reach = Curves(np.zeros((6, 5, 3), np.float32), window, width=1.4 * unit, ink=theme.ink)
        if self.ticks:
            window.over_lines(self.ticks.stamps)
        # They come over the strands.
        self.halos = Halos(ids, places, window, ink=theme.ink)
        self._build_bars()

    def _curves(
        self,
        lines: NDArray[np.float32],
        rgba: NDArray[np.uint8],
        width: float,
        *,
        under: bool = False,
        nearer: float = 0.0,
    ) -> None:
        ink = self.scene.theme.ink
        curves = Curves(lines, self._window, width=width, ink=ink, under=under, nearer=nearer)
        curves.draw(rgba)
        self._lines.append(curves)

    def _sheet(self, panel: Panel) -> Sheet | None:
        """The digit, whose pixels keep their colours; None where the input is no picture."""
        channels = 3 if self.scene.neurons.stripes else 1
        return Sheet(panel, self._window, channels) if panel.raster.kind == "tiles" else None

    def _build_bars(self) -> None:
        scene, window = self.scene, self._window
        zero = np.zeros(len(scene.shares), dtype=np.float32)
        quads = scene.layout.bars.quads
        self._track_colours = np.tile(np.array(scene.theme.bar_track, dtype=np.uint8), (len(zero), 4, 1))
        soft = self._softness()
        full = quads(zero + 1)
        self._tracks = Quads(full, self._track_colours, window, soft, over=True)
        colours = bar_colours(scene, 0.0)
        self.bars = Quads(quads(zero), colours, window, soft, over=True)

    def _softness(self) -> float:
        """Scene units over which the bars' borders fade: about a pixel, as seen by the film's last pose."""
        base = self.scene.layout.bars.base.mean(axis=0)
        return 1.3 / self.scene.path.end.scale_at(base, self._window.pixels)

    def adopt(self, scene: Scene) -> bool:
        """Take a scene of the same geometry; False, and nothing is done, where it needs other parts.

        Its values are shown once one of its frames is drawn.
        """
        if not same_geometry(self.scene, scene):
            return False
        self.scene, self._grown = scene, None
        self.signal.move(scene.signal)
        self.synapses.move(scene.drawn)
        self._soften()
        return True

    def scale(self, factor: float, share: float = 1.0) -> None:
        """Draw lines for a picture of so many times the pixels: the same light with finer or coarser dots.

        share: draw this share of the synapses only, the strongest.
        """
        self.signal.scale(factor, share)
        self.synapses.scale(factor, share)
        self.focus.scale(factor)
        self.reach.scale(factor)
        for lines in self._lines:
            lines.scale(factor)
        self._soften()

    def _soften(self) -> None:
        self.bars.soften(self._softness())
        self._tracks.soften(self._softness())

    def aim(self, pose: Orbit) -> None:
        """Look from a pose: sort the balls for it, and turn the ticks to it."""
        self.balls.aim(pose)
        if self.ticks:
            self.ticks.aim(pose)
        self._window.aim(pose)

    def _draw_reach(self, frame: Frame) -> None:
        rgba = np.zeros((6, 5, 4), dtype=np.uint8)
        rgba[..., :3] = self.scene.theme.mark
        # The frames are plain, the ways between them faint.
        rgba[..., 3] = np.array([230, 230, 120, 120, 120, 120])[:, None] * frame.reach_alpha
        if frame.reach is not None:
            self.reach.move(frame.reach)
        self.reach.draw(rgba)

    def update(self, frame: Frame) -> None:
        """Write a frame's values into the parts, in place. Arrays that came before cost nothing."""
        self.balls.draw(frame)
        self.halos.draw(frame)
        if frame.neuron_rgb is not self._rgb:
            self._rgb = frame.neuron_rgb
            for raster, ids in self.rasters:
                raster.draw(frame.neuron_rgb[ids])
        if self.sheet:
            self.sheet.draw(frame)
        if frame.faces is not self._faces_shown:
            self._faces_shown = frame.faces
            for raster, rgb in zip(self.faces, frame.faces, strict=True):
                raster.draw(rgb)
        self.signal.draw(frame.signal_rgba)
        self.synapses.draw(frame.synapse_rgba)
        self.focus.draw(frame.focus)
        self._draw_reach(frame)
        if self.ticks:
            self.ticks.draw(frame.ticks, frame.camera)
        self._draw_bars(frame)

    def _draw_bars(self, frame: Frame) -> None:
        zero = np.float32(self.scene.zero)
        grown = frame.bars.tobytes(), float(zero), frame.winner
        if grown == self._grown:
            return
        self._grown = grown
        far = frame.bars - zero
        ends = zero + np.sign(far) * np.maximum(np.abs(far), np.float32(0.008))
        quads = self.scene.layout.bars.quads(ends, float(zero))
        self.bars.draw(quads, bar_colours(self.scene, frame.winner))
