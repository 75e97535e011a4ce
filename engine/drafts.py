"""The parts of an overlay as arrays, from what edits have come to for each neuron and each synapse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.blocks import Normalisation
from engine.overlay import Cells, Links, Windows

if TYPE_CHECKING:
    from engine.graph import Net


@dataclass
class CellDraft:
    """What the edits of one neuron come to."""

    shift: float = 0.0
    gain: float = 1.0
    offset: float = 0.0
    function: str = ""


@dataclass
class LinkDraft:
    """What the edits of one synapse come to; edge is its number in the block, -1 if it was added."""

    edge: int
    gain: float = 1.0
    offset: float = 0.0
    cut: bool = False


def links_of(net: Net, source: str, target: str, pair: dict[tuple[int, int], LinkDraft]) -> Links:
    """The edited synapses between two layers as arrays."""
    layer = net.layer(target)
    assert layer.block is not None
    known = source in layer.sources
    slot = layer.sources.index(source) if known else -1
    each = list(pair.values())
    edge = np.array([link.edge for link in each], np.int64)
    constant, parameter, gate, name, gates = np.zeros(len(edge)), np.full(len(edge), -1), None, "", ""
    there = np.flatnonzero(edge >= 0)
    if len(there):
        wiring = net.wiring(target)
        edges = layer.block.edges(wiring, slot, edge[there])
        parameter[there] = edges.parameter
        constant[there] = np.where(edges.parameter >= 0, 0, edges.weight)
        if (edges.parameter >= 0).any():
            name, parameter = _within(wiring.parameters, parameter)
        if edges.gate is not None:
            gate, gates = np.zeros(len(edge), np.int64), layer.sources[edges.gate_slot]
            gate[there] = edges.gate
    ends = np.array(list(pair), np.int64).reshape(-1, 2)
    return Links(
        source=source,
        start=ends[:, 0],
        end=ends[:, 1],
        edge=edge,
        constant=constant,
        parameter=parameter,
        gain=np.array([link.gain for link in each]),
        offset=np.array([link.offset for link in each]),
        cut=np.array([link.cut for link in each]),
        name=name,
        gate=gate,
        gate_layer=gates,
        norm=layer.block if known and isinstance(layer.block, Normalisation) else None,
    )


def _within(parameters: Mapping[str, Array], place: Array) -> tuple[str, Array]:
    """The array of a block's edge weights, and where in it are places in all of its arrays end to end."""
    start, first = 0, int(place[place >= 0].min())
    for name, array in parameters.items():
        if first < start + array.size:
            return name, np.where(place >= 0, place - start, -1)
        start += array.size
    raise AssertionError(place)


def windows_of(net: Net, source: str, target: str, pair: dict[tuple[int, int], LinkDraft]) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = net.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), net.wiring(target)
    targets = sorted({end for (_, end), link in pair.items() if link.edge >= 0})
    numbers, cells, weights = [], [], []
    for end in targets:
        ids = layer.block.edges_into(wiring, slot, end)
        edges = layer.block.edges(wiring, slot, ids)
        mine = [pair.get((int(start), end), LinkDraft(0)) for start in edges.source]
        kept = [k for k, link in enumerate(mine) if not link.cut]
        numbers.append(ids[kept])
        cells.append(edges.source[kept])
        weights.append(np.array([mine[k].gain + mine[k].offset for k in kept], net.dtype))
    gone = np.array([link.edge for link in pair.values() if link.cut and link.edge >= 0], np.int64)
    place = np.array(targets, np.int64)
    return Windows(source, place, tuple(numbers), tuple(cells), tuple(weights), gone)


def cells_of(found: dict[int, CellDraft]) -> Cells:
    """The edited neurons of a layer as arrays."""
    places = sorted(found)
    shifted = [p for p in places if found[p].shift]
    chosen = [p for p in places if (found[p].gain, found[p].offset) != (1, 0) or found[p].function]
    functions: dict[str, list[int]] = {}
    for p in places:
        if found[p].function:
            functions.setdefault(found[p].function, []).append(p)
    return Cells(
        shifted=np.array(shifted, np.int64),
        shift=np.array([found[p].shift for p in shifted], float),
        chosen=np.array(chosen, np.int64),
        gain=np.array([found[p].gain for p in chosen], float),
        offset=np.array([found[p].offset for p in chosen], float),
        functions={name: np.array(p, np.int64) for name, p in functions.items()},
    )
