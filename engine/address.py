"""Addresses that people type and read: neurons, synapses and parameters of a net.

`hidden1:17` is one neuron, `conv1:3,4,12` that of row 3, column 4, map 12; an axis may be named
(`conv1:row3,column4,map12`, `tokens:token5,feature9`). `*` or an axis left out stands for all of it and `3-9`
for a range, so `conv1:map12`, `conv1:*,*,12`, `hidden1:0-15` and plain `hidden1` are groups of neurons. A
synapse is `input:14,14 -> hidden1:3`, a parameter `hidden1.bias:17` or `conv1.kernel:1,2,0,7` (row, column,
channel, map).
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array, Shape
from engine.errors import EngineError
from engine.layer import Layer

if TYPE_CHECKING:
    from engine.graph import Net

_PART = re.compile(r"([a-z]*)(\*|\d+(?:-\d+)?)?")
_SHORT = {"col": "column", "channel": "map", "unit": "neuron", "number": "feature"}
_ALIASES = {"kernel": "weight"}


def axes(layer: Layer) -> tuple[str, ...]:
    """What each axis of a layer's shape counts."""
    return {1: ("neuron",), 2: ("token", "feature"), 3: ("row", "column", "map")}[len(layer.shape)]


def neurons(net: Net, text: str) -> Array:
    """Global ids (n,) int64 of all neurons that an address names; EngineError says what there is."""
    layer, place = _layer(net, text)
    chosen = _choose(place, layer.shape, axes(layer), text, f"{layer.name} has {_extent(layer)}")
    flat = np.zeros(1, np.int64)
    for indices, length in zip(chosen, layer.shape, strict=True):
        flat = (flat[:, None] * length + np.arange(indices.start, indices.stop)).reshape(-1)
    return flat + net.offset(layer.name)


def neuron(net: Net, text: str) -> int:
    """Global id of the one neuron that an address names; EngineError where it names several."""
    found = neurons(net, text)
    if len(found) != 1:
        layer, _ = _layer(net, text)
        example = write(net, int(found[0]))
        raise EngineError(
            f"{text!r} names {len(found):,} neurons: name one, such as {example} ({_extent(layer)})"
        )
    return int(found[0])


def write(net: Net, number: int) -> str:
    """The address of a neuron by its global id; EngineError where there is no such neuron."""
    if not 0 <= number < net.neuron_count:
        raise EngineError(f"no neuron {number}: {net.name} has neurons 0..{net.neuron_count - 1}")
    layer = next(n for n in reversed(net.layers) if net.offset(n.name) <= number)
    place = np.unravel_index(number - net.offset(layer.name), layer.shape)
    if _flat_image(layer):
        place = place[:2]
    return f"{layer.name}:{','.join(str(int(i)) for i in place)}"


def synapse(net: Net, text: str) -> tuple[int, int]:
    """Global ids of the source and the target of `source -> target`."""
    ends = re.split(r"->|→", text)
    if len(ends) != 2:
        raise EngineError(f"{text.strip()!r} is no synapse: write source -> target")
    return neuron(net, ends[0]), neuron(net, ends[1])


def parameter(net: Net, text: str) -> tuple[str, tuple[int, ...]]:
    """Name ("conv1.weight") and index of one trainable number."""
    name, colon, place = (part.strip() for part in text.partition(":"))
    layer, _, own = name.rpartition(".")
    key = f"{layer}.{_ALIASES.get(own, own)}"
    if key not in net.parameters:
        net.layer(layer or name)
        known = [k for k in net.parameters if k.startswith(layer + ".")] or ["none"]
        raise EngineError(f"no parameter {name!r}: {layer or name} has {', '.join(known)}")
    shape = net.parameters[key].shape
    there = f"{key} has shape {shape}"
    chosen = _choose(place if colon else "", shape, ("",) * len(shape), text, there)
    if any(len(indices) != 1 for indices in chosen):
        raise EngineError(f"{text.strip()!r} names several numbers: {there}, give one index for each axis")
    return key, tuple(indices.start for indices in chosen)


def _layer(net: Net, text: str) -> tuple[Layer, str]:
    name, _, place = (part.strip() for part in text.partition(":"))
    names = [layer.name for layer in net.layers]
    if name not in names:
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise EngineError(f"{net.name} has no layer {name!r}: {hint}it has {', '.join(names)}")
    return net.layer(name), place


def _flat_image(layer: Layer) -> bool:
    """Whether it is an image of one map, whose pixels need no third number."""
    return len(layer.shape) == 3 and layer.shape[2] == 1


def _extent(layer: Layer) -> str:
    if len(layer.shape) == 1:
        return f"neurons 0..{layer.size - 1}"
    parts = [f"{axis}s 0..{n - 1}" for axis, n in zip(axes(layer), layer.shape, strict=True)]
    return ", ".join(parts[:2] if _flat_image(layer) else parts)


def _choose(place: str, shape: Shape, names: tuple[str, ...], text: str, there: str) -> list[range]:
    """The indices that each axis' part of an address names; axes that are not mentioned are taken whole."""
    chosen = [range(n) for n in shape]
    parts = [part.strip() for part in place.split(",")] if place else []
    if len(parts) > len(shape):
        raise EngineError(f"{text.strip()!r} has {len(parts)} numbers: {there}")
    for position, part in enumerate(parts):
        found = _PART.fullmatch(part)
        if not found or not found[2]:
            raise EngineError(f"{part!r} in {text.strip()!r} is no number, range (3-9) or *: {there}")
        axis = position
        if found[1]:
            word = _SHORT.get(found[1], found[1])
            if word not in names:
                raise EngineError(f"{part!r} in {text.strip()!r}: {there}")
            axis = names.index(word)
        if found[2] != "*":
            first, _, last = found[2].partition("-")
            low, high = int(first), int(last or first)
            if not low <= high < shape[axis]:
                raise EngineError(f"no {text.strip()}: {there}")
            chosen[axis] = range(low, high + 1)
    return chosen
