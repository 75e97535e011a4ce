"""A Keras model's configuration, Sequential or Functional, layer by layer. Nothing of it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.arrays import Array, size_of
from engine.errors import EngineError
from engine.foreign.graph.program import Chain, Program
from engine.foreign.pickles import shown
from engine.foreign.readers.keras.layer import KerasLayer
from engine.foreign.readers.keras.layers import add_layer

Weights = Callable[[tuple[str, ...]], Mapping[str, Array]]
"""A layer's arrays by the names of the models around it and its own; in Keras's order."""
MODELS = ("Sequential", "Functional", "Model")
_MOST_LAYERS, _MOST_DEPTH = 2000, 8
_OPEN = 28
_NUMBER = "_CONSTANT_VALUE"
"""Keras 2's name for what a layer reads where that is a number, as in 1 - x."""


def program_of(model: Any, weights: Weights) -> Program:
    """The operations of a configuration {"class_name", "config"}; EngineError names an unknown layer."""
    layers = layers_of(model)
    shape, channels = _image(layers)
    walk = _Walk(Chain(shape, channels), weights)
    walk.chain.last = walk.model(model, "the pixels", ())
    return walk.chain.program()


def outputs_told(model: Any) -> tuple[str, ...]:
    """What to say of a model's outputs where it has several: the first is taken."""
    kind, config = named(model)
    if kind == "Sequential":
        return ()
    first, *others = [name for name, _ in _ends(config.get("output_layers"), "output_layers")]
    if not others:
        return ()
    names = ", ".join(shown(name) for name in others[:3])
    return (f"it has {len(others) + 1} outputs: {shown(first)} is taken, not {names}",)


def named(item: Any) -> tuple[str, dict[str, Any]]:
    """A layer's class and configuration; EngineError where it has none."""
    kind = item.get("class_name") if isinstance(item, dict) else None
    config = item.get("config") if isinstance(item, dict) else None
    if not isinstance(kind, str) or not isinstance(config, dict | list):
        raise EngineError(f"its configuration has {item!r:.40} where a layer should be")
    return kind, config if isinstance(config, dict) else {"layers": config}


def layers_of(model: Any) -> list[Any]:
    """The layers of a model's configuration."""
    kind, config = named(model)
    if kind not in MODELS:
        raise EngineError(
            f"its model is a class of its own, {shown(kind)}, whose file does not tell how its layers go on: "
            "export it as ONNX, model.export('net.onnx', format='onnx')"
        )
    layers = config.get("layers")
    if not isinstance(layers, list) or not layers or len(layers) > _MOST_LAYERS:
        raise EngineError("its configuration has no list of layers")
    return layers


def name_of(item: Any) -> str:
    """A layer's own name."""
    _, config = named(item)
    name = item.get("name") or config.get("name")
    return name if isinstance(name, str) else ""


def _image(layers: list[Any]) -> tuple[tuple[int, ...], int | None]:
    """The input's shape, with a batch of 1, and the axis of its channels."""
    _, config = named(layers[0])
    told = config.get("batch_shape") or config.get("batch_input_shape")
    if told is None and name_of(layers[0]) and named(layers[0])[0] in MODELS:
        return _image(layers_of(layers[0]))
    if told is None:
        build = layers[0].get("build_config") if isinstance(layers[0], dict) else None
        told = build.get("input_shape") if isinstance(build, dict) else None
    if not isinstance(told, list | tuple) or not 2 <= len(told) <= 4:
        raise EngineError(f"its first layer has the shape {told!r:.40}: known are images and rows")
    usual = {2: [_OPEN * _OPEN], 3: [_OPEN, _OPEN], 4: [_OPEN, _OPEN, 1]}[len(told)]
    shape = (1, *(n if type(n) is int else other for n, other in zip(told[1:], usual, strict=True)))
    if any(n < 1 for n in shape) or size_of(shape) > 1 << 20:
        raise EngineError(f"its input has shape {shape}: a digit is of 28x28 pixels")
    first = len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3)
    return shape, (1 if first else 3) if len(shape) == 4 else None


class _Walk:
    """Adds the layers of a model, and of models inside it, to a chain."""

    def __init__(self, chain: Chain, weights: Weights):
        self.chain = chain
        self.weights = weights

    def model(self, model: Any, source: str, path: tuple[str, ...]) -> str:
        """A model's layers on a value; the name of what they make."""
        if len(path) > _MOST_DEPTH:
            raise EngineError("its models lie too deep inside each other")
        kind, config = named(model)
        if kind == "Sequential":
            for item in layers_of(model):
                source = self.layer(item, (source,), path)
            return source
        return self._functional(model, config, source, path)

    def layer(self, item: Any, sources: tuple[str, ...], path: tuple[str, ...], node: Any = None) -> str:
        """One layer on values, node: how it is called; the name of what it makes."""
        kind, config = named(item)
        name = name_of(item)
        if kind in MODELS:
            return self.model(item, sources[0], (*path, name))
        if kind == "InputLayer":
            return sources[0]
        arrays = self.weights((*path, name))
        return add_layer(self.chain, KerasLayer(name, kind, config, arrays, sources, *_number(node)))

    def _functional(self, model: Any, config: dict[str, Any], source: str, path: tuple[str, ...]) -> str:
        inputs, outputs = (_ends(config.get(key), key) for key in ("input_layers", "output_layers"))
        if len(inputs) != 1:
            raise EngineError(f"it has {len(inputs)} inputs: known are networks with one, the image")
        values = {(inputs[0][0], 0): source}
        todo = [
            (item, place, tuple(_tensors(node)), node)
            for item in layers_of(model)
            for place, node in enumerate(_nodes(item))
        ]
        while todo:
            ready = [each for each in todo if all(key in values for key in each[2])]
            if not ready:
                missing = ", ".join(shown(name_of(item)) for item, *_ in todo[:4])
                raise EngineError(f"its layers {missing} read what no layer makes")
            for item, place, keys, node in ready:
                sources = tuple(values[key] for key in keys)
                values[name_of(item), place] = self.layer(item, sources, path, node)
            todo = [each for each in todo if each not in ready]
        if outputs[0] not in values:
            raise EngineError(f"its output {shown(outputs[0][0])} is made by no layer")
        return values[outputs[0]]


def _nodes(item: Any) -> list[Any]:
    nodes = item.get("inbound_nodes") if isinstance(item, dict) else None
    return nodes if isinstance(nodes, list) else []


def _number(node: Any) -> tuple[float | None, bool]:
    """The number that an operation is called with beside a tensor, and whether it stands ahead of that."""
    if isinstance(node, dict) and isinstance(node.get("args"), list) and len(node["args"]) == 2:
        pair = node["args"]
    elif isinstance(node, list) and len(node) == 4 and isinstance(node[3], dict):
        # As Keras 2 has it: the tensor's place, then the other argument by its name.
        pair = [node[2] if node[0] == _NUMBER else None, node[3].get("y")]
    else:
        return None, False
    numbers = [float(each) if type(each) in (int, float) else None for each in pair]
    return (numbers[1], False) if numbers[1] is not None else (numbers[0], True)


def _ends(value: Any, key: str) -> list[tuple[str, int]]:
    """A model's inputs or outputs as (layer, number of its use)."""
    items = value if isinstance(value, list) else []
    items = [items] if items and isinstance(items[0], str) else items
    found = [(item[0], item[1]) for item in items if isinstance(item, list) and len(item) >= 2]
    if not found or not all(isinstance(name, str) and type(use) is int for name, use in found):
        raise EngineError(f"its configuration has no {key}")
    return found


def _tensors(node: Any, depth: int = 0) -> Iterator[tuple[str, int]]:
    """The values that a layer is called with, as Keras 3 tells them, or Keras 2 and TensorFlow.js."""
    if depth > _MOST_DEPTH:
        raise EngineError("its configuration lies too deep")
    if isinstance(node, dict):
        history = (
            node.get("config", {}).get("keras_history") if isinstance(node.get("config"), dict) else None
        )
        if isinstance(history, list) and len(history) >= 2 and isinstance(history[0], str):
            yield history[0], int(history[1])
            return
        for part in (node.get("args"), node.get("kwargs")):
            yield from _tensors(list(part.values()) if isinstance(part, dict) else part, depth + 1)
    elif isinstance(node, list):
        if len(node) >= 3 and isinstance(node[0], str) and type(node[1]) is int:
            if node[0] != _NUMBER:
                yield node[0], node[1]
            # In Keras 2, what a layer is called with besides stands behind that.
            if len(node) > 3 and isinstance(node[3], dict):
                yield from _tensors(list(node[3].values()), depth + 1)
            return
        for part in node:
            yield from _tensors(part, depth + 1)
