"""Ablation: what becomes of a net's answers when the neurons of a layer are silenced, each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.blocks import Dense
from engine.blocks.activations import activation
from engine.errors import EngineError
from engine.graph.repr import Brief
from engine.graph.topology import reached, read_by
from engine.kernels.threads import side_by_side
from engine.run.machine import Machine, as_inputs, probabilities
from engine.studies.prefix import labelled, room
from engine.studies.units import units_of

if TYPE_CHECKING:
    from engine.graph.layer import Layer
    from engine.net import Net


@dataclass(frozen=True, eq=False, repr=False)
class Ablation(Brief):
    """What is lost without each neuron of a layer, or each of its maps, tokens...

    accuracy: of the whole net. without (n,): accuracy without each of `neurons` (n,): flat indices, or where
    `each` is no neuron its numbers. lost_by_class (n, classes): how many images of each digit are read right
    only with it, less those that are read right only without it. sure (n,): the mean probability of the right
    digit without it.
    """

    layer: str
    neurons: Array
    accuracy: float
    without: Array
    lost_by_class: Array
    sure: Array
    each: str = "neuron"

    @property
    def order(self) -> Array:
        """Places (n,) in `neurons`, the most needed first; of equals the one that costs more certainty."""
        return np.lexsort((self.sure, self.without))


def ablate_each(
    net: Net,
    layer: str,
    images: Array,
    labels: Array,
    *,
    neurons: Array | None = None,
    each: str = "neuron",
    batch: int | None = None,
) -> Iterator[tuple[float, Ablation | None]]:
    """Silence the neurons of a layer one at a time over images with labels (N,).

    each: what is silenced at once: a "neuron", or all that share a "map", "token", "feature", "head", "row"
    or "column"; see `units_of`. neurons: the numbers of some of these. Yields (share done 0..1, None) and at
    the end (1.0, the result). What lies ahead of the layer is worked out once for each batch; what follows,
    for each of them that is not silent by itself. Batches are worked on side by side.
    """
    labels = labelled(net, images, labels)
    found = hidden(net, layer)
    units = units_of(net, layer, each)
    chosen = np.arange(len(units)) if neurons is None else np.asarray(neurons)
    classes = net.layers[-1].size
    batch = batch or room(net)
    starts = range(0, len(labels), batch)
    right = np.zeros((len(starts), classes), np.int64)
    kept = np.zeros((len(starts), len(chosen), classes), np.int64)
    sure = np.zeros((len(starts), len(chosen)))

    def work(i: int) -> Iterator[float]:
        part = slice(starts[i], starts[i] + batch)
        truth, without = labels[part], Without(net, found, images[part])
        right[i] = np.bincount(truth[without.whole[0] == truth], minlength=classes)
        for k, unit in enumerate(chosen.tolist()):
            answers, shares = without.says(units[unit])
            kept[i, k] = np.bincount(truth[answers == truth], minlength=classes)
            sure[i, k] = shares[np.arange(len(truth)), truth].sum(dtype=np.float64)
            yield (k + 1) / len(chosen)

    for share in side_by_side(work, len(starts)):
        yield share, None
    total, whole, left = len(labels), right.sum(axis=0), kept.sum(axis=0)
    accuracies = whole.sum() / total, left.sum(axis=1) / total
    yield 1.0, Ablation(layer, chosen, *accuracies, whole - left, sure.sum(axis=0) / total, each)


def hidden(net: Net, layer: str) -> Layer:
    """A layer between input and output; EngineError for these two."""
    found = net.layer(layer)
    if found in (net.layers[0], net.layers[-1]):
        raise EngineError(f"a study needs a layer between input and output, not {layer}: take a hidden one")
    return found


class Without:
    """A batch whose way up to a layer is known, and what is said without some of the layer's neurons.

    whole: the answers (n,) and probabilities (n, classes) of the whole net.
    """

    def __init__(self, net: Net, layer: Layer, images: Array):
        self.net, self.layer = net, layer
        x = as_inputs(net, images)
        self.machine = Machine(net.layers, net.parameters, len(x), overlay=net.overlay)
        self.after = [
            n for n in reached(net.graph, net.reads, {layer.name, net.layers[-1].name}) if n is not layer
        ]
        heads = [n for n in self.after if layer.name in (*n.sources, *net.overlay.sources(n.name))]
        # Where one dense layer sums what this one sends, its sums change by the neuron's own terms alone.
        alone = len(heads) == 1 and isinstance(heads[0].block, Dense)
        self.next = heads[0] if alone and not net.overlay.touches(heads[0].name) else None
        out = self.machine.forward(x)
        self.whole = self._said(out)
        # What follows writes into the buffers behind the layer only; what lies ahead is kept.
        self.ahead = read_by(net.reads, self.after) - {n.name for n in self.after} - {layer.name}
        self.act = {name: self.machine.activation[name].copy() for name in (*self.ahead, layer.name)}
        self.sums = None if self.next is None else self.machine.pre[self.next.name].copy()

    def says(self, neurons: Array) -> tuple[Array, Array]:
        """The answers (n,) and probabilities (n, classes) without these neurons (flat indices)."""
        act = self.act[self.layer.name]
        sent = act.reshape(len(act), -1)[:, neurons]
        lit = np.flatnonzero(sent.any(axis=1))
        answers, shares = (array.copy() for array in self.whole)
        if len(lit):
            answers[lit], shares[lit] = self._again(lit, neurons, sent[lit])
        return answers, shares

    def _said(self, out: Array) -> tuple[Array, Array]:
        return out.reshape(len(out), -1).argmax(axis=1), probabilities(self.net, out)

    def _again(self, lit: Array, neurons: Array, sent: Array) -> tuple[Array, Array]:
        """What is said of those images (m,) in which the neurons send something, (m, k)."""
        behind, act = self.after, {name: self.act[name][lit] for name in self.ahead}
        if self.next is None or len(neurons) > 1:
            act[self.layer.name] = self.act[self.layer.name][lit]
            act[self.layer.name].reshape(len(lit), -1)[:, neurons] = 0
        else:
            act[self.next.name], behind = self._next_without(lit, int(neurons[0]), sent), behind[1:]
        out = self.machine.resume({}, act, behind) if behind else act[self.net.layers[-1].name]
        return self._said(out)

    def _next_without(self, lit: Array, neuron: int, sent: Array) -> Array:
        """The next layer's activations (m, *shape) without what the neuron sends it, (m, 1)."""
        assert self.next is not None
        assert self.sums is not None
        sums: Array = self.sums[lit]
        sums -= sent * self.net.parameters[f"{self.next.name}.weight"][neuron]
        fired: Array = np.empty_like(sums)
        activation(self.next.activation).forward(sums, fired)
        return fired
