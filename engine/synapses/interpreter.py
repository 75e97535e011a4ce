"""The reference interpreter: a ready queue over explicit edges, slow and obvious.

Every neuron waits for its inputs, then fires and pushes its activation along each of its outgoing synapses;
nothing is known of layers but where a softmax waits for its row. Edits are made one by one, on the synapses
of the net without any: an edited one delivers gain x weight, and what its offset adds by itself. The fast
passes are held to it, and an animation may take its order of firing from it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, read_only
from engine.blocks import Normalisation
from engine.blocks.activations import activation, leak_of
from engine.errors import EngineError, check_several
from engine.graph.layer import Layer
from engine.net import Net, check_net
from engine.run.inputs import as_inputs
from engine.run.trace import Trace
from engine.synapses import views as synapses

_NEVER = 1 << 60


@dataclass(frozen=True, eq=False)
class Firing:
    """Result of `interpret`: pre, activation (N,) float64 by neuron id; order (N,) of ids as they fired."""

    pre: npt.NDArray[np.float64]
    activation: npt.NDArray[np.float64]
    order: npt.NDArray[np.int64]


def interpret(net: Net, image: Array, layers: Collection[str] | None = None) -> Firing:
    """Run one image (as for Net.trace) neuron by neuron, in float64.

    layers: names of those that are run so, where the whole of a large net would take minutes; what the others
    hold is then taken from a trace.
    """
    check_net(net)
    if layers is None:
        names = [layer.name for layer in net.layers[1:]]
    else:
        check_several(layers)
        names = [net.layer(name).name for name in layers]
    run = _Run(net, names)
    if layers is None:
        values = as_inputs(net, np.asarray(image)[None])[0].reshape(-1)
        for neuron, value in enumerate(values.tolist()):
            run.pre[neuron] = value
            run.fire(neuron, value)
    else:
        run.take_over(net.trace(image))
    # What waits for nobody: a class token, say.
    for neuron in np.flatnonzero(run.waiting == 0).tolist():
        run.add_up(neuron)
    while run.ready:
        run.deliver(run.ready.popleft())
    if len(run.order) != net.neuron_count:
        raise EngineError(
            f"{net.neuron_count - len(run.order)} neurons never fired: the net has a cycle or a gap"
        )
    return Firing(*(read_only(np.array(numbers)) for numbers in (run.pre, run.activation, run.order)))


class _Run:
    """The queue, and what each neuron has received so far."""

    def __init__(self, net: Net, names: Collection[str]):
        self.net = net
        self.names = set(names)
        self.read = {source for layer in net.layers if layer.name in names for source in layer.sources}
        self.read |= {source for name in names for source in net.overlay.sources(name)}
        self.plain = net.without_edits()
        self.layers = [layer for layer in net.layers for _ in range(layer.size)]
        self.biases = [bias for layer in net.layers for bias in _biases(net, layer)]
        # A neuron is ready when it holds a value for each of its incoming synapses; where a layer is not run,
        # none ever is.
        self.waiting = np.full(net.neuron_count, _NEVER)
        for layer in net.layers:
            if layer.name in self.names:
                self.waiting[net.offset(layer.name) : net.offset(layer.name) + layer.size] = 0
        for pair in self.plain.connections:
            if pair[1] in self.names:
                for part in self.plain.iter_synapses(between=pair):
                    np.add.at(self.waiting, part.target, 1)
        self.inbox: list[list[tuple[float, float]]] = [[] for _ in self.layers]
        self.sent = [False] * net.neuron_count
        self.shifts: dict[int, float] = {}
        self.edited: dict[int, tuple[float, float]] = {}
        self.functions: dict[int, str] = {}
        self._take_edits()
        self.links: dict[tuple[int, int], tuple[float, float]] = {}
        self.cut: set[tuple[int, int]] = set()
        self.added: dict[int, list[tuple[int, float]]] = {}
        self.more = [0.0] * net.neuron_count
        self._take_links()
        self._take_windows()
        self.pre = [math.nan] * net.neuron_count
        self.activation = [math.nan] * net.neuron_count
        self.order: list[int] = []
        self.ready: deque[int] = deque()

    def _take_edits(self) -> None:
        """Edited neurons by id: what is added to their sums, their functions, what becomes of the answer."""
        for name, cells in self.net.overlay.cells.items():
            first = self.net.offset(name)
            for place, shift in zip(cells.shifted.tolist(), cells.shift.tolist(), strict=True):
                self.shifts[first + place] = shift
            for place, *both in zip(
                *(a.tolist() for a in (cells.chosen, cells.gain, cells.offset)), strict=True
            ):
                self.edited[first + place] = (both[0], both[1])
            for function, places in cells.functions.items():
                self.functions.update({first + place: function for place in places.tolist()})

    def _take_links(self) -> None:
        """Edited synapses by their ends: gain and offset; those that are gone; those that are new by source.

        A normalisation still reads what is cut, to divide by it; everyone else no longer waits for it.
        """
        for target, several in self.net.overlay.links.items():
            reads_on = isinstance(self.net.layer(target).block, Normalisation)
            for links in several:
                first = self.net.offset(links.source), self.net.offset(target)
                columns = (links.start, links.end, links.edge, links.gain, links.offset, links.cut)
                for start, end, edge, gain, offset, cut in zip(*(c.tolist() for c in columns), strict=True):
                    ends = (first[0] + start, first[1] + end)
                    if edge >= 0 and (reads_on or not cut):
                        self.links[ends] = gain, offset
                    elif edge >= 0:
                        self._lose(ends)
                    elif not cut:
                        self.added.setdefault(ends[0], []).append((ends[1], offset))
                        self.waiting[ends[1]] += 1

    def _take_windows(self) -> None:
        """The edited synapses of windows: what is left of each, and which are gone."""
        for target, windows in self.net.overlay.windows.items():
            source, first = self.net.offset(windows.source), self.net.offset(target)
            for end, cells, weights in zip(windows.target, windows.cells, windows.weights, strict=True):
                into = synapses.into(self.plain, target, int(end)).source.tolist()
                kept = dict(zip((cells + source).tolist(), weights.tolist(), strict=True))
                for start in into:
                    if start in kept:
                        self.links[start, first + int(end)] = kept[start], 0.0
                    else:
                        self._lose((start, first + int(end)))

    def _lose(self, ends: tuple[int, int]) -> None:
        self.cut.add(ends)
        self.waiting[ends[1]] -= 1

    def take_over(self, trace: Trace) -> None:
        """Give the neurons of the layers that are not run their values from a trace."""
        for layer in self.net.layers:
            if layer.name in self.names:
                continue
            part = slice(self.net.offset(layer.name), self.net.offset(layer.name) + layer.size)
            self.pre[part] = trace.pre[layer.name].reshape(-1).tolist()
            self.activation[part] = trace.activation[layer.name].reshape(-1).tolist()
            self.order += range(part.start, part.stop)
            if layer.name in self.read:
                self.ready += range(part.start, part.stop)

    def fire(self, neuron: int, value: float) -> None:
        gain, offset = self.edited.get(neuron, (1.0, 0.0))
        self.activation[neuron] = gain * value + offset
        self.order.append(neuron)
        if self.layers[neuron].name in self.read:
            self.ready.append(neuron)

    def deliver(self, neuron: int) -> None:
        """Send a fired neuron's activation along its synapses; whoever has then heard from all answers.

        A synapse with a gate delivers the product once both its source and its gate have fired.
        """
        layer = self.layers[neuron]
        outgoing = synapses.out_of(self.plain, layer.name, neuron - self.net.offset(layer.name))
        self.sent[neuron] = True
        columns = (outgoing.source, outgoing.target, outgoing.weight, outgoing.gate)
        for source, target, weight, gate in zip(*(column.tolist() for column in columns), strict=True):
            if gate >= 0 and not (self.sent[source] and self.sent[gate]):
                continue
            if (source, target) in self.cut:
                continue
            by = self.activation[gate] if gate >= 0 else 1.0
            gain, offset = self.links.get((source, target), (1.0, 0.0))
            self.inbox[target].append((gain * weight * by, self.activation[source]))
            self.receive(target, offset * self.activation[source])
        for target, weight in self.added.get(neuron, ()):
            self.receive(target, weight * self.activation[neuron])

    def receive(self, neuron: int, more: float) -> None:
        """Take note of one delivery, and of what edits add to the sum with it."""
        self.more[neuron] += more
        self.waiting[neuron] -= 1
        if not self.waiting[neuron]:
            self.add_up(neuron)

    def add_up(self, neuron: int) -> None:
        """Work out a neuron that has heard from all; where its activation needs a row, the last one fires."""
        layer = self.layers[neuron]
        assert layer.block is not None
        weights, values = [w for w, _ in self.inbox[neuron]], [v for _, v in self.inbox[neuron]]
        self.pre[neuron] = layer.block.combine(weights, values, self.biases[neuron])
        self.pre[neuron] += self.more[neuron] + self.shifts.get(neuron, 0.0)
        function = activation(self.functions.get(neuron, layer.activation))
        if not function.rowwise:
            self.fire(neuron, _apply(function.name, [self.pre[neuron]])[0])
            return
        width = layer.shape[-1]
        offset = self.net.offset(layer.name)
        start = offset + (neuron - offset) // width * width
        row = self.pre[start : start + width]
        if not any(math.isnan(value) for value in row):
            for place, value in enumerate(_apply(layer.activation, row)):
                self.fire(start + place, value)


def _biases(net: Net, layer: Layer) -> list[float]:
    biases = None if layer.block is None else layer.block.biases(net.wiring(layer.name))
    return [0.0] * layer.size if biases is None else [float(bias) for bias in biases.reshape(-1)]


def _apply(name: str, row: list[float]) -> list[float]:
    """The activation functions once more, in plain Python: something else to hold the fast ones to."""
    if name in ("softmax", "log-softmax"):
        total = math.fsum(math.exp(z - max(row)) for z in row)
        logs = [z - max(row) - math.log(total) for z in row]
        return logs if name == "log-softmax" else [math.exp(log) for log in logs]
    slope = leak_of(name)
    if slope is not None:
        return [z if z >= 0 else slope * z for z in row]
    if name not in _PLAIN:
        raise EngineError(f"the reference interpreter does not know the activation {name!r}")
    return [_PLAIN[name](z) for z in row]


_PLAIN: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "relu": lambda z: max(z, 0.0),
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "gelu-tanh": lambda z: z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z)),
    "tanh": math.tanh,
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "silu": lambda z: z * _PLAIN["sigmoid"](z),
    "mish": lambda z: z * math.tanh(_PLAIN["softplus"](z)),
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "softsign": lambda z: z / (1 + abs(z)),
    "relu6": lambda z: min(max(z, 0.0), 6.0),
    "hard-tanh": lambda z: min(max(z, -1.0), 1.0),
    "hard-sigmoid": lambda z: min(max(z / 6 + 0.5, 0.0), 1.0),
    "hard-swish": lambda z: z * min(max(z / 6 + 0.5, 0.0), 1.0),
}
