"""A convolution's sums, and its way back from gradients of which many are 0; import it late.

Where edits ask for sums between convolution and pooling, these are written; the loops are those of
`conv_pool`, of which a pooling by 1 is left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.arrays import Array
from engine.kernels.maps.conv_pool_shape import Geometry
from engine.kernels.maps.conv_pool_step import ConvPool


class ConvSums:
    """The step for a geometry, its `size` not counted; lanes, room: as of `ConvPool`.

    `fits` is False where the loops' blocks do not fit into registers; nothing else may be asked then.
    """

    def __init__(self, geometry: Geometry, lanes: int = 0, room: int = 0):
        self._made = lanes, room
        self._geometry = replace(geometry, size=1)
        self._steps: dict[bool, ConvPool] = {}
        self.fits = self._step(back=False).fits

    def _step(self, back: bool) -> ConvPool:
        if back not in self._steps:
            self._steps[back] = ConvPool(self._geometry, back, *self._made)
        return self._steps[back]

    def forward(self, x: Array, weight: Array, bias: Array, out: Array) -> None:
        """Write out (n, places down, places across, maps) from x (n, h, w, channels)."""
        self._step(back=False).forward(np.ascontiguousarray(x), weight, bias, out, pooled=False)

    def backward(
        self, grad: Array, x: Array, weight: Array, weight_grad: Array, bias_grad: Array, dx: Array | None
    ) -> None:
        """From grad, by out, write the gradients by the weights, the bias and x, where that is asked for."""
        step, grad = self._step(back=dx is not None), np.ascontiguousarray(grad)
        winner = step.winner(grad.size)
        # The one cell of each window is number 0; where nothing goes back it is SILENT, all bits set.
        np.equal(grad.reshape(-1), 0, out=winner.view(bool))
        np.negative(winner, out=winner)
        step.backward(grad, np.ascontiguousarray(x), weight, weight_grad, bias_grad, dx)
