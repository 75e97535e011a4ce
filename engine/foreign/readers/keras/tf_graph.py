"""A graph of TensorFlow, as TensorFlow.js's graph models have it, as a program. Nothing of it is run."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.graph.program import Op, Program
from engine.foreign.pickles import shown
from engine.foreign.readers.keras.tf_nodes import NODES, Node
from engine.foreign.refused import way_round

_MOST_NODES = 5000
_OPEN = 28
_ARGUMENTS = ("Placeholder", "PlaceholderWithDefault")
_WAY = (
    "convert the Keras model itself (tensorflowjs_converter --output_format=tfjs_layers_model), or give the "
    ".keras file"
)


def program_of(topology: Any, signature: Any, arrays: Mapping[str, Array]) -> tuple[Program, tuple[str, ...]]:
    """The program of {"node": [...]}, its constants by the nodes' names, and notes.

    signature: what the file says of its inputs and outputs, if it does. EngineError names what is not known.
    """
    nodes = _nodes(topology)
    images = [name for name, node in nodes.items() if node["op"] in _ARGUMENTS and name not in arrays]
    if len(images) != 1:
        names = ", ".join(map(shown, images[:4])) or "none"
        raise EngineError(f"it has {len(images)} inputs ({names}): known are networks with one, the image")
    known, ops = dict(arrays), list[Op]()
    output, notes = _output(nodes, signature)
    for name in _in_order(nodes, output):
        if name in nodes and name != images[0] and name not in arrays:
            ops += _ops(name, nodes[name], known)
    shape = _shape(nodes[images[0]])
    return Program(ops, known, images[0], shape, _channels(shape), output), notes


def _nodes(topology: Any) -> dict[str, dict[str, Any]]:
    """The nodes by name, NoOps left out."""
    told = topology.get("node") if isinstance(topology, dict) else None
    if not isinstance(told, list) or not told or len(told) > _MOST_NODES:
        count = len(told) if isinstance(told, list) else "no"
        raise EngineError(f"its graph has {count} nodes, known are 1 to {_MOST_NODES:,}")
    nodes: dict[str, dict[str, Any]] = {}
    for each in told:
        name, kind = (each.get(key) if isinstance(each, dict) else None for key in ("name", "op"))
        if not isinstance(name, str) or not isinstance(kind, str):
            raise EngineError(f"its graph has {each!r:.40} where a node should be")
        if kind != "NoOp":
            nodes[name] = each
    return nodes


def _inputs(node: Mapping[str, Any]) -> list[str]:
    """The names of the nodes that a node reads; those that it only waits for (^) are left out."""
    told = node.get("input") or []
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise EngineError(f"its node {shown(node['name'])} has the inputs {told!r:.40}")
    return [each.removesuffix(":0") for each in told if not each.startswith("^")]


def _in_order(nodes: Mapping[str, Mapping[str, Any]], output: str) -> list[str]:
    """The names of what the output depends on, each behind those that it reads."""
    reads, todo = dict[str, list[str]](), [output]
    while todo:
        name = todo.pop()
        if name in nodes and name not in reads:
            reads[name] = _inputs(nodes[name])
            todo += reads[name]
    sorter = TopologicalSorter({name: reads[name] for name in nodes if name in reads})
    try:
        return [*sorter.static_order()]
    except CycleError:
        raise EngineError("its graph runs in a circle: known are networks that read an image once") from None


def _ops(name: str, told: Mapping[str, Any], known: dict[str, Array]) -> list[Op]:
    """The operations of a node; what only hands on a constant becomes one."""
    kind, inputs, settings = told["op"], _inputs(told), told.get("attr") or {}
    if kind == "Const":
        raise EngineError(f"its constant {shown(name)} is not among its weights: convert it again")
    if kind not in NODES:
        raise EngineError(
            f"{shown(kind)} {shown(name)} is no operation of TensorFlow that is known: "
            f"{way_round(kind) or _WAY}"
        )
    if kind == "Identity" and inputs and inputs[0] in known:
        known[name] = known[inputs[0]]
        return []
    node = Node(name, kind, inputs, settings if isinstance(settings, dict) else {}, known)
    made = NODES[kind](node)
    return [
        Op(op.kind, op.name, op.inputs, (name,) if op.outputs == (made,) else op.outputs, op.settings)
        for op in node.ops
    ]


def _output(nodes: Mapping[str, Mapping[str, Any]], signature: Any) -> tuple[str, tuple[str, ...]]:
    """The output that is told, or what no other node reads; and what to say where there are several."""
    told = signature.get("outputs") if isinstance(signature, dict) else None
    named = (
        [each.get("name") for each in told.values() if isinstance(each, dict)]
        if isinstance(told, dict)
        else []
    )
    ends = [name.removesuffix(":0") for name in named if isinstance(name, str)]
    ends = [name for name in ends if name in nodes]
    if not ends:
        read = {name for node in nodes.values() for name in _inputs(node)}
        ends = [name for name, node in nodes.items() if name not in read and node["op"] != "Const"]
    if not ends:
        raise EngineError("its graph has no output")
    output, notes = ends[0], tuple[str, ...]()
    if len(ends) > 1:
        others = ", ".join(map(shown, ends[1:4]))
        notes = (f"it has {len(ends)} outputs: {shown(output)} is taken, not {others}",)
    if nodes[output]["op"] == "ArgMax":
        output = _inputs(nodes[output])[0]
        notes = (*notes, "it ends in the likeliest class: the scores that it compares are taken")
    return output, notes


def _shape(node: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of the image with a batch of 1; open lengths are a digit's."""
    attributes = node.get("attr")
    told = attributes.get("shape") if isinstance(attributes, dict) else None
    told = told.get("shape") if isinstance(told, dict) else None
    dims = told.get("dim") if isinstance(told, dict) else None
    if not isinstance(dims, list) or not 2 <= len(dims) <= 4:
        raise EngineError(
            f"its input {shown(node['name'])} has the shape {told!r:.40}: known are images, rows"
        )
    sizes = [int(each.get("size", 0)) if isinstance(each, dict) else 0 for each in dims]
    usual = {2: (_OPEN * _OPEN,), 3: (_OPEN, _OPEN), 4: (_OPEN, _OPEN, 1)}[len(sizes)]
    shape = (1, *(n if n > 0 else other for n, other in zip(sizes[1:], usual, strict=True)))
    if size_of(shape) > 1 << 20:
        raise EngineError(f"its input has shape {shape}: a digit is of 28x28 pixels")
    return shape


def _channels(shape: tuple[int, ...]) -> int | None:
    """The axis of an image's channels: the last, as TensorFlow has it, unless the second alone can be it."""
    if len(shape) != 4:
        return None
    return 1 if shape[1] in (1, 3) and shape[3] not in (1, 3) else 3
