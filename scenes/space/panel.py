"""Panel: the plane of one layer in space."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenes.space.raster import Raster

Vector = NDArray[np.float32]
_BESIDE, _ABOVE = 0.4, 0.3  # scene units from a panel's edge to the names of its bands
# Scene units from one name to the next, if that may be, and lines by which one may leave its band for it.
_APART, _LEAVES, _ROUNDS = 2.0, 0.3, 24


@dataclass(frozen=True, eq=False)
class Panel:
    """The plane of one layer: a raster of cells, of which each neuron fills one.

    Attributes:
        layer: the layer's name.
        start: global id of the layer's first neuron.
        raster: the cells, and which of them each neuron fills.
        centre, right, up: float32 (3,), the plane.
    """

    layer: str
    start: int
    raster: Raster
    centre: Vector
    right: Vector
    up: Vector

    @property
    def stop(self) -> int:
        """Global id after the layer's last neuron."""
        return self.start + len(self.raster.row)

    @property
    def half(self) -> tuple[float, float]:
        """Half the width and half the height of the panel with its margin, in scene units."""
        margin = 0.65 * max(self.raster.pitch, 1.0)
        return self.raster.width / 2 + margin, self.raster.height / 2 + margin

    def corners(self) -> Vector:
        """Corners of the panel: float32 (4, 3), bottom left, bottom right, top right, top left."""
        return self._quad(*self.half)

    def edges(self) -> Vector:
        """Corners of the raster itself: float32 (4, 3), in the order of `corners`.

        It ends half a cell outside the outermost neurons' centres.
        """
        return self._quad(self.raster.width / 2, self.raster.height / 2)

    def _quad(self, width: float, height: float) -> Vector:
        """Corners so far aside of the middle and so far above it and below."""
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)
        local = signs * np.array([width, height], dtype=np.float32)
        corners: Vector = self.centre + local[:, :1] * self.right + local[:, 1:] * self.up
        return corners

    def outlines(self) -> Vector:
        """Corners of each map with its margin: float32 (m, 4, 3), in the order of `corners`."""
        if not self.raster.walled:
            return self.corners()[None]
        top, bottom, left, right = self.raster.maps.T + np.array([[0], [1], [0], [1]])
        wide, high = self.raster.cell
        margin = 0.25 * self.raster.pitch
        x0 = left * wide - self.raster.width / 2 - margin
        x1 = right * wide - self.raster.width / 2 + margin
        y0 = self.raster.height / 2 - bottom * high - margin
        y1 = self.raster.height / 2 - top * high + margin
        across = np.stack([x0, x1, x1, x0], axis=1)[..., None]
        above = np.stack([y0, y0, y1, y1], axis=1)[..., None]
        outlines: Vector = (self.centre + across * self.right + above * self.up).astype(np.float32)
        return outlines

    def cells(self) -> tuple[Vector, Vector, Vector]:
        """The raster's upper left corner, and the ways from a cell to the next aside and below: (3,)."""
        wide, high = self.raster.cell
        corner = self.centre - self.raster.width / 2 * self.right + self.raster.height / 2 * self.up
        return corner, wide * self.right, -high * self.up

    @cached_property
    def ticks(self) -> Vector:
        """Where the names of its bands belong: float32 (m, 3), beside each one at its middle, or near that.

        That is at the panel's right edge, or of columns above its upper edge. Names of bands of one line each
        stand a little farther apart than these.
        """
        bands, (wide, high) = self.raster.bands, self.raster.cell
        if bands is None:
            return np.empty((0, 3), dtype=np.float32)
        middle = _spread(bands.spans, _APART / (high if bands.rows else wide))[:, None]
        width, height = self.half
        if bands.rows:
            places = (((self.raster.rows - 1) / 2 - middle) * high) * self.up + (width + _BESIDE) * self.right
        else:
            places = ((middle - (self.raster.cols - 1) / 2) * wide) * self.right + (height + _ABOVE) * self.up
        ticks: Vector = (self.centre + places).astype(np.float32)
        return ticks

    def positions(self) -> Vector:
        """Centres of the neurons: float32 (n, 3), in id order."""
        cells, (wide, high) = self.raster, self.raster.cell
        across = ((cells.col - (cells.cols - 1) / 2) * wide).astype(np.float32)
        above = (((cells.rows - 1) / 2 - cells.row) * high).astype(np.float32)
        places: Vector = self.centre + across[:, None] * self.right + above[:, None] * self.up
        return places


def _spread(spans: NDArray[np.int32], least: float) -> NDArray[np.float64]:
    """The middles of bands, in lines, so many from each other as far as each stays beside its own band.

    spans: int32 (m, 2), the first line of each band and its last.
    """
    at = spans.mean(axis=1)
    low, high = spans[:, 0] - _LEAVES, spans[:, 1] + _LEAVES
    for _ in range(_ROUNDS):
        lack = np.maximum(least - np.diff(at), 0.0) / 2
        if not lack.any():
            break
        at = np.clip(at + np.r_[0.0, lack] - np.r_[lack, 0.0], low, high)
    spread: NDArray[np.float64] = at
    return spread
