"""What the edits of synapses between two layers come to: a column for each synapse, however many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.blocks import Block, Dense, Wiring
from engine.edits.grammar import Edit
from engine.edits.places import among
from engine.graph.graph import Weights
from engine.graph.layer import Layer

START, END, EDGE, PARAMETER, GATE, CUT, OWN, GAIN, OFFSET = range(9)
"""Rows of a table: source and target as flat indices in their layers; the edge's number in the block, -1 if
it was added; parameter and gate as in `engine.blocks.Edges`, -1 for none; whether it is cut; its weight where
that is no parameter; and what edits make of its weight, gain x own + offset."""

_SOUGHT = 16
"""Synapses of a table that are looked at in the time in which one is looked up."""
_LOOKED_AT, _MOST = 256, 1 << 20
"""Edges of a block that are looked at in the time in which those of one neuron are looked up; and at most."""


@dataclass(frozen=True, eq=False)
class SynapseTable:
    """Synapses by source and then by target: numbers (9, e) float64, key (e,) int64 ascending."""

    key: Array
    numbers: Array

    def __len__(self) -> int:
        return len(self.key)

    @property
    def ends(self) -> list[tuple[int, int]]:
        """Source and target of each, flat indices in their layers."""
        start, end = self.numbers[: END + 1].astype(np.int64).tolist()
        return list(zip(start, end, strict=True))

    def taken(self, chosen: Array) -> SynapseTable:
        """Some of the synapses: a mask, or indices ascending."""
        return SynapseTable(self.key[chosen], self.numbers[:, chosen])

    @property
    def uncut(self) -> SynapseTable:
        """The synapses that are not cut."""
        gone = self.numbers[CUT]
        return self.taken(gone == 0) if gone.any() else self

    def among(self, starts: Array, ends: Array, width: int) -> SynapseTable:
        """Those from some neurons to others (flat indices, ascending); width: the target layer's size."""
        if not len(self.key):
            return self
        if len(starts) * len(ends) <= len(self.key) // _SOUGHT:
            wanted = (starts[:, None] * width + ends).reshape(-1)
            place = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
            return self.taken(place[self.key[place] == wanted])
        mine = _within(self.numbers[START], starts) & _within(self.numbers[END], ends)
        return self.taken(mine)

    def into(self, ends: Array) -> SynapseTable:
        """Those that end in some neurons (flat indices, ascending)."""
        return self.taken(_within(self.numbers[END], ends))

    def edited(self, edit: Edit, *, copied: bool = True) -> SynapseTable:
        """The table after one edit more of all its synapses; not copied: written into this very table."""
        value, numbers = edit.value or 0.0, self.numbers.copy() if copied else self.numbers
        match edit.verb:
            case "scale":
                numbers[GAIN:] *= value
            case "nudge":
                numbers[OFFSET] += value
            case _:
                # Cut, set or added: whatever it would have been is forgotten.
                numbers[GAIN], numbers[OFFSET] = 0.0, value
        numbers[CUT] = edit.verb == "cut"
        return SynapseTable(self.key, numbers)

    def under(self, others: SynapseTable) -> SynapseTable:
        """Both together; of a synapse that is in both, what the others say."""
        if not len(self):
            return others
        if not len(others):
            return self
        place = np.searchsorted(self.key, others.key)
        known = self.key[np.minimum(place, len(self.key) - 1)] == others.key
        numbers = self.numbers
        if known.any():
            numbers = numbers.copy()
            numbers[:, place[known]] = others.numbers[:, known]
        if known.all():
            return SynapseTable(self.key, numbers)
        fresh = others.taken(~known)
        place = place[~known]
        return SynapseTable(
            np.insert(self.key, place, fresh.key), np.insert(numbers, place, fresh.numbers, axis=1)
        )


NONE = SynapseTable(np.empty(0, np.int64), np.empty((9, 0)))
"""No synapse."""


class OneSynapse(SynapseTable):
    """A table of one synapse, of which arrays are made where somebody asks for them.

    column: its numbers. width: the target layer's size.
    """

    def __init__(self, width: int, column: tuple[float, ...]):
        self.__dict__.update(width=width, column=column)

    width: int
    column: tuple[float, ...]

    @cached_property
    def key(self) -> Array:
        """See SynapseTable."""
        return np.array([int(self.column[START]) * self.width + int(self.column[END])])

    @cached_property
    def numbers(self) -> Array:
        """See SynapseTable; not to be written to."""
        numbers = np.array(self.column, float)[:, None]
        numbers.setflags(write=False)
        return numbers

    def __len__(self) -> int:
        return 1

    @property
    def uncut(self) -> SynapseTable:
        """See SynapseTable."""
        return NONE if self.column[CUT] else self

    def edited(self, edit: Edit, *, copied: bool = True) -> SynapseTable:
        """See SynapseTable; always another one."""
        del copied
        value, (gain, offset) = edit.value or 0.0, self.column[GAIN:]
        match edit.verb:
            case "scale":
                gain, offset = gain * value, offset * value
            case "nudge":
                offset += value
            case _:
                gain, offset = 0.0, value
        cut = float(edit.verb == "cut")
        return OneSynapse(self.width, (*self.column[:CUT], cut, self.column[OWN], gain, offset))


def fresh(target: Layer, start: int, end: int) -> SynapseTable:
    """A synapse that is to be added."""
    return OneSynapse(target.size, (start, end, -1, -1, -1, 0, 0, 1, 0))


def one_between(weights: Weights, source: Layer, target: Layer, start: int, end: int) -> SynapseTable:
    """`between` of one neuron and another, of which a dense layer has the synapse at a known place."""
    if isinstance(target.block, Dense) and source.name in target.sources:
        place = start * target.size + end
        return OneSynapse(target.size, (start, end, place, place, -1, 0, 0, 1, 0))
    found = between(weights, source, target, np.array([start]), np.array([end]))
    return OneSynapse(target.size, tuple(found.numbers[:, 0].tolist())) if len(found) == 1 else found


def between(weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array) -> SynapseTable:
    """The synapses that the target's block has from some neurons (flat indices) to some others, unedited."""
    if source.name not in target.sources or target.block is None:
        return NONE
    slot, wiring = target.sources.index(source.name), weights.wiring(target.name)
    ids = edges_between(target.block, wiring, slot, (source, target), (starts, ends))
    if not len(ids):
        return NONE
    edges = target.block.edges(wiring, slot, ids)
    if len(ids) == 1:
        parameter, gate = edges.parameter[0], -1 if edges.gate is None else edges.gate[0]
        own = 0 if parameter >= 0 else edges.weight[0]
        column = edges.source[0], edges.target[0], ids[0], parameter, gate, 0, own, 1, 0
        place = int(column[START]) * target.size + int(column[END])
        return SynapseTable(np.array([place]), np.array(column, float)[:, None])
    numbers = np.empty((9, len(ids)))
    numbers[START], numbers[END], numbers[EDGE] = edges.source, edges.target, ids
    numbers[PARAMETER], numbers[GATE] = edges.parameter, -1 if edges.gate is None else edges.gate
    numbers[CUT], numbers[GAIN], numbers[OFFSET] = 0, 1, 0
    numbers[OWN] = np.where(edges.parameter >= 0, 0, edges.weight)
    key = np.asarray(edges.source, np.int64) * target.size + edges.target
    if not (key[1:] > key[:-1]).all():
        order = np.argsort(key, kind="stable")
        key = key[order]
        # Should a block link two neurons twice, the last of both counts.
        last = np.append(key[1:] != key[:-1], True)
        key, numbers = key[last], numbers[:, order[last]]
    return SynapseTable(key, numbers)


def edges_between(
    block: Block, wiring: Wiring, slot: int, layers: tuple[Layer, Layer], neurons: tuple[Array, Array]
) -> Array:
    """The numbers of a block's edges from some neurons to some others (flat indices, ascending)."""
    (source, target), (starts, ends) = layers, neurons
    if len(starts) == len(ends) == 1:
        return block.edges_between(wiring, slot, int(starts[0]), int(ends[0]))
    if len(starts) == source.size and len(ends) == target.size:
        return np.arange(block.edge_count(wiring, slot))
    if isinstance(block, Dense):
        return (starts[:, None] * target.size + ends).reshape(-1)
    count = block.edge_count(wiring, slot)
    if count < min(_LOOKED_AT * min(len(starts), len(ends)), _MOST):
        every = np.arange(count)
        edges = block.edges(wiring, slot, every)
        return every[among(edges.source, starts) & among(edges.target, ends)]
    # From the side that has fewer.
    if len(starts) < len(ends):
        ids = np.concatenate([block.edges_out_of(wiring, slot, start) for start in starts.tolist()])
        return ids if len(ends) == target.size else ids[np.isin(block.edges(wiring, slot, ids).target, ends)]
    ids = np.concatenate([block.edges_into(wiring, slot, end) for end in ends.tolist()])
    return ids if len(starts) == source.size else ids[np.isin(block.edges(wiring, slot, ids).source, starts)]


def _within(values: Array, chosen: Array) -> Array:
    if len(chosen) == 1:
        return np.asarray(values == chosen[0])
    # Of few each is sought: `isin` goes over all that they may be.
    return among(values, chosen) if len(values) < _SOUGHT and len(chosen) else np.isin(values, chosen)
