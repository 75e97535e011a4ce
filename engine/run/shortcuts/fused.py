"""Two layers of a fast pass as one step, where nobody looks at what lies between.

Convolution with ReLU and max-pooling; attention scores with softmax and the values mixed by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array
from engine.blocks import Attention, AttentionScores, Conv, MaxPool
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
    def reads(self) -> str:
        """The layer as which it reads its sources: edits of the convolution's synapses count."""
        return self.first.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The layer that the convolution reads."""
        return self.first.sources

    def forward(self, inputs: Sequence[Array], own: Named, out: Array) -> None:
        """Write the pooled activations."""
        self.step.forward(np.ascontiguousarray(inputs[0]), own["weight"], own["bias"], out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Named,
        learn: Named | None,
        back: Sequence[Array | None],
    ) -> None:
        """From the gradient by the pooled activations write those of the parameters and by x, where asked."""
        by_weight, by_bias = (
            np.empty_like(own[name]) if learn is None else learn[name] for name in ("weight", "bias")
        )
        x = np.ascontiguousarray(inputs[0])
        self.step.backward(grad, x, own["weight"], by_weight, by_bias, back[0])


@dataclass(frozen=True)
class FusedAttention:
    """Scores with softmax and the attention that alone reads them; step: see `kernels.attention`."""

    first: Layer
    second: Layer
    step: Any
    replays: ClassVar[bool] = True

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources."""
        return self.second.name

    @property
    def sources(self) -> tuple[str, ...]:
        """Queries, keys and values."""
        return (*self.first.sources, self.second.sources[1])

    def forward(self, inputs: Sequence[Array], own: Named, out: Array) -> None:
        """Write the values mixed by attention."""
        del own
        self.step.forward(*map(np.ascontiguousarray, inputs), out)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Named,
        learn: Named | None,
        back: Sequence[Array | None],
    ) -> None:
        """From the gradient by the mixed values write those by queries, keys and values."""
        del own, learn
        inputs = [np.ascontiguousarray(x) for x in inputs]
        self.step.backward(
            grad, inputs, [np.empty_like(x) if b is None else b for x, b in zip(inputs, back, strict=True)]
        )


Fused = FusedPool | FusedAttention
"""Two layers as one: the first, left unwritten, is read by the second alone, which has no parameters.

sources: what both read of others, in the order in which forward and backward take it. replays: whether all
that they do is calls of part loops, where arrays are contiguous. reads: as which of the two they read
others. own and learn: the first one's parameters and their gradients, where they are asked for.
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
