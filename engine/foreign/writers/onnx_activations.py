"""Activation functions as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.blocks.activations import leak_of
from engine.blocks.curves import SELU_ALPHA, SELU_SCALE
from engine.foreign.writers.onnx_graph import Graph

_NODES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "relu": ("Relu", {}),
    "gelu": ("Gelu", {"approximate": "none"}),
    "gelu-tanh": ("Gelu", {"approximate": "tanh"}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softmax": ("Softmax", {}),
    "log-softmax": ("LogSoftmax", {}),
    "elu": ("Elu", {}),
    "selu": ("Selu", {"alpha": SELU_ALPHA, "gamma": SELU_SCALE}),
    "mish": ("Mish", {}),
    "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}),
    "hard-sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard-swish": ("HardSwish", {}),
}
_LIMITS = {"relu6": (0.0, 6.0), "hard-tanh": (-1.0, 1.0)}


def add_activation(graph: Graph, name: str, value: str, axis: int) -> str:
    """The nodes of an activation function; axis: of a row, for a softmax. The name of what they make."""
    if name == "identity":
        return value
    if name == "silu":
        return graph.node("Mul", [value, graph.node("Sigmoid", [value])])
    if name in _LIMITS:
        ends = [graph.array(f"end {end:g}", np.array(end, np.float32)) for end in _LIMITS[name]]
        return graph.node("Clip", [value, *ends])
    slope = leak_of(name)
    kind, settings = ("LeakyRelu", {"alpha": slope}) if slope is not None else _NODES[name]
    return graph.node(kind, [value], **settings, **({"axis": axis} if kind.endswith("Softmax") else {}))
