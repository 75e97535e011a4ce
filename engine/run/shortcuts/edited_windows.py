"""A max-pooling with edited windows as one step of a fast pass: it is taken, and these are written over.

The way back is the pooling's own: it goes by winners, and of an edited one the gradient is taken times its
gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Scratch
from engine.edits.places import evenly
from engine.edits.pooled import PooledEdits
from engine.graph.layer import Layer
from engine.run.shortcuts.one_layer import OneLayer

Named = Mapping[str, Array]


class EditedWindows(OneLayer):
    """The pooling `layer` of windows side by side; windows: its `MaxApart`."""

    def __init__(self, layer: Layer, windows: Any, size: int, edits: PooledEdits):
        self.layer = layer
        self._windows, self._size = windows, size
        self._where, self._target = evenly(edits.target), edits.target
        self._at = np.ascontiguousarray(edits.cells.T, np.uint32)
        self._gain, self._offset = (np.ascontiguousarray(a.T, np.float32) for a in (edits.gain, edits.offset))
        self._kept, self._slope = Scratch(), np.empty((0, 0), np.float32)

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the windows (n, *shape)."""
        # Numba takes a second to import: only training pays it.
        from engine.kernels.maps.edited_pool import choose  # noqa: PLC0415

        del own
        x, winner = np.ascontiguousarray(inputs[0]), self._winner(out)
        if len(self._target) < out[0].size:
            self._windows.forward(x, out, winner)
        self._slope = np.empty((len(x), len(self._target)), np.float32)
        cells, flat, won = (a.reshape(len(x), -1) for a in (x, out, winner))
        choose(cells, self._at, self._gain, self._offset, self._target, flat, won, self._slope, silent=False)

    def _winner(self, out: Array) -> Array:
        return self._kept.array("taps", out.size, np.uint8).reshape(out.shape)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the windows, which is overwritten, write that by x, where asked."""
        from engine.kernels.maps.images import max_pool_backward  # noqa: PLC0415

        del inputs, own, learn, adding
        if back[0] is not None:
            grad.reshape(len(grad), -1)[:, self._where] *= self._slope
            max_pool_backward(grad, self._winner(grad), back[0], self._size, self._size, 0, 0)
