"""What nets, traces and studies look like in a notebook: a few words, and arrays by their shape."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.graph.layer import Layer
    from engine.net import Net

_LAYERS = 6  # of a net with more only the first and the last are shown
_EDITS = 3


class Brief:
    """What a dataclass (with repr=False) inherits, so that its repr shows its arrays by shape."""

    def __repr__(self) -> str:
        # Only dataclasses inherit this.
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        told = ", ".join(f"{field.name}={_value(getattr(self, field.name))}" for field in fields)
        return f"{type(self).__name__}({told})"


def of_net(net: Net) -> str:
    """A net in one to three lines: name, layers, counts, and the first of its edits."""
    layers = [_layer(layer) for layer in net.layers]
    if len(layers) > _LAYERS:
        layers[3:-2] = [f"{len(layers) - 5} more"]
    lines = [f"<Net {net.name}: {net.neuron_count:,} neurons, {net.parameter_count:,} parameters"]
    lines += [" -> ".join(layers)]
    if net.edits:
        first = [str(edit) for edit in net.edits[:_EDITS]] + ["..."] * (len(net.edits) > _EDITS)
        lines += [f"{_counted(net)}: {'; '.join(first)}"]
    return "\n     ".join(lines) + ">"


def after_edits(net: Net) -> str:
    """Words to go behind others, such as ", 3 edits"; none where there is no edit."""
    return f", {_counted(net)}" if net.edits else ""


def _counted(net: Net) -> str:
    return "1 edit" if len(net.edits) == 1 else f"{len(net.edits):,} edits"


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
