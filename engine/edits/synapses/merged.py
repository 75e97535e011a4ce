"""The parts of an overlay that are made of edited synapses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Dense, Normalisation
from engine.edits.synapses.links import MANY, Links
from engine.edits.synapses.table import CUT, GATE, OWN, OneSynapse, SynapseTable
from engine.graph.graph import Weights
from engine.graph.layer import Layer


class LoneLinks(Links):
    """The one edited synapse between two layers, neither gated nor of a normalisation.

    What a trace needs of it are a few numbers, see `Links.alone`; arrays are made where others ask for them.
    """

    @classmethod
    def of(cls, weights: Weights, source: str, layer: Layer, column: tuple[float, ...]) -> LoneLinks:
        """The synapse of a column of a table; parameter is told as in Links."""
        made = object.__new__(cls)
        start, end, edge, place = map(int, column[:GATE])
        known = source in layer.sources
        name, first = _holder(weights.of(layer.name), place) if known else ("", 0)
        place = max(place - first, -1)
        own, gain, offset = map(float, column[OWN:])
        made.__dict__.update(
            source=source,
            name=name,
            matrix=weights.of(layer.name)["weight"].shape
            if known and isinstance(layer.block, Dense)
            else None,
            alone=(start, end, place, own, gain - 1 if edge >= 0 else 0.0, offset),
            _rest=(edge, gain, column[CUT] != 0),
        )
        return made

    def __getattr__(self, name: str) -> Any:
        if name not in _ARRAYS:
            raise AttributeError(name)
        start, end, place, own, more, offset = self.__dict__["alone"]
        edge, gain, cut = self.__dict__["_rest"]
        told = (start, end, edge, own, place, gain, offset, cut, more)
        self.__dict__.update({each: np.array([number]) for each, number in zip(_ARRAYS, told, strict=True)})
        return self.__dict__[name]


_ARRAYS = ("start", "end", "edge", "constant", "parameter", "gain", "offset", "cut", "more")


def links_of(weights: Weights, source: str, target: str, pair: SynapseTable) -> Links:
    """The edited synapses between two layers as arrays."""
    layer = weights.graph.layer(target)
    if isinstance(pair, OneSynapse) and pair.column[GATE] < 0 and not isinstance(layer.block, Normalisation):
        return LoneLinks.of(weights, source, layer, pair.column)
    start, end, edge, parameter, gate = pair.numbers[:CUT].astype(np.int64)
    cut, own, gain, offset = pair.numbers[CUT:]
    known, one = source in layer.sources, len(pair) == 1
    last, gating = (int(each[0] if one else each.max()) for each in (parameter, gate))
    name, first = _holder(weights.of(target), last) if known else ("", 0)
    gates = known and gating >= 0
    return Links(
        source=source,
        start=start,
        end=end,
        edge=edge,
        constant=own,
        parameter=np.maximum(parameter - first, -1) if first else parameter,
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
