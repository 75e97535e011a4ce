"""Keras's layers, each as operations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from engine.foreign.graph.program import Chain
from engine.foreign.readers.keras.attention import attention
from engine.foreign.readers.keras.layer import KerasLayer, activate
from engine.foreign.readers.keras.maps import conv, depthwise, pool, separable
from engine.foreign.readers.keras.with_number import is_with_number, with_number
from engine.foreign.refused import way_round


def add_layer(chain: Chain, layer: KerasLayer) -> str:
    """The layer's operations; the name of what it makes. EngineError names a layer that is not known."""
    if layer.kind == "Lambda":
        raise layer.wrong(
            "holds code of its own, and no code of a file is run: build the model without it (Rescaling, "
            "Activation, Reshape say the same in words)"
        )
    if layer.kind == "TimeDistributed":
        layer = _each_step(layer)
    if is_with_number(layer):
        return with_number(chain, layer)
    if layer.kind not in LAYERS:
        own = "of Keras's own some are not taken, and one of its owner's has its code in no file"
        way = way_round(layer.kind) or f"{own}: export the model as ONNX"
        raise layer.wrong(f"is no layer that is known: {way}")
    if not layer.sources:
        raise layer.wrong("reads nothing")
    chain.last = layer.sources[0]
    LAYERS[layer.kind](chain, layer)
    return chain.last


def _each_step(layer: KerasLayer) -> KerasLayer:
    """The layer that a TimeDistributed has inside, where it does the same to a sequence by itself."""
    inside = layer.config.get("layer")
    kind, config = (inside.get(key) if isinstance(inside, dict) else None for key in ("class_name", "config"))
    if kind not in ("Dense", "Activation", "Dropout") or not isinstance(config, dict):
        raise layer.wrong(f"does {kind!r:.40} to each step: known are Dense, Activation and Dropout")
    return dataclasses.replace(layer, kind=kind, config=config)


def _dense(chain: Chain, layer: KerasLayer) -> None:
    chain.add("MatMul", layer.name, layer.array(0, "kernel"))
    if layer.config.get("use_bias", True):
        chain.add("Add", layer.name, layer.array(1, "bias"))
    activate(chain, layer, layer.config.get("activation"))


def _over_all(kind: str) -> Callable[[Chain, KerasLayer], None]:
    def make(chain: Chain, layer: KerasLayer) -> None:
        axes = [2, 3] if layer.channels_first else [1, 2]
        chain.add(kind, layer.name, axes=axes, keepdims=int(bool(layer.config.get("keepdims", False))))

    return make


def _over_steps(kind: str) -> Callable[[Chain, KerasLayer], None]:
    """Over the steps of a sequence, or over tokens."""

    def make(chain: Chain, layer: KerasLayer) -> None:
        axis = 2 if layer.channels_first else 1
        chain.add(kind, layer.name, axes=[axis], keepdims=int(bool(layer.config.get("keepdims", False))))

    return make


def _flatten(chain: Chain, layer: KerasLayer) -> None:
    # Keras moves channels that come first behind the pixels before it makes a row of them.
    chain.add("Flatten", layer.name, turned=layer.channels_first)


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
    scale, offset = (
        np.array(layer.config.get(key, usual), np.float64) for key, usual in (("scale", 1), ("offset", 0))
    )
    chain.add("Mul", layer.name, scale)
    chain.add("Add", layer.name, offset)


def _normalization(chain: Chain, layer: KerasLayer) -> None:
    told = [layer.config.get("mean"), layer.config.get("variance")]
    given = told[0] is not None and told[1] is not None
    mean, variance = (
        np.array(told[i], np.float64) if given else layer.array(i, name).astype(np.float64)
        for i, name in enumerate(("mean", "variance"))
    )
    root = np.asarray(np.maximum(np.sqrt(variance), 1e-7))
    if layer.config.get("invert"):
        raise layer.wrong("is inverted, which is not known")
    chain.add("Sub", layer.name, mean)
    chain.add("Div", layer.name, root)


def _sides(layer: KerasLayer, key: str, usual: int) -> list[list[int]]:
    """A setting of cells above and below, left and right, which may be told as one or two numbers."""
    told = layer.config.get(key, usual)
    pairs = (
        [[told, told]] * 2 if isinstance(told, int) else [[n, n] if isinstance(n, int) else n for n in told]
    )
    if len(pairs) != 2 or not all(
        len(p) == 2 and all(type(n) is int and 0 <= n < 4096 for n in p) for p in pairs
    ):
        raise layer.wrong(f"has {key} {told!r:.40}")
    return pairs


def _zero_padding(chain: Chain, layer: KerasLayer) -> None:
    (top, bottom), (left, right) = _sides(layer, "padding", 1)
    order = (
        [0, 0, top, left, 0, 0, bottom, right]
        if layer.channels_first
        else [0, top, left, 0, 0, bottom, right, 0]
    )
    chain.add("Pad", layer.name, pads=order)


def _sum(chain: Chain, layer: KerasLayer) -> None:
    total = layer.sources[0]
    for other in layer.sources[1:]:
        total = chain.join("Add", layer.name, (total, other))


def _average(chain: Chain, layer: KerasLayer) -> None:
    _sum(chain, layer)
    chain.add("Mul", layer.name, np.array(1 / len(layer.sources)))


def _difference(chain: Chain, layer: KerasLayer) -> None:
    chain.join("Sub", layer.name, layer.sources)


def _cropping(chain: Chain, layer: KerasLayer) -> None:
    (top, bottom), (left, right) = _sides(layer, "cropping", 0)
    axes = [2, 3] if layer.channels_first else [1, 2]
    ends = [-n if n else 1 << 31 for n in (bottom, right)]
    chain.add("Slice", layer.name, *(np.array(each, np.int64) for each in ([top, left], ends, axes)))


def _concatenate(chain: Chain, layer: KerasLayer) -> None:
    chain.join("Concat", layer.name, layer.sources, axis=_axis(layer))


_IDENTITY = (
    *("GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "InputLayer"),
    *("RandomRotation", "RandomTranslation", "RandomZoom", "RandomFlip"),
    *("RandomContrast", "RandomBrightness", "RandomHue", "RandomSaturation", "RandomColorJitter"),
    *("RandomShear", "RandomGaussianBlur", "RandomErasing", "RandomGrayscale", "RandomInvert"),
    *("RandomSharpness", "RandomPosterization", "RandomColorDegeneration", "RandomPerspective"),
    *("RandomElasticTransform", "MixUp", "CutMix", "AugMix", "RandAugment", "Stop_Gradient", "StopGradient"),
)
"""What does nothing to an image that is read: it is of training alone."""
_FUNCTIONS = ("Relu", "Relu6", "Sigmoid", "Tanh", "Silu", "Selu", "Softplus", "Softsign")
"""Functions that are called by themselves, such as keras.ops.relu(x), and make layers of these classes."""


def _sized(chain: Chain, layer: KerasLayer) -> None:
    """What brings an image to a size, which takes its middle or nothing where it can be taken."""
    wanted = [layer.config.get("height"), layer.config.get("width")]
    if not all(type(n) is int and 0 < n < 1 << 16 for n in wanted):
        raise layer.wrong(f"makes {wanted!r:.40} of an image, which is no size")
    axes = [2, 3] if layer.channels_first else [1, 2]
    chain.add("Fit", layer.name, sizes=wanted, axes=axes, middle=layer.kind == "CenterCrop")


LAYERS: Mapping[str, Callable[[Chain, KerasLayer], object]] = {
    "Dense": _dense,
    **dict.fromkeys(("Conv2D", "Conv1D"), conv),
    **dict.fromkeys(("DepthwiseConv2D", "DepthwiseConv1D"), depthwise),
    **dict.fromkeys(("SeparableConv2D", "SeparableConv1D"), separable),
    **dict.fromkeys(("MaxPooling2D", "MaxPooling1D"), pool("MaxPool")),
    **dict.fromkeys(("AveragePooling2D", "AveragePooling1D"), pool("AveragePool")),
    "GlobalAveragePooling2D": _over_all("ReduceMean"),
    "GlobalMaxPooling2D": _over_all("ReduceMax"),
    "GlobalAveragePooling1D": _over_steps("ReduceMean"),
    "GlobalMaxPooling1D": _over_steps("ReduceMax"),
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    **dict.fromkeys(("Dropout", "SpatialDropout2D", "SpatialDropout1D"), _dropout),
    "Activation": lambda chain, layer: activate(chain, layer, layer.config.get("activation")),
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "ELU": lambda chain, layer: chain.add("Elu", layer.name, alpha=float(layer.config.get("alpha", 1))),
    "Softmax": lambda chain, layer: chain.add("Softmax", layer.name, axis=_axis(layer)),
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "ZeroPadding2D": _zero_padding,
    "Cropping2D": _cropping,
    "PReLU": lambda chain, layer: chain.add("PRelu", layer.name, layer.array(0, "slope")),
    "Add": _sum,
    "Average": _average,
    "Subtract": _difference,
    "Concatenate": _concatenate,
    "MultiHeadAttention": attention,
    **dict.fromkeys(("CenterCrop", "Resizing", "RandomCrop"), _sized),
    **dict.fromkeys(_FUNCTIONS, lambda chain, layer: activate(chain, layer, layer.kind.lower())),
    **dict.fromkeys(_IDENTITY, lambda chain, layer: chain.add("Identity", layer.name)),
}
"""What is known, by class."""
