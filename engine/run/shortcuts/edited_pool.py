"""Edited windows of a convolution, ReLU and max-pooling in one step of a fast pass.

The step is taken as if nothing were edited, and these windows are written over. The way back is then the
step's own: it goes by winners, and of an edited one the gradient is taken times its gain. Import it late.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.arrays import Array
from engine.blocks import Scratch
from engine.edits.places import evenly
from engine.edits.pooled import PooledEdits
from engine.kernels.maps.conv_pool_shape import Geometry
from engine.kernels.maps.conv_pool_step import ConvPool
from engine.kernels.maps.edited_pool import activate, choose, shift_all

FEW = 48
"""One of so many cells: if more are edited, the convolution is written whole, by vectors."""


class EditedConvPool:
    """`ConvPool` for a convolution and a pooling with edits."""

    def __init__(self, geometry: Geometry, back: bool, edits: PooledEdits):
        self._geometry, self._edits = geometry, edits
        self._step = ConvPool(geometry, back)
        # A cell of which nothing counts need not be worked out.
        read = edits.gain != 0
        cells, shift = edits.cells[read], edits.shift[read].astype(np.float32)
        few = FEW * len(cells) <= geometry.places_y * geometry.places_x * geometry.maps
        self._whole = None if few else ConvPool(replace(geometry, size=1), back=False)
        self.fits = self._step.fits and (self._whole is None or self._whole.fits)
        at = np.where(read, np.cumsum(read).reshape(read.shape) - 1, 0) if few else edits.cells
        self._at = np.ascontiguousarray(at.T, np.uint32)
        self._gain, self._offset = (np.ascontiguousarray(a.T, np.float32) for a in (edits.gain, edits.offset))
        self._bias, self._where = edits.bias.astype(np.float32), evenly(edits.target)
        rest, maps = np.divmod(cells, geometry.maps)
        self._place = np.stack([*np.divmod(rest, geometry.places_x), maps], axis=1)
        self._shift = shift
        if self._whole is not None and shift.any():
            self._shift = np.zeros(geometry.places_y * geometry.places_x * geometry.maps, np.float32)
            self._shift[cells] = shift
        self._kept, self._slope = Scratch(), np.empty((0, 0), np.float32)

    def forward(self, x: Array, weight: Array, bias: Array, out: Array) -> None:
        """See `ConvPool.forward`."""
        bias = bias + self._bias
        if len(self._edits.target) < out[0].size:
            self._step.forward(x, weight, bias, out)
        cells, target = self._cells(x, weight, bias), self._edits.target
        self._slope = np.empty((len(x), len(target)), np.float32)
        pooled, winner = (a.reshape(len(x), -1) for a in (out, self._step.winner(out.size)))
        choose(cells, self._at, self._gain, self._offset, target, pooled, winner, self._slope)

    def _cells(self, x: Array, weight: Array, bias: Array) -> Array:
        """The activations that edited windows read, (n, cells), or those of all cells."""
        g, n = self._geometry, len(x)
        if self._whole is None:
            cells = self._room("cells", n, max(1, len(self._place)))
            if len(self._place):
                activate(x, weight, bias, self._place, self._shift, cells, g.before_y, g.before_x)
            else:
                cells[:] = 0
            return cells
        shape = (n, g.places_y, g.places_x, g.maps)
        cells = self._room("cells", n, g.places_y * g.places_x * g.maps)
        self._whole.forward(x, weight, bias, cells.reshape(shape))
        if self._shift.any():
            # The step knows ReLU alone, of which two make a sum.
            below = self._room("below", n, cells.shape[1])
            self._whole.forward(x, -weight, -bias, below.reshape(shape))
            shift_all(cells, below, self._shift)
        return cells

    def _room(self, name: str, n: int, width: int) -> Array:
        return self._kept.array(name, n * width, np.float32).reshape(n, width)

    def backward(
        self, grad: Array, x: Array, weight: Array, weight_grad: Array, bias_grad: Array, dx: Array | None
    ) -> None:
        """See `ConvPool.backward`; grad is overwritten."""
        grad.reshape(len(grad), -1)[:, self._where] *= self._slope
        self._step.backward(grad, x, weight, weight_grad, bias_grad, dx)
