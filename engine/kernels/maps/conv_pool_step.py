"""Convolution, ReLU and max-pooling as one step of training. Like `engine.kernels`, import it late."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.maps import conv_pool
from engine.kernels.maps.conv_pool_shape import Geometry, plan
from engine.kernels.parts import PARTS, each_part
from engine.kernels.registers.emit import processor


class ConvPool:
    """The step for a geometry, with its buffers.

    back: whether the input's gradient is asked for. lanes, room: as of `processor`, by default this one's.
    `fits` is False where the loops' blocks do not fit into registers; nothing else may be asked then.
    """

    def __init__(self, geometry: Geometry, back: bool, lanes: int = 0, room: int = 0):
        if not lanes:
            lanes, room = processor()
        self._geometry = g = geometry
        self._plan = plan(g, back, lanes, room)
        self.fits = self._plan is not None
        self._back = back
        if self._plan is None:
            return
        groups = g.height // self._plan.rows if self._plan.by_maps else 1
        self._weight = aligned(g.height * g.run * g.maps, np.float32)
        self._total = aligned(PARTS * (g.height * g.run + groups) * g.maps, np.float32)
        self._frames, self._back_frames = (aligned(PARTS * g.frame_size, np.float32) for _ in range(2))
        cells = PARTS * (g.down * g.across + 1)
        self._places, self._values = aligned(cells, np.int32), aligned(cells, np.float32)
        self._winner = np.empty(0, np.uint8)

    def winner(self, size: int) -> Array:
        """The tap that won each of so many windows, uint8 (size,), where `forward` writes it."""
        if self._winner.size < size:
            self._winner = aligned(size, np.uint8)
        return self._winner[:size]

    def forward(self, x: Array, weight: Array, bias: Array, out: Array, *, pooled: bool = True) -> None:
        """Write out (n, down, across, maps) from x (n, h, w, channels); winners are kept for `backward`.

        Not pooled, where windows are of one sum: the sums as they are, and no winners.
        """
        assert self._plan is not None
        if pooled:
            self.winner(out.size)
        self._weight[:] = weight.reshape(-1)
        arrays = (x, self._weight, bias, out, self._winner, self._frames)
        loop = conv_pool.forward_loop(self._geometry, self._plan, pooled)
        each_part(out.size * self._geometry.height * self._geometry.run, loop, len(x), arrays)

    def backward(
        self, grad: Array, x: Array, weight: Array, weight_grad: Array, bias_grad: Array, dx: Array | None
    ) -> None:
        """From grad (n, down, across, maps), by out, write the gradients by the weights, the bias and x."""
        assert self._plan is not None
        size = grad.size * self._geometry.height * self._geometry.run
        if self._plan.by_maps:
            for chunk in self._plan.chunks(self._geometry.maps):
                loop = conv_pool.by_maps_loop(self._geometry, self._plan, chunk)
                each_part(size, loop, len(x), (x, grad, self._winner, self._total, self._frames))
            self._sum_by_maps(weight_grad, bias_grad)
            return
        maps = self._geometry.maps
        self._weight.reshape(maps, -1)[:] = weight.reshape(-1, maps).T
        loop = conv_pool.by_winners_loop(self._geometry, self._plan, self._back)
        target = self._values if dx is None else dx
        arrays = (x, grad, self._winner, self._total, self._frames, self._weight, target, self._back_frames)
        each_part(size, loop, len(x), (*arrays, self._places, self._values))
        total = self._total.reshape(PARTS, -1).sum(axis=0)
        weight_grad.reshape(-1, maps)[:] = total[:-maps].reshape(maps, -1).T
        bias_grad[:] = total[-maps:]

    def _sum_by_maps(self, weight_grad: Array, bias_grad: Array) -> None:
        assert self._plan is not None
        g, rows = self._geometry, self._plan.rows
        total = self._total.reshape(PARTS, g.height // rows, rows * g.run + 1, g.maps).sum(axis=0)
        weight_grad.reshape(len(total), -1, g.maps)[:] = total[:, :-1]
        bias_grad[:] = total[0, -1]
