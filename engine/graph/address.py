"""Addresses that people type and read: neurons, synapses and parameters of a net.

`hidden1:17` is one neuron, `conv1:3,4,12` that of row 3, column 4, map 12; an axis may be named
(`conv1:row3,column4,map12`, `tokens:token5,feature9`). `*` or an axis left out stands for all of it and `3-9`
for a range, so `conv1:map12`, `conv1:*,*,12`, `hidden1:0-15` and plain `hidden1` are groups of neurons.

The features of attention, and of the queries, keys and values that it reads, belong to heads:
`block2.attention:head1` are those of head 1 in all tokens, `block2.attention:head1,token5` in one, and
`block2.attention:head1,token5,feature3` is the fourth of these; without a head, features count through all
of them. Scores are `block2.scores:1,5,3` or `block2.scores:head1,query5,key3`: how much token 5 looks at
token 3.

A synapse is `input:14,14 -> hidden1:3`, a parameter `hidden1.bias:17` or `conv1.kernel:1,2,0,7` (row, column,
channel, map).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

import numpy as np

from engine.arrays import Array, Shape
from engine.errors import EngineError
from engine.graph.graph import Graph
from engine.graph.layer import Layer
from engine.graph.layer_axes import axes, extent, heads, is_flat_image, lengths
from engine.graph.region import Ranges, Region
from engine.limits import whole_number

_PLAIN = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*", re.ASCII)
_MOST_PLAIN = 48  # characters
_PART = re.compile(r"([a-z]*)(\*|\d+(?:-\d+)?)?", re.ASCII)
_SHORT = {"col": "column", "channel": "map", "unit": "neuron", "number": "feature"}
_ALIASES = {"kernel": "weight"}
_MOST_NAMED = 64
_MANY = 1 << 16
"""How many addresses a graph keeps, and of how many neurons each at most."""


def neurons(graph: Graph, text: str) -> Array:
    """Global ids (n,) int64, ascending, of what an address names; EngineError says what there is."""
    layer, region = places(graph, text)
    return region.flat + graph.offset(layer.name)


def places(graph: Graph, text: str) -> tuple[Layer, Region]:
    """The layer of an address, and which of its neurons are named; errors as of `neurons`.

    The graph keeps them, for the next edit that names the same.
    """
    known = graph.named.get(text)
    if known is None:
        known = _places(graph, text)
        if len(graph.named) >= _MOST_NAMED:
            # One goes as one comes: all at once would give their memory back, to be asked for again. Looked
            # for in a copy: threads that share the graph write to it.
            graph.named.pop(next(iter(tuple(graph.named))), None)
        if len(known[1]) <= _MANY:
            graph.named[text] = known
    return known


def _places(graph: Graph, text: str) -> tuple[Layer, Region]:
    layer, place = _layer(graph, text)
    if not place:
        return layer, Region(layer.shape, [(0, length - 1) for length in layer.shape])
    plain = _plain(layer, place)
    if plain is not None:
        return layer, Region(layer.shape, plain)

    def there() -> str:
        return f"{layer.name} has {extent(graph, layer)}"

    parts = _parts(place)
    names, sizes = axes(graph, layer), layer.shape
    if "head" in place and any(part.startswith("head") for part in parts):
        unnamed = next((part for part in parts if not part[:1].isalpha()), None)
        if unnamed is not None and heads(graph, layer):
            raise EngineError(
                f"{unnamed!r} in {text.strip()!r}: beside a head, say what is counted, "
                f"such as token{unnamed}: {there()}"
            )
        known = lengths(graph, layer, split=True)
        names, sizes = tuple(known), tuple(known.values())
        return layer, Region(layer.shape, Region(sizes, _choose(parts, sizes, names, text, there)).flat)
    return layer, Region(layer.shape, _choose(parts, sizes, names, text, there))


def _plain(layer: Layer, place: str) -> Ranges | None:
    """`_choose` of a place that is plain numbers and ranges that are there; None of any other."""
    shape = layer.shape
    parts = place.split(",")
    if len(parts) > len(shape) or len(place) > _MOST_PLAIN or not _PLAIN.fullmatch(place):
        return None
    chosen = []
    for part, length in zip(parts, shape, strict=False):
        low, _, high = part.partition("-")
        first = int(low)
        last = int(high) if high else first
        if not first <= last < length:
            return None
        chosen.append((first, last))
    return chosen + [(0, length - 1) for length in shape[len(chosen) :]]


def neuron(graph: Graph, text: str) -> int:
    """Global id of the one neuron that an address names; EngineError where it names several."""
    ids = neurons(graph, text)
    if len(ids) != 1:
        layer, _ = _layer(graph, text)
        example = write(graph, int(ids[0]))
        raise EngineError(
            f"{text!r} names {len(ids):,} neurons: name one, such as {example}: "
            f"{layer.name} has {extent(graph, layer)}"
        )
    return int(ids[0])


def box(graph: Graph, text: str) -> tuple[Layer, Ranges]:
    """The layer of an address, and the indices that it names along each axis of the layer's shape."""
    layer, place = _layer(graph, text)
    names = axes(graph, layer)
    return layer, _choose(
        _parts(place), layer.shape, names, text, lambda: f"{layer.name} has {extent(graph, layer)}"
    )


def write_box(layer: Layer, chosen: Ranges) -> str:
    """The address of the neurons with these indices along each axis."""
    parts = []
    for (first, last), length in zip(chosen, layer.shape, strict=True):
        whole = (first, last) == (0, length - 1) != (0, 0)
        parts.append("*" if whole else str(first) if first == last else f"{first}-{last}")
    return layer.name if set(parts) == {"*"} else f"{layer.name}:{','.join(parts)}"


def write(graph: Graph, number: int) -> str:
    """The address of a neuron by its global id; EngineError where there is no such neuron."""
    if not 0 <= number < graph.neuron_count:
        raise EngineError(f"no neuron {number}: {graph.name} has neurons 0..{graph.neuron_count - 1}")
    layer = graph.layer_of(number)
    place = np.unravel_index(number - graph.offset(layer.name), layer.shape)
    if is_flat_image(layer):
        place = place[:2]
    return f"{layer.name}:{','.join(str(int(i)) for i in place)}"


def synapse(graph: Graph, text: str) -> tuple[int, int]:
    """Global ids of the source and the target of `source -> target`."""
    first, second = ends(text)
    return neuron(graph, first), neuron(graph, second)


def ends(text: str) -> tuple[str, str]:
    """The two addresses of `source -> target`."""
    first, _, second = text.replace("→", "->").partition("->")
    first, second = first.strip(), second.strip()
    if not first or not second or "->" in second:
        raise EngineError(f"{text.strip()!r} is no synapse: write source -> target")
    return first, second


def parameter(graph: Graph, text: str) -> tuple[str, tuple[int, ...]]:
    """Name ("conv1.weight") and index of one trainable number."""
    name, _, place = (part.strip() for part in text.partition(":"))
    layer, _, own = name.rpartition(".")
    key = f"{layer}.{_ALIASES.get(own, own)}"
    if key not in graph.parameter_shapes:
        graph.layer(layer or name)
        known = [k for k in graph.parameter_shapes if k.startswith(layer + ".")] or ["none"]
        raise EngineError(f"no parameter {name!r}: {layer or name} has {', '.join(known)}")
    shape = graph.parameter_shapes[key]
    there = f"{key} has shape {shape}"
    chosen = _choose(_parts(place), shape, ("",) * len(shape), text, lambda: there)
    if any(first != last for first, last in chosen):
        raise EngineError(f"{text.strip()!r} names several numbers: {there}, give one index for each axis")
    return key, tuple(first for first, _ in chosen)


@lru_cache(maxsize=1024)
def _read(part: str) -> tuple[str, str, tuple[int, int] | None] | None:
    """An axis' part of an address: its word, what follows it, and the ends of the range that this is.

    The word is that of `axes`, "" for none; no ends stand for *. None of what is no such part.
    """
    match = _PART.fullmatch(part)
    if not match or not match[2]:
        return None
    word, told = _SHORT.get(match[1], match[1]), match[2]
    if told == "*":
        return word, told, None
    first, _, last = told.partition("-")
    return word, told, (_number(first), _number(last or first))


def _number(digits: str) -> int:
    number = whole_number(digits)
    assert number is not None  # the patterns take plain digits alone
    return number


def _layer(graph: Graph, text: str) -> tuple[Layer, str]:
    name, _, place = text.partition(":")
    name, place = name.strip(), place.strip()
    try:
        return graph.layer(name), place
    except EngineError:
        names = [layer.name for layer in graph.layers]
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise EngineError(f"{graph.name} has no layer {name!r}: {hint}it has {', '.join(names)}") from None


def _parts(place: str) -> list[str]:
    return [part.strip() for part in place.split(",")] if place else []


def _choose(
    parts: list[str], shape: Shape, names: tuple[str, ...], text: str, there: Callable[[], str]
) -> Ranges:
    """The indices that each axis' part of an address names; axes that are not mentioned are taken whole.

    there: says what there is, for an error.
    """
    chosen = [(0, length - 1) for length in shape]
    if len(parts) > len(shape):
        raise EngineError(f"{text.strip()!r} has {len(parts)} numbers: {there()}")
    taken: set[int] = set()
    for position, part in enumerate(parts):
        read = _read(part)
        if read is None:
            raise EngineError(f"{part!r} in {text.strip()!r} is no number, range (3-9) or *: {there()}")
        axis, (word, told, ends) = position, read
        if word:
            if word not in names:
                raise EngineError(f"{part!r} in {text.strip()!r}: {there()}")
            axis = names.index(word)
        if axis in taken:
            raise EngineError(f"{part!r} in {text.strip()!r}: {names[axis]} is given already: {there()}")
        taken.add(axis)
        if ends is not None:
            low, high = ends
            if low > high:
                raise EngineError(
                    f"{text.strip()}: the range {told} runs backwards: write {high}-{low}: {there()}"
                )
            if high >= shape[axis]:
                raise EngineError(f"no {text.strip()}: {there()}")
            chosen[axis] = ends
    return chosen
