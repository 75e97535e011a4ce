"""The graph of a model of torch.export, which its archive tells in JSON: read, not run.

Reference: PyTorch's torch/_export/serde/schema.py.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.graph.program import Chain, Program
from engine.foreign.graph.shapes import MOST_MADE
from engine.foreign.json_text import values_of
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor, first_of
from engine.foreign.readers.pytorch.graphs.operators import OPERATORS

_MOST_BYTES = 1 << 24
_MOST_NODES = 10_000
_KEPT = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}


def program_of(text: bytes, tensors: Callable[[str], Array]) -> Program:
    """The operations of a graph; tensors: its weights and constants by their names.

    EngineError names the operator that is not known, or what is missing.
    """
    if len(text) > _MOST_BYTES:
        raise EngineError(f"its graph has {len(text):,} bytes, the limit is {_MOST_BYTES:,}")
    module = values_of(text).get("graph_module", {})
    graph, signature = module["graph"], module["signature"]
    nodes = graph["nodes"]
    if len(nodes) > _MOST_NODES:
        raise EngineError(f"its graph has {len(nodes):,} operators, the limit is {_MOST_NODES:,}")
    values: dict[str, Any] = {}
    images = []
    for spec in signature["input_specs"]:
        kind, told = next(iter(spec.items()))
        if kind in _KEPT:
            values[told["arg"]["name"]] = tensors(told[_KEPT[kind]])
        elif kind == "user_input":
            images.append(told["arg"]["as_tensor"]["name"])
    if len(images) != 1:
        raise EngineError(f"it has {len(images)} inputs: known are networks with one, the image")
    shape, batch = _shape(graph["tensor_values"][images[0]]["sizes"])
    chain = Chain(shape, 1 if len(shape) == 4 else None)
    values[images[0]] = Tensor(chain.last, shape)
    aten = Aten(chain, OPERATORS, batch)
    for node in nodes:
        _step(aten, node, values)
    last = values[graph["outputs"][0]["as_tensor"]["name"]]
    if not isinstance(last, Tensor):
        raise EngineError("its output does not depend on its image")
    notes = first_of(len(graph["outputs"]))
    return Program(chain.ops, chain.constants, "the pixels", shape, chain.channels, last.name, batch, notes)


def _shape(sizes: Iterable[Mapping[str, Any]]) -> tuple[tuple[int, ...], int]:
    """The image's shape with a batch of 1, and the batch of the file."""
    found = [each.get("as_int", 0) for each in sizes]
    if not 2 <= len(found) <= 4 or any(type(n) is not int or n < 1 for n in found[1:]):
        raise EngineError(f"its input has shape {found}: known are images and rows of a fixed size")
    shape = (1, *found[1:])
    if size_of(shape) > 1 << 20:
        raise EngineError(f"its input has shape {shape}: a digit is of 28x28 pixels")
    return shape, max(int(found[0]), 1)


_OF_SIZES: Mapping[str, Callable[[int, int], int]] = {
    "_operator.add": operator.add,
    "_operator.sub": operator.sub,
    "_operator.mul": lambda a, b: min(a * b, MOST_MADE),
    "_operator.floordiv": operator.floordiv,
}
"""What is worked out of sizes, where the batch is left open."""


def _step(aten: Aten, node: Mapping[str, Any], values: dict[str, Any]) -> None:
    target = str(node["target"])
    label = f"{node.get('name') or target}{_module_of(node)}"
    given = [(each.get("kind", 1), each["name"], _value(each["arg"], values)) for each in node["inputs"]]
    plain = [value for kind, _, value in given if kind != 2]
    more = {name: value for kind, name, value in given if kind == 2}
    if target == "_operator.getitem":
        made = plain[0][plain[1]]
    elif target in _OF_SIZES and all(type(each) is int for each in plain):
        made = _OF_SIZES[target](*plain)
    elif target.startswith("torch.ops.aten."):
        made = aten.call(target.split(".")[3], plain, more, label)
    else:
        raise EngineError(f"its operator {shown(target)} is none that is known")
    outputs = [each for told in node["outputs"] for each in _names(told)]
    for name, value in zip(outputs, made if isinstance(made, tuple | list) else (made,), strict=False):
        values[name] = value


def _module_of(node: Mapping[str, Any]) -> str:
    """The module in whose text an operator stands, such as " of blocks.0.fc1"; "" where nothing tells."""
    stack = str(node.get("metadata", {}).get("nn_module_stack", ""))
    path = stack.rpartition(";")[2].split(",")[1:2]
    return f" of {path[0]}" if path and path[0] else ""


def _names(told: Mapping[str, Any]) -> list[str]:
    """The names of the values of one output."""
    kind, value = next(iter(told.items()))
    if kind == "as_tensors":
        return [str(each["name"]) for each in value]
    if kind == "as_sym_int":
        return [str(value.get("as_name"))]
    return [str(value["name"])] if isinstance(value, Mapping) and "name" in value else ["nothing"]


def _value(told: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """An argument: a tensor, a number, a text, or a list of these."""
    kind, value = next(iter(told.items()))
    if kind == "as_none":
        return None
    if kind in ("as_tensor", "as_optional_tensor"):
        return _value(value, values) if "as_tensor" in value else values[value["name"]]
    if kind in ("as_tensors", "as_optional_tensors"):
        return [values[each["name"]] for each in value]
    if kind in ("as_sym_int", "as_sym_float", "as_sym_bool"):
        return values[value["as_name"]] if "as_name" in value else next(iter(value.values()))
    if kind == "as_sym_ints":
        return [values[each["as_name"]] if "as_name" in each else each["as_int"] for each in value]
    return value
