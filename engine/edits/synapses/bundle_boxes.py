"""A bundle from a box of cells to a box of windows: what these read is cut out, and worked on alone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, MaxPool, Scratch
from engine.edits.synapses.boxes import Box
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.links import Arrays


class Maps:
    """The synapses of a convolution from one box to the other, as a convolution of their own."""

    def __init__(self, bundle: Bundle, mine: Box, x: Array, parameters: Arrays):
        block = bundle.target.block
        assert isinstance(block, Conv)
        self.bundle, self.box = bundle, mine
        self._own = (slice(None), slice(None), mine.read[3], mine.places[3])
        own = parameters["weight"][self._own]
        # What the edit makes of each weight, less what it was; one map for all where that is one number.
        if self._even:
            more = np.full((*own.shape[:3], 1), bundle.offset, own.dtype)
        else:
            more = own * (bundle.gain - 1) + own.dtype.type(bundle.offset)
        self._block = _convolution(block, more.shape[3])
        self._parameters = {"weight": np.ascontiguousarray(more), "bias": np.zeros(more.shape[3], more.dtype)}
        self._sent = np.zeros((len(x), *mine.shape), x.dtype)
        self._sent[mine.cells] = x[mine.given]

    @property
    def _even(self) -> bool:
        """Whether all synapses have the same number more than they had."""
        return self.bundle.gain == 1

    def add_up(self, pre: Array, fast: bool) -> None:
        """Edit the sums (n, *shape) that the block has made, in place."""
        mine = pre[self.box.places]
        sums = np.empty((*mine.shape[:3], self._block.maps), pre.dtype)
        self._block.forward([self._sent], self._parameters, sums, Scratch(fast))
        mine += sums

    def back_up(self, grad: Array, back: Array | None, learn: Arrays | None, fast: bool) -> None:
        """Add what the edit makes of the gradients by the source (back) and by the weights (learn)."""
        scratch = Scratch(fast)
        delta = grad[self.box.places]
        delta = delta.sum(axis=3, keepdims=True) if self._even else np.ascontiguousarray(delta)
        mine = None if back is None else np.empty_like(self._sent)
        fresh = None if learn is None else {k: np.empty_like(array) for k, array in self._parameters.items()}
        # What a block keeps for the way back is of what it read.
        self._block.forward([self._sent], self._parameters, np.empty_like(delta), scratch)
        self._block.backward(delta, [self._sent], self._parameters, scratch, fresh, [mine])
        if fresh is not None and learn is not None:
            learn["weight"][self._own] += fresh["weight"] * (self.bundle.gain - 1)
        if mine is not None and back is not None:
            back[self.box.given] += mine[self.box.cells]


class Cells:
    """What windows of a box take the largest of, cut out: -inf where there is nothing."""

    def __init__(self, bundle: Bundle, mine: Box, x: Array):
        block = bundle.target.block
        assert isinstance(block, MaxPool)
        self.bundle, self.box = bundle, mine
        self._block = _pooling(block)
        self._cells = np.full((len(x), *mine.shape), -np.inf, x.dtype)
        self._cells[mine.inside] = x[mine.read]
        if bundle.cut:
            self._cells[mine.cells] = -np.inf
        else:
            self._cells[mine.cells] *= bundle.factor

    def largest(self, shape: tuple[int, ...], fast: bool) -> Array:
        """What the windows come to (n, *box), of this shape; 0 of those that have no cell left."""
        largest = np.empty(shape, self._cells.dtype)
        self._block.forward([self._cells], {}, largest, Scratch(fast))
        if self.bundle.cut:
            largest[largest == -np.inf] = 0
        return largest

    def back_up(self, delta: Array, back: Array, fast: bool) -> None:
        """Send the gradient by windows (n, *box) to the cell that won each; back: that by the source."""
        scratch, mine = Scratch(fast), np.empty_like(self._cells)
        if fast:
            # It keeps who won.
            self._block.forward([self._cells], {}, np.empty_like(delta), scratch)
        self._block.backward(delta, [self._cells], {}, scratch, None, [mine])
        mine[self.box.cells] *= self.bundle.factor
        back[self.box.read] += mine[self.box.inside]


# A block is looked at closely where it is made: what most edits are made of is made once.
@lru_cache(maxsize=256)
def _convolution(block: Conv, maps: int) -> Conv:
    return replace(block, maps=maps, padding="valid")


@lru_cache(maxsize=256)
def _pooling(block: MaxPool) -> MaxPool:
    return replace(block, padding="valid")
