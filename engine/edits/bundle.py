"""Many synapses between two layers, edited alike: a few numbers stand for any number of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, MaxPool
from engine.edits.grammar import Edit
from engine.edits.neurons import Where, evenly
from engine.edits.table import CUT, GAIN, OFFSET, SynapseTable, between
from engine.graph.graph import Weights
from engine.graph.layer import Layer

FEW = 64
"""Synapses up to which a sum is corrected by each of them: it costs less."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """Every synapse from some neurons of a layer to some of another that reads it alone: gain x own + offset.

    starts, ends: flat indices, ascending, None for the whole layer. cut: whether they are all gone.

    What they come to is in `engine.edits.bundle_sums`.
    """

    weights: Weights
    source: Layer
    target: Layer
    starts: Array | None
    ends: Array | None
    gain: float = 1.0
    offset: float = 0.0
    cut: bool = False

    def edited(self, edit: Edit) -> Bundle:
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

    def links(self, starts: Array, ends: Array) -> bool:
        """Whether it is of these neurons."""
        return _are(self.starts, starts, self.source) and _are(self.ends, ends, self.target)

    @property
    def most(self) -> int:
        """How many synapses they are at most, cut ones too."""
        starts = self.source.size if self.starts is None else len(self.starts)
        ends = self.target.size if self.ends is None else len(self.ends)
        return min(starts * ends, self.weights.edge_count(self.source.name, self.target.name))

    @cached_property
    def table(self) -> SynapseTable:
        """The same, a column for each synapse."""
        starts = np.arange(self.source.size) if self.starts is None else self.starts
        ends = np.arange(self.target.size) if self.ends is None else self.ends
        found = between(self.weights, self.source, self.target, starts, ends)
        found.numbers[GAIN], found.numbers[OFFSET], found.numbers[CUT] = self.gain, self.offset, self.cut
        return found

    @property
    def taking(self) -> bool:
        """Whether the target takes a maximum."""
        return isinstance(self.target.block, MaxPool)

    @property
    def spelled(self) -> tuple[Weights, str, str, SynapseTable]:
        """What arrays of single synapses are made of."""
        return self.weights, self.source.name, self.target.name, self.table

    @cached_property
    def to(self) -> Where:
        """`ends` as NumPy takes them fastest."""
        return slice(None) if self.ends is None else evenly(self.ends)

    def sent(self, x: Array, factor: float, others: float = 1.0) -> Array:
        """What all sources send (n, *shape): the bundle's x times a factor, or 0, or -inf; others x or 0."""
        sent = x.copy() if others else np.zeros_like(x)
        flat, given = sent.reshape(len(x), -1), x.reshape(len(x), -1)
        at = slice(None) if self.starts is None else self.starts
        flat[:, at] = factor if factor in (0, -np.inf) else given[:, at] * factor
        return sent


def bundle_of(weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array) -> Bundle | None:
    """The synapses from some neurons (flat indices) to some others, unedited.

    None where there may be none, and where they are better taken one by one.
    """
    block = target.block
    if target.sources != (source.name,):
        return None
    all_starts, all_ends = len(starts) == source.size, len(ends) == target.size
    if isinstance(block, Dense):
        taken = all_starts or len(starts) * len(ends) > FEW
    elif isinstance(block, Conv | MaxPool):
        down, across = block.axes(source.shape)
        one = len(starts) == len(ends) == 1 and isinstance(block, MaxPool)
        taken = (
            (all_starts and down.fed and across.fed)
            or (all_ends and down.read and across.read)
            or (one and _linked(weights, source, target, int(starts[0]), int(ends[0])))
        )
    else:
        taken = False
    if not taken:
        return None
    return Bundle(weights, source, target, None if all_starts else starts, None if all_ends else ends)


def _linked(weights: Weights, source: Layer, target: Layer, start: int, end: int) -> bool:
    """Whether a synapse leads from one neuron to another."""
    assert target.block is not None
    slot, wiring = target.sources.index(source.name), weights.wiring(target.name)
    return len(target.block.edges_between(wiring, slot, start, end)) > 0


def _are(mine: Array | None, others: Array, layer: Layer) -> bool:
    if mine is None:
        return len(others) == layer.size
    return mine is others or (len(mine) == len(others) and bool((mine == others).all()))
