"""Layers of a fast pass as one step, where nobody looks at what lies between.

Convolution with ReLU and max-pooling; attention scores with softmax and the values mixed by them, where one
token asks with keys and values, in a first block from its norm on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array
from engine.blocks import Attention, Conv, MaxPool
from engine.edits.overlay import Overlay
from engine.edits.pooled import PooledEdits, pooled_edits
from engine.edits.synapses.products import Run
from engine.graph.layer import Layer
from engine.run.shortcuts.edited_conv import EditedConv, edited_conv, folded, weights
from engine.run.shortcuts.edited_windows import EditedWindows
from engine.run.shortcuts.fused_attention import FusedAttention, FusedFirst, FusedQuery, attention_of, learnt

Named = Mapping[str, Array]


@dataclass(frozen=True)
class FusedPool:
    """A convolution with ReLU and the max-pooling that alone reads it; step: see `maps.conv_pool_step`.

    edited: whether the step does what edits of the convolution's neurons and of the pooling's synapses say.
    run: what edits make of the convolution's weights, which then are the step's; None where it has its own.
    """

    first: Layer
    second: Layer
    step: Any
    edited: bool
    run: Run | None = None
    replays: ClassVar[bool] = False
    adds: ClassVar[bool] = False

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
        self.step.forward(np.ascontiguousarray(inputs[0]), self._weight(own[0]), own[0]["bias"], out)

    def _weight(self, own: Named) -> Array:
        return own["weight"] if self.run is None else weights(self.run, own["weight"])

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the pooled activations write those of the parameters and by x, where asked."""
        del adding
        x, by = np.ascontiguousarray(inputs[0]), learnt(own[0], learn[0])
        self.step.backward(grad, x, self._weight(own[0]), by["weight"], by["bias"], back[0])
        if self.run is not None:
            by["weight"][...] *= self.run.gain.astype(grad.dtype)


Fused = FusedPool | FusedAttention | FusedQuery | FusedFirst
"""Layers as one: those that are left out, unwritten, are read by the last alone, which has no parameters.

sources: what they read of others, in the order in which forward and backward take it. replays: whether all
that they do is calls of part loops, where arrays are contiguous. reads: as which of them they read others.
own and learn: the parameters of those left out, and their gradients, where they are asked for. adds: whether
the way back can add to the gradient by its first source.
"""


Apart = EditedConv | EditedWindows
"""Single layers as one step with what is edited of their synapses."""


def edited_within(pair: Fused | Apart | None) -> bool:
    """Whether layers as one do all that edits say of the one left out, and of synapses between them."""
    return isinstance(pair, FusedPool) and pair.edited


def own_layers(pair: Fused | Apart) -> tuple[Layer, ...]:
    """The layers whose parameters a step takes."""
    return (pair.layer,) if isinstance(pair, EditedConv) else pair.left_out


def fused_layers(layers: Sequence[Layer], overlay: Overlay, short: Set[str]) -> dict[str, Fused]:
    """What can be fused, by the second layer's name; float32.

    Pooling: stride 1, windows side by side without padding, no dropout in between; edits of the convolution's
    neurons, but for their functions, and of what the pooling reads are part of it. Attention: one that is not
    too large, no dropout. No other edit that needs a number of what is left out; see `Overlay.apart`. short:
    layers that hold their first token alone.
    """
    readers = Counter(source for layer in layers for source in (*layer.sources, *overlay.sources(layer.name)))
    named = {layer.name: layer for layer in layers}
    found: dict[str, Fused] = {}
    for second in layers[:-1]:
        if not isinstance(second.block, MaxPool | Attention):
            continue
        first = named[second.sources[0]]
        alone = first.block is not None and readers[first.name] == 1
        fused: Fused | None = None
        if alone and isinstance(second.block, MaxPool):
            fused = _pool(first, second, second.block, named[first.sources[0]], layers[0], overlay)
        elif alone and overlay.apart(first.name) and overlay.apart(second.name):
            fused = attention_of(first, second, short, named, {} if overlay.edited else readers)
        if fused is not None:
            found[second.name] = fused
    return found


def _pool(
    conv: Layer, second: Layer, pool: MaxPool, source: Layer, first: Layer, overlay: Overlay
) -> FusedPool | None:
    if not _fits(conv, pool) or second.name in overlay.links_apart:
        return None
    run = folded(overlay, conv)
    if run is None and not overlay.only_fed(conv.name):
        return None
    bundle = overlay.bundles.get(second.name)
    whole = second.name not in overlay.windows_apart and (bundle is None or bundle.scaled is not None)
    edited = conv.name in overlay.cells or not whole
    edits = pooled_edits(overlay, conv, second, pool.sides[0]) if edited else None
    if edited and edits is None:
        return None
    step = _step(conv, pool, source, first, edits)
    return FusedPool(conv, second, step, edited, run) if step.fits else None


def _fits(conv: Layer, pool: MaxPool) -> bool:
    side_by_side = isinstance(pool.size, int) and pool.steps == pool.sides and pool.padding in ("valid", 0)
    plain = conv.activation == "relu" and not conv.dropout
    return isinstance(conv.block, Conv) and conv.block.stride == 1 and plain and side_by_side


def _step(conv: Layer, pool: MaxPool, source: Layer, first: Layer, edits: PooledEdits | None) -> Any:
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.maps.conv_pool_step import ConvPool  # noqa: PLC0415
    from engine.run.shortcuts.edited_pool import EditedConvPool  # noqa: PLC0415

    geometry, back = _geometry(conv, pool, source), source is not first
    return ConvPool(geometry, back) if edits is None else EditedConvPool(geometry, back, edits)


def _geometry(conv: Layer, pool: MaxPool, source: Layer) -> Any:
    from engine.kernels.maps.conv_pool_shape import Geometry  # noqa: PLC0415

    block = conv.block
    assert isinstance(block, Conv)
    down, across = block.axes(source.shape)
    high, wide, channels = source.shape
    return Geometry(
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


def steps_apart(
    layers: Sequence[Layer], fused: Mapping[str, Fused], overlay: Overlay
) -> tuple[dict[str, Apart], dict[str, dict[str, Any]], Overlay]:
    """Convolutions and poolings that edits keep apart: their steps, and all edits that these do not do.

    Steps that do nothing of what is edited are told by what a layer's scratch keeps.
    """
    from engine.kernels.maps.conv_sums import ConvSums  # noqa: PLC0415
    from engine.kernels.maps.max_apart import MaxApart  # noqa: PLC0415

    named = {layer.name: layer for layer in layers}
    found: dict[str, Apart] = {}
    kept: dict[str, dict[str, Any]] = {}
    for second in layers[:-1]:
        conv = named[second.sources[0]] if isinstance(second.block, MaxPool) else second
        if not isinstance(second.block, MaxPool) or second.name in fused or not _fits(conv, second.block):
            continue
        source = named[conv.sources[0]]
        geometry = _geometry(conv, second.block, source)
        sums, windows = ConvSums(geometry), MaxApart(geometry)
        made = edited_conv(overlay, conv, source, sums) if sums.fits else None
        if made is not None:
            found[conv.name], overlay = made
        kept[conv.name] = {"sums": sums} if sums.fits else {}
        kept[second.name] = {"windows": windows} if windows.fits else {}
        if windows.fits and _rewired(overlay, second.name):
            edits = pooled_edits(replace(overlay, cells={}), conv, second, geometry.size)
            assert edits is not None
            found[second.name] = EditedWindows(second, windows, geometry.size, edits)
            overlay = overlay.without(second.name)
    return found, kept, overlay


def _rewired(overlay: Overlay, pool: str) -> bool:
    """Whether windows of a pooling are more than scaled."""
    bundle, apart = overlay.bundles.get(pool), pool in overlay.windows_apart
    return pool not in overlay.links_apart and (apart or (bundle is not None and bundle.scaled is None))
