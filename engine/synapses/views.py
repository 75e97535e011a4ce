"""Synapses on demand: arrays of any part of a net's edges, in global neuron ids."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.blocks import Edges, Kind, Wiring
from engine.errors import EngineError, check_whole
from engine.graph.layer import Layer
from engine.graph.synapses import Synapses, joined
from engine.net import Net
from engine.run.trace import Trace, check_trace
from engine.synapses import edited
from guarding import in_a_line


def count(net: Net) -> int:
    """Count of all edges, from the blocks' own arithmetic."""
    return sum(net.synapse_counts)


def count_by_kind(net: Net) -> dict[Kind, int]:
    """Count of edges of each kind that the net has, from the blocks' own arithmetic.

    Synapses that edits have added between layers that had some count as theirs.
    """
    counts = dict.fromkeys(Kind, 0)
    for pair, number in zip(net.connections, net.synapse_counts, strict=True):
        counts[kind_of(net, *pair)] += number
    return {kind: n for kind, n in counts.items() if n}


def kind_of(net: Net, source: str, target: str) -> Kind:
    """What the weights between two connected layers are: all edges of a connection are of one kind."""
    _, slot = connection(net, source, target)
    return Kind.FIXED if slot is None else net.weights.edge_kinds[source, target]


def pair_counts(net: Net) -> Mapping[tuple[str, str], int]:
    """Count of edges of each connection, in the net's order; 0 where all are cut."""
    own = net.weights.edge_counts
    if not net.overlay.rewired:
        return own
    # Synapses that edits have added may join layers that had none.
    added = [(each.source, name) for name, links in net.overlay.told_apart.items() for each in links]
    pairs = dict.fromkeys([*own, *added])
    return {pair: own.get(pair, 0) + edited.change_of_count(net, *pair) for pair in pairs}


def pair_count(net: Net, source: str, target: str) -> int:
    """Count of edges between two connected layers."""
    return _own_count(net, source, target) + edited.change_of_count(net, source, target)


def _own_count(net: Net, source: str, target: str) -> int:
    """Count of the edges that the target's block has from the source."""
    _, slot = connection(net, source, target)
    return 0 if slot is None else net.weights.edge_count(source, target)


def into(net: Net, name: str, index: int, trace: Trace | None = None) -> Synapses:
    """Edges that end in one neuron, by source layer."""
    layer = net.layer(name)
    index = _checked_index(layer, index, trace)
    if layer.block is None:
        return joined([])
    wiring = net.wiring(name)
    ids = [layer.block.edges_into(wiring, slot, index) for slot in range(len(layer.sources))]
    parts = [decode(net, layer, slot, numbers, trace) for slot, numbers in enumerate(ids)]
    fresh = [
        edited.added(net, links.source, name, end=index) for links in net.overlay.told_apart.get(name, ())
    ]
    return joined([*parts, *(Synapses(*columns) for columns in fresh)])


def joining(net: Net, source: int, target: int, trace: Trace | None = None) -> Synapses:
    """Edges from one neuron to another, by their ids: no others that end there are made."""
    _check_trace(trace)
    first, layer = net.graph.layer_of(source), net.graph.layer_of(target)
    if layer.block is None:
        return joined([])
    start, end = source - net.offset(first.name), target - net.offset(layer.name)
    parts, wiring = [], net.wiring(layer.name)
    for slot, name in enumerate(layer.sources):
        if name == first.name:
            numbers = layer.block.edges_between(wiring, slot, start, end)
            parts.append(decode(net, layer, slot, numbers, trace))
    if edited.links_of(net, first.name, layer.name) is not None:
        parts.append(Synapses(*edited.added(net, first.name, layer.name, start=start, end=end)))
    return joined(parts)


def out_of(net: Net, name: str, index: int, trace: Trace | None = None) -> Synapses:
    """Edges that start in one neuron, by target layer, each layer's followed by those that it gates."""
    index = _checked_index(net.layer(name), index, trace)
    parts, number = [], net.offset(name) + index
    for layer in net.layers:
        if edited.links_of(net, name, layer.name) is not None:
            parts.append(Synapses(*edited.added(net, name, layer.name, start=index)))
        if layer.block is None or name not in layer.sources:
            continue
        slot, wiring = layer.sources.index(name), net.wiring(layer.name)
        ids = layer.block.edges_out_of(wiring, slot, index)
        if len(ids):
            parts.append(decode(net, layer, slot, ids, trace))
        other, ids = layer.block.edges_gated_by(wiring, slot, index)
        if len(ids):
            gated = decode(net, layer, other, ids, trace)
            parts.append(edited.take(gated, gated.gate == number))
    return joined(parts)


def between(net: Net, source: str, target: str, trace: Trace | None = None) -> Synapses:
    """All edges of one connection, in edge order."""
    layer, slot = connection(net, source, target)
    _check_trace(trace)
    parts = [Synapses(*edited.added(net, source, target))]
    if slot is not None:
        parts.insert(0, decode(net, layer, slot, np.arange(_own_count(net, source, target)), trace))
    return joined(parts)


def chunks(
    net: Net, chunk: int, pair: tuple[str, str] | None = None, trace: Trace | None = None
) -> Iterator[Synapses]:
    """All edges of the net, or of one connection, connection by connection, at most `chunk` at a time."""
    chunk = check_whole(chunk, "chunk", 1)
    _check_trace(trace)
    for source, target in net.connections if pair is None else (_checked_pair(pair),):
        layer, slot = connection(net, source, target)
        total = _own_count(net, source, target)
        for start in range(0, total, chunk):
            assert slot is not None
            yield decode(net, layer, slot, np.arange(start, min(start + chunk, total)), trace)
        fresh = Synapses(*edited.added(net, source, target))
        for start in range(0, len(fresh), chunk):
            yield edited.take(fresh, np.arange(start, min(start + chunk, len(fresh))))


def decode(
    net: Net,
    layer: Layer,
    slot: int,
    ids: Array,
    trace: Trace | None = None,
    wiring: Wiring | None = None,
) -> Synapses:
    """Edge numbers of a block as synapses in global ids, as the net's edits have left them.

    wiring: the layer's for this trace, where it is at hand.
    """
    assert layer.block is not None
    wiring = wiring or net.wiring(layer.name, None if trace is None else trace.activation)
    edges = layer.block.edges(wiring, slot, ids)
    first = net.graph.first_parameters.get(layer.name, 0)
    synapses = Synapses(
        source=np.add(edges.source, net.offset(layer.sources[slot]), dtype=np.int32, casting="same_kind"),
        target=np.add(edges.target, net.offset(layer.name), dtype=np.int32, casting="same_kind"),
        weight=edges.weight.astype(net.dtype, copy=False),
        parameter=np.where(edges.parameter < 0, -1, edges.parameter + first),
        kind=np.full(len(ids), edges.kind, np.int8),
        gate=_gate(net, layer, edges),
    )
    return edited.edited(net, layer, slot, ids, synapses, trace)


def _gate(net: Net, layer: Layer, edges: Edges) -> npt.NDArray[np.int32]:
    if edges.gate is None:
        return np.full(len(edges.source), -1, np.int32)
    return (edges.gate + net.offset(layer.sources[edges.gate_slot])).astype(np.int32)


def connection(net: Net, source: str, target: str) -> tuple[Layer, int | None]:
    """The target layer, and which of its sources the other is; None where only edits connect them."""
    net.layer(source)
    layer = net.layer(target)
    if source in layer.sources:
        return layer, layer.sources.index(source)
    if edited.links_of(net, source, target) is None:
        pairs = ", ".join(f"{a} -> {b}" for a, b in net.connections)
        raise EngineError(f"no synapses between {source} and {target}: connected are {pairs}")
    return layer, None


def _checked_index(layer: Layer, index: int, trace: Trace | None) -> int:
    _check_trace(trace)
    try:
        number = operator.index(index)
    except TypeError:
        number = -1
    if not 0 <= number < layer.size:
        told = f"{layer.name}:{in_a_line(index)}"
        raise EngineError(f"no neuron {told}: {layer.name} has neurons 0..{layer.size - 1}")
    return number


def _check_trace(trace: Trace | None) -> None:
    if trace is not None:
        check_trace(trace)


def _checked_pair(pair: tuple[str, str]) -> tuple[str, str]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise EngineError(f'between is two layers, such as ("hidden1", "hidden2"), got {in_a_line(pair)}')
    return pair[0], pair[1]
