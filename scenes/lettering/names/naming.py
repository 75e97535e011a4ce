"""Naming: what the layers of a net are called in a picture, and what is told of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from engine import AttentionScores, AveragePool, Conv, Layer, LocalNorm, Maxout, MaxPool, Net
from engine.graph.graph import Graph
from engine.statistics import Statistics
from scenes.motion.timeline import ROOMY
from scenes.space.bands import preferring_none, stands_in_bands
from scenes.space.tokens.decks import Deck, asks, decks
from scenes.space.tokens.patches import Patches, patches
from scenes.texts import ENGLISH, Texts

_LAYERS = 8  # so many are told one by one
_FEW = 8  # decks whose names have room beside each other


@dataclass(frozen=True)
class Card:
    """Name and size of what stands at one place; `layers` are the places in the net of those that it names.

    A minor card is one word, shown only where all of its like have room. line: what to say in place of the
    detail where there is a line for it; "" for the same. small: a shorter name, for pictures without room for
    all names. drop: how many lines lower than beside its panels it stands, so that it is clear of others; -1
    where that is nowhere in the last picture. aside: by how much of its width it stands to the right.
    """

    name: str
    detail: str
    layers: tuple[int, ...]
    minor: bool = False
    line: str = ""
    small: str = ""
    drop: int = 0
    aside: float = 0.0


def block(layer: Layer) -> str:
    """The transformer block that a layer belongs to, such as "Block 1", empty where it stands alone."""
    match = re.match(r"block(\d+)[._]", layer.name)
    return f"Block {match[1]}" if match else ""


def called(layer: Layer, texts: Texts = ENGLISH) -> str:
    """A layer's name where it stands alone in a text, such as "Hidden 2" or "Block 2 hidden"."""
    name = texts.name(block(layer))
    return f"{name} {re.split(r'[._]', layer.name, maxsplit=1)[1]}" if name else texts.name(layer.title)


def structure(net: Net, texts: Texts = ENGLISH, headline: str = "") -> tuple[str, ...]:
    """One or two facts on how the net is built; its title is among them where it is not the headline."""
    title = texts.name(net.title)
    headed = title == headline
    if all(len(layer.shape) == 1 for layer in net.layers[1:]):
        row = _row([f"{layer.size}" for layer in net.layers], " – ")
        return (row if headed else f"{title}  {row}",)
    neurons = texts.say("headline.neurons", n=net.neuron_count)
    blocks = {block(layer) for layer in net.layers} - {""}
    if blocks:
        told = texts.say("headline.blocks", n=len(blocks), net=title)
        return told.removeprefix(f"{title}: ") if headed else told, neurons
    return _row([_short(layer, texts) for layer in net.layers[1:]], " → "), neurons


def _row(words: Sequence[str], between: str) -> str:
    """What stands for each layer, in order; of a long row like ones are counted: "784 – 30 × 32 – 10"."""
    if len(words) > _LAYERS:
        runs = [(word, len(list(run))) for word, run in groupby(words)]
        words = [f"{count} × {word}" if count > 1 else word for word, count in runs]
    if len(words) > _LAYERS:
        words = [*words[: _LAYERS // 2], "…", *words[-_LAYERS // 2 :]]
    return between.join(words)


def _short(layer: Layer, texts: Texts) -> str:
    match layer.block:
        case Conv(height=height, width=width):
            return texts.say("short.conv", height=height, width=width)
        case MaxPool():
            return texts.say("short.max")
        case AveragePool():
            return texts.say("short.mean")
        case Maxout():
            return texts.say("short.maxout")
        case LocalNorm():
            return texts.say("short.lrn")
    return f"{layer.size}" if len(layer.shape) == 1 else texts.name(layer.title)


def cards(net: Net, texts: Texts = ENGLISH) -> tuple[Card, ...]:
    """One card for each layer; in a net of many stations one for each block, with a word at each station.

    Of a net that stands in decks, one for each deck.
    """
    # No edit changes what they tell: a net that is edited has the graph and the statistics of before.
    kept = _kept_cards(net.graph, net.statistics, net.noun, texts)
    if not kept:
        kept[:] = _cards(net, texts)
    return tuple(kept)


@lru_cache(maxsize=8)
def _kept_cards(graph: Graph, statistics: Statistics | None, noun: str, texts: Texts) -> list[Card]:
    """The cards of nets that have all this in common, none before they are made first."""
    del graph, statistics, noun, texts
    return []


def _cards(net: Net, texts: Texts) -> tuple[Card, ...]:
    depth = net.graph.depths
    if cut := patches(net):
        return _decked(net, cut, texts)
    if max(depth.values()) < ROOMY:
        return tuple(
            Card(texts.name(layer.title), _size(net, layer, texts), (i,), small=texts.small(layer.title))
            for i, layer in enumerate(net.layers)
        )
    named = []
    for name, members in groupby(range(len(net.layers)), lambda i: block(net.layers[i])):
        places = tuple(members)
        if not name:
            named += [_alone(net, i, texts) for i in places]
            continue
        stations: dict[int, list[int]] = {}
        for i in places:
            stations.setdefault(depth[net.layers[i].name], []).append(i)
        for stop in stations.values():
            titles = [net.layers[i].title for i in stop]
            word = " ".join(_word(title, titles, texts) for title in titles)
            named.append(Card(word, "", tuple(stop), minor=True))
        named.append(Card(texts.name(name), texts.say("card.block"), places))
    return tuple(named)


def _alone(net: Net, i: int, texts: Texts) -> Card:
    """The card of a layer that belongs to no block: only input and output are more than a word."""
    layer, last = net.layers[i], i == len(net.layers) - 1
    if i == 0 or last:
        return Card(texts.name(layer.title), _size(net, layer, texts), (i,))
    return Card(texts.word(layer.title), "", (i,), minor=True)


def _decked(net: Net, cut: Patches, texts: Texts) -> tuple[Card, ...]:
    """One card for each deck."""
    piles = decks(net, cut)
    return tuple(_deck(net, deck, cut, texts, few=len(piles) <= _FEW) for deck in piles)


def _deck(net: Net, deck: Deck, cut: Patches, texts: Texts, few: bool) -> Card:
    """The card of a deck; few: whether there is room for a long one."""
    places = tuple(net.index(layer.name) for layer in deck)
    last = deck[-1]
    if len(deck) == 1:
        size = _deck_size(net, last, cut, texts, few)
        return Card(texts.name(last.title), size, places, small=texts.small(last.title))
    name, depth = block(deck[0]), net.graph.depths
    stops = [[layer.title for layer in stop] for _, stop in groupby(deck, lambda each: depth[each.name])]
    line = " · ".join(_word(title, stop, texts) for stop in stops for title in stop)
    if asks(deck):
        heads = next(layer.shape[0] for layer in deck if isinstance(layer.block, AttentionScores))
        faces = texts.say("card.faces", n=heads)
        title, told = "Attention" + name.removeprefix("Block"), texts.say("card.heads", n=heads)
        return Card(
            texts.name(title),
            faces if few else told,
            places,
            line=f"{line} · {faces}",
            small=texts.small(title),
        )
    size = texts.say("card.deck" if few else "card.layers", n=len(deck))
    title = name or last.title
    return Card(texts.name(title), size, places, line=line, small=texts.small(title))


def _deck_size(net: Net, layer: Layer, cut: Patches, texts: Texts, few: bool) -> str:
    """The size of a layer that stands by itself in a net that stands in decks."""
    if layer is net.layers[0]:
        said = "card.patches" if few else "card.cut"
        return texts.say(said, n=cut.rows * cut.cols, size=cut.size)
    if cut.hold(layer):
        return texts.say("card.tile", n=layer.shape[1]) if few else ""
    return _size(net, layer, texts)


def _word(title: str, stop: list[str], texts: Texts) -> str:
    """What a layer of a station is called in small print: Q, K and V are so in every language."""
    return title[0].upper() if len(stop) > 1 else texts.word(title)


def _size(net: Net, layer: Layer, texts: Texts) -> str:  # noqa: PLR0911
    match layer.shape:
        case _ if layer is net.layers[0] and net.noun != "digit":
            return _input_size(layer, texts)
        case (_,) if layer is net.layers[-1] and not net.gives_numbers:
            return texts.say("card.probabilities")
        case (n,) if stands_in_bands(net, layer):
            # Some prefer no class: they fire for none, or for all alike, and have a band of their own.
            rest = preferring_none(net, layer)
            return texts.say("card.banded-rest" if rest else "card.banded", n=n, rest=rest)
        case (tokens, width):
            return texts.say("card.tokens", n=tokens, width=width)
        case (height, width, 1) if layer.block is None:
            return texts.say("card.pixels", n=height * width, height=height, width=width)
        case (height, width, maps):
            return texts.say("card.maps", n=maps, height=height, width=width)
    return texts.say("headline.neurons", n=layer.size)


def _input_size(layer: Layer, texts: Texts) -> str:
    """The size of an input that is no digit."""
    match layer.shape:
        case (height, width, 1):
            return texts.say("card.pixels", n=height * width, height=height, width=width)
        case (height, width, 3):
            return texts.say("card.colours", height=height, width=width)
    return texts.say("card.numbers", n=layer.size)
