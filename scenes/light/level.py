"""Level: how far each neuron is lit, and on which side of its rest: what a picture shows of an activation."""

import numpy as np
from numpy.typing import NDArray

from engine import Layer, Net, Trace

Floats = NDArray[np.float32]
MAPS_FULL = 0.99
"""Share of a layer of maps whose activations lie below full brightness."""
NEAR, FAR = 1.0, 4.0
"""Standard deviations from a neuron's usual value at which it begins to light, and at which it is full."""


def levels(trace: Trace) -> tuple[Floats, NDArray[np.bool_]]:
    """Level of each neuron, float32 (N,) 0..1, and whether it lies below its rest, bool (N,).

    |activation| over the layer's own maximum; in maps, where a few neurons reach far above all others, over
    what 99 % of the layer do not exceed; below its rest is what is below 0. Of layers that are always on it
    is how far the neuron is from its usual value, see `told_by_deviation`: (|z| - 1) / 3 for z standard
    deviations. Outputs are shown as their probabilities, so that a bar and its neuron agree.
    """
    net, parts, below = trace.net, [], []
    for layer in net.layers:
        shown = trace.display(layer.name).reshape(-1)
        if told_by_deviation(net, layer):
            assert net.statistics is not None
            known = net.statistics.layers[layer.name]
            spread = np.where(known.deviation > 0, known.deviation, np.inf)
            shown = ((shown - known.mean) / spread).astype(np.float32)
            level = (np.abs(shown) - NEAR) / (FAR - NEAR)
        else:
            level = np.abs(shown) / _full(net, layer, np.abs(shown))
        parts.append(np.clip(level, 0.0, 1.0))
        below.append(shown < 0)
    return np.concatenate(parts).astype(np.float32), np.concatenate(below)


def told_by_deviation(net: Net, layer: Layer) -> bool:
    """Whether a layer shows how far its neurons are from their usual values.

    So do tokens, and dense layers whose function leaves no neuron at rest, where the usual values are known:
    there nearly all neurons are active for any image, and |activation| would say nothing.
    """
    if net.statistics is None or layer.name not in net.statistics.layers or layer is net.layers[-1]:
        return False
    return len(layer.shape) == 2 or (len(layer.shape) == 1 and layer.activation not in ("relu", "relu6"))


def is_map(net: Net, layer: Layer) -> bool:
    """Whether a layer's neurons are pixels of maps, but for those of the input."""
    return len(layer.shape) == 3 and layer is not net.layers[0]


def _full(net: Net, layer: Layer, size: Floats) -> float:
    """The activation that is fully lit."""
    if layer is net.layers[-1]:
        return 1.0
    full = float(np.quantile(size, MAPS_FULL)) if is_map(net, layer) else 0.0
    return max(full or float(size.max()), 1e-30)
