"""Keras's convolutions and pools, with images as (B, h, w, maps), kernels as (h, w, maps in, maps out)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.arrays import Array
from engine.foreign.graph.program import Chain
from engine.foreign.readers.keras.layer import KerasLayer, activate


def axes_of(layer: KerasLayer) -> int:
    """How many axes its windows have, by the name of its class: Conv2D, MaxPooling1D."""
    return 1 if layer.kind.endswith("1D") else 2


def _on_maps(chain: Chain, layer: KerasLayer, steps: Callable[[], object]) -> None:
    """Steps that need (B, maps, h, w), turned to and fro where the layer has its maps last."""
    axes = axes_of(layer)
    if not layer.channels_first:
        chain.add("Transpose", layer.name, perm=[0, axes + 1, *range(1, axes + 1)])
    steps()
    if not layer.channels_first:
        chain.add("Transpose", layer.name, perm=[0, *range(2, axes + 2), 1])


def _padding(layer: KerasLayer, taps: int = 0) -> dict[str, Any]:
    """taps: of a window of a sequence, which may see no step behind its own (causal)."""
    told = layer.config.get("padding", "valid")
    if told == "causal" and taps:
        return {"pads": [(taps - 1) * layer.each("dilation_rate", 1, 1)[0], 0]}
    if told not in ("same", "valid"):
        raise layer.wrong(f"has padding {told!r:.20}: known are same and valid")
    return {"auto_pad": "SAME_UPPER" if told == "same" else "VALID"}


def _kernel(layer: KerasLayer, place: int) -> Array:
    kernel = layer.array(place, "kernel")
    if kernel.ndim != axes_of(layer) + 2:
        raise layer.wrong(f"has a kernel {kernel.shape}: known are kernels of images")
    return kernel


def _windows(layer: KerasLayer, taps: int) -> dict[str, Any]:
    axes = axes_of(layer)
    told = {"strides": layer.each("strides", 1, axes), "dilations": layer.each("dilation_rate", 1, axes)}
    return {**told, **_padding(layer, taps if axes == 1 else 0)}


def _maps_first(kernel: Array) -> Array:
    """Kernels (..., maps in, maps out) as (maps out, maps in, ...)."""
    return kernel.transpose(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))


def conv(chain: Chain, layer: KerasLayer) -> None:
    """Conv2D and Conv1D."""
    weight = _maps_first(_kernel(layer, 0))
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    settings = {"group": layer.config.get("groups", 1), **_windows(layer, weight.shape[2])}
    _on_maps(chain, layer, lambda: chain.add("Conv", layer.name, weight, bias, **settings))
    activate(chain, layer, layer.config.get("activation"))


def _by_map(kernel: Array) -> Array:
    """The kernels (h, w, maps, times) of a depthwise convolution as (maps times, 1, h, w)."""
    turned = kernel.transpose(kernel.ndim - 2, kernel.ndim - 1, *range(kernel.ndim - 2))
    return turned.reshape(-1, 1, *kernel.shape[:-2])


def depthwise(chain: Chain, layer: KerasLayer) -> None:
    """DepthwiseConv2D: kernels of each map's own."""
    kernel = _kernel(layer, 0)
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    settings = {"group": kernel.shape[-2], **_windows(layer, kernel.shape[0])}
    _on_maps(chain, layer, lambda: chain.add("Conv", layer.name, _by_map(kernel), bias, **settings))
    activate(chain, layer, layer.config.get("activation"))


def separable(chain: Chain, layer: KerasLayer) -> None:
    """SeparableConv2D and SeparableConv1D: first by map, then over all maps."""
    depth, point = _kernel(layer, 0), _kernel(layer, 1)
    bias = layer.array(2, "bias") if layer.config.get("use_bias", True) else None

    def steps() -> None:
        settings = {"group": depth.shape[-2], **_windows(layer, depth.shape[0])}
        chain.add("Conv", layer.name, _by_map(depth), None, **settings)
        chain.add("Conv", layer.name, _maps_first(point), bias)

    _on_maps(chain, layer, steps)
    activate(chain, layer, layer.config.get("activation"))


def pool(kind: str) -> Callable[[Chain, KerasLayer], None]:
    """Pooling of images or sequences, by the name of its operation."""

    def make(chain: Chain, layer: KerasLayer) -> None:
        axes = axes_of(layer)
        size = layer.each("pool_size", 2, axes)
        strides = size if layer.config.get("strides") is None else layer.each("strides", 1, axes)
        settings = {"kernel_shape": size, "strides": strides, **_padding(layer)}
        _on_maps(chain, layer, lambda: chain.add(kind, layer.name, **settings))

    return make
