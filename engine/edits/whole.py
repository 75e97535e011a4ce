"""All synapses between two layers, edited alike: three numbers stand for any number of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, MaxPool, Scratch
from engine.edits.grammar import Edit
from engine.edits.table import CUT, GAIN, OFFSET, SynapseTable, between
from engine.graph.graph import Weights
from engine.graph.layer import Layer

_ALIKE = (Dense, Conv, MaxPool)
"""The blocks whose sums follow from what they would be, whatever is done to all of their synapses."""


@dataclass(frozen=True, eq=False)
class Whole:
    """Every synapse that a layer has, all from one source; each has the weight gain x own + offset.

    cut: whether they are all gone. With a sum w x + b the layer comes to gain (w x) + offset (sum of x) + b,
    so that none of its weights need be looked at; a maximum is that of cells that are all weighted alike.
    """

    weights: Weights
    source: Layer
    target: Layer
    gain: float = 1.0
    offset: float = 0.0
    cut: bool = False

    def __len__(self) -> int:
        """How many synapses there are, cut ones too."""
        return self.weights.edge_count(self.source.name, self.target.name)

    def edited(self, edit: Edit) -> Whole:
        """The same after one edit more of all of them."""
        value = edit.value or 0.0
        match edit.verb:
            case "scale":
                return replace(self, gain=self.gain * value, offset=self.offset * value)
            case "nudge":
                return replace(self, offset=self.offset + value)
            case _:
                # Cut or set: whatever it would have been is forgotten.
                return replace(self, gain=0.0, offset=value, cut=edit.verb == "cut")

    @cached_property
    def table(self) -> SynapseTable:
        """The same, a column for each synapse."""
        every = (np.arange(layer.size) for layer in (self.source, self.target))
        found = between(self.weights, self.source, self.target, *every)
        found.numbers[GAIN], found.numbers[OFFSET], found.numbers[CUT] = self.gain, self.offset, self.cut
        return found

    def add_up(self, pre: Array, x: Array, parameters: Mapping[str, Array]) -> None:
        """Edit the sums that the block has made (n, *shape), in place; x (n, *shape): what it read."""
        block = self.target.block
        if isinstance(block, MaxPool):
            if self.cut:
                pre[...] = 0
            else:
                block.forward([x * (self.gain + self.offset)], {}, pre, Scratch())
            return
        assert isinstance(block, (Dense, Conv))
        if self.gain:
            pre -= parameters["bias"]
            pre *= self.gain
            pre += parameters["bias"]
        else:
            pre[...] = parameters["bias"]
        if self.offset:
            pre += block.reach(x) * self.offset


def whole_of(weights: Weights, source: Layer, target: Layer) -> Whole | None:
    """All synapses between two layers, unedited; None where they cannot be taken together."""
    alone = target.sources == (source.name,) and isinstance(target.block, _ALIKE)
    return Whole(weights, source, target) if alone else None
