"""Keras's convolutions and pools, with images as (B, h, w, maps), kernels as (h, w, maps in, maps out)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.arrays import Array
from engine.foreign.graph.program import Chain
from engine.foreign.readers.keras.layer import KerasLayer, activate

_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


def _on_maps(chain: Chain, layer: KerasLayer, steps: Callable[[], object]) -> None:
    """Steps that need (B, maps, h, w), turned to and fro where the layer has its maps last."""
    if not layer.channels_first:
        chain.add("Transpose", layer.name, perm=_TO_FIRST)
    steps()
    if not layer.channels_first:
        chain.add("Transpose", layer.name, perm=_TO_LAST)


def _padding(layer: KerasLayer) -> dict[str, str]:
    told = layer.config.get("padding", "valid")
    if told not in ("same", "valid"):
        raise layer.wrong(f"has padding {told!r:.20}: known are same and valid")
    return {"auto_pad": "SAME_UPPER" if told == "same" else "VALID"}


def _kernel(layer: KerasLayer, place: int) -> Array:
    kernel = layer.array(place, "kernel")
    if kernel.ndim != 4:
        raise layer.wrong(f"has a kernel {kernel.shape}: known are kernels of images")
    return kernel


def _windows(layer: KerasLayer) -> dict[str, Any]:
    return {"strides": layer.pair("strides"), "dilations": layer.pair("dilation_rate"), **_padding(layer)}


def conv(chain: Chain, layer: KerasLayer) -> None:
    """Conv2D."""
    weight = _kernel(layer, 0).transpose(3, 2, 0, 1)
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    groups = layer.config.get("groups", 1)
    _on_maps(
        chain, layer, lambda: chain.add("Conv", layer.name, weight, bias, group=groups, **_windows(layer))
    )
    activate(chain, layer, layer.config.get("activation"))


def _by_map(kernel: Array) -> Array:
    """The kernels (h, w, maps, times) of a depthwise convolution as (maps times, 1, h, w)."""
    return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])


def depthwise(chain: Chain, layer: KerasLayer) -> None:
    """DepthwiseConv2D: kernels of each map's own."""
    kernel = _kernel(layer, 0)
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    settings = {"group": kernel.shape[2], **_windows(layer)}
    _on_maps(chain, layer, lambda: chain.add("Conv", layer.name, _by_map(kernel), bias, **settings))
    activate(chain, layer, layer.config.get("activation"))


def separable(chain: Chain, layer: KerasLayer) -> None:
    """SeparableConv2D: first by map, then over all maps."""
    depth, point = _kernel(layer, 0), _kernel(layer, 1)
    bias = layer.array(2, "bias") if layer.config.get("use_bias", True) else None

    def steps() -> None:
        chain.add("Conv", layer.name, _by_map(depth), None, group=depth.shape[2], **_windows(layer))
        chain.add("Conv", layer.name, point.transpose(3, 2, 0, 1), bias)

    _on_maps(chain, layer, steps)
    activate(chain, layer, layer.config.get("activation"))


def pool(kind: str) -> Callable[[Chain, KerasLayer], None]:
    """MaxPooling2D or AveragePooling2D, by the name of its operation."""

    def make(chain: Chain, layer: KerasLayer) -> None:
        size = layer.pair("pool_size", 2)
        strides = size if layer.config.get("strides") is None else layer.pair("strides")
        settings = {"kernel_shape": size, "strides": strides, **_padding(layer)}
        _on_maps(chain, layer, lambda: chain.add(kind, layer.name, **settings))

    return make
