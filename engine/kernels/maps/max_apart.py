"""Maxima of windows side by side, by vectors. Like `engine.kernels`, import it late."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.kernels.maps.conv_pool_shape import Geometry
from engine.kernels.parts import PARTS, each_part, once, part_loop
from engine.kernels.registers.blocks import floats, octets
from engine.kernels.registers.emit import processor
from engine.kernels.registers.images import largest


@once
def _largest_loop(high: int, wide: int, maps: int, size: int, cells: int, lanes: int) -> Any:
    """Arrays: x, out, winner."""
    down, across, row = high // size, wide // size, wide * maps

    def max_apart(part: int, n: int, table: Any) -> None:
        x, out, winner = floats(table[0]), floats(table[1]), octets(table[2])
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            for py in range(down):
                for block in range(0, across, cells):
                    # A last block that does not fit begins earlier: the same windows once more.
                    px = min(block, across - cells)
                    at = (b * high + py * size) * row + px * size * maps
                    to = ((b * down + py) * across + px) * maps
                    largest(x, at, row, size, cells, out, winner, to, maps, lanes)

    return part_loop(max_apart)


class MaxApart:
    """The step for what a geometry's convolution writes; lanes: numbers in a vector, by default all it holds.

    `fits` is False where a winner's number is no byte; nothing else may be asked then.
    """

    def __init__(self, geometry: Geometry, lanes: int = 0):
        g, lanes = geometry, lanes or processor()[0]
        self.fits = 0 < g.size**2 <= 250 and g.down > 0 and g.across > 0 and g.maps <= 32 * lanes
        cells = max(1, min(g.across, 8 // -(-g.maps // lanes)))
        self._made = (g.places_y, g.places_x, g.maps, g.size, cells, lanes)

    def forward(self, x: Array, out: Array, winner: Array) -> None:
        """Write out (n, down, across, maps), and the number of each winner's tap, row by row, uint8."""
        each_part(x.size, _largest_loop(*self._made), len(x), (np.ascontiguousarray(x), out, winner))
