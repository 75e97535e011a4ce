"""What training may not change: numbers of a parameter that are frozen, and zeros that are held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.arrays import Array
from engine.edits.grammar import Edit
from engine.errors import EngineError
from engine.graph import layer_axes
from engine.graph.graph import Graph, Weights
from engine.graph.layer import Layer


def held_by(edit: Edit, weights: Weights, layer: Layer, indices: Array) -> Iterator[tuple[str, Array | None]]:
    """The parameters that a `freeze` or `hold` of neurons (flat indices) keeps, each with its mask.

    A mask is bool and has the parameter's last axes; None stands for the numbers that are 0. EngineError says
    why it cannot be.
    """
    return (_frozen if edit.verb == "freeze" else _zeros)(edit, weights, layer, indices)


def _frozen(edit: Edit, weights: Weights, layer: Layer, indices: Array) -> Iterator[tuple[str, Array | None]]:
    """What neurons have learned; shared weights only for all that share them."""
    assert layer.block is not None
    chosen = np.zeros(layer.size, bool)
    chosen[indices] = True
    for name, array in weights.wiring(layer.name).parameters.items():
        last = array.shape[-1]
        if layer.size % last:
            raise EngineError(f"{edit}: what {layer.name} learns belongs to no single neuron")
        # The last axis of every parameter counts the units or maps that share the rest of it.
        units = chosen.reshape(-1, last)
        if (units.any(axis=0) != units.all(axis=0)).any():
            share = layer.size // last
            raise EngineError(
                f"{edit}: {share} neurons of {layer.name} share each weight: freeze them all, "
                f"such as freeze {_sharers(weights.graph, layer, indices)}"
            )
        yield f"{layer.name}.{name}", np.asarray(units.any(axis=0))


def _zeros(edit: Edit, weights: Weights, layer: Layer, indices: Array) -> Iterator[tuple[str, Array | None]]:
    """The weights of a layer that are 0 now."""
    if len(indices) < layer.size:
        raise EngineError(f"{edit}: zeros are held for a whole layer: write hold {layer.name}")
    if f"{layer.name}.weight" not in weights.arrays:
        raise EngineError(f"{edit}: {layer.name} has learned no weights")
    yield f"{layer.name}.weight", None


def _sharers(graph: Graph, layer: Layer, indices: Array) -> str:
    """The address of all neurons that share weights with the first of these."""
    unit = int(indices[0]) % layer.shape[-1]
    return f"{layer.name}:{layer_axes.axes(graph, layer)[-1]}{unit}"
