"""Causal paths: the ways from pixels to a class along which most of its score comes.

A neuron's activation is its slope a/z times the sum of weight x activation over its synapses, plus its bias's
share. Taken apart all the way back, a class's score is the sum of one product for each path from a pixel, and
one for each path from a bias: pixel x (weight x slope) x ... x weight. For ReLU these are the active paths of
Choromanska et al. 2015 ("The loss surfaces of multilayer networks", section 3); elsewhere a/z takes the place
of the gate. Weights that are computed, attention's among them, are those of the trace; what an edit sets,
such as a clamped neuron's activation, comes from no pixel.
"""

from __future__ import annotations

import heapq
import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_class, check_whole
from engine.graph.layer import Layer
from engine.run.trace import Trace, check_trace
from guarding import in_a_line

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Path:
    """Neurons by global id from a pixel to an output, and what this way brings to the output's score."""

    neurons: tuple[int, ...]
    contribution: float


def strongest_paths(trace: Trace, label: int, k: int = 10) -> tuple[Path, ...]:
    """The k paths from pixels that bring most to a class's score, for or against it, the strongest first.

    Exact: the search goes backwards from the class, always on from where the largest product may still be
    reached. There may be fewer than k; paths that bring nothing are left out.
    """
    check_trace(trace)
    net = trace.net
    k = check_whole(k, "k, how many paths,", 0)
    slopes, reach = _slopes(trace), _reach(trace)
    end = net.offset(net.layers[-1].name) + check_class(label, net.layers[-1].size)
    # (bound on what is still to be found this way, negative; a tie-breaker; product so far; neurons so far)
    heap: list[tuple[float, int, float, tuple[int, ...]]] = [(-float(reach[end]), 0, 1.0, (end,))]
    paths: list[Path] = []
    pushed = 0
    while heap and len(paths) < k:
        bound, _, product, way = heapq.heappop(heap)
        if not bound:
            break
        layer = _layer_of(trace, way[0])
        if layer.block is None:
            paths.append(Path(way, product * float(trace.neurons[way[0]])))
            continue
        into = net.synapses_into(layer.name, way[0] - net.offset(layer.name), trace)
        # The output's own sum is the score; every other neuron passes on its slope.
        steps = into.weight.astype(np.float64) * (product if way[0] == end else product * slopes[way[0]])
        bounds = np.abs(steps) * reach[into.source]
        for i in np.flatnonzero(bounds).tolist():
            pushed += 1
            source = int(into.source[i])
            heapq.heappush(heap, (-float(bounds[i]), pushed, float(steps[i]), (source, *way)))
    return tuple(paths)


def path_contributions(trace: Trace, paths: Iterable[Sequence[int]]) -> Array:
    """What each path, neurons by global id as in `Path`, brings to the score that it ends in: (n,) float64.

    0 for one of whose synapses one is not there. EngineError where one is no path.
    """
    check_trace(trace)
    if not isinstance(paths, Iterable):
        raise EngineError(f"several paths are needed, such as [path.neurons], got {in_a_line(paths)}")
    net, slopes = trace.net, _slopes(trace)
    last = net.offset(net.layers[-1].name)

    @cache
    def step(source: int, target: int) -> float:
        layer = _layer_of(trace, target)
        into = net.synapses_into(layer.name, target - net.offset(layer.name), trace)
        weight = float(into.weight[into.source == source].astype(np.float64).sum())
        return weight if target >= last else weight * float(slopes[target])

    def product(path: Sequence[int]) -> float:
        return float(trace.neurons[path[0]]) * math.prod(step(*ends) for ends in pairwise(path))

    return np.array([product(_checked(path, net.neuron_count)) for path in paths], np.float64)


def _checked(path: Sequence[int], count: int) -> Sequence[int]:
    """A path; EngineError where it is no way from neuron to neuron."""
    try:
        if len(path) and all(0 <= operator.index(neuron) < count for neuron in path):
            return path
    except TypeError:
        pass
    raise EngineError(f"a path is neurons by number, 0..{count - 1}, as Path.neurons, got {in_a_line(path)}")


def pixel_contributions(trace: Trace, label: int) -> Array:
    """What all paths from each pixel bring to a class's score together: (input size,) float64.

    Their sum is the score less what biases and edits bring.
    """
    check_trace(trace)
    net, slopes = trace.net, _slopes(trace)
    last = net.layers[-1]
    slopes[net.offset(last.name) :] = 1
    carried = np.zeros(net.neuron_count)
    carried[net.offset(last.name) + check_class(label, net.layers[-1].size)] = 1
    for layer in reversed(net.layers[1:]):
        first = net.offset(layer.name)
        if not carried[first : first + layer.size].any():
            continue
        for pair in net.connections:
            if pair[1] == layer.name:
                # Every connection leads forward: what its target carries is known by now.
                for some in net.iter_synapses(_CHUNK, pair, trace):
                    share = some.weight * (slopes * carried)[some.target]
                    carried += np.bincount(some.source, share, net.neuron_count)
    size = net.layers[0].size
    contributions: Array = carried[:size] * trace.neurons[:size]
    return contributions


def _slopes(trace: Trace) -> Array:
    """Activation over sum of every neuron (N,) float64, 0 where the sum is 0; what edits set is left out."""
    net = trace.net
    pre = np.concatenate([trace.pre[n.name].reshape(-1) for n in net.layers]).astype(np.float64)
    act = np.concatenate([trace.activation[n.name].reshape(-1) for n in net.layers])
    for name, cells in net.overlay.cells.items():
        act[net.offset(name) + cells.chosen] -= cells.offset.astype(act.dtype)
    slopes: Array = np.divide(act, pre, out=np.zeros_like(pre), where=pre != 0)
    return slopes


def _reach(trace: Trace) -> Array:
    """The largest |product| of any path from a pixel to each neuron (N,), its own slope included.

    Of an output without its slope.
    """
    net = trace.net
    slopes = np.abs(_slopes(trace))
    reach = np.zeros(net.neuron_count)
    first, last = net.layers[0], net.layers[-1]
    reach[: first.size] = np.abs(trace.neurons[: first.size])
    for layer in net.layers[1:]:
        part = slice(net.offset(layer.name), net.offset(layer.name) + layer.size)
        for pair in net.connections:
            if pair[1] == layer.name:
                # Every connection leads forward: what it starts from is known by now.
                for some in net.iter_synapses(_CHUNK, pair, trace):
                    np.maximum.at(reach, some.target, np.abs(some.weight) * reach[some.source])
        if layer is not last:
            reach[part] *= slopes[part]
    return reach


def _layer_of(trace: Trace, neuron: int) -> Layer:
    net = trace.net
    return next(layer for layer in reversed(net.layers) if net.offset(layer.name) <= neuron)
