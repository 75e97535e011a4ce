"""The residual sum: any number of layers of equal shape added up, neuron by neuron."""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.errors import EngineError


@dataclass(frozen=True)
class Add(Block):
    """y = the sum of all sources: a skip connection. Every edge is an identity link of weight 1.

    An edge's number is that of its neuron.
    """

    kind: ClassVar[str] = "add"

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if not sources or len(set(sources)) > 1:
            raise EngineError(f"layers that are added must have one shape, got {list(sources)}")
        return sources[0]

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        out[...] = inputs[0]
        for more in inputs[1:]:
            out += more

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        for back in input_gradients:
            if back is not None and back is not grad:
                back[...] = grad

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return size_of(wiring.target)

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        ids = np.asarray(ids, np.int64)
        return Edges(ids, ids, np.ones(len(ids)), np.full(len(ids), -1, np.int64), Kind.FIXED)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        return np.array([target])

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        return np.array([source])

    def peaks(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None = None) -> Array:
        return np.abs(activation if slope is None else activation * slope)
