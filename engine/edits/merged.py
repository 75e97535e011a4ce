"""What edits come to for each neuron and each synapse, and the parts of an overlay made of that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Array
from engine.blocks import Dense, Normalisation
from engine.edits.grammar import Edit
from engine.edits.links import MANY, Links
from engine.edits.overlay import Cells, Windows
from engine.edits.table import CUT, EDGE, END, GAIN, OFFSET, SynapseTable
from engine.graph.graph import Weights
from engine.graph.layer import Layer


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


def links_of(weights: Weights, source: str, target: str, pair: SynapseTable) -> Links:
    """The edited synapses between two layers as arrays."""
    layer = weights.graph.layer(target)
    start, end, edge, parameter, gate = pair.numbers[:CUT].astype(np.int64)
    cut, own, gain, offset = pair.numbers[CUT:]
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
        cut=cut != 0,
        more=np.where(edge >= 0, gain - 1, 0),
        name=name,
        gate=np.maximum(gate, 0) if gates else None,
        gate_layer=_gating(weights, layer, source) if gates else "",
        norm=layer.block if known and isinstance(layer.block, Normalisation) else None,
        matrix=weights.of(target)["weight"].shape if known and isinstance(layer.block, Dense) else None,
        fan=_fan(weights, layer, source) if known and len(pair) >= MANY else None,
    )


def _fan(weights: Weights, layer: Layer, source: str) -> Array | None:
    assert layer.block is not None
    return layer.block.fan_out(weights.wiring(layer.name), layer.sources.index(source))


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


def windows_of(weights: Weights, source: str, target: str, pair: SynapseTable) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = weights.graph.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), weights.wiring(target)
    end, edge = pair.numbers[END : EDGE + 1].astype(np.int64)
    gone = pair.numbers[CUT] != 0
    weight = np.where(gone, np.nan, pair.numbers[GAIN] + pair.numbers[OFFSET])
    edited = dict(zip(edge.tolist(), weight.tolist(), strict=True))
    targets = np.unique(end)
    numbers, cells, factors = [], [], []
    for place in targets.tolist():
        ids = layer.block.edges_into(wiring, slot, place)
        edges = layer.block.edges(wiring, slot, ids)
        mine = [edited.get(number, 1.0) for number in ids.tolist()]
        kept = [k for k, factor in enumerate(mine) if not math.isnan(factor)]
        numbers.append(ids[kept])
        cells.append(edges.source[kept])
        factors.append(np.array([mine[k] for k in kept], weights.dtype))
    return Windows(source, targets, tuple(numbers), tuple(cells), tuple(factors), edge[gone])


def cells_of(edits: Mapping[int, NeuronEdits]) -> Cells:
    """The edited neurons of a layer as arrays."""
    places = np.array(sorted(edits), np.int64)
    # Neurons edited together share what that came to: few kinds for many neurons.
    kinds = list({id(k): k for k in edits.values()}.values())
    numbers = {id(k): i for i, k in enumerate(kinds)}
    kind = np.array([numbers[id(edits[place])] for place in places.tolist()])
    shift, gain, offset = np.array([(k.shift, k.gain, k.offset) for k in kinds]).T[:, kind]
    other = np.array([bool(k.function) for k in kinds])[kind]
    chosen = other | (gain != 1) | (offset != 0)
    functions: dict[str, list[int]] = {}
    for place in places[other].tolist():
        functions.setdefault(edits[place].function, []).append(place)
    return Cells(
        shifted=places[shift != 0],
        shift=shift[shift != 0],
        chosen=places[chosen],
        gain=gain[chosen],
        offset=offset[chosen],
        functions={name: np.array(p, np.int64) for name, p in functions.items()},
    )
