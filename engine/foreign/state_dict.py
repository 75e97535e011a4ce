"""A PyTorch state_dict of dense layers becomes a net, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from engine.arrays import Array
from engine.blocks import Dense
from engine.errors import EngineError
from engine.foreign.build import Imported, dense_chain, preset_or
from engine.foreign.pickles import shown
from engine.graph.recipe import Recipe
from engine.graph.rules import parameter_shapes
from engine.net import Net
from engine.text import read
from engine.text.build import loss_for

_NOTE = "taken with ReLU, dropout 0.2 and a log-softmax at the end, as preset mlp: a state_dict does not say"


def from_tensors(tensors: Mapping[str, Array], file: str, text: str | None = None) -> Imported:
    """The net of tensors <layer>.weight (n_out, n_in) and <layer>.bias (n_out,), layers in natural order.

    text: its architecture (see `engine.text`), where the file tells it. EngineError where the tensors are no
    stack of dense layers, or not that one.
    """
    layers = sorted({name.rpartition(".")[0] for name in tensors}, key=_natural)
    expected = {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}
    flat = all(array.ndim == (2 if name.endswith(".weight") else 1) for name, array in tensors.items())
    if not tensors or set(tensors) != expected or not flat:
        raise EngineError(
            f"it holds {_named(tensors) or 'no tensors'}: known is a stack of dense layers, "
            "such as fc1.weight (512, 784), fc1.bias (512,), fc2.weight and so on"
        )
    if any(array.dtype.kind != "f" for array in tensors.values()) or not all(
        a.size for a in tensors.values()
    ):
        raise EngineError(f"it holds {_named(tensors)}, not all of which are floating-point numbers")
    weights = {layer: (tensors[f"{layer}.weight"], tensors[f"{layer}.bias"]) for layer in layers}
    for (upper, (w, _)), (lower, (v, _)) in pairwise(weights.items()):
        if v.shape[1] != len(w):
            raise EngineError(
                f"{shown(lower)}.weight reads {v.shape[1]} numbers, but {shown(upper)} gives {len(w)}"
            )
    graph = dense_chain(weights, "relu", "log-softmax", 0.2, "uniform")
    net = graph.net("imported", "Imported network", Recipe())
    kind = f"a {file} with layers {', '.join(map(shown, layers))}"
    return Imported(net, kind, (_NOTE,)) if text is None else Imported(_told(net, text), kind)


def _told(net: Net, text: str) -> Net:
    """The net of an architecture with the parameters of one of the same shapes."""
    layers = read(text)
    shapes = parameter_shapes(layers)
    if list(shapes.values()) != list(net.graph.parameter_shapes.values()):
        raise EngineError(f"it says that it is {shown(text)}, which its tensors do not fit: export it again")
    parameters = dict(zip(shapes, net.parameters.values(), strict=True))
    recipe = Recipe(loss_for(layers[-1].activation))
    return preset_or(Net.of("imported", "Imported network", tuple(layers), parameters, recipe))


def to_tensors(net: Net) -> dict[str, Array]:
    """fc1.weight (n_out, n_in), fc1.bias (n_out,) and so on, float32, of a net of dense layers.

    EngineError where the net has other blocks, or edits.
    """
    if net.edits:
        raise EngineError(
            f"{net.name} has edits of single neurons or synapses ({len(net.edits)}), "
            "which a state_dict cannot hold: export the net without them"
        )
    tensors: dict[str, Array] = {}
    for place, (before, layer) in enumerate(pairwise(net.layers), 1):
        if not isinstance(layer.block, Dense) or layer.sources != (before.name,):
            kind = "a skip connection" if layer.block is None else f"a {layer.block.kind} block"
            raise EngineError(
                f"{net.name} is no stack of dense layers ({layer.name} is {kind}): export preset mlp"
            )
        own = net.own_parameters(layer.name)
        tensors[f"fc{place}.weight"] = np.ascontiguousarray(own["weight"].T, np.float32)
        tensors[f"fc{place}.bias"] = np.ascontiguousarray(own["bias"], np.float32)
    return tensors


def _natural(text: str) -> list[tuple[int, str]]:
    """fc2 before fc10."""
    return [(int(part[:15]), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def _named(tensors: Mapping[str, Array]) -> str:
    """The tensors and their shapes in a few words, for messages."""
    listed = [f"{shown(name)} {tuple(array.shape)}" for name, array in sorted(tensors.items())]
    return ", ".join(listed[:4]) + (f" and {len(listed) - 4} more" if len(listed) > 4 else "")
