"""A net as an ONNX model: images (n, maps, h, w) or rows (n, count) of 0..1 in, its answers out."""

from __future__ import annotations

from engine.arrays import Array, Shape
from engine.errors import EngineError
from engine.foreign.marks import marks_of
from engine.foreign.scaling import as_measured
from engine.foreign.writers.baked import baked
from engine.foreign.writers.onnx_activations import add_activation
from engine.foreign.writers.onnx_blocks import BLOCKS
from engine.foreign.writers.onnx_graph import Graph
from engine.net import Net
from engine.text.torch_module import WrittenLayer, written_layers

_OPSET, _IR = 20, 9
"""Opset 20 is the first with Gelu (ONNX 1.15, 2023)."""
_INSTALL = "writing ONNX models needs the onnx package: python -m pip install onnx"


def write_onnx(net: Net) -> bytes:
    """The net as the bytes of an ONNX model, with the weights in it.

    The names are those of its `engine.torch_module`. Edits are in the weights, see `baked`, or
    beside an activation. EngineError where neither can hold one, or onnx is not there.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415
    except ImportError:
        raise EngineError(_INSTALL) from None
    found = baked(net)
    net = as_measured(found.net)
    graph = Graph(net, helper)
    image = net.layers[0].name
    if image in found.left:
        graph.values[image] = graph.edited(image, graph.values[image], *found.left[image])
    for each in written_layers(net.layers):
        _add(graph, each, found.left.get(each.layer.name))
    shape: list[str | int | None] = ["n", *_first(net.layers[0].shape)]
    made = helper.make_graph(
        graph.nodes,
        net.name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", *net.layers[-1].shape])],
        [numpy_helper.from_array(array, name) for name, array in graph.arrays.items()],
    )
    model = helper.make_model(
        made, producer_name="viz3d", ir_version=_IR, opset_imports=[helper.make_opsetid("", _OPSET)]
    )
    helper.set_model_props(model, marks_of(net))
    content: bytes = model.SerializeToString()
    return content


def _first(shape: Shape) -> Shape:
    """An image's shape with its channels first; a row's as it is."""
    return (shape[2], *shape[:2]) if len(shape) == 3 else shape


def _add(graph: Graph, each: WrittenLayer, edited: tuple[Array, Array] | None) -> None:
    """The nodes of one layer, the last of which makes its value; edited: gain and offset of activations."""
    layer = each.layer
    value = BLOCKS[type(layer.block)](graph, each, [graph.values[s] for s in layer.sources])
    value = add_activation(graph, layer.activation, value, 1 if each.part.image else -1)
    graph.images[layer.name] = each.part.image
    if edited is not None:
        value = graph.edited(layer.name, value, *edited)
    if layer is graph.net.layers[-1]:
        graph.nodes.append(graph.helper.make_node("Identity", [value], ["output"], name="output"))
    graph.values[layer.name] = value
