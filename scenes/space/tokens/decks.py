"""Decks: how the layers of a transformer stack, close behind one another, and what stands by itself.

Each block is two decks: that which asks (its norm, queries, keys, values and scores), with the faces of
attention before it, and that which gathers and thinks, from attention to the last sum.
"""

from itertools import groupby

from engine import AttentionScores, Layer, LayerNorm, Net, PatchEmbedding
from scenes.space.tokens.patches import Patches

Deck = tuple[Layer, ...]


def decks(net: Net, cut: Patches) -> tuple[Deck, ...]:
    """The layers of a net that cuts its image so, in the order in which they fire, deck by deck."""
    depth, asking = net.graph.depths, _asking(net)
    stations: dict[int, list[Layer]] = {}
    for layer in net.layers:
        stations.setdefault(depth[layer.name], []).append(layer)

    def kind(at: int) -> int:
        """That of a station: layers next to each other of one kind are a deck."""
        members = stations[at]
        if any(layer.name in asking for layer in members):
            return -1
        first = any(isinstance(layer.block, PatchEmbedding) for layer in members)
        return -2 if not first and all(map(cut.hold, members)) else at

    runs = groupby(sorted(stations), kind)
    return tuple(tuple(layer for at in run for layer in stations[at]) for _, run in runs)


def asks(deck: Deck) -> bool:
    """Whether a deck is one that asks: it has attention scores."""
    return any(isinstance(layer.block, AttentionScores) for layer in deck)


def _asking(net: Net) -> set[str]:
    """Names of all attention scores, of what they and attention read, and of the norms that these read."""
    scores = {layer.name for layer in net.layers if isinstance(layer.block, AttentionScores)}
    read = {
        source
        for layer in net.layers
        if layer.name in scores or scores & set(layer.sources)
        for source in layer.sources
    }
    norms = {
        source
        for name in read - scores
        for source in net.layer(name).sources
        if isinstance(net.layer(source).block, LayerNorm)
    }
    streams = {name for name in read if isinstance(net.layer(name).block, PatchEmbedding)}
    return (scores | read | norms) - streams
