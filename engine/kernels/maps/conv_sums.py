"""A convolution's sums, and its way back from gradients of which many are 0; import it late.

Where edits ask for sums between convolution and pooling, these are written; the loops are those of
`conv_pool`, of which a pooling by 1 is left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.maps.conv_pool_shape import Geometry, Plan, plan
from engine.kernels.maps.conv_pool_step import ConvPool
from engine.kernels.parts import PARTS, each_part, once, part_loop
from engine.kernels.registers.blocks import floats, repeat, store
from engine.kernels.registers.emit import processor
from engine.kernels.registers.images import add_outer, copy_rows


@once
def _sums_loop(g: Geometry, plan: Plan) -> Any:
    """Arrays: x, weight (taps down, taps across, channels, maps), bias, out, frames."""
    framed, row, run, image, channels = g.framed, g.row, g.run, g.image, g.channels
    line, high, first, frame_size = g.line, g.high, g.first, g.frame_size
    down, across, maps, taps = g.down, g.across, g.maps, g.height
    lanes, some, cells = plan.lanes, plan.some, plan.cells

    def conv_sums(part: int, n: int, table: Any) -> None:
        x, weight, bias, out = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        frames = floats(table[4])
        for b in range(part * n // PARTS, (part + 1) * n // PARTS):
            source, base = x, b * image
            if framed:
                source, base = frames, part * frame_size
                copy_rows(x, b * image, line, frames, base + first, row, high, line)
            for chunk in range(0, maps, some):
                # A last chunk that does not fit begins earlier: the same sums once more.
                m = min(chunk, maps - some)
                for py in range(down):
                    for block in range(0, across, cells):
                        px = min(block, across - cells)
                        top = base + py * row + px * channels
                        sums = repeat(bias, m, some, cells, lanes)
                        for ky in range(taps):
                            for i in range(run):
                                at, to = top + ky * row + i, (ky * run + i) * maps + m
                                sums = add_outer(
                                    sums, source, at, row, channels, 1, cells, weight, to, some, lanes
                                )
                        store(sums, out, ((b * down + py) * across + px) * maps + m, maps, cells, some, lanes)

    return part_loop(conv_sums)


class ConvSums:
    """The step for a geometry, its `size` not counted; lanes, room: as of `ConvPool`.

    `fits` is False where the loops' blocks do not fit into registers; nothing else may be asked then.
    """

    def __init__(self, geometry: Geometry, lanes: int = 0, room: int = 0):
        self._geometry = replace(geometry, size=1)
        self._lanes, self._room = (lanes, room) if lanes else processor()
        self._plan = plan(self._geometry, False, self._lanes, self._room)
        self.fits = self._plan is not None
        self._weight, self._frames = (np.empty(0, np.float32) for _ in range(2))
        self._steps: dict[bool, ConvPool] = {}

    def forward(self, x: Array, weight: Array, bias: Array, out: Array) -> None:
        """Write out (n, places down, places across, maps) from x (n, h, w, channels)."""
        assert self._plan is not None
        g = self._geometry
        if not self._weight.size:
            self._weight, self._frames = (
                aligned(weight.size, np.float32),
                aligned(PARTS * g.frame_size, np.float32),
            )
        self._weight[:] = weight.reshape(-1)
        arrays = (np.ascontiguousarray(x), self._weight, bias, out, self._frames)
        each_part(out.size * g.height * g.run, _sums_loop(g, self._plan), len(x), arrays)

    def backward(
        self, grad: Array, x: Array, weight: Array, weight_grad: Array, bias_grad: Array, dx: Array | None
    ) -> None:
        """From grad, by out, write the gradients by the weights, the bias and x, where that is asked for."""
        back = dx is not None
        if back not in self._steps:
            self._steps[back] = ConvPool(self._geometry, back, self._lanes, self._room)
        step, grad = self._steps[back], np.ascontiguousarray(grad)
        winner = step.winner(grad.size)
        # The one cell of each window is number 0; where nothing goes back it is SILENT, all bits set.
        np.equal(grad.reshape(-1), 0, out=winner.view(bool))
        np.negative(winner, out=winner)
        step.backward(grad, np.ascontiguousarray(x), weight, weight_grad, bias_grad, dx)
