"""TensorFlow's own operations, each in ONNX's words. Images are (B, h, w, maps), unless told otherwise."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.graph.program import Op
from engine.foreign.pickles import shown


@dataclass
class Node:
    """A node of the graph: what it reads, and the constants that are known; its operations are gathered."""

    name: str
    kind: str
    inputs: Sequence[str]
    settings: Mapping[str, Any]
    known: dict[str, Array]
    ops: list[Op] = field(default_factory=list)

    def refuse(self, problem: str) -> NoReturn:
        """EngineError names the node."""
        raise EngineError(f"{shown(self.kind)} {shown(self.name)} {problem}")

    def source(self, place: int) -> str:
        """The name of one of the values that it reads."""
        return self.inputs[place] if place < len(self.inputs) else self.refuse("reads too few values")

    def constant(self, place: int) -> Array:
        """One of the values that it reads, which must be known before any image is."""
        found = self.known.get(self.source(place))
        return self.refuse("has weights or sizes that are worked out") if found is None else found

    def whole(self, place: int) -> list[int]:
        """The same as a list of whole numbers."""
        array = self.constant(place)
        if array.dtype.kind not in "iu" or array.size > 64:
            self.refuse(f"has {array.dtype} {array.shape} where whole numbers should be")
        return [int(n) for n in array.reshape(-1)]

    def setting(self, key: str, kind: str, usual: Any = None) -> Any:
        """A setting of a kind of the file: i (a whole number), f, b, s (a text); lists of these as lists."""
        told = self.settings.get(key)
        told = told if isinstance(told, dict) else {}
        if isinstance(told.get("list"), dict):
            values = told["list"].get(kind) or []
            return [_value(each, kind) for each in values] if isinstance(values, list) else usual
        return _value(told[kind], kind) if kind in told else usual

    def add(self, kind: str, *inputs: str | Array, **settings: Any) -> str:
        """One more operation, arrays as constants; the name of what it makes."""
        made = f"{self.name} {len(self.ops)}"
        names = []
        for place, value in enumerate(inputs):
            if isinstance(value, np.ndarray):
                self.known[f"{made}.{place}"] = value
                names.append(f"{made}.{place}")
            else:
                names.append(value)
        self.ops.append(Op(kind, self.name, tuple(names), (made,), settings))
        return made


def _value(told: Any, kind: str) -> Any:
    if kind == "s":
        try:
            return base64.b64decode(told, validate=True).decode("utf-8", "replace")
        except (binascii.Error, TypeError, ValueError):
            raise EngineError(f"a setting of its graph is {told!r:.30}, which is no text") from None
    return bool(told) if kind == "b" else float(told) if kind == "f" else int(told)


def _pair(node: Node, key: str) -> list[int]:
    """A setting of four numbers, of which those of rows and columns are meant."""
    told = node.setting(key, "i", [1, 1, 1, 1])
    if not isinstance(told, list) or len(told) != 4:
        node.refuse(f"has {key} {told!r:.40}: known are windows of images")
    return told[2:] if _maps_first(node) else told[1:3]


def _maps_first(node: Node) -> bool:
    return bool(node.setting("data_format", "s", "NHWC") == "NCHW")


def _windows(node: Node, strides: str = "strides") -> dict[str, Any]:
    padding = node.setting("padding", "s", "VALID")
    if padding == "EXPLICIT":
        sides = node.setting("explicit_paddings", "i", [])
        if len(sides) != 8:
            node.refuse(f"has explicit_paddings {sides!r:.40}")
        own = sides[4:8] if _maps_first(node) else sides[2:6]
        told: dict[str, Any] = {"pads": [own[0], own[2], own[1], own[3]]}
    elif padding in ("SAME", "VALID"):
        told = {"auto_pad": "SAME_UPPER" if padding == "SAME" else "VALID"}
    else:
        node.refuse(f"has padding {padding!r:.20}")
    return {"strides": _pair(node, strides), **told}


def _on_maps(node: Node, source: str, kind: str, *arrays: Array, **settings: Any) -> str:
    """An operation on (B, maps, h, w), turned to and fro where the node has its maps last."""
    if _maps_first(node):
        return node.add(kind, source, *arrays, **settings)
    turned = node.add("Transpose", source, perm=[0, 3, 1, 2])
    return node.add("Transpose", node.add(kind, turned, *arrays, **settings), perm=[0, 2, 3, 1])


def _convolution(node: Node) -> str:
    kernel = node.constant(1)
    if kernel.ndim != 4:
        node.refuse(f"has a kernel {kernel.shape}: known are kernels of images")
    settings = {**_windows(node), "dilations": _pair(node, "dilations")}
    if "Depthwise" in node.kind:
        settings["group"] = kernel.shape[2]
        weight = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])
    else:
        weight = kernel.transpose(3, 2, 0, 1)
    return _behind(node, _on_maps(node, node.source(0), "Conv", weight, **settings))


def _product(node: Node) -> str:
    sides = [node.source(0), node.source(1)]
    for place, keys in enumerate((("transpose_a", "adj_x"), ("transpose_b", "adj_y"))):
        if any(node.setting(key, "b", False) for key in keys):
            sides[place] = node.add("SwapAxes", sides[place], axes=[-2, -1])
    return _behind(node, node.add("MatMul", *sides))


def _behind(node: Node, made: str) -> str:
    """What a fused operation does to its sums: a bias, a norm or a function, one after the other."""
    place = 2
    for step in node.setting("fused_ops", "s", []):
        if step == "BiasAdd":
            made, place = _biased(node, made, node.source(place)), place + 1
        elif step == "Prelu":
            made, place = node.add("PRelu", made, node.constant(place)), place + 1
        elif step in FUNCTIONS:
            told = {"alpha": node.setting("leakyrelu_alpha", "f", 0.2)} if step == "LeakyRelu" else {}
            kind, settings = FUNCTIONS[step]
            made = node.add(kind, made, **{**settings, **told})
        else:
            node.refuse(f"does {step!r:.40} to its sums: known are a bias and {', '.join(FUNCTIONS)}")
    return made


def _biased(node: Node, made: str, bias: str) -> str:
    array = node.known.get(bias)
    if _maps_first(node) and array is not None:
        return node.add("Add", made, array.reshape(-1, 1, 1))
    return node.add("Add", made, bias)


def _pool(kind: str) -> Callable[[Node], str]:
    def make(node: Node) -> str:
        return _on_maps(node, node.source(0), kind, kernel_shape=_pair(node, "ksize"), **_windows(node))

    return make


def _norm(node: Node) -> str:
    if node.setting("is_training", "b", True):
        node.refuse("is in training mode: save the network for inference")
    settings = {
        "axis": 1 if _maps_first(node) else 3,
        "epsilon": node.setting("epsilon", "f", 1e-4),
    }
    return node.add("BatchNormalization", *(node.source(place) for place in range(5)), **settings)


def _over(kind: str) -> Callable[[Node], str]:
    def make(node: Node) -> str:
        keep = node.setting("keep_dims", "b", False)
        return node.add(kind, node.source(0), axes=node.whole(1), keepdims=int(keep))

    return make


def _packed(node: Node) -> str:
    axis = node.setting("axis", "i", 0)
    parts = [node.add("Unsqueeze", source, axes=[axis]) for source in node.inputs]
    return node.add("Concat", *parts, axis=axis)


def _concat(node: Node) -> str:
    (axis,) = node.whole(len(node.inputs) - 1)
    return node.add("Concat", *node.inputs[:-1], axis=axis)


def _strided(node: Node) -> str:
    begins, ends, steps = (node.whole(place) for place in (1, 2, 3))
    if any(node.setting(f"{key}_mask", "i", 0) for key in ("ellipsis", "new_axis")):
        node.refuse("adds axes: known is what takes some of them")
    masks = {key: node.setting(f"{key}_mask", "i", 0) for key in ("begin", "end", "shrink_axis")}
    bits = {key: [bool(mask >> axis & 1) for axis in range(len(begins))] for key, mask in masks.items()}
    axes = [*range(len(begins))]
    starts = [0 if open_ else n for n, open_ in zip(begins, bits["begin"], strict=True)]
    stops = [1 << 31 if open_ else n for n, open_ in zip(ends, bits["end"], strict=True)]
    gone = [axis for axis in axes if bits["shrink_axis"][axis]]
    stops = [(starts[a] + 1 or 1 << 31) if a in gone else stops[a] for a in axes]
    if any(step < 1 for step in steps):
        node.refuse(f"goes by steps of {steps!r:.40}: known are those forward")
    told = (np.array(each, np.int64) for each in (starts, stops, axes, steps))
    made = node.add("Slice", node.source(0), *told)
    return node.add("Squeeze", made, axes=gone) if gone else made


def _sliced(node: Node) -> str:
    begins, sizes = node.whole(1), node.whole(2)
    ends = [1 << 31 if n < 0 else a + n for a, n in zip(begins, sizes, strict=True)]
    told = (np.array(each, np.int64) for each in (begins, ends))
    return node.add("Slice", node.source(0), *told)


def _padded(node: Node) -> str:
    sides = node.constant(1)
    if sides.ndim != 2 or sides.shape[1] != 2:
        node.refuse(f"has paddings {sides.shape}")
    if len(node.inputs) > 2 and np.any(node.constant(2)):
        node.refuse("pads with another number than 0")
    return node.add("Pad", node.source(0), pads=[int(n) for n in sides.T.reshape(-1)])


def _squeezed(node: Node) -> str:
    axes = node.setting("squeeze_dims", "i", []) or node.setting("axis", "i", [])
    return node.add("Squeeze", node.source(0), **({"axes": axes} if axes else {}))


def _inverse_root(node: Node) -> str:
    return node.add("Reciprocal", node.add("Sqrt", node.source(0)))


def _squared_difference(node: Node) -> str:
    difference = node.add("Sub", node.source(0), node.source(1))
    return node.add("Mul", difference, difference)


def _plain(kind: str, **settings: Any) -> Callable[[Node], str]:
    return lambda node: node.add(kind, *node.inputs, **settings)


FUNCTIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Relu": ("Relu", {}),
    "Relu6": ("Clip", {"min": 0.0, "max": 6.0}),
    "LeakyRelu": ("LeakyRelu", {"alpha": 0.2}),
    **{kind: (kind, {}) for kind in ("Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign")},
    **{kind: (kind, {}) for kind in ("Erf", "Exp", "Neg", "Abs", "Sqrt")},
}
"""Functions of each number, with their settings in ONNX's words."""
_ALIKE = {
    **dict.fromkeys(("Identity", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics"), "Identity"),
    **dict.fromkeys(("Add", "AddV2"), "Add"),
    **dict.fromkeys(("RealDiv", "Div"), "Div"),
    **{"Sub": "Sub", "Mul": "Mul", "Pow": "Pow", "AddN": "Sum", "Maximum": "Max", "Minimum": "Min"},
    **{"LogSoftmax": "LogSoftmax", "Softmax": "Softmax", "Shape": "Shape", "Reshape": "Reshape"},
    **{"Reciprocal": "Reciprocal", "Inv": "Reciprocal"},
}
NODES: Mapping[str, Callable[[Node], str]] = {
    **{kind: _plain(own) for kind, own in _ALIKE.items()},
    **{kind: _plain(own, **settings) for kind, (own, settings) in FUNCTIONS.items()},
    "LeakyRelu": lambda node: node.add("LeakyRelu", node.source(0), alpha=node.setting("alpha", "f", 0.2)),
    **dict.fromkeys(("Conv2D", "_FusedConv2D", "DepthwiseConv2dNative"), _convolution),
    **dict.fromkeys(("FusedDepthwiseConv2dNative", "_FusedDepthwiseConv2dNative"), _convolution),
    **dict.fromkeys(("MatMul", "_FusedMatMul", "BatchMatMul", "BatchMatMulV2"), _product),
    "BiasAdd": lambda node: _biased(node, node.source(0), node.source(1)),
    **{"MaxPool": _pool("MaxPool"), "AvgPool": _pool("AveragePool")},
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _norm),
    **{"Mean": _over("ReduceMean"), "Max": _over("ReduceMax")},
    **dict.fromkeys(("Pad", "PadV2"), _padded),
    **{"Pack": _packed, "ConcatV2": _concat, "StridedSlice": _strided, "Slice": _sliced},
    "ExpandDims": lambda node: node.add("Unsqueeze", node.source(0), axes=node.whole(1)),
    "Transpose": lambda node: node.add("Transpose", node.source(0), perm=node.whole(1)),
    "GatherV2": lambda node: node.add("Gather", node.source(0), node.source(1), axis=node.whole(2)[0]),
    **{"Squeeze": _squeezed, "Rsqrt": _inverse_root, "SquaredDifference": _squared_difference},
    "Square": lambda node: node.add("Mul", node.source(0), node.source(0)),
}
"""What is known, by TensorFlow's names."""
