"""Naming: what the layers of a net are called in a picture, and what is told of each."""

import re
from dataclasses import dataclass
from itertools import groupby

from engine import AveragePool, Conv, Layer, LocalNorm, Maxout, MaxPool, Net, PatchEmbedding
from engine.graph.topology import depths
from scenes.motion.timeline import ROOMY
from scenes.space.bands import stands_in_bands


@dataclass(frozen=True)
class Card:
    """Name and size of what stands at one place; `layers` are the places in the net of those that it names.

    A minor card is one word, shown only where all of its like have room.
    """

    name: str
    detail: str
    layers: tuple[int, ...]
    minor: bool = False


def block(layer: Layer) -> str:
    """The transformer block that a layer belongs to, such as "Block 1", empty where it stands alone."""
    match = re.match(r"block(\d+)[._]", layer.name)
    return f"Block {match[1]}" if match else ""


def called(layer: Layer) -> str:
    """A layer's name where it stands alone in a text, such as "Hidden 2" or "Block 2 hidden"."""
    name = block(layer)
    return f"{name} {re.split(r'[._]', layer.name, maxsplit=1)[1]}" if name else layer.title


def structure(net: Net) -> tuple[str, ...]:
    """One or two facts on how the net is built."""
    if all(len(layer.shape) == 1 for layer in net.layers[1:]):
        return (f"{net.title}  " + " – ".join(str(layer.size) for layer in net.layers),)
    neurons = f"{net.neuron_count:,} neurons"
    blocks = {block(layer) for layer in net.layers} - {""}
    if blocks:
        return f"{net.title}: {len(blocks)} blocks", neurons
    return " → ".join(_short(layer) for layer in net.layers[1:]), neurons


def _short(layer: Layer) -> str:
    match layer.block:
        case Conv(height=height, width=width):
            return f"{height}×{width} conv"
        case MaxPool():
            return "max-pool"
        case AveragePool():
            return "mean-pool"
        case Maxout():
            return "maxout"
        case LocalNorm():
            return "LRN"
    return f"{layer.size}" if len(layer.shape) == 1 else layer.title


def cards(net: Net) -> tuple[Card, ...]:
    """One card for each layer; in a net of many stations one for each block, with a word at each station."""
    depth = depths(net.graph)
    if max(depth.values()) < ROOMY:
        return tuple(
            Card(layer.title, _size(layer, layer is net.layers[-1], stands_in_bands(net, layer)), (i,))
            for i, layer in enumerate(net.layers)
        )
    named = []
    for name, members in groupby(range(len(net.layers)), lambda i: block(net.layers[i])):
        places = tuple(members)
        if not name:
            named += [_alone(net, i) for i in places]
            continue
        stations: dict[int, list[int]] = {}
        for i in places:
            stations.setdefault(depth[net.layers[i].name], []).append(i)
        for stop in stations.values():
            words = [net.layers[i].title.rstrip(" .0123456789").lower() for i in stop]
            word = " ".join(w[0].upper() for w in words) if len(words) > 1 else words[0]
            named.append(Card(word, "", tuple(stop), minor=True))
        named.append(Card(name, "attention, then a small network", places))
    return tuple(named)


def _alone(net: Net, i: int) -> Card:
    """The card of a layer that belongs to no block: only input and output are more than a word."""
    layer, last = net.layers[i], i == len(net.layers) - 1
    if i == 0 or last:
        return Card(layer.title, _size(layer, last), (i,))
    return Card(layer.title.lower(), "", (i,), minor=True)


def _size(layer: Layer, last: bool, banded: bool = False) -> str:
    match layer.shape:
        case (_,) if last:
            return "class probabilities"
        case (n,):
            return f"{n:,} neurons{' by digit' if banded else ''}"
        case (tokens, d):
            return f"{tokens} tokens × {d}"
        case (h, w, 1):
            return f"{h} × {w} pixels"
        case (h, w, c):
            return f"{c} maps · {h} × {w}"
    return f"{layer.size:,} neurons"


def steps(net: Net) -> tuple[tuple[str, str], ...]:
    """(layer's name, sentence): what happens from the moment when that layer fires, in order.

    The first sentence is the input's and starts the film: its name is empty. Layers that fire together share
    a sentence, the first of them speaks; so do the layers of a block.
    """
    depth = depths(net.graph)
    sentences = [("", f"{net.layers[0].size:,} pixels, each a number: the more ink, the larger")]
    told: set[str | int] = set()
    for layer in net.layers[1:]:
        here = block(layer) or depth[layer.name]
        if here not in told:
            told.add(here)
            before = next(other.name for other in net.layers if depth[other.name] == depth[layer.name] - 1)
            sentences.append((before, _step(layer)))
    return tuple(sentences)


_FUNCTIONS = {
    "relu": "add a bias and keep what is positive",
    "sigmoid": "add a bias and squash it to 0..1",
    "tanh": "add a bias and squash it to -1..1",
}


def _step(layer: Layer) -> str:
    if name := block(layer):
        return f"{name}: tokens ask (Q) and compare (K), gather what others offer (V), then think it over"
    return f"{layer.title}: {_deed(layer)}"


def _deed(layer: Layer) -> str:
    then = _FUNCTIONS.get(layer.activation, "add a bias")
    match layer.block:
        case Conv(height=height, width=width):
            deed = f"{layer.size:,} neurons look through {height}×{width} windows, {then}"
        case MaxPool(size=size):
            deed = f"of each {size}×{size} window the strongest neuron goes on"
        case AveragePool(size=size):
            deed = f"of each {size}×{size} window the mean goes on"
        case Maxout(pieces=pieces):
            deed = f"of each {pieces} neurons side by side the strongest goes on"
        case LocalNorm(n=n):
            deed = f"strong neurons hold down their neighbours, {n} maps at a time"
        case PatchEmbedding(size=size):
            deed = (
                f"each {size}×{size} patch of pixels becomes {layer.shape[1]} numbers, and so does its place"
            )
        case _:
            deed = f"{layer.size:,} neurons sum weight × activation, {then}"
    return deed
