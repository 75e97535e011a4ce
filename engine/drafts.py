"""What edits come to for each neuron and each synapse, and the parts of an overlay made of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.blocks import Normalisation
from engine.edits import Edit
from engine.overlay import Cells, Links, Windows

if TYPE_CHECKING:
    from engine.graph import Net
    from engine.layer import Layer

Ends = tuple[int, int]
"""Flat indices of a synapse's source and target in their layers."""


@dataclass(frozen=True)
class CellDraft:
    """What the edits of one neuron come to."""

    shift: float = 0.0
    gain: float = 1.0
    offset: float = 0.0
    function: str = ""

    def edited(self, edit: Edit) -> CellDraft:
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
class LinkDraft:
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

    def edited(self, edit: Edit) -> LinkDraft:
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
        return LinkDraft(self.edge, self.own, self.parameter, self.gate, gain, offset, edit.verb == "cut")


def synapses_between(
    net: Net, source: Layer, target: Layer, starts: Array, ends: Array
) -> dict[Ends, LinkDraft]:
    """The synapses that the target's block has from some neurons (flat indices) to some others, unedited."""
    if source.name not in target.sources or target.block is None:
        return {}
    slot, wiring = target.sources.index(source.name), net.wiring(target.name)
    if len(starts) < len(ends):
        ids = _joined(target.block.edges_out_of(wiring, slot, start) for start in starts.tolist())
    else:
        ids = _joined(target.block.edges_into(wiring, slot, end) for end in ends.tolist())
    edges = target.block.edges(wiring, slot, ids)
    near, wanted = (edges.target, ends) if len(starts) < len(ends) else (edges.source, starts)
    mine = np.flatnonzero(near == wanted[0] if len(wanted) == 1 else np.isin(near, wanted))
    gate = np.full(len(mine), -1) if edges.gate is None else edges.gate[mine]
    columns = (
        edges.source[mine],
        edges.target[mine],
        ids[mine],
        edges.weight[mine],
        edges.parameter[mine],
        gate,
    )
    found = {}
    for start, end, edge, own, parameter, by in zip(*(c.tolist() for c in columns), strict=True):
        found[start, end] = LinkDraft(edge, 0.0 if parameter >= 0 else own, parameter, by)
    return found


def _joined(parts: Iterable[Array]) -> Array:
    several = list(parts)
    return several[0] if len(several) == 1 else np.concatenate(several)


def links_of(net: Net, source: str, target: str, pair: Mapping[Ends, LinkDraft]) -> Links:
    """The edited synapses between two layers as arrays."""
    layer = net.layer(target)
    ends, each = np.array(list(pair), np.int64), list(pair.values())
    name, parameter = "", np.array([link.parameter for link in each])
    if any(link.parameter >= 0 for link in each):
        name, parameter = _within(net.own_parameters(target), parameter)
    gates = any(link.gate >= 0 for link in each)
    known = source in layer.sources
    return Links(
        source=source,
        start=ends[:, 0],
        end=ends[:, 1],
        edge=np.array([link.edge for link in each]),
        constant=np.array([link.own for link in each]),
        parameter=parameter,
        gain=np.array([link.gain for link in each]),
        offset=np.array([link.offset for link in each]),
        cut=np.array([link.cut for link in each]),
        name=name,
        gate=np.array([max(link.gate, 0) for link in each]) if gates else None,
        gate_layer=_gating(net, layer, source) if gates else "",
        norm=layer.block if known and isinstance(layer.block, Normalisation) else None,
    )


def _gating(net: Net, layer: Layer, source: str) -> str:
    """The layer whose neurons gate the synapses from a source."""
    assert layer.block is not None
    none = np.empty(0, np.int64)
    edges = layer.block.edges(net.wiring(layer.name), layer.sources.index(source), none)
    return layer.sources[edges.gate_slot]


def _within(parameters: Mapping[str, Array], place: Array) -> tuple[str, Array]:
    """The array of a block's edge weights, and where in it are places in all of its arrays end to end."""
    start, first = 0, int(place[place >= 0].min())
    for name, array in parameters.items():
        if first < start + array.size:
            return name, np.where(place >= 0, place - start, -1)
        start += array.size
    raise AssertionError(place)


def windows_of(net: Net, source: str, target: str, pair: Mapping[Ends, LinkDraft]) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = net.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), net.wiring(target)
    targets = sorted({end for _, end in pair})
    numbers, cells, weights = [], [], []
    for end in targets:
        ids = layer.block.edges_into(wiring, slot, end)
        edges = layer.block.edges(wiring, slot, ids)
        mine = [pair.get((int(start), end), LinkDraft()) for start in edges.source]
        kept = [k for k, link in enumerate(mine) if not link.cut]
        numbers.append(ids[kept])
        cells.append(edges.source[kept])
        weights.append(np.array([mine[k].gain + mine[k].offset for k in kept], net.dtype))
    gone = np.array([link.edge for link in pair.values() if link.cut], np.int64)
    place = np.array(targets, np.int64)
    return Windows(source, place, tuple(numbers), tuple(cells), tuple(weights), gone)


def cells_of(found: Mapping[int, CellDraft]) -> Cells:
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
