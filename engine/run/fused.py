"""Convolution, ReLU and max-pooling of a fast pass as one step, where nobody looks at what lies between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, MaxPool
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer


@dataclass(frozen=True)
class Fused:
    """A convolution with ReLU and the max-pooling that alone reads it; step: see `kernels.conv_pool_step`."""

    conv: Layer
    pool: Layer
    step: Any

    @property
    def source(self) -> str:
        """The layer that the convolution reads."""
        return self.conv.sources[0]

    def forward(self, x: Array, own: Mapping[str, Array], out: Array) -> None:
        """Write the pooled activations of the convolution with parameters `own`."""
        self.step.forward(np.ascontiguousarray(x), own["weight"], own["bias"], out)

    def backward(
        self,
        grad: Array,
        x: Array,
        own: Mapping[str, Array],
        learn: Mapping[str, Array] | None,
        back: Array | None,
    ) -> None:
        """From the gradient by the pooled activations write those of the parameters and by x, where asked."""
        by_weight, by_bias = (
            np.empty_like(own[name]) if learn is None else learn[name] for name in ("weight", "bias")
        )
        self.step.backward(grad, np.ascontiguousarray(x), own["weight"], by_weight, by_bias, back)


def fused_layers(layers: Sequence[Layer], overlay: Overlay) -> dict[str, Fused]:
    """What can be fused, by the pooling's name; float32.

    Stride 1, windows side by side without padding, no dropout in between, and no edit that needs a number of
    what is left out.
    """
    readers = Counter(source for layer in layers for source in (*layer.sources, *overlay.sources(layer.name)))
    named = {layer.name: layer for layer in layers}
    found: dict[str, Fused] = {}
    for pool in layers:
        if not isinstance(pool.block, MaxPool):
            continue
        conv = named[pool.sources[0]]
        alone = readers[conv.name] == 1 and conv is not layers[-1]
        if alone and _fits(conv, pool.block) and not any(overlay.touches(k.name) for k in (conv, pool)):
            step = _step(conv, pool.block, named[conv.sources[0]], layers[0])
            if step.fits:
                found[pool.name] = Fused(conv, pool, step)
    return found


def _fits(conv: Layer, pool: MaxPool) -> bool:
    side_by_side = pool.step == pool.size and pool.padding in ("valid", 0)
    plain = conv.activation == "relu" and not conv.dropout
    return isinstance(conv.block, Conv) and conv.block.stride == 1 and plain and side_by_side


def _step(conv: Layer, pool: MaxPool, source: Layer, first: Layer) -> Any:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.conv_pool_shape import Geometry  # noqa: PLC0415
    from engine.kernels.conv_pool_step import ConvPool  # noqa: PLC0415

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
        pool.size,
    )
    return ConvPool(geometry, back=source is not first)
