"""What nets, traces and studies look like in a notebook: a few words, and arrays by their shape."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from engine.graph.graph import Graph
from engine.graph.layer import Layer

_LAYERS = 6  # of a net with more only the first and the last are shown
_CHANGES = 3


class Brief:
    """What a dataclass (with repr=False) inherits, so that its repr shows its arrays by shape."""

    def __repr__(self) -> str:
        # Only dataclasses inherit this.
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        told = ", ".join(f"{field.name}={_value(getattr(self, field.name))}" for field in fields)
        return f"{type(self).__name__}({told})"


def of_net(graph: Graph, history: Sequence[str]) -> str:
    """A net in one to three lines: name, layers, counts, and the first of what was done to it."""
    layers = [_layer(layer) for layer in graph.layers]
    if len(layers) > _LAYERS:
        layers[3:-2] = [f"{len(layers) - 5} more"]
    lines = [f"<Net {graph.name}: {graph.neuron_count:,} neurons, {graph.parameter_count:,} parameters"]
    lines += [" -> ".join(layers)]
    if history:
        first = [*history[:_CHANGES]] + ["..."] * (len(history) > _CHANGES)
        lines += [f"{_counted(history)}: {'; '.join(first)}"]
    return "\n     ".join(lines) + ">"


def after_changes(history: Sequence[str]) -> str:
    """Words to go behind others, such as ", 3 changes"; none where nothing was done."""
    return f", {_counted(history)}" if history else ""


def _counted(history: Sequence[str]) -> str:
    return "1 change" if len(history) == 1 else f"{len(history):,} changes"


def _layer(layer: Layer) -> str:
    function = "" if layer.activation == "identity" else f" {layer.activation}"
    return f"{layer.name} {'x'.join(map(str, layer.shape))}{function}"


def _value(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_value(item)}" for key, item in value.items()) + "}"
    return repr(value)
