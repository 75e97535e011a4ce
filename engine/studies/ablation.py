"""Ablation: how well a net still reads when the neurons of a layer are silenced, each by itself."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.arrays import Array
from engine.blocks import Dense
from engine.blocks.activations import activation
from engine.errors import EngineError, check_whole
from engine.graph.layer import Layer
from engine.graph.repr import Brief
from engine.graph.topology import reached, read_by
from engine.net import Net
from engine.run.inputs import as_inputs, probabilities
from engine.run.machine import Machine
from engine.studies.prefix import labelled, study_batch
from engine.studies.study import Study, run_study
from engine.studies.units import numbers_of, units_of


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
    study = AblationStudy.of(net, layer, images, labels, neurons, each, batch)
    result = yield from run_study(study)
    yield 1.0, result


class _Counts(NamedTuple):
    """Of one batch: images of each digit that are read right, with all neurons and without each unit.

    right (classes,), without (n, classes); sure (n,): the sum of the right digits' probabilities.
    """

    right: Array
    without: Array
    sure: Array


@dataclass(frozen=True, eq=False)
class AblationStudy(Study[_Counts, Ablation]):
    """Each of the units `chosen` (n,) of a layer silenced by itself; a part is a batch of images.

    units: the flat indices (units, k) of each unit's neurons, see `units_of`.
    """

    net: Net
    layer: str
    each: str
    units: Array
    chosen: Array
    images: Array
    labels: Array
    batch: int

    @classmethod
    def of(
        cls,
        net: Net,
        layer: str,
        images: Array,
        labels: Array,
        neurons: Array | None = None,
        each: str = "neuron",
        batch: int | None = None,
    ) -> AblationStudy:
        """The study that `ablate_each` makes; EngineError where it cannot be made."""
        labels = labelled(net, images, labels)
        _check_hidden(net, layer)
        units = units_of(net, layer, each)
        chosen = numbers_of(neurons, len(units), layer)
        size = study_batch(net) if batch is None else check_whole(batch, "batch", 1)
        return cls(net, layer, each, units, chosen, images, labels, size)

    @property
    def count(self) -> int:
        """How many batches there are."""
        return -(-len(self.labels) // self.batch)

    def silenced(self, i: int) -> tuple[Array, SilencedBatch]:
        """The labels (m,) of batch i, and the batch to be read without some neurons."""
        part = slice(i * self.batch, (i + 1) * self.batch)
        return self.labels[part], SilencedBatch(self.net, self.net.layer(self.layer), self.images[part])

    def steps(self, i: int) -> Generator[float, None, _Counts]:
        """Silence each unit in turn over batch i."""
        truth, silenced = self.silenced(i)
        classes = self.net.layers[-1].size
        right = np.bincount(truth[silenced.intact[0] == truth], minlength=classes)
        without = np.zeros((len(self.chosen), classes), np.int64)
        sure = np.zeros(len(self.chosen))
        for k, unit in enumerate(self.chosen.tolist()):
            answers, shares = silenced.read(self.units[unit])
            without[k] = np.bincount(truth[answers == truth], minlength=classes)
            sure[k] = shares[np.arange(len(truth)), truth].sum(dtype=np.float64)
            yield (k + 1) / len(self.chosen)
        return _Counts(right, without, sure)

    def reduce(self, partials: Sequence[_Counts]) -> Ablation:
        """What is lost over all batches."""
        right, without, sure = (np.stack(counts).sum(axis=0) for counts in zip(*partials, strict=True))
        total = len(self.labels)
        return Ablation(
            layer=self.layer,
            neurons=self.chosen,
            accuracy=right.sum() / total,
            without=without.sum(axis=1) / total,
            lost_by_class=right - without,
            sure=sure / total,
            each=self.each,
        )


def _check_hidden(net: Net, layer: str) -> None:
    """EngineError where a layer is the input or the output."""
    if net.layer(layer) in (net.layers[0], net.layers[-1]):
        raise EngineError(f"a study needs a layer between input and output, not {layer}: take a hidden one")


class SilencedBatch:
    """A batch that has been read as far as a layer, and is read on without some of the layer's neurons.

    intact: the answers (n,) and probabilities (n, classes) of the whole net.
    """

    def __init__(self, net: Net, layer: Layer, images: Array):
        self.net, self.layer = net, layer
        x = as_inputs(net, images)
        self._machine = Machine(net.layers, net.parameters, len(x), overlay=net.overlay)
        self._after = [
            n for n in reached(net.graph, net.reads, {layer.name, net.layers[-1].name}) if n is not layer
        ]
        readers = [n for n in self._after if layer.name in (*n.sources, *net.overlay.sources(n.name))]
        # Where one dense layer alone reads this one, its sums change by the neuron's own terms alone.
        dense = len(readers) == 1 and isinstance(readers[0].block, Dense)
        self._next = readers[0] if dense and not net.overlay.touches(readers[0].name) else None
        out = self._machine.forward(x)
        self.intact = self._answers(out)
        # What follows writes into the buffers behind the layer only; what lies ahead is kept.
        self._ahead = read_by(net.reads, self._after) - {n.name for n in self._after} - {layer.name}
        kept = (*self._ahead, layer.name)
        self._act = {name: self._machine.activation[name].copy() for name in kept}
        self._sums = None if self._next is None else self._machine.pre[self._next.name].copy()

    def read(self, silent: Array) -> tuple[Array, Array]:
        """The answers (n,) and probabilities (n, classes) without these neurons (flat indices)."""
        act = self._act[self.layer.name]
        sent = act.reshape(len(act), -1)[:, silent]
        # Of an image in which they are silent anyway, nothing changes.
        affected = np.flatnonzero(sent.any(axis=1))
        answers, shares = (array.copy() for array in self.intact)
        if len(affected):
            answers[affected], shares[affected] = self._read_on(affected, silent, sent[affected])
        return answers, shares

    def _answers(self, out: Array) -> tuple[Array, Array]:
        return out.reshape(len(out), -1).argmax(axis=1), probabilities(self.net, out)

    def _read_on(self, images: Array, silent: Array, sent: Array) -> tuple[Array, Array]:
        """Answers and probabilities for images (m,) in which the silent neurons would send (m, k)."""
        behind, act = self._after, {name: self._act[name][images] for name in self._ahead}
        if self._next is None or len(silent) > 1:
            act[self.layer.name] = self._act[self.layer.name][images]
            act[self.layer.name].reshape(len(images), -1)[:, silent] = 0
        else:
            act[self._next.name], behind = self._next_without(images, int(silent[0]), sent), behind[1:]
        out = self._machine.resume({}, act, behind) if behind else act[self.net.layers[-1].name]
        return self._answers(out)

    def _next_without(self, images: Array, neuron: int, sent: Array) -> Array:
        """The next layer's activations (m, *shape) without what the neuron sends it, (m, 1)."""
        assert self._next is not None
        assert self._sums is not None
        sums: Array = self._sums[images]
        sums -= sent * self.net.parameters[f"{self._next.name}.weight"][neuron]
        fired: Array = np.empty_like(sums)
        activation(self._next.activation).forward(sums, fired)
        return fired
