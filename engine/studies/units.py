"""What of a layer is silenced at once: a neuron, or a whole map, token, feature, head of attention..."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph import address

if TYPE_CHECKING:
    from engine.net import Net


def unit_of(net: Net, layer: str) -> str:
    """What a layer's last axis counts: "neuron", "map" of a convolution, "feature" of tokens.

    Of a layer that is shared among heads of attention, and of their scores, "head".
    """
    found = net.layer(layer)
    names = address.axes(net.graph, found)
    return "head" if address.heads(net.graph, found) or "head" in names else names[-1]


def units_of(net: Net, layer: str, each: str) -> Array:
    """Flat indices (n, k) of a layer's neurons, a row for each unit.

    each: "neuron", or the name of one of the layer's axes or "head": all neurons that have one place on it
    are a unit. EngineError where the layer has no such axis.
    """
    found = net.layer(layer)
    if each == "neuron":
        return np.arange(found.size).reshape(-1, 1)
    counts = address.lengths(net.graph, found)
    if address.heads(net.graph, found):
        counts["head"] = address.heads(net.graph, found)
    if each not in counts:
        known = dict.fromkeys(("neuron", *counts))
        raise EngineError(f"{layer} has no {each}s: take each {' or '.join(known)}")
    named = (address.neurons(net.graph, write_unit(net, layer, each, i)) for i in range(counts[each]))
    return np.stack(list(named)) - net.offset(layer)


def write_unit(net: Net, layer: str, each: str, number: int) -> str:
    """The address of a unit, such as "conv1:map12"; of a neuron, by its flat index, "conv1:3,4,12"."""
    return (
        address.write(net.graph, net.offset(layer) + number)
        if each == "neuron"
        else f"{layer}:{each}{number}"
    )
