"""The units of a layer that studies silence: its neurons, maps, tokens, features, heads of attention..."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_text, check_whole
from engine.graph import address, layer_axes
from engine.net import Net, check_net
from guarding import in_a_line


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
    check_net(net)
    studied = net.layer(layer)
    check_text(each, "each", "neuron")
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
    check_net(net)
    check_text(each, "each", "neuron")
    number = check_whole(number, f"the number of a {each}", 0)
    return (
        address.write(net.graph, net.offset(layer) + number)
        if each == "neuron"
        else f"{layer}:{each}{number}"
    )


def numbers_of(neurons: Array | None, count: int, layer: str) -> Array:
    """The numbers (n,) of some of a layer's `count` units, None: all. EngineError where they are none."""
    if neurons is None:
        return np.arange(count)
    try:
        chosen = np.asarray(neurons)
    except ValueError:  # rows of unequal lengths
        chosen = np.empty(0)
    whole = chosen.ndim == 1 and chosen.dtype.kind in "iu"
    if not whole or not chosen.size or chosen.min() < 0 or chosen.max() >= count:
        raise EngineError(
            f"neurons are numbers 0..{count - 1}, of {layer}, such as [3, 17], got {in_a_line(neurons)}"
        )
    return chosen
