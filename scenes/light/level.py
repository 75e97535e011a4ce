"""Level: how far each neuron is lit, and on which side of its rest: what a picture shows of an activation."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import Layer, Net, Trace
from engine.graph.graph import Graph
from engine.statistics import Statistics

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
    deviations. Outputs are shown as their probabilities, so that a bar and its neuron agree; several numbers
    over the one furthest from 0, as their bars are.
    """
    net = trace.net
    usual = _usual(net.graph, net.statistics)
    shown = np.concatenate([trace.display(layer.name) for layer in net.layers])
    if usual.told:
        # All layers at once: what shows no deviation is taken less 0 and over 1.
        shown = ((shown - usual.mean) / usual.spread).astype(np.float32)
    level = np.abs(shown)
    far = level - NEAR
    far /= FAR - NEAR
    for layer, span in zip(net.layers, usual.spans, strict=True):
        level[span] = far[span] if layer.name in usual.told else level[span] / _full(net, layer, level[span])
    return np.clip(level, 0.0, 1.0), shown < 0


@dataclass(frozen=True, eq=False)
class _Usual:
    """What neurons usually do, by global id.

    mean, spread: float32 (N,), 0 and 1 in layers that do not show how far from it they are; told: those that
    do; spans: of each layer, where its neurons are.
    """

    mean: Floats
    spread: Floats
    told: frozenset[str]
    spans: tuple[slice, ...]


@lru_cache(maxsize=8)
def _usual(graph: Graph, statistics: Statistics | None) -> _Usual:
    """The same of nets that have all this in common: no edit changes it."""
    told = [layer for layer in graph.layers if _is_told(layer, layer is graph.layers[-1], statistics)]
    mean, spread = np.zeros(graph.neuron_count, np.float32), np.ones(graph.neuron_count, np.float32)
    spans = {
        layer.name: slice(graph.offset(layer.name), graph.offset(layer.name) + layer.size)
        for layer in graph.layers
    }
    for layer in told:
        assert statistics is not None
        known = statistics.layers[layer.name]
        mean[spans[layer.name]] = known.mean
        spread[spans[layer.name]] = np.where(known.deviation > 0, known.deviation, np.inf)
    return _Usual(mean, spread, frozenset(layer.name for layer in told), tuple(spans.values()))


def told_by_deviation(net: Net, layer: Layer) -> bool:
    """Whether a layer shows how far its neurons are from their usual values.

    So do tokens, and dense layers whose function leaves no neuron at rest, where the usual values are known:
    there nearly all neurons are active for any image, and |activation| would say nothing.
    """
    return _is_told(layer, layer is net.layers[-1], net.statistics)


def _is_told(layer: Layer, last: bool, statistics: Statistics | None) -> bool:
    if statistics is None or layer.name not in statistics.layers or last:
        return False
    return len(layer.shape) == 2 or (len(layer.shape) == 1 and layer.activation not in ("relu", "relu6"))


def is_map(net: Net, layer: Layer) -> bool:
    """Whether a layer's neurons are pixels of maps, but for those of the input."""
    return len(layer.shape) == 3 and layer is not net.layers[0]


def _full(net: Net, layer: Layer, size: Floats) -> float:
    """The activation that is fully lit."""
    if layer is net.layers[-1] and not (net.gives_numbers and layer.size > 1):
        return 1.0
    full = float(np.quantile(size, MAPS_FULL)) if is_map(net, layer) else 0.0
    return max(full or float(size.max()), 1e-30)
