"""Layers of an imported net, named and checked as a preset's are."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.blocks import Block, Dense
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.text.presets import preset, presets
from engine.text.read import title_of
from engine.text.vocabulary import ENTRIES

_ENTRIES = {entry.block: entry for entry in ENTRIES}
_MOST_NEURONS = 10_000_000


@dataclass(frozen=True)
class Imported:
    """A net from another program's file: kind is what the file is, notes what it left open, in words."""

    net: Net
    kind: str
    notes: tuple[str, ...] = ()


class Stack:
    """Layers one behind another, gathered from the input on."""

    def __init__(self, shape: tuple[int, int, int]):
        self.layers = [Layer("input", "Input", shape)]
        self.parameters: dict[str, Array] = {}
        self._counts: dict[str, int] = {}

    def add(self, block: Block, parameters: Mapping[str, Array] | None = None) -> None:
        """One more layer, with float32 copies of its parameters."""
        source = self.layers[-1]
        entry = _ENTRIES[type(block)]
        number = self._counts[entry.stem] = self._counts.get(entry.stem, 0) + 1
        name = entry.name(number)
        layer = Layer(name, title_of(name, entry), block.shape([source.shape]), block, (source.name,))
        if layer.size > _MOST_NEURONS:
            raise EngineError(f"{layer.name} has {layer.size:,} neurons, the limit is {_MOST_NEURONS:,}")
        self.layers.append(layer)
        for key, array in (parameters or {}).items():
            with np.errstate(all="ignore"):
                self.parameters[f"{name}.{key}"] = array.astype(np.float32)

    def change(self, **fields: object) -> None:
        """Other fields for the newest layer: activation, dropout."""
        self.layers[-1] = dataclasses.replace(self.layers[-1], **fields)  # type: ignore[arg-type]

    def net(self, name: str, title: str, recipe: Recipe) -> Net:
        """The net; where its layers are a preset's, it takes that preset's name, title and recipe."""
        last = self.layers[-1]
        own = f"{last.name}."
        layers = (*self.layers[:-1], dataclasses.replace(last, name="output", title="Output"))
        parameters = {
            f"output.{key.removeprefix(own)}" if key.startswith(own) else key: array
            for key, array in self.parameters.items()
        }
        for key, array in parameters.items():
            if not np.isfinite(array).all():
                raise EngineError(f"{key} holds NaN, infinity or a number beyond float32: train it anew")
        return preset_or(Net.of(name, title, layers, parameters, recipe))


def preset_or(net: Net) -> Net:
    """The net under the name, title and recipe of the preset whose layers it has; else as it is."""
    for known in presets():
        same = preset(known, np.random.default_rng(0))
        if same.layers == net.layers:
            return same.replace(net.parameters)
    return net


def dense_stack(
    weights: Sequence[tuple[Array, Array]], hidden: str, head: str, dropout: float, init: str
) -> Stack:
    """Dense layers from weights (n_out, n_in) and biases (n_out,), as PyTorch has them."""
    side = math.isqrt(weights[0][0].shape[1])
    if side**2 != weights[0][0].shape[1]:
        raise EngineError(
            f"its first layer reads {weights[0][0].shape[1]} numbers, which are no square image"
        )
    stack = Stack((side, side, 1))
    for place, (weight, bias) in enumerate(weights, 1):
        before = stack.layers[-1].size
        if weight.shape[1] != before or bias.shape != (len(weight),):
            raise EngineError(
                f"weight {place} {weight.shape} and bias {bias.shape} do not fit {before} numbers"
            )
        stack.add(Dense(len(weight), init), {"weight": weight.T, "bias": bias})
        last = place == len(weights)
        stack.change(activation=head if last else hidden, dropout=0.0 if last else dropout)
    return stack
