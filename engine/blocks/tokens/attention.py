"""Attention: each token gathers the values of all tokens by its attention to them, head by head.

Vaswani et al. 2017, "Attention is all you need", section 3.2.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, read_only
from engine.blocks.base import Edges, Kind, Scratch, Wiring
from engine.blocks.kinds import Gated
from engine.blocks.tokens.heads import split
from engine.errors import EngineError
from engine.topk import Products


@dataclass(frozen=True)
class Attention(Gated):
    """Tokens (n, d), heads side by side, from attention (heads, n, m) and values (m, d).

    Each product attention x value is one edge (Kind.ATTENTION): its source is the value's neuron, its gate
    the neuron of the attention, its weight that neuron's activation. The first source has no edges of its
    own.

    An edge's number counts token, place in the token and the token that is looked at.
    """

    kind: ClassVar[str] = "attention"
    carried: ClassVar[int] = 1

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 2 or len(sources[0]) != 3 or len(sources[1]) != 2:
            raise EngineError(f"attention reads scores (heads, n, m) and values (m, d), got {list(sources)}")
        (heads, queries, keys), (values, width) = sources
        if keys != values or width % heads:
            raise EngineError(
                f"attention of shape {sources[0]} does not fit values of shape {sources[1]}: "
                f"it needs ({keys}, a multiple of {heads})"
            )
        return (queries, width)

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        heads = inputs[0].shape[1]
        np.matmul(inputs[0], split(inputs[1], heads), out=split(out, heads))

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        attention, value = inputs
        heads = attention.shape[1]
        delta = split(grad, heads)
        if input_gradients[0] is not None:
            np.matmul(delta, split(value, heads).swapaxes(2, 3), out=input_gradients[0])
        if input_gradients[1] is not None:
            np.matmul(attention.swapaxes(2, 3), delta, out=split(input_gradients[1], heads))

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads of values (n, m, d), (n, 1, d) since all tokens read the same."""
        sums: Array = x.sum(axis=1, keepdims=True)
        return sums

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of values of this shape (n, m, d) feels, for grad (n, tokens, d)."""
        return np.broadcast_to(grad.sum(axis=1, keepdims=True), shape)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        (_, queries, keys), (_, width) = wiring.sources
        return queries * keys * width if slot == 1 else 0

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        (heads, queries, keys), (_, width) = wiring.sources
        target, looked = np.divmod(np.asarray(ids, np.int64), keys)
        token, inside = np.divmod(target, width)
        gate = (inside // (width // heads) * queries + token) * keys + looked
        weight = wiring.inputs[0].reshape(-1)[gate] if wiring.inputs else np.ones(len(gate))
        none = np.full(len(gate), -1, np.int64)
        return Edges(looked * width + inside, target, weight, none, Kind.ATTENTION, gate, 0)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        keys = wiring.sources[0][2] if slot == 1 else 0
        return np.arange(target * keys, (target + 1) * keys)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        if slot != 1:
            return np.empty(0, np.int64)
        (_, queries, keys), (_, width) = wiring.sources
        looked, inside = divmod(source, width)
        return (np.arange(queries) * width + inside) * keys + looked

    def edges_gated_by(self, wiring: Wiring, slot: int, source: int) -> tuple[int, Array]:
        if slot != 0:
            return super().edges_gated_by(wiring, slot, source)
        (heads, queries, keys), (_, width) = wiring.sources
        rest, looked = divmod(source, keys)
        head, token = divmod(rest, queries)
        part = width // heads
        return 1, (token * width + head * part + np.arange(part)) * keys + looked

    def rows(self, wiring: Wiring, slope: Array | None) -> Products:
        """All products, see `Gated.rows`, in a short form: a row for each target."""
        attention, value = wiring.inputs
        heads, queries, keys = attention.shape
        row, place = _targets(heads, queries, value.shape[1])
        ones = np.ones(len(row), value.dtype)
        table = attention.reshape(-1, keys)
        return Products(ones, row, table, None, np.ascontiguousarray(value.T), place, slope)

    def products(self, wiring: Wiring, slope: Array | None) -> Array:
        """Attention x value x slope of all edges, in the order of their numbers."""
        attention, value = wiring.inputs
        heads = len(attention)
        # (queries, heads, places, keys)
        parts = split(value[None], heads)[0].swapaxes(1, 2)
        products: Array = attention.swapaxes(0, 1)[:, :, None] * parts
        if slope is not None:
            products = products.reshape(len(slope), -1) * slope[:, None]
        return products.reshape(-1)


@lru_cache(maxsize=16)
def _targets(heads: int, queries: int, width: int) -> tuple[Array, Array]:
    """For each neuron of (queries, width) its row of attention (heads x queries), and its place there."""
    token, inside = np.divmod(np.arange(queries * width), width)
    return read_only(inside // (width // heads) * queries + token), read_only(inside)
