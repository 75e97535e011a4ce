"""Which layers follow which: what a signal reaches, and the order in which layers fire."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from engine.graph.graph import Graph
from engine.graph.layer import Layer

Reads = Callable[[str], Iterable[str]]
"""The names of the layers that a layer reads, by its name: `Net.reads`, which knows added synapses too."""


def after(graph: Graph, reads: Reads, layer: Layer) -> list[Layer]:
    """The layers that a layer's signal reaches, in order."""
    return [other for other in reached(graph, reads, {layer.name}) if other is not layer]


def reached(graph: Graph, reads: Reads, names: Collection[str]) -> list[Layer]:
    """The named layers and those that their signals reach, in order."""
    touched = set(names)
    for layer in graph.layers:
        if not touched.isdisjoint(reads(layer.name)):
            touched.add(layer.name)
    return [layer for layer in graph.layers if layer.name in touched]


def read_by(reads: Reads, layers: Sequence[Layer]) -> set[str]:
    """The names of the layers that these read."""
    return {source for layer in layers for source in reads(layer.name)}
