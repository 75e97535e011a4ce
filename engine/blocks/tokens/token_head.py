"""The token head: a dense layer that reads one token only, such as the class token."""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.init import xavier
from engine.errors import EngineError
from engine.topk import Products


@dataclass(frozen=True)
class TokenHead(Block):
    """y = x[token] W + b with W (n, units), from x (tokens, n). Fresh W: `init.xavier`, b is zero.

    An edge's number counts the token's neuron and unit.
    """

    kind: ClassVar[str] = "token-head"
    units: int
    token: int = 0

    def __post_init__(self) -> None:
        if self.units < 1 or self.token < 0:
            raise EngineError(
                f"a token head needs 1 or more units and a token from 0 on, got {self.units}, {self.token}"
            )

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1 or len(sources[0]) != 2:
            raise EngineError(f"a token head has one source of shape (tokens, n), got {list(sources)}")
        if self.token >= sources[0][0]:
            raise EngineError(f"no token {self.token} to read: the tokens are 0..{sources[0][0] - 1}")
        return (self.units,)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return {"weight": (sources[0][1], self.units), "bias": (self.units,)}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        return {
            "weight": xavier(rng, (sources[0][1], self.units)),
            "bias": np.zeros(self.units, np.float32),
        }

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        np.dot(inputs[0][:, self.token], parameters["weight"], out=out)
        out += parameters["bias"]

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        if gradients is not None:
            np.dot(inputs[0][:, self.token].T, grad, out=gradients["weight"])
            np.sum(grad, axis=0, out=gradients["bias"])
        back = input_gradients[0]
        if back is not None:
            back[...] = 0
            back[:, self.token] = np.dot(grad, parameters["weight"].T)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return wiring.sources[slot][1] * self.units

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        ids = np.asarray(ids, np.int64)
        place, unit = np.divmod(ids, self.units)
        source = self.token * wiring.sources[slot][1] + place
        return Edges(source, unit, wiring.parameters["weight"].reshape(-1)[ids], ids, Kind.LEARNED)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        return np.arange(target, self.edge_count(wiring, slot), self.units)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        token, place = divmod(source, wiring.sources[slot][1])
        if token != self.token:
            return np.empty(0, np.int64)
        return np.arange(place * self.units, (place + 1) * self.units)

    def biases(self, wiring: Wiring) -> Array | None:
        return wiring.parameters["bias"]

    def product_rows(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None) -> Products:
        value = activation.reshape(wiring.sources[slot])[self.token]
        slopes = None if slope is None else slope[None]
        return Products(value, np.arange(len(value)), wiring.parameters["weight"], slope=slopes)
