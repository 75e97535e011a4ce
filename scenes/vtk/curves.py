"""Curves: many polylines with a colour for each point, whose light adds up."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenes.vtk.window.arrays import same
from scenes.vtk.window.offscreen import OffscreenWindow


class Curves:
    """Room for R polylines of M points each, built once; K of them are in use.

    Args:
        curves: float32 (K, M, 3), scene units; see `move`.
        window: where they are drawn.
        width: line width in pixels. Thinner than one pixel is drawn as one pixel with less light.
        ink: take light away, for a light ground.
        rooms: how many there may be of each kind, one kind after the other; without them there are K of one.
        under: whether they are drawn before all that covers.
        sparing: whether pixels that keep their colours are spared their light.
        nearer: scene units by which the camera sees them nearer than they are: more than 0 for what lies in
            the plane of a wall, which would else hide some of its pixels and not others.

    Attributes:
        lines: what draws them, with all their places and colours: the driver, or compiled loops.
    """

    def __init__(
        self,
        curves: NDArray[np.float32],
        window: OffscreenWindow,
        *,
        width: float,
        ink: bool,
        rooms: Sequence[int] = (),
        under: bool = False,
        sparing: bool = False,
        nearer: float = 0.0,
    ) -> None:
        self._rooms = tuple(rooms) or (len(curves),)
        room, length = sum(self._rooms), curves.shape[1]
        self.lines = window.add_lines(room, length, ink=ink, under=under, sparing=sparing, nearer=nearer)
        self._places = np.zeros_like(curves, shape=(room, length, 3))
        self._thinned = 1, 1.0
        self._width = width
        self.thinness = np.float32(min(width, 1.0))
        self._shown = np.zeros_like(curves, shape=(0, length, 4), dtype=np.uint8)
        self._counts, self._used = (0,) * len(self._rooms), np.zeros(0, dtype=np.int64)
        self._ink = ink
        self.lines.widen(max(width, 1.0))
        if len(curves):
            self.move(curves)

    def scale(self, factor: float, step: int = 1, share: float = 1.0) -> None:
        """Draw the lines so many times as wide as at first, for a picture of so many times the pixels.

        step: let them bend at every so many of their points only, which is drawn faster.
        share: draw this share of the room for each kind only, the last.
        """
        if (step, share) != self._thinned:
            self._thinned = step, share
            self.lines.thin(step, self._last([math.ceil(share * room) for room in self._rooms]))
        width = self._width * factor
        self.lines.widen(max(width, 1.0))
        thin, shown = np.float32(min(width, 1.0)), self._shown
        if thin != self.thinness:
            self.thinness, self._shown = thin, shown[:0]
            self.draw(shown)

    def _last(self, counts: Sequence[int]) -> NDArray[np.int64]:
        """The last so many lines of each kind."""
        ends = np.cumsum(self._rooms).tolist()
        return np.concatenate([np.arange(end - n, end) for end, n in zip(ends, counts, strict=True)])

    def move(self, curves: NDArray[np.float32], counts: Sequence[int] = ()) -> None:
        """Put K <= R curves, float32 (K, M, 3), in the place of those before; they are dark until drawn.

        counts: how many there are of each kind. Each kind's are the last in its room; lines that are not in
        use shrink to a point, where nothing of them is seen.
        """
        counts = tuple(counts) or (len(curves),)
        if counts == self._counts and same(curves, self._places[self._used]):
            return
        self._counts, self._used = counts, self._last(counts)
        self._places[...] = curves[:1, :1] if len(curves) else 0.0
        self._places[self._used] = curves
        self._shown = np.zeros((len(curves), *self._shown.shape[1:]), dtype=np.uint8)
        self.lines.hide()
        self.lines.move(self._places)

    def draw(self, rgba: NDArray[np.uint8]) -> None:
        """Show colours and opacities, uint8 (K, M, 4). Unchanged ones cost nothing."""
        # Those before are dark since other ways came.
        if not len(rgba) or same(rgba, self._shown):
            return
        self._shown = shown = rgba.copy()
        if len(rgba) < len(self._places) or self._ink or self.thinness < 1.0:
            shown = np.zeros((len(self._places), *rgba.shape[1:]), dtype=np.uint8)
            shown[self._used] = rgba
        if self._ink:
            np.invert(shown[..., :3], out=shown[..., :3])
        if self.thinness < 1.0:
            dimmed = (np.arange(256, dtype=np.uint8) * self.thinness + 0.5).astype(np.uint8)
            shown[..., 3] = dimmed[shown[..., 3]]
        self.lines.paint(shown)
