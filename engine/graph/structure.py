"""What every net is, whatever is done to it: a graph under a title, with what it has learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Wiring
from engine.graph.graph import Graph, Weights
from engine.graph.layer import Layer


@dataclass(frozen=True, eq=False, repr=False)
class Structure:
    """A graph and its weights under a title: what can be told of them without a single example."""

    title: str
    weights: Weights

    @property
    def graph(self) -> Graph:
        """The structure, without weights and edits."""
        return self.weights.graph

    @property
    def name(self) -> str:
        """A short name, such as that of its preset."""
        return self.graph.name

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, each after its sources."""
        return self.graph.layers

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The learned arrays, read-only, keyed "<layer>.<name>"."""
        return self.weights.arrays

    @property
    def dtype(self) -> np.dtype[Any]:
        """The parameters' dtype: float32, or float64 for gradient checks."""
        return self.weights.dtype

    def layer(self, name: str) -> Layer:
        """The layer of that name; EngineError lists the layers."""
        return self.graph.layer(name)

    def index(self, name: str) -> int:
        """The layer's place in `layers`; EngineError lists the layers."""
        return self.graph.index(name)

    def offset(self, name: str) -> int:
        """The id of the layer's first neuron."""
        return self.graph.offset(name)

    @property
    def neuron_count(self) -> int:
        """Count of neurons, the input's included."""
        return self.graph.neuron_count

    @property
    def parameter_count(self) -> int:
        """Count of unique trainable numbers."""
        return self.graph.parameter_count

    @cached_property
    def kernel_count(self) -> int:
        """Count of kernels: one for each map that a convolution makes."""
        return sum(layer.block.maps for layer in self.layers if isinstance(layer.block, Conv))

    def own_parameters(self, name: str) -> dict[str, Array]:
        """One layer's parameters under their short names ("weight", "bias")."""
        return self.weights.of(self.graph.layer(name).name)

    def wiring(self, name: str, activations: Mapping[str, Array] | None = None) -> Wiring:
        """What the synapses view of a layer's block reads; activations where weights depend on the input."""
        return self.weights.wiring(name, activations)
