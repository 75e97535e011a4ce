"""Attention of a fast pass and what lies ahead of it as one step, where nobody looks at what lies between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array
from engine.blocks import AttentionScores, LayerNorm, PatchEmbedding, TokenDense
from engine.graph.layer import Layer

Named = Mapping[str, Array]


class _Ended:
    """What ends with an attention, `second`, and reads its sources as that layer."""

    second: Layer
    replays: ClassVar[bool] = True
    adds: ClassVar[bool] = False

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources."""
        return self.second.name


@dataclass(frozen=True)
class FusedAttention(_Ended):
    """Scores with softmax and the attention that alone reads them; step: see `tokens.attention`."""

    first: Layer
    second: Layer
    step: Any

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """The scores."""
        return (self.first,)

    @property
    def sources(self) -> tuple[str, ...]:
        """Queries, keys and values."""
        return (*self.first.sources, self.second.sources[1])

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the values mixed by attention."""
        del own
        self.step.forward(*map(np.ascontiguousarray, inputs), out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the mixed values write those by queries, keys and values."""
        del own, learn, adding
        inputs = [np.ascontiguousarray(x) for x in inputs]
        self.step.backward(grad, inputs, _wanted(inputs, back))


@dataclass(frozen=True)
class FusedQuery(_Ended):
    """Keys, values, scores of one token, and the attention that alone reads them; see `tokens.one_query`."""

    key: Layer
    value: Layer
    first: Layer
    second: Layer
    step: Any

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """Keys, values, scores."""
        return self.key, self.value, self.first

    @property
    def sources(self) -> tuple[str, ...]:
        """The query, and what keys and values are made of."""
        return self.first.sources[0], self.key.sources[0]

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the values mixed by attention."""
        seen = map(np.ascontiguousarray, inputs)
        self.step.forward(*seen, own[0]["weight"], own[1]["weight"], own[1]["bias"], out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the mixed values write those by inputs, keys' and values' parameters."""
        del adding
        seen = [np.ascontiguousarray(x) for x in inputs]
        weights, by = (own[0]["weight"], own[1]["weight"]), tuple(map(learnt, own[:2], learn[:2]))
        self.step.backward(grad, *seen, weights, by, _wanted(seen, back))


@dataclass(frozen=True)
class FusedFirst(_Ended):
    """A first block from its norm to its mixed values; step: see `tokens.alike`."""

    tokens: Layer
    norm: Layer
    query: Layer
    key: Layer
    value: Layer
    first: Layer
    second: Layer
    step: Any
    adds: ClassVar[bool] = True

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """Norm, queries, keys, values, scores."""
        return self.norm, self.query, self.key, self.value, self.first

    @property
    def sources(self) -> tuple[str, ...]:
        """The tokens, and the images, to which nothing goes back."""
        return self.tokens.name, self.tokens.sources[0]

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the values mixed by attention."""
        x, images = map(np.ascontiguousarray, inputs)
        self.step.forward(x, images, own[:4], out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the mixed values write or add that by tokens, and write all parameters'."""
        by = [learnt(*both) for both in zip(own[:4], learn[:4], strict=True)]
        self.step.backward(grad, own[:4], by, _wanted(inputs[:1], back[:1])[0], adding)


def learnt(own: Named, learn: Named | None) -> Named:
    """Where the gradients by parameters go: somewhere, where nobody asks for them."""
    return {name: np.empty_like(array) for name, array in own.items()} if learn is None else learn


def _wanted(inputs: Sequence[Array], back: Sequence[Array | None]) -> list[Array]:
    """Where the gradients by the inputs go, likewise."""
    return [np.empty_like(x) if b is None else b for x, b in zip(inputs, back, strict=True)]


def attention_of(
    scores: Layer,
    second: Layer,
    short: Set[str],
    named: Mapping[str, Layer],
    readers: Mapping[str, int],
) -> FusedAttention | FusedQuery | FusedFirst | None:
    """The scores and the attention that alone reads them as one, with as much ahead as can be; else None.

    short: layers that hold their first token alone. readers: how many read each layer; none where edits may
    read any.
    """
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.tokens.attention import AttentionStep, Sizes  # noqa: PLC0415

    plain = scores.activation == "softmax" and not scores.dropout and not second.dropout
    # Queries, scores and answer are all of one token or all of each.
    held = {name in short for name in (scores.sources[0], scores.name, second.name)}
    apart = len({*scores.sources, *second.sources}) == 4
    if not isinstance(scores.block, AttentionScores) or not plain or len(held) > 1 or not apart:
        return None
    if named[scores.sources[0]].shape[1] != second.shape[1]:
        # The loops know one width, of queries, keys and values.
        return None
    heads, queries, keys = scores.shape
    step = AttentionStep(Sizes(heads, 1 if True in held else queries, keys, second.shape[1] // heads))
    if not step.fits:
        return None
    pair = FusedAttention(scores, second, step)
    ahead = _query if scores.name in short else _first
    return (ahead(pair, named, readers) if readers else None) or pair


def _query(
    fused: FusedAttention, named: Mapping[str, Layer], readers: Mapping[str, int]
) -> FusedQuery | None:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.tokens.attention import Sizes  # noqa: PLC0415
    from engine.kernels.tokens.one_query import OneQuery  # noqa: PLC0415

    scores, second = fused.first, fused.second
    _, key, value = (named[name] for name in fused.sources)
    if not _alike((key, value), readers):
        return None
    (heads, _, keys), inner = scores.shape, named[key.sources[0]].shape[-1]
    step = OneQuery(Sizes(heads, 1, keys, second.shape[1] // heads), inner)
    return FusedQuery(key, value, scores, second, step) if step.fits else None


def _first(
    fused: FusedAttention, named: Mapping[str, Layer], readers: Mapping[str, int]
) -> FusedFirst | None:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.tokens.alike import AlikeAttention, Rows  # noqa: PLC0415

    query, key, value = (named[name] for name in fused.sources)
    norm = named[query.sources[0]]
    plain = norm.activation == "identity" and not norm.dropout and readers[norm.name] == len(fused.sources)
    if not (isinstance(norm.block, LayerNorm) and plain and _alike((query, key, value), readers)):
        return None
    tokens = named[norm.sources[0]]
    bare = tokens.activation == "identity" and not tokens.dropout
    if not isinstance(tokens.block, PatchEmbedding) or not bare or named[tokens.sources[0]].block is not None:
        return None
    (_, across, channels), (count, d), side = named[tokens.sources[0]].shape, tokens.shape, tokens.block.size
    ahead, patch = int(tokens.block.class_token), (side, across * channels, side * channels)
    sizes = Rows(count, d, query.shape[1], ahead, *patch)
    step = AlikeAttention(sizes, norm.block.eps, fused.step)
    return FusedFirst(tokens, norm, query, key, value, fused.first, fused.second, step) if step.fits else None


def _alike(layers: Sequence[Layer], readers: Mapping[str, int]) -> bool:
    """Whether these are plain products of one source, which nobody else reads."""
    return all(
        isinstance(layer.block, TokenDense)
        and layer.sources == layers[0].sources[:1]
        and layer.activation == "identity"
        and not layer.dropout
        and readers[layer.name] == 1
        for layer in layers
    )
