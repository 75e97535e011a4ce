"""An ONNX graph in the making: nodes, arrays, and the names of layers' values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.net import Net
from engine.text.torch_module import WrittenLayer
from engine.text.torch_weights import torch_weights


class Graph:
    """Nodes and arrays so far. values: of each layer the name of its value."""

    def __init__(self, net: Net, helper: Any):
        self.net = net
        self.helper = helper
        self.weights = torch_weights(net)
        self.nodes: list[Any] = []
        self.arrays: dict[str, Array] = {}
        self.values = {net.layers[0].name: "image"}
        self.images = {net.layers[0].name: len(net.layers[0].shape) == 3}
        self.shapes = {layer.name: layer.shape for layer in net.layers}

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

    def edited(self, layer: str, value: str, gain: Array, offset: Array) -> str:
        """A layer's value times gain plus offset, float64 (size,) in the order of its neurons."""
        for kind, own in (("Mul", gain), ("Add", offset)):
            laid = own.reshape(1, *self.shapes[layer]).astype(np.float32)
            laid = laid.transpose(0, 3, 1, 2) if self.images[layer] else laid
            value = self.node(kind, [value, self.array(f"{layer} {kind.lower()}", laid)])
        return value
