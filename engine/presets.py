"""The presets: untrained nets of known structure, each with its own recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import Dense
from engine.errors import EngineError
from engine.graph import Net
from engine.layer import Layer
from engine.recipe import Recipe

INPUT = Layer("input", "Input", (28, 28, 1))


def _dense_stack(sizes: Sequence[int], hidden: str, head: str, dropout: float, init: str) -> list[Layer]:
    layers = [INPUT]
    for i, size in enumerate(sizes, 1):
        last = i == len(sizes)
        name, title = ("output", "Output") if last else (f"hidden{i}", f"Hidden {i}")
        block = Dense(size, init)
        source = layers[-1].name
        layers.append(
            Layer(name, title, (size,), block, (source,), head if last else hidden, 0.0 if last else dropout)
        )
    return layers


def _mlp() -> tuple[str, list[Layer], Recipe]:
    layers = _dense_stack((512, 256, 128, 10), "relu", "log-softmax", 0.2, "uniform")
    return "Multilayer perceptron", layers, Recipe("nll", "adam", lr=1e-3, batch=128, epochs=10)


def _mlp_sigmoid() -> tuple[str, list[Layer], Recipe]:
    layers = _dense_stack((128, 64, 10), "sigmoid", "sigmoid", 0.0, "normal")
    return "Sigmoid perceptron", layers, Recipe("squared-error", "sgd", lr=0.25, batch=32, epochs=30)


_KNOWN: dict[str, Callable[[], tuple[str, list[Layer], Recipe]]] = {"mlp": _mlp, "mlp-sigmoid": _mlp_sigmoid}


def presets() -> tuple[str, ...]:
    """Names of all presets."""
    return tuple(_KNOWN)


def preset(name: str, rng: np.random.Generator) -> Net:
    """The untrained net of that name with fresh float32 parameters; EngineError lists the known ones."""
    if name not in _KNOWN:
        raise EngineError(f"unknown preset {name!r}: known are {', '.join(_KNOWN)}")
    title, layers, recipe = _KNOWN[name]()
    return Net(name, title, tuple(layers), initial_parameters(layers, rng), recipe)


def initial_parameters(layers: Sequence[Layer], rng: np.random.Generator) -> dict[str, Array]:
    """Fresh parameters of every block, drawn in layer order."""
    shapes: dict[str, Shape] = {layer.name: layer.shape for layer in layers}
    parameters: dict[str, Array] = {}
    for layer in layers:
        if layer.block is not None:
            fresh = layer.block.initial([shapes[source] for source in layer.sources], rng)
            parameters.update({f"{layer.name}.{name}": array for name, array in fresh.items()})
    return parameters
