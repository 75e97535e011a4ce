"""A net as an ONNX model: images (n, maps, h, w) or rows (n, count) of 0..1 in, its answers out."""

# One protocol for all: some blocks need only some of it.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import (
    Add,
    Attention,
    AttentionScores,
    AveragePool,
    Conv,
    Dense,
    LayerNorm,
    LocalNorm,
    Maxout,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.blocks.activations import LEAK
from engine.blocks.pool import Pool
from engine.errors import EngineError
from engine.foreign.writers.state_dict import to_tensors
from engine.net import Net
from engine.text.torch_module import WrittenLayer, written_layers

_OPSET, _IR = 20, 9
"""Opset 20 is the first with Gelu (ONNX 1.15, 2023)."""
_INSTALL = 'writing ONNX models needs the onnx package: pip install "viz3d[onnx]"'


def write_onnx(net: Net) -> bytes:
    """The net as the bytes of an ONNX model, with the weights in it.

    The names are those of its `engine.torch_module`. EngineError where it has edits, or onnx is not there.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415
    except ImportError:
        raise EngineError(_INSTALL) from None
    graph = _Graph(net, helper)
    for each in written_layers(net.layers):
        graph.layer(each)
    image: list[str | int | None] = ["n", *_first(net.layers[0].shape)]
    made = helper.make_graph(
        graph.nodes,
        net.name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", *net.layers[-1].shape])],
        [numpy_helper.from_array(array, name) for name, array in graph.arrays.items()],
    )
    model = helper.make_model(
        made, producer_name="viz3d", ir_version=_IR, opset_imports=[helper.make_opsetid("", _OPSET)]
    )
    content: bytes = model.SerializeToString()
    return content


def _first(shape: Shape) -> Shape:
    """An image's shape with its channels first; a row's as it is."""
    return (shape[2], *shape[:2]) if len(shape) == 3 else shape


class _Graph:
    """Nodes and arrays so far. values: of each layer the name of its value."""

    def __init__(self, net: Net, helper: Any):
        self.net = net
        self.helper = helper
        self.weights = to_tensors(net)
        self.nodes: list[Any] = []
        self.arrays: dict[str, Array] = {}
        self.values = {net.layers[0].name: "image"}
        self.images = {net.layers[0].name: len(net.layers[0].shape) == 3}
        self.shapes = {layer.name: layer.shape for layer in net.layers}

    def layer(self, each: WrittenLayer) -> None:
        """The nodes of one layer, the last of which makes its value."""
        layer = each.layer
        value = _BLOCKS[type(layer.block)](self, each, [self.values[s] for s in layer.sources])
        call = _ACTIVATIONS[layer.activation]
        if call is not None:
            kind, settings = call
            axis = {"axis": 1 if each.part.image else -1} if kind.endswith("Softmax") else {}
            value = self.node(kind, [value], **settings, **axis)
        if layer is self.net.layers[-1]:
            self.nodes.append(self.helper.make_node("Identity", [value], ["output"], name="output"))
        self.values[layer.name] = value
        self.images[layer.name] = each.part.image

    def node(self, kind: str, inputs: Sequence[str], **settings: Any) -> str:
        """One more node; the name of what it makes."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], name=name, **settings))
        return name

    def array(self, name: str, array: Array) -> str:
        """One more constant."""
        self.arrays[name] = np.asarray(array, order="C")
        return name

    def numbers(self, *numbers: int) -> str:
        """A constant row of whole numbers."""
        return self.array(f"numbers {' '.join(map(str, numbers))}", np.array(numbers, np.int64))

    def own(self, each: WrittenLayer, end: str = ".weight") -> str:
        """A layer's array as PyTorch has it."""
        return self.array(each.name + end, self.weights[each.name + end])

    def last(self, each: WrittenLayer, place: int = 0) -> str:
        """A source's value with the engine's last axis last."""
        source = each.layer.sources[place]
        value = self.values[source]
        return self.node("Transpose", [value], perm=[0, 2, 3, 1]) if self.images[source] else value


def _dense(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    row = sources[0]
    if len(g.shapes[each.layer.sources[0]]) > 1:
        row = g.node("Flatten", [row], axis=1)
    return g.node("Gemm", [row, g.own(each), g.own(each, ".bias")], transB=1)


def _pads(block: Conv | Pool, source: Shape) -> list[int]:
    """Cells of padding above, left, below and right."""
    before, after = [], []
    for axis in block.axes(source):
        rest = (axis.places - 1) * axis.stride + axis.taps - axis.before - axis.size
        before.append(axis.before)
        # A number pads both sides alike, be it that the last cells are read by no window.
        after.append(max(rest, 0) if block.padding == "same" else axis.before)
    return [*before, *after]


def _conv(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    settings = {
        "kernel_shape": [block.height, block.width],
        "strides": [block.stride] * 2,
        "pads": _pads(block, g.shapes[each.layer.sources[0]]),
    }
    return g.node("Conv", [sources[0], g.own(each), g.own(each, ".bias")], **settings)


def _pool(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    kind = "MaxPool" if isinstance(block, MaxPool) else "AveragePool"
    pads = _pads(block, g.shapes[each.layer.sources[0]])
    return g.node(kind, sources[:1], kernel_shape=[block.size] * 2, strides=[block.step] * 2, pads=pads)


def _maxout(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    *before, width = g.shapes[each.layer.sources[0]]
    value = g.node("Reshape", [g.last(each), g.numbers(-1, *before, width // block.pieces, block.pieces)])
    value = g.node("ReduceMax", [value, g.numbers(-1)], keepdims=0)
    return g.node("Transpose", [value], perm=[0, 3, 1, 2]) if each.part.image else value


def _local_norm(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    settings = {"size": block.n, "alpha": block.alpha, "beta": block.beta, "bias": block.k}
    return g.node("LRN", sources[:1], **settings)


def _add(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    total = sources[0]
    for other in sources[1:]:
        total = g.node("Add", [total, other])
    return total


def _patches(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    units = each.layer.shape[1]
    sides = [block.size] * 2
    value = g.node("Conv", [sources[0], g.own(each), g.own(each, ".bias")], kernel_shape=sides, strides=sides)
    value = g.node("Reshape", [value, g.numbers(0, units, -1)])
    value = g.node("Transpose", [value], perm=[0, 2, 1])
    if block.class_token:
        batch = g.node("Shape", [sources[0]], start=0, end=1)
        shape = g.node("Concat", [batch, g.numbers(1, units)], axis=0)
        value = g.node("Concat", [g.node("Expand", [g.own(each, "_class"), shape]), value], axis=1)
    return g.node("Add", [value, g.own(each, "_position")]) if block.positions else value


def _token_dense(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    weight = g.array(f"{each.name}.weight", g.weights[f"{each.name}.weight"].T)
    value = g.node("Add", [g.node("MatMul", [sources[0], weight]), g.own(each, ".bias")])
    for other in sources[1:]:
        value = g.node("Add", [value, other])
    return value


def _token_head(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    place = g.array(f"token {block.token}", np.array(block.token, np.int64))
    row = g.node("Gather", [sources[0], place], axis=1)
    return g.node("Gemm", [row, g.own(each), g.own(each, ".bias")], transB=1)


def _layer_norm(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    inputs = [g.last(each), g.own(each), g.own(each, ".bias")]
    value = g.node("LayerNormalization", inputs, axis=-1, epsilon=block.eps)
    return g.node("Transpose", [value], perm=[0, 3, 1, 2]) if each.part.image else value


def _heads(g: _Graph, each: WrittenLayer, place: int, heads: int) -> str:
    """A source's tokens with their numbers shared among heads: (n, heads, tokens, width)."""
    tokens, width = g.shapes[each.layer.sources[place]]
    value = g.node(
        "Reshape", [g.values[each.layer.sources[place]], g.numbers(0, tokens, heads, width // heads)]
    )
    return g.node("Transpose", [value], perm=[0, 2, 1, 3])


def _scores(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    block: Any = each.layer.block
    width = g.shapes[each.layer.sources[0]][1] // block.heads
    query, key = (_heads(g, each, place, block.heads) for place in range(2))
    value = g.node("MatMul", [query, g.node("Transpose", [key], perm=[0, 1, 3, 2])])
    root = g.array(f"root of {width}", np.array(np.sqrt(width), np.float32))
    return g.node("Div", [value, root])


def _attention(g: _Graph, each: WrittenLayer, sources: Sequence[str]) -> str:
    heads = g.shapes[each.layer.sources[0]][0]
    value = g.node("MatMul", [sources[0], _heads(g, each, 1, heads)])
    value = g.node("Transpose", [value], perm=[0, 2, 1, 3])
    return g.node("Reshape", [value, g.numbers(0, *each.layer.shape)])


_BLOCKS: Mapping[type, Callable[[_Graph, WrittenLayer, Sequence[str]], str]] = {
    Dense: _dense,
    Conv: _conv,
    MaxPool: _pool,
    AveragePool: _pool,
    Maxout: _maxout,
    LocalNorm: _local_norm,
    Add: _add,
    PatchEmbedding: _patches,
    TokenDense: _token_dense,
    TokenHead: _token_head,
    LayerNorm: _layer_norm,
    AttentionScores: _scores,
    Attention: _attention,
}
_ACTIVATIONS: Mapping[str, tuple[str, dict[str, Any]] | None] = {
    "identity": None,
    "relu": ("Relu", {}),
    "leaky-relu": ("LeakyRelu", {"alpha": LEAK}),
    "gelu": ("Gelu", {"approximate": "none"}),
    "gelu-tanh": ("Gelu", {"approximate": "tanh"}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softmax": ("Softmax", {}),
    "log-softmax": ("LogSoftmax", {}),
}
