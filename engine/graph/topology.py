"""Which layers follow which: what a signal reaches, what is read, and the order in which layers fire."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.graph.layer import Layer
from engine.net import Net


def after(net: Net, layer: Layer) -> list[Layer]:
    """The layers that a layer's signal reaches, in order."""
    return [other for other in reached(net, {layer.name}) if other is not layer]


def reached(net: Net, names: Collection[str]) -> list[Layer]:
    """The named layers and those that their signals reach, in order."""
    found = set(names)
    for layer in net.layers:
        if found & {*layer.sources, *net.overlay.sources(layer.name)}:
            found.add(layer.name)
    return [layer for layer in net.layers if layer.name in found]


def read_by(net: Net, layers: Sequence[Layer]) -> set[str]:
    """The names of the layers that these read."""
    return {source for layer in layers for source in (*layer.sources, *net.overlay.sources(layer.name))}


def depths(net: Net) -> dict[str, int]:
    """Steps of the longest path from the input to each layer: the order in which a ready queue fires them."""
    depth: dict[str, int] = {}
    for layer in net.layers:
        depth[layer.name] = max((depth[source] + 1 for source in layer.sources), default=0)
    return depth
