"""Quads: flat coloured quads whose borders fade instead of stepping."""

import numpy as np
from numpy.typing import NDArray

from scenes.vtk.window.arrays import same
from scenes.vtk.window.offscreen import OffscreenWindow

# Corners 0..3 of a quad lie inside its soft border, 4..7 outside: the quad itself, then its four borders.
_SOFT = np.array([(0, 1, 2, 3), (4, 5, 1, 0), (5, 6, 2, 1), (6, 7, 3, 2), (7, 4, 0, 3)])


class Quads:
    """Flat quads with a colour for each corner.

    Args:
        corners: float32 (n, 4, 3), scene units, in order around each quad.
        rgba: uint8 (n, 4, 4).
        window: where they are drawn.
        soft: width of the fading border in scene units, about a pixel's.
        over: whether they are drawn after what shines.
    """

    def __init__(
        self,
        corners: NDArray[np.float32],
        rgba: NDArray[np.uint8],
        window: OffscreenWindow,
        soft: float = 0.0,
        *,
        over: bool = False,
    ) -> None:
        self._soft = soft
        self._shown = corners, rgba
        self._quads = window.add_quads(self._spread(corners), self._shade(rgba), over=over)

    def _spread(self, corners: NDArray[np.float32]) -> NDArray[np.float32]:
        along = corners[:, 1] - corners[:, 0]
        across = corners[:, 3] - corners[:, 0]
        sides = []
        for edge in (along, across):
            length = np.linalg.norm(edge, axis=1, keepdims=True)
            unit = edge / np.maximum(length, 1e-6)
            # A bar thinner than its border must not turn inside out.
            sides.append(
                (unit * np.minimum(self._soft / 2, length / 2), unit * self._soft / 2 * (length > 0))
            )
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)[None, :, :, None]
        inset = signs[:, :, 0] * sides[0][0][:, None] + signs[:, :, 1] * sides[1][0][:, None]
        outset = signs[:, :, 0] * sides[0][1][:, None] + signs[:, :, 1] * sides[1][1][:, None]
        eight = np.concatenate([corners - inset, corners + outset], axis=1)
        return eight[:, _SOFT].reshape(-1, 4, 3).astype(np.float32)

    def _shade(self, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
        outer = rgba.copy()
        outer[..., 3] = 0
        return np.concatenate([rgba, outer], axis=1)[:, _SOFT].reshape(-1, 4, 4)

    def soften(self, soft: float) -> None:
        """Let the borders fade over another width, in scene units."""
        if soft != self._soft:
            self._soft = soft
            self._write(*self._shown)

    def draw(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8]) -> None:
        """Move the corners (n, 4, 3) and recolour them (n, 4, 4). Unchanged ones cost nothing."""
        if not (same(corners, self._shown[0]) and same(rgba, self._shown[1])):
            self._write(corners, rgba)

    def _write(self, corners: NDArray[np.float32], rgba: NDArray[np.uint8]) -> None:
        self._shown = corners, rgba
        self._quads.take(self._spread(corners), self._shade(rgba))
