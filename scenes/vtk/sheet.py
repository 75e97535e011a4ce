"""Sheet: the digit, whose pixels keep the colours of their activations whatever shines before them."""

import numpy as np

from scenes.camera.orbit import Orbit
from scenes.frame import Frame
from scenes.space.panel import Panel
from scenes.vtk.lattice import bare, look_at
from scenes.vtk.window.offscreen import OffscreenWindow
from scenes.vtk.window.taken import Taken
from scenes.vtk.window.texels import texels_of

# Marks of a cell, as in scenes/kernels/primitives/sheet.py: no bloom falls on one, and on one that is shut no
# strand's light.
_OPEN, _SHUT = 16, 255
_DARK = 0.01  # up to this level a pixel has the colour of one that rests


class Sheet:
    """The pixels of an input that is a picture.

    Strands leave the ink and pass before other pixels. They are drawn as if they began behind the ink, which
    is what they come from; before dark pixels they are seen, else they would begin in nothing. Bloom falls on
    none of the pixels, but on the lines between them: so the ink glows.

    Args:
        panel: of the input, one of tiles.
        window: where it is drawn.
        channels: how many cells side by side are one pixel: 3 of a picture in colour, which are ink together.
    """

    def __init__(self, panel: Panel, window: OffscreenWindow, channels: int = 1) -> None:
        self._panel, self._kept, self._channels = panel, window.keep(panel), channels
        self._ink, self._level = np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.float32)
        self._texels = texels_of(panel.raster)

    def draw(self, frame: Frame) -> None:
        """Mark the ink of a frame. The same again costs nothing."""
        if frame.level is self._level:
            return
        self._level, cells = frame.level, self._panel.raster
        lit = frame.level[self._panel.start : self._panel.stop] > _DARK
        ink = np.repeat(lit.reshape(-1, self._channels).any(axis=1), self._channels)
        if np.array_equal(ink, self._ink):
            return
        self._ink = ink
        marks = np.where(cells.covered, np.uint8(_OPEN), np.uint8(0))
        marks[cells.row[ink], cells.col[ink]] = _SHUT
        self._kept.mark(marks)

    def bare(self, taken: Taken, pose: Orbit) -> Taken:
        """Let glow fall on the lines between pixels, as seen from a pose: see `bare`.

        Returns the same picture, which tells where the pixels are, wherever that can be told.
        """
        high, wide = taken.kept.shape
        seen = taken.seen or look_at(self._panel, pose, (wide, high))
        if seen is None:
            return taken
        bare(taken.kept, seen, self._texels)
        return taken._replace(seen=seen)
