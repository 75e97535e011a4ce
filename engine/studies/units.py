"""The units of a layer that studies silence: its neurons, maps, tokens, features, heads of attention..."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph import address, layer_axes
from engine.net import Net, check_net


def unit_of(net: Net, layer: str) -> str:
    """What a layer's last axis counts: "neuron", "map" of a convolution, "feature" of tokens.

    Of a layer that is shared among heads of attention, and of their scores, "head".
    """
    check_net(net)
    studied = net.layer(layer)
    names = layer_axes.axes(net.graph, studied)
    return "head" if layer_axes.heads(net.graph, studied) or "head" in names else names[-1]


def units_of(net: Net, layer: str, each: str) -> Array:
    """Flat indices (n, k) of a layer's neurons, a row for each unit.

    each: "neuron", or the name of one of the layer's axes or "head": all neurons that have one place on it
    are a unit. EngineError where the layer has no such axis.
    """
    studied = net.layer(layer)
    if each == "neuron":
        return np.arange(studied.size).reshape(-1, 1)
    counts = layer_axes.lengths(net.graph, studied)
    if layer_axes.heads(net.graph, studied):
        counts["head"] = layer_axes.heads(net.graph, studied)
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
