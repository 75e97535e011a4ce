"""Keras's layers, each as operations. Keras keeps images as (B, h, w, maps), kernels as (h, w, maps in, maps out)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.graph.program import Chain
from engine.foreign.pickles import shown
from engine.foreign.readers.keras_attention import attention

Config = Mapping[str, Any]
_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


@dataclass(frozen=True)
class KerasLayer:
    """A layer of the configuration: its name, class and settings, its arrays by name, and what it reads."""

    name: str
    kind: str
    config: Config
    arrays: Mapping[str, Array]
    sources: tuple[str, ...]

    def wrong(self, problem: str) -> EngineError:
        """An error that names the layer."""
        return EngineError(f"{self.kind} {shown(self.name)} {problem}")

    def array(self, place: int, name: str) -> Array:
        """One of its arrays by its place."""
        found = [*self.arrays.values()]
        if place >= len(found) or found[place].dtype.kind != "f":
            raise self.wrong(f"has no {name} in the file: save the whole model, not its architecture alone")
        return found[place]

    def pair(self, key: str, usual: int = 1) -> list[int]:
        """A setting of two whole numbers, which may be told as one."""
        value = self.config.get(key)
        value = usual if value is None else value
        both = [value, value] if isinstance(value, int) else value
        if not isinstance(both, list | tuple) or len(both) != 2 or not all(type(n) is int for n in both):
            raise self.wrong(f"has {key} {value!r:.40}: it must be one or two whole numbers")
        return [int(n) for n in both]

    @property
    def channels_first(self) -> bool:
        """Whether it has its maps ahead of rows and columns."""
        return self.config.get("data_format") == "channels_first"


def add_layer(chain: Chain, layer: KerasLayer) -> str:
    """The layer's operations; the name of what it makes. EngineError names a layer that is not known."""
    if layer.kind == "Lambda":
        raise layer.wrong(
            "holds code of its own, and no code of a file is run: build the model without it (Rescaling, "
            "Activation, Reshape say the same in words)"
        )
    if layer.kind not in LAYERS:
        known = ", ".join(sorted(LAYERS))
        raise layer.wrong(f"is no layer that is known: known are {known}; or export the model as ONNX")
    if not layer.sources:
        raise layer.wrong("reads nothing")
    chain.last = layer.sources[0]
    LAYERS[layer.kind](chain, layer)
    return chain.last


def activate(chain: Chain, layer: KerasLayer, told: Any) -> None:
    """An activation function, told by its name or as an object of the configuration."""
    if isinstance(told, dict):
        inside = told.get("config")
        told = inside if isinstance(inside, str) else told.get("class_name")
    if told is None or told == "linear":
        return
    known: Mapping[str, tuple[str, dict[str, Any]]] = {
        "relu": ("Relu", {}),
        "relu6": ("Clip", {"min": 0.0, "max": 6.0}),
        "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
        "sigmoid": ("Sigmoid", {}),
        "tanh": ("Tanh", {}),
        "softmax": ("Softmax", {}),
        "log_softmax": ("LogSoftmax", {}),
        "gelu": ("Gelu", {}),
        **dict.fromkeys(("silu", "swish"), ("Swish", {})),
        "elu": ("Elu", {}),
        "selu": ("Selu", {}),
        "softplus": ("Softplus", {}),
        "softsign": ("Softsign", {}),
        "hard_sigmoid": ("HardSigmoid", {}),
        "mish": ("Mish", {}),
        "exponential": ("Exp", {}),
    }
    if not isinstance(told, str) or told not in known:
        raise layer.wrong(f"has the activation {told!r:.40}: known are {', '.join(known)}")
    kind, settings = known[told]
    chain.add(kind, layer.name, **settings)


def _dense(chain: Chain, layer: KerasLayer) -> None:
    chain.add("MatMul", layer.name, layer.array(0, "kernel"))
    if layer.config.get("use_bias", True):
        chain.add("Add", layer.name, layer.array(1, "bias"))
    activate(chain, layer, layer.config.get("activation"))


def _on_maps(chain: Chain, layer: KerasLayer, steps: Callable[[], None]) -> None:
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


def _conv(chain: Chain, layer: KerasLayer) -> None:
    weight = _kernel(layer, 0).transpose(3, 2, 0, 1)
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    groups = layer.config.get("groups", 1)
    _on_maps(chain, layer, lambda: _add_conv(chain, layer, weight, bias, group=groups, **_windows(layer)))
    activate(chain, layer, layer.config.get("activation"))


def _add_conv(chain: Chain, layer: KerasLayer, weight: Array, bias: Array | None, **settings: Any) -> None:
    chain.add("Conv", layer.name, weight, bias, **settings)


def _by_map(kernel: Array) -> Array:
    """The kernels (h, w, maps, times) of a depthwise convolution as (maps times, 1, h, w)."""
    return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])


def _depthwise(chain: Chain, layer: KerasLayer) -> None:
    kernel = _kernel(layer, 0)
    bias = layer.array(1, "bias") if layer.config.get("use_bias", True) else None
    settings = {"group": kernel.shape[2], **_windows(layer)}
    _on_maps(chain, layer, lambda: _add_conv(chain, layer, _by_map(kernel), bias, **settings))
    activate(chain, layer, layer.config.get("activation"))


def _separable(chain: Chain, layer: KerasLayer) -> None:
    depth, point = _kernel(layer, 0), _kernel(layer, 1)
    bias = layer.array(2, "bias") if layer.config.get("use_bias", True) else None

    def steps() -> None:
        _add_conv(chain, layer, _by_map(depth), None, group=depth.shape[2], **_windows(layer))
        _add_conv(chain, layer, point.transpose(3, 2, 0, 1), bias)

    _on_maps(chain, layer, steps)
    activate(chain, layer, layer.config.get("activation"))


def _pool(kind: str) -> Callable[[Chain, KerasLayer], None]:
    def make(chain: Chain, layer: KerasLayer) -> None:
        size = layer.pair("pool_size", 2)
        strides = size if layer.config.get("strides") is None else layer.pair("strides")
        settings = {"kernel_shape": size, "strides": strides, **_padding(layer)}
        _on_maps(chain, layer, lambda: _nothing(chain.add(kind, layer.name, **settings)))

    return make


def _nothing(name: str) -> None:
    del name


def _over_all(kind: str) -> Callable[[Chain, KerasLayer], None]:
    def make(chain: Chain, layer: KerasLayer) -> None:
        axes = [2, 3] if layer.channels_first else [1, 2]
        chain.add(kind, layer.name, axes=axes, keepdims=int(bool(layer.config.get("keepdims", False))))

    return make


def _over_tokens(chain: Chain, layer: KerasLayer) -> None:
    if layer.channels_first:
        raise layer.wrong("has its channels first, which is known of images alone")
    chain.add("ReduceMean", layer.name, axes=[1], keepdims=int(bool(layer.config.get("keepdims", False))))


def _reshape(chain: Chain, layer: KerasLayer) -> None:
    shape = layer.config.get("target_shape")
    if not isinstance(shape, list | tuple) or not all(type(n) is int for n in shape):
        raise layer.wrong(f"has target_shape {shape!r:.40}")
    chain.add("Reshape", layer.name, np.array([1, *shape], np.int64))


def _permute(chain: Chain, layer: KerasLayer) -> None:
    dims = layer.config.get("dims")
    if not isinstance(dims, list | tuple) or sorted(dims) != list(range(1, len(dims) + 1)):
        raise layer.wrong(f"has dims {dims!r:.40}")
    chain.add("Transpose", layer.name, perm=[0, *dims])


def _dropout(chain: Chain, layer: KerasLayer) -> None:
    rate = layer.config.get("rate", 0.0)
    chain.add("Dropout", layer.name, share=float(rate) if isinstance(rate, int | float) else 0.0)


def _relu(chain: Chain, layer: KerasLayer) -> None:
    slope, top = (layer.config.get(key) for key in ("negative_slope", "max_value"))
    if layer.config.get("threshold"):
        raise layer.wrong(f"has a threshold of {layer.config['threshold']!r:.20}: known is 0")
    if slope:
        chain.add("LeakyRelu", layer.name, alpha=float(slope))
    else:
        chain.add("Relu", layer.name)
    if top is not None:
        chain.add("Clip", layer.name, max=float(top))


def _leaky(chain: Chain, layer: KerasLayer) -> None:
    # Keras 3 calls it negative_slope, Keras 2 and TensorFlow.js alpha.
    slope = layer.config.get("negative_slope", layer.config.get("alpha", 0.3))
    chain.add("LeakyRelu", layer.name, alpha=float(slope))


def _axis(layer: KerasLayer) -> int:
    axis = layer.config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list | tuple) and len(axis) == 1 else axis
    if type(axis) is not int:
        raise layer.wrong(f"has axis {axis!r:.20}: known is one axis")
    return axis


def _batch_norm(chain: Chain, layer: KerasLayer) -> None:
    scales, shifts = (bool(layer.config.get(key, True)) for key in ("scale", "center"))
    mean, variance = (layer.array(scales + shifts + i, name) for i, name in enumerate(("mean", "variance")))
    scale = layer.array(0, "gamma") if scales else np.ones_like(mean)
    shift = layer.array(scales, "beta") if shifts else np.zeros_like(mean)
    settings = {"axis": _axis(layer), "epsilon": float(layer.config.get("epsilon", 1e-3))}
    chain.add("BatchNormalization", layer.name, scale, shift, mean, variance, **settings)


def _layer_norm(chain: Chain, layer: KerasLayer) -> None:
    if layer.config.get("rms_scaling"):
        raise layer.wrong("has rms_scaling, which no layer here does")
    scales, shifts = (bool(layer.config.get(key, True)) for key in ("scale", "center"))
    scale = layer.array(0, "gamma") if scales else None
    shift = layer.array(scales, "beta") if shifts else None
    settings = {"axis": _axis(layer), "epsilon": float(layer.config.get("epsilon", 1e-3))}
    chain.add("LayerNormalization", layer.name, scale, shift, **settings)


def _rescaling(chain: Chain, layer: KerasLayer) -> None:
    scale, offset = (np.array(layer.config.get(key, usual), np.float64) for key, usual in (("scale", 1), ("offset", 0)))
    chain.add("Mul", layer.name, scale)
    chain.add("Add", layer.name, offset)


def _normalization(chain: Chain, layer: KerasLayer) -> None:
    told = [layer.config.get("mean"), layer.config.get("variance")]
    given = told[0] is not None and told[1] is not None
    mean, variance = (
        np.array(told[i], np.float64) if given else layer.array(i, name).astype(np.float64)
        for i, name in enumerate(("mean", "variance"))
    )
    root = np.maximum(np.sqrt(variance), 1e-7)
    if layer.config.get("invert"):
        raise layer.wrong("is inverted, which is not known")
    chain.add("Sub", layer.name, mean)
    chain.add("Div", layer.name, root)


def _zero_padding(chain: Chain, layer: KerasLayer) -> None:
    told = layer.config.get("padding", 1)
    pairs = [[told, told]] * 2 if isinstance(told, int) else [[n, n] if isinstance(n, int) else n for n in told]
    if len(pairs) != 2 or not all(len(p) == 2 and all(type(n) is int and 0 <= n < 4096 for n in p) for p in pairs):
        raise layer.wrong(f"has padding {told!r:.40}")
    (top, bottom), (left, right) = pairs
    order = [0, 0, top, left, 0, 0, bottom, right] if layer.channels_first else [0, top, left, 0, 0, bottom, right, 0]
    chain.add("Pad", layer.name, pads=order)


def _sum(chain: Chain, layer: KerasLayer) -> None:
    total = layer.sources[0]
    for other in layer.sources[1:]:
        total = chain.join("Add", layer.name, (total, other))


def _concatenate(chain: Chain, layer: KerasLayer) -> None:
    chain.join("Concat", layer.name, layer.sources, axis=_axis(layer))


_IDENTITY = (
    *("GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "InputLayer"),
    *("RandomRotation", "RandomTranslation", "RandomZoom", "RandomFlip", "RandomContrast", "RandomBrightness"),
)
LAYERS: Mapping[str, Callable[[Chain, KerasLayer], None]] = {
    "Dense": _dense,
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling2D": _pool("AveragePool"),
    "GlobalAveragePooling2D": _over_all("ReduceMean"),
    "GlobalMaxPooling2D": _over_all("ReduceMax"),
    "GlobalAveragePooling1D": _over_tokens,
    "Flatten": lambda chain, layer: _nothing(chain.add("Flatten", layer.name)),
    "Reshape": _reshape,
    "Permute": _permute,
    **dict.fromkeys(("Dropout", "SpatialDropout2D"), _dropout),
    "Activation": lambda chain, layer: activate(chain, layer, layer.config.get("activation")),
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "ELU": lambda chain, layer: _nothing(chain.add("Elu", layer.name, alpha=float(layer.config.get("alpha", 1)))),
    "Softmax": lambda chain, layer: _nothing(chain.add("Softmax", layer.name, axis=_axis(layer))),
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "ZeroPadding2D": _zero_padding,
    "Add": _sum,
    "Concatenate": _concatenate,
    "MultiHeadAttention": attention,
    **dict.fromkeys(_IDENTITY, lambda chain, layer: _nothing(chain.add("Identity", layer.name))),
}
"""What is known, by class."""

