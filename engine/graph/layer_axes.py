"""What the axes of a layer's shape count: neurons, rows and columns, tokens and features, heads."""

from __future__ import annotations

from engine.blocks import Attention, AttentionScores
from engine.graph.graph import Graph
from engine.graph.layer import Layer


def axes(graph: Graph, layer: Layer) -> tuple[str, ...]:
    """What each axis of a layer's shape counts."""
    found = graph.axes.get(layer.name)
    if found is None:
        found = graph.axes[layer.name] = _axes(graph, layer)
    return found


def _axes(graph: Graph, layer: Layer) -> tuple[str, ...]:
    if len(layer.shape) == 3 and any(slot == 0 for slot, _ in _attended(graph, layer)):
        return ("head", "query", "key")
    return {1: ("neuron",), 2: ("token", "feature"), 3: ("row", "column", "map")}[len(layer.shape)]


def heads(graph: Graph, layer: Layer) -> int:
    """How many heads of attention split the features of a layer's tokens; 0 where that is not one number."""
    counts = {count for _, count in _attended(graph, layer)} if len(layer.shape) == 2 else set()
    return counts.pop() if len(counts) == 1 else 0


def lengths(graph: Graph, layer: Layer, *, split: bool = False) -> dict[str, int]:
    """The length of each axis by name, in C order; split: a token's features as head and feature."""
    sizes = dict(zip(axes(graph, layer), layer.shape, strict=True))
    count = heads(graph, layer) if split else 0
    if count:
        sizes |= {"head": count, "feature": sizes.pop("feature") // count}
    return sizes


def is_flat_image(layer: Layer) -> bool:
    """Whether it is an image of one map, whose pixels need no third number."""
    return len(layer.shape) == 3 and layer.shape[2] == 1


def extent(graph: Graph, layer: Layer) -> str:
    """What there is in a layer, in words: its axes and how far each of them goes."""
    parts = [f"{axis}s 0..{n - 1}" for axis, n in lengths(graph, layer).items()]
    told = ", ".join(parts[:2] if is_flat_image(layer) else parts).replace("querys", "queries")
    count = heads(graph, layer)
    return f"{told} (heads 0..{count - 1} of {layer.shape[-1] // count} features)" if count else told


def _attended(graph: Graph, layer: Layer) -> set[tuple[int, int]]:
    """How attention uses a layer: (0, heads) as scores, (1, heads) as tokens whose features heads split."""
    attended = set()
    if isinstance(layer.block, AttentionScores):
        attended.add((0, layer.block.heads))
    elif isinstance(layer.block, Attention):
        attended.add((1, graph.layer(layer.sources[0]).shape[0]))
    for reader in graph.layers:
        if layer.name in reader.sources:
            if isinstance(reader.block, AttentionScores):
                attended.add((1, reader.block.heads))
            elif isinstance(reader.block, Attention):
                attended.add((reader.sources.index(layer.name), graph.layer(reader.sources[0]).shape[0]))
    return attended
