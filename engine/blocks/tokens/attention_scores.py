"""Attention scores: how much each token asks for each other, head by head.

Vaswani et al. 2017, "Attention is all you need", section 3.2: query times key over the square root of the
head's width. The layer's activation function is a softmax by row.
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
class AttentionScores(Gated):
    """Scores (heads, queries, keys) from queries (n, d) and keys (m, d), heads side by side in d.

    Each product query x key is one edge (Kind.ATTENTION): its source is the query's neuron, its gate the
    key's, its weight the key's activation over sqrt(d / heads). The second source has no edges of its own.

    An edge's number counts head, query, key and place in the head.
    """

    kind: ClassVar[str] = "attention-scores"
    carried: ClassVar[int] = 0
    heads: int

    def __post_init__(self) -> None:
        if self.heads < 1:
            raise EngineError(f"attention has 1 or more heads, got {self.heads}")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 2 or {len(source) for source in sources} != {2} or sources[0][1] != sources[1][1]:
            raise EngineError(
                f"attention scores read queries (n, d) and keys (m, d) of one width d, got {list(sources)}"
            )
        if sources[0][1] % self.heads:
            raise EngineError(
                f"{sources[0][1]} numbers of a token cannot be shared among {self.heads} heads: "
                "take a width that the heads divide"
            )
        return (self.heads, sources[0][0], sources[1][0])

    def _scale(self, width: int) -> float:
        return float(1 / np.sqrt(width // self.heads))

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        query, key = (split(x, self.heads) for x in inputs)
        np.matmul(query, key.swapaxes(2, 3), out=out)
        out *= self._scale(inputs[0].shape[2])

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        query, key = (split(x, self.heads) for x in inputs)
        for back, delta, other in (
            (input_gradients[0], grad, key),
            (input_gradients[1], grad.swapaxes(2, 3), query),
        ):
            if back is not None:
                np.matmul(delta, other, out=split(back, self.heads))
                np.multiply(back, self._scale(back.shape[2]), out=back)

    def reach(self, x: Array) -> Array:
        """The sum of what each score reads of queries (n, tokens, d): (n, heads, tokens, 1), keys alike."""
        sums: Array = split(x, self.heads).sum(axis=3, keepdims=True)
        return sums

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of queries of this shape feels, for grad (n, heads, tokens, keys)."""
        felt = np.empty(shape, grad.dtype)
        split(felt, self.heads)[...] = grad.sum(axis=3, keepdims=True)
        return felt

    def _sizes(self, wiring: Wiring) -> tuple[int, int, int, int]:
        """Queries, keys, width of a token, width of a head."""
        (queries, width), (keys, _) = wiring.sources
        return queries, keys, width, width // self.heads

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        queries, keys, width, _ = self._sizes(wiring)
        return 0 if slot else queries * keys * width

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        queries, keys, width, part = self._sizes(wiring)
        target, place = np.divmod(np.asarray(ids, np.int64), part)
        rest, key = np.divmod(target, keys)
        head, query = np.divmod(rest, queries)
        inside = head * part + place
        gate = key * width + inside
        scale = self._scale(width)
        weight = (
            wiring.inputs[1].reshape(-1)[gate] * wiring.inputs[1].dtype.type(scale)
            if wiring.inputs
            else np.full(len(gate), scale)
        )
        none = np.full(len(gate), -1, np.int64)
        return Edges(query * width + inside, target, weight, none, Kind.ATTENTION, gate, 1)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        part = 0 if slot else self._sizes(wiring)[3]
        return np.arange(target * part, (target + 1) * part)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        if slot:
            return np.empty(0, np.int64)
        queries, keys, width, part = self._sizes(wiring)
        query, inside = divmod(source, width)
        head, place = divmod(inside, part)
        return ((head * queries + query) * keys + np.arange(keys)) * part + place

    def edges_gated_by(self, wiring: Wiring, slot: int, source: int) -> tuple[int, Array]:
        if slot != 1:
            return super().edges_gated_by(wiring, slot, source)
        queries, keys, width, part = self._sizes(wiring)
        key, inside = divmod(source, width)
        head, place = divmod(inside, part)
        return 0, ((head * queries + np.arange(queries)) * keys + key) * part + place

    def rows(self, wiring: Wiring, slope: Array | None) -> Products:
        """All products, see `Gated.rows`, in a short form: a row for each score."""
        query, key = (split(x[None], self.heads)[0] for x in wiring.inputs)
        weight = key * key.dtype.type(self._scale(wiring.sources[0][1]))
        part, ones = weight.shape[2], np.ones(weight.shape[0] * query.shape[1] * weight.shape[1], key.dtype)
        row, place = _scores(self.heads, query.shape[1], weight.shape[1])
        asked = np.ascontiguousarray(query).reshape(-1, part)
        return Products(ones, row, np.ascontiguousarray(weight).reshape(-1, part), None, asked, place, slope)

    def products(self, wiring: Wiring, slope: Array | None) -> Array:
        """Weight x query x slope of all edges, in the order of their numbers."""
        query, key = (split(x[None], self.heads)[0] for x in wiring.inputs)
        weight = key * key.dtype.type(self._scale(wiring.sources[0][1]))
        products: Array = weight[:, None] * query[:, :, None]
        if slope is not None:
            products = products.reshape(len(slope), -1) * slope[:, None]
        return products.reshape(-1)


@lru_cache(maxsize=16)
def _scores(heads: int, queries: int, keys: int) -> tuple[Array, Array]:
    """For each score of (heads, queries, keys) its head and key, and its head and query, each as a number."""
    head, query, key = np.indices((heads, queries, keys)).reshape(3, -1)
    return read_only(head * keys + key), read_only(head * queries + query)
