"""A net from an architecture written as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array, Shape
from engine.errors import check_generator, check_text
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.graph.rules import check_size
from engine.net import Net
from engine.text import read


def build(
    text: str,
    rng: np.random.Generator,
    *,
    name: str = "custom",
    title: str = "Custom network",
    recipe: Recipe | None = None,
) -> Net:
    """The untrained net that a text describes (its grammar: `engine.text`), with fresh float32 parameters.

    recipe None: Adam at 1e-3 on batches of 64, ten epochs, with the loss that fits the output. An
    ArchitectureError points at the word that is wrong; EngineError where the net is too large to be meant.
    """
    layers = read(check_text(text, "an architecture", "input 28x28 | dense 10 softmax"))
    check_generator(rng)
    check_size(layers)
    if recipe is None:
        recipe = Recipe(loss_for(layers[-1].activation), "adam", lr=1e-3, batch=64, epochs=10)
    return Net.of(name, title, layers, initial_parameters(layers, rng), recipe)


def loss_for(head: str) -> str:
    """The loss that fits an output's activation function."""
    return "cross-entropy" if head in ("softmax", "log-softmax") else "squared-error"


def initial_parameters(layers: Sequence[Layer], rng: np.random.Generator) -> dict[str, Array]:
    """Fresh parameters of every block, drawn in layer order."""
    shapes: dict[str, Shape] = {layer.name: layer.shape for layer in layers}
    parameters: dict[str, Array] = {}
    for layer in layers:
        if layer.block is not None:
            fresh = layer.block.initial([shapes[source] for source in layer.sources], rng)
            parameters.update({f"{layer.name}.{name}": array for name, array in fresh.items()})
    return parameters
