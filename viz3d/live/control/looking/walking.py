"""Walking: what stands beside what is selected, for the arrow keys."""

import numpy as np

from engine import Layer, Net
from engine.graph import address

_FEW = 10  # neurons of a layer that has no lines


def beside(net: Net, where: str, layers: int, neurons: int) -> str:
    """The address so many layers and neurons beside another one's; of neurons 2 is a whole line.

    From a synapse the way leads to its ends, from a layer to its first neuron or to the layer beside it. At
    the end of a way it stays where it is.
    """
    if "->" in where:
        ends = address.ends(where)
        return ends[0] if layers < 0 else ends[1] if layers > 0 else where
    name, _, place = where.partition(":")
    at = net.index(name)
    other = net.layers[min(max(at + layers, 0), len(net.layers) - 1)]
    if not place:
        return address.write(net.graph, net.offset(other.name)) if neurons > 0 else other.name
    first = int(address.neurons(net.graph, where)[0]) - net.offset(name)
    if layers:
        # At the same share of the way: what lies side by side stays so.
        index = (
            round(first * (other.size - 1) / max(net.layers[at].size - 1, 1)) if other.name != name else first
        )
    else:
        index = first + int(np.sign(neurons)) * (_line(other) if abs(neurons) > 1 else 1)
        index = index if 0 <= index < other.size else first
    return address.write(net.graph, net.offset(other.name) + index)


def _line(layer: Layer) -> int:
    """How many neurons a line of a layer has."""
    return int(np.prod(layer.shape[1:])) if len(layer.shape) > 1 else _FEW
