"""Sheet: the digit, whose pixels keep the colours of their activations whatever shines before them."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Frame
from scenes.space.panel import Panel
from scenes.vtk.window.offscreen import OffscreenWindow

# Marks of a part, as in scenes/kernels/sheet.py: no bloom falls on one, and on one that is shut no strand's
# light.
_OPEN, _SHUT = 16, 255
_PARTS = 12  # of a pixel's side: one of them is the line between it and the next
_WIDEST = 5  # parts that this line may take of a pixel: were it wider, little would be left of the colour
_FINEST = 64  # pixels a side, beyond which a picture's are seen too small for lines
_DARK = 0.01  # up to this level a pixel has the colour of one that rests


class Sheet:
    """The pixels of an input that is a picture.

    Strands leave the ink and pass before other pixels. They are drawn as if they ran behind a grating: of
    what passes before a pixel only the lines around it show the light, and of ink, from which strands come,
    not even those. Without the lines strands would begin in nothing. Bloom falls on none of the pixels.

    Args:
        panel: of the input, one of tiles.
        window: where it is drawn.
        channels: how many cells side by side are one pixel: 3 of a picture in colour, which are ink together.
    """

    def __init__(self, panel: Panel, window: OffscreenWindow, channels: int = 1) -> None:
        self._panel, self._window, self._channels = panel, window, channels
        cells, (corner, right, down) = panel.raster, panel.cells()
        right = np.float32(channels) * right
        self._ways = right, down
        self._rows, self._cols = cells.rows, cells.cols // channels
        self._middle = corner + self._cols / 2 * right + self._rows / 2 * down
        self._parts = parts = _PARTS if max(self._rows, self._cols) <= _FINEST else 1
        size = parts * self._rows, parts * self._cols
        self._kept = window.keep(panel, size)
        self._ink: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._lines = 0, 0

    def draw(self, frame: Frame) -> None:
        """Mark the ink of a frame, and the lines as wide as they are seen. The same again costs nothing."""
        level = frame.level[self._panel.start : self._panel.stop]
        ink: NDArray[np.bool_] = level.reshape(-1, self._channels).max(axis=1) > _DARK
        lines = self._width(frame.camera)
        if np.array_equal(ink, self._ink) and lines == self._lines:
            return
        self._ink, self._lines = ink, lines
        cells, channels = self._panel.raster, self._channels
        inked, there = np.zeros((2, self._rows, self._cols), dtype=np.bool_)
        at = cells.row[::channels], cells.col[::channels] // channels
        inked[at], there[at] = ink, True
        # The first part of a pixel lies over the line between it and the one before.
        shut = inked[:, None, :, None] | _between(self._parts, lines)[:, None, :]
        marks = np.where(shut, np.uint8(_SHUT), np.uint8(_OPEN)) * there[:, None, :, None]
        self._kept.mark(marks.reshape(self._parts * self._rows, self._parts * self._cols))

    def _width(self, camera: Orbit) -> tuple[int, int]:
        """How many parts the lines aside of pixels and below them take: a picture's dot, and at least one.

        None where a pixel is seen so small that they would take most of it.
        """
        right, down = self._ways
        places = self._middle + np.array([0 * right, right, down])
        middle, aside, below = camera.project(places, self._window.pixels)
        across, along = aside - middle, below - middle
        area = abs(float(across[0] * along[1] - across[1] * along[0]))
        # From a line to the next, seen aslant: the pixel's area over the length of their piece.
        wide, high = (_PARTS * float(np.hypot(*way)) / max(area, 1e-6) for way in (along, across))
        # What is behind the camera is not a number.
        lined = self._parts == _PARTS and max(wide, high) <= _WIDEST
        return (ceil(wide), ceil(high)) if lined else (0, 0)


def _between(parts: int, lines: tuple[int, int]) -> NDArray[np.bool_]:
    """Which parts of a pixel lie between its lines: bool (parts, parts), from above to below."""
    wide, high = ((np.arange(parts) + width // 2) % parts >= width for width in lines)
    return high[:, None] & wide
