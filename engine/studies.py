"""Studies: what becomes of a net's answers when its neurons are silenced, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import activation
from engine.arrays import Array
from engine.blocks import Dense
from engine.errors import EngineError
from engine.evaluate import check_labels
from engine.machine import Machine, as_inputs
from engine.threads import one_blas_thread

if TYPE_CHECKING:
    from engine.graph import Net
    from engine.layer import Layer


@dataclass(frozen=True, eq=False)
class Ablation:
    """What is lost without each neuron of a layer.

    accuracy: of the whole net. without (n,): accuracy without each of `neurons` (n,) (flat indices).
    lost_by_class (n, classes): how many images of each digit are read right only with it, less those that are
    read right only without it.
    """

    layer: str
    neurons: Array
    accuracy: float
    without: Array
    lost_by_class: Array

    @property
    def order(self) -> Array:
        """Places (n,) in `neurons`, the most needed first."""
        return np.argsort(self.without, kind="stable")


def ablate_each(
    net: Net,
    layer: str,
    images: Array,
    labels: Array,
    *,
    neurons: Array | None = None,
    batch: int = 1000,
) -> Iterator[tuple[float, Ablation | None]]:
    """Silence the neurons of a layer one at a time over images with labels (N,).

    Yields (share done 0..1, None) and at the end (1.0, the result). What lies ahead of the layer is worked
    out once for each batch; what follows, for each neuron of the layer that is not silent by itself.
    """
    labels = check_labels(net, images, labels)
    found = net.layer(layer)
    if found in (net.layers[0], net.layers[-1]):
        raise EngineError(f"a study needs a layer between input and output, not {layer}: take a hidden one")
    chosen = np.arange(found.size) if neurons is None else np.asarray(neurons)
    classes = net.layers[-1].size
    without = _Without(net, found, min(batch, len(labels)))
    right = np.zeros(classes, np.int64)
    kept = np.zeros((len(chosen), classes), np.int64)
    batches = range(0, len(labels), batch)
    for done, start in enumerate(batches):
        truth = labels[start : start + batch]
        hits = without.run(images[start : start + batch]) == truth
        right += np.bincount(truth[hits], minlength=classes)
        for i, neuron in enumerate(chosen.tolist()):
            now = without.answers(neuron) == truth
            kept[i] += np.bincount(truth[now], minlength=classes)
            yield (done + (i + 1) / len(chosen)) / len(batches), None
    total = len(labels)
    yield 1.0, Ablation(layer, chosen, right.sum() / total, kept.sum(axis=1) / total, right - kept)


class _Without:
    """A batch whose way up to a layer is known, and its answers without one of the layer's neurons."""

    def __init__(self, net: Net, layer: Layer, batch: int):
        self.net, self.layer = net, layer
        self.machine = Machine(net.layers, net.parameters, batch, overlay=net.overlay)
        self.after = after(net, layer)
        heads = [n for n in self.after if layer.name in (*n.sources, *net.overlay.sources(n.name))]
        # Where one dense layer sums what this one sends, its sums change by the neuron's own terms alone.
        alone = len(heads) == 1 and isinstance(heads[0].block, Dense)
        self.next = heads[0] if alone and not net.overlay.touches(heads[0].name) else None

    def run(self, images: Array) -> Array:
        """Take a batch of images all the way: the answers (n,) of the whole net."""
        with one_blas_thread():
            out = self.machine.forward(as_inputs(self.net, images))
        # What follows writes into the buffers behind the layer only; what lies ahead is kept.
        self.pre = {name: array.copy() for name, array in self.machine.pre.items()}
        self.act = {name: array.copy() for name, array in self.machine.activation.items()}
        self.answer = np.asarray(out.reshape(len(out), -1).argmax(axis=1))
        return self.answer

    def answers(self, neuron: int) -> Array:
        """The answers (n,) without one neuron (flat index)."""
        own = self.act[self.layer.name].reshape(len(self.answer), -1)
        lit = np.flatnonzero(own[:, neuron])
        if not len(lit):
            return self.answer
        found: Array = self.answer.copy()
        with one_blas_thread():
            found[lit] = self._again(lit, neuron)
        return found

    def _again(self, lit: Array, neuron: int) -> Array:
        """The answers of those images (m,) in which the neuron is not silent by itself."""
        behind, pre, act = self.after, {}, {}
        for name in read_by(self.net, behind):
            if name != self.layer.name or self.next is None:
                pre[name], act[name] = self.pre[name][lit], self.act[name][lit]
        if self.next is None:
            act[self.layer.name].reshape(len(lit), -1)[:, neuron] = 0
        else:
            act[self.next.name], behind = self._next_without(lit, neuron), behind[1:]
        out = self.machine.resume(pre, act, behind) if behind else act[self.net.layers[-1].name]
        answers: Array = out.reshape(len(lit), -1).argmax(axis=1)
        return answers

    def _next_without(self, lit: Array, neuron: int) -> Array:
        """The next layer's activations (m, *shape) without what the neuron sends it."""
        assert self.next is not None
        sent = self.act[self.layer.name].reshape(len(self.answer), -1)[lit, neuron]
        synapses = self.net.synapses_out_of(self.layer.name, neuron)
        sums: Array = self.pre[self.next.name][lit]
        sums[:, synapses.target - self.net.offset(self.next.name)] -= sent[:, None] * synapses.weight
        fired: Array = np.empty_like(sums)
        activation(self.next.activation).forward(sums, fired)
        return fired


def after(net: Net, layer: Layer) -> list[Layer]:
    """The layers that a layer's signal reaches, in order."""
    reached = {layer.name}
    found = []
    for other in net.layers[net.index(layer.name) + 1 :]:
        if reached & {*other.sources, *net.overlay.sources(other.name)}:
            reached.add(other.name)
            found.append(other)
    return found


def read_by(net: Net, layers: Sequence[Layer]) -> set[str]:
    """The names of the layers that these read."""
    return {source for layer in layers for source in (*layer.sources, *net.overlay.sources(layer.name))}
