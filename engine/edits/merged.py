"""What edits come to for each neuron and each synapse, and the parts of an overlay made of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Array
from engine.blocks import Block, Normalisation, Wiring
from engine.edits.grammar import Edit
from engine.edits.overlay import Cells, Links, Windows
from engine.graph.graph import Weights
from engine.graph.layer import Layer

Ends = tuple[int, int]
"""Flat indices of a synapse's source and target in their layers."""


@dataclass(frozen=True)
class NeuronEdits:
    """What the edits of one neuron come to."""

    shift: float = 0.0
    gain: float = 1.0
    offset: float = 0.0
    function: str = ""

    def edited(self, edit: Edit) -> NeuronEdits:
        """The same after one edit more."""
        value = edit.value or 0.0
        match edit.verb:
            case "shift":
                return replace(self, shift=self.shift + value)
            case "function":
                return replace(self, function=edit.function or "")
            case "scale":
                return replace(self, gain=self.gain * value, offset=self.offset * value)
        # Ablated or clamped: whatever it would have been is forgotten.
        return replace(self, gain=0.0, offset=value)


@dataclass(frozen=True)
class SynapseEdits:
    """What the edits of one synapse come to.

    edge: its number in the block, -1 if it was added. own: its weight where that is no parameter. parameter,
    gate: as in `engine.blocks.Edges`, -1 for none.
    """

    edge: int = -1
    own: float = 0.0
    parameter: int = -1
    gate: int = -1
    gain: float = 1.0
    offset: float = 0.0
    cut: bool = False

    def edited(self, edit: Edit) -> SynapseEdits:
        """The same after one edit more."""
        value = edit.value or 0.0
        match edit.verb:
            case "cut":
                gain, offset = 0.0, 0.0
            case "scale":
                gain, offset = self.gain * value, self.offset * value
            case "nudge":
                gain, offset = self.gain, self.offset + value
            case _:
                gain, offset = 0.0, value
        return SynapseEdits(self.edge, self.own, self.parameter, self.gate, gain, offset, edit.verb == "cut")


def synapses_between(
    weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array
) -> dict[Ends, SynapseEdits]:
    """The synapses that the target's block has from some neurons (flat indices) to some others, unedited."""
    if source.name not in target.sources or target.block is None:
        return {}
    slot, wiring = target.sources.index(source.name), weights.wiring(target.name)
    ids = _numbers(target.block, wiring, slot, starts, ends)
    edges = target.block.edges(wiring, slot, ids)
    gate = np.full(len(ids), -1) if edges.gate is None else edges.gate
    columns = (edges.source, edges.target, ids, edges.weight, edges.parameter, gate)
    links = {}
    for start, end, edge, own, parameter, by in zip(*(c.tolist() for c in columns), strict=True):
        links[start, end] = SynapseEdits(edge, 0.0 if parameter >= 0 else own, parameter, by)
    return links


def _numbers(block: Block, wiring: Wiring, slot: int, starts: Array, ends: Array) -> Array:
    """The numbers of a block's edges from some neurons to some others, from the side that has fewer."""
    if len(starts) == len(ends) == 1:
        return block.edges_between(wiring, slot, int(starts[0]), int(ends[0]))
    if len(starts) < len(ends):
        ids = np.concatenate([block.edges_out_of(wiring, slot, start) for start in starts.tolist()])
        return ids[np.isin(block.edges(wiring, slot, ids).target, ends)]
    ids = np.concatenate([block.edges_into(wiring, slot, end) for end in ends.tolist()])
    return ids[np.isin(block.edges(wiring, slot, ids).source, starts)]


def links_of(weights: Weights, source: str, target: str, pair: Mapping[Ends, SynapseEdits]) -> Links:
    """The edited synapses between two layers as arrays."""
    layer = weights.graph.layer(target)
    table = np.array(
        [
            (
                *ends,
                k.edge,
                k.parameter,
                k.gate,
                k.cut,
                k.own,
                k.gain,
                k.offset,
                k.gain - 1 if k.edge >= 0 else 0,
            )
            for ends, k in pair.items()
        ]
    ).T
    start, end, edge, parameter, gate, cut = table[:6].astype(np.int64)
    own, gain, offset, more = table[6:]
    name, first = _holder(weights.of(target), int(parameter.max()))
    gates = int(gate.max()) >= 0
    known = source in layer.sources
    return Links(
        source=source,
        start=start,
        end=end,
        edge=edge,
        constant=own,
        parameter=np.maximum(parameter - first, -1),
        gain=gain,
        offset=offset,
        cut=cut.astype(bool),
        more=more,
        name=name,
        gate=np.maximum(gate, 0) if gates else None,
        gate_layer=_gating(weights, layer, source) if gates else "",
        norm=layer.block if known and isinstance(layer.block, Normalisation) else None,
    )


def _gating(weights: Weights, layer: Layer, source: str) -> str:
    """The layer whose neurons gate the synapses from a source."""
    assert layer.block is not None
    none = np.empty(0, np.int64)
    edges = layer.block.edges(weights.wiring(layer.name), layer.sources.index(source), none)
    return layer.sources[edges.gate_slot]


def _holder(parameters: Mapping[str, Array], place: int) -> tuple[str, int]:
    """The array that holds a place in all of a block's arrays end to end, and its first place; "" for -1."""
    first = 0
    for name, array in parameters.items():
        if 0 <= place < first + array.size:
            return name, first
        first += array.size
    return "", 0


def windows_of(weights: Weights, source: str, target: str, pair: Mapping[Ends, SynapseEdits]) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = weights.graph.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), weights.wiring(target)
    targets = sorted({end for _, end in pair})
    numbers, cells, factors = [], [], []
    for end in targets:
        ids = layer.block.edges_into(wiring, slot, end)
        edges = layer.block.edges(wiring, slot, ids)
        mine = [pair.get((int(start), end), SynapseEdits()) for start in edges.source]
        kept = [k for k, link in enumerate(mine) if not link.cut]
        numbers.append(ids[kept])
        cells.append(edges.source[kept])
        factors.append(np.array([mine[k].gain + mine[k].offset for k in kept], weights.dtype))
    gone = np.array([link.edge for link in pair.values() if link.cut], np.int64)
    place = np.array(targets, np.int64)
    return Windows(source, place, tuple(numbers), tuple(cells), tuple(factors), gone)


def cells_of(edits: Mapping[int, NeuronEdits]) -> Cells:
    """The edited neurons of a layer as arrays."""
    places = sorted(edits)
    shifted = [p for p in places if edits[p].shift]
    chosen = [p for p in places if (edits[p].gain, edits[p].offset) != (1, 0) or edits[p].function]
    functions: dict[str, list[int]] = {}
    for p in places:
        if edits[p].function:
            functions.setdefault(edits[p].function, []).append(p)
    return Cells(
        shifted=np.array(shifted, np.int64),
        shift=np.array([edits[p].shift for p in shifted], float),
        chosen=np.array(chosen, np.int64),
        gain=np.array([edits[p].gain for p in chosen], float),
        offset=np.array([edits[p].offset for p in chosen], float),
        functions={name: np.array(p, np.int64) for name, p in functions.items()},
    )
