"""Layers of a fast pass as one step, where nobody looks at what lies between.

Convolution with ReLU and max-pooling; attention scores with softmax and the values mixed by them, and where
one token asks, keys and values too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array
from engine.blocks import Attention, AttentionScores, Conv, MaxPool, TokenDense
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer

Named = Mapping[str, Array]


@dataclass(frozen=True)
class FusedPool:
    """A convolution with ReLU and the max-pooling that alone reads it; step: see `maps.conv_pool_step`."""

    first: Layer
    second: Layer
    step: Any
    replays: ClassVar[bool] = False

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """The convolution."""
        return (self.first,)

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources: edits of the convolution's synapses count."""
        return self.first.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The layer that the convolution reads."""
        return self.first.sources

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the pooled activations."""
        self.step.forward(np.ascontiguousarray(inputs[0]), own[0]["weight"], own[0]["bias"], out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
    ) -> None:
        """From the gradient by the pooled activations write those of the parameters and by x, where asked."""
        x, by = np.ascontiguousarray(inputs[0]), _learnt(own[0], learn[0])
        self.step.backward(grad, x, own[0]["weight"], by["weight"], by["bias"], back[0])


@dataclass(frozen=True)
class FusedAttention:
    """Scores with softmax and the attention that alone reads them; step: see `kernels.attention`."""

    first: Layer
    second: Layer
    step: Any
    replays: ClassVar[bool] = True

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """The scores."""
        return (self.first,)

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources."""
        return self.second.name

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
    ) -> None:
        """From the gradient by the mixed values write those by queries, keys and values."""
        del own, learn
        inputs = [np.ascontiguousarray(x) for x in inputs]
        self.step.backward(grad, inputs, _wanted(inputs, back))


@dataclass(frozen=True)
class FusedQuery:
    """Keys, values, scores of one token, and the attention that alone reads them; see `kernels.one_query`."""

    key: Layer
    value: Layer
    first: Layer
    second: Layer
    step: Any
    replays: ClassVar[bool] = True

    @property
    def left_out(self) -> tuple[Layer, ...]:
        """Keys, values, scores."""
        return self.key, self.value, self.first

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources."""
        return self.second.name

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
    ) -> None:
        """From the gradient by the mixed values write those by inputs, keys' and values' parameters."""
        seen = [np.ascontiguousarray(x) for x in inputs]
        weights, by = (own[0]["weight"], own[1]["weight"]), tuple(map(_learnt, own[:2], learn[:2]))
        self.step.backward(grad, *seen, weights, by, _wanted(seen, back))


def _learnt(own: Named, learn: Named | None) -> Named:
    """Where the gradients by parameters go: somewhere, where nobody asks for them."""
    return {name: np.empty_like(array) for name, array in own.items()} if learn is None else learn


def _wanted(inputs: Sequence[Array], back: Sequence[Array | None]) -> list[Array]:
    """Where the gradients by the inputs go, likewise."""
    return [np.empty_like(x) if b is None else b for x, b in zip(inputs, back, strict=True)]


Fused = FusedPool | FusedAttention | FusedQuery
"""Layers as one: those that are left out, unwritten, are read by the last alone, which has no parameters.

sources: what they read of others, in the order in which forward and backward take it. replays: whether all
that they do is calls of part loops, where arrays are contiguous. reads: as which of them they read others.
own and learn: the parameters of those left out, and their gradients, where they are asked for.
"""


def fused_layers(layers: Sequence[Layer], overlay: Overlay, short: Set[str]) -> dict[str, Fused]:
    """What can be fused, by the second layer's name; float32.

    Pooling: stride 1, windows side by side without padding, no dropout in between. Attention: one that is not
    too large, no dropout. No edit that needs a number of what is left out; see `Overlay.apart`. short:
    layers that hold their first token alone.
    """
    readers = Counter(source for layer in layers for source in (*layer.sources, *overlay.sources(layer.name)))
    named = {layer.name: layer for layer in layers}
    found: dict[str, Fused] = {}
    for second in layers[:-1]:
        if not isinstance(second.block, MaxPool | Attention):
            continue
        first = named[second.sources[0]]
        if readers[first.name] != 1 or not (overlay.apart(first.name) and overlay.apart(second.name)):
            continue
        fused: Fused | None
        if isinstance(second.block, MaxPool):
            fused = _pool(first, second, second.block, named[first.sources[0]], layers[0])
        else:
            fused = _attention(first, second, short)
            if fused is not None and first.name in short:
                fused = _query(first, second, named, readers) or fused
        if fused is not None:
            found[second.name] = fused
    return found


def _attention(scores: Layer, second: Layer, short: Set[str]) -> FusedAttention | None:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.attention import AttentionStep, Sizes  # noqa: PLC0415

    plain = scores.activation == "softmax" and not scores.dropout and not second.dropout
    # Queries, scores and answer are all of one token or all of each.
    held = {name in short for name in (scores.sources[0], scores.name, second.name)}
    apart = len({*scores.sources, *second.sources}) == 4
    if not isinstance(scores.block, AttentionScores) or not plain or len(held) > 1 or not apart:
        return None
    heads, queries, keys = scores.shape
    step = AttentionStep(Sizes(heads, 1 if True in held else queries, keys, second.shape[1] // heads))
    return FusedAttention(scores, second, step) if step.fits else None


def _query(
    scores: Layer, second: Layer, named: Mapping[str, Layer], readers: Mapping[str, int]
) -> FusedQuery | None:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.attention import Sizes  # noqa: PLC0415
    from engine.kernels.one_query import OneQuery  # noqa: PLC0415

    key, value = named[scores.sources[1]], named[second.sources[1]]
    for layer in (key, value):
        alone = layer.sources == key.sources and len(layer.sources) == 1 and readers[layer.name] == 1
        plain = layer.activation == "identity" and not layer.dropout
        if not (isinstance(layer.block, TokenDense) and alone and plain):
            return None
    (heads, _, keys), inner = scores.shape, named[key.sources[0]].shape[-1]
    step = OneQuery(Sizes(heads, 1, keys, second.shape[1] // heads), inner)
    return FusedQuery(key, value, scores, second, step) if step.fits else None


def _pool(conv: Layer, second: Layer, pool: MaxPool, source: Layer, first: Layer) -> FusedPool | None:
    if not _fits(conv, pool):
        return None
    step = _step(conv, pool, source, first)
    return FusedPool(conv, second, step) if step.fits else None


def _fits(conv: Layer, pool: MaxPool) -> bool:
    side_by_side = isinstance(pool.size, int) and pool.steps == pool.sides and pool.padding in ("valid", 0)
    plain = conv.activation == "relu" and not conv.dropout
    return isinstance(conv.block, Conv) and conv.block.stride == 1 and plain and side_by_side


def _step(conv: Layer, pool: MaxPool, source: Layer, first: Layer) -> Any:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.maps.conv_pool_shape import Geometry  # noqa: PLC0415
    from engine.kernels.maps.conv_pool_step import ConvPool  # noqa: PLC0415

    block = conv.block
    assert isinstance(block, Conv)
    down, across = block.axes(source.shape)
    high, wide, channels = source.shape
    geometry = Geometry(
        high,
        wide,
        channels,
        block.height,
        block.width,
        down.before,
        across.before,
        down.places,
        across.places,
        block.maps,
        pool.sides[0],
    )
    return ConvPool(geometry, back=source is not first)
