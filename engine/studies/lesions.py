"""Lesions: how accuracy falls as more and more neurons of a layer are silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph.repr import Brief
from engine.kernels.threads import side_by_side
from engine.studies.ablation import Ablation, Without, ablate_each, hidden
from engine.studies.prefix import labelled, room
from engine.studies.units import units_of

if TYPE_CHECKING:
    from engine.net import Net


@dataclass(frozen=True, eq=False, repr=False)
class Lesion(Brief):
    """Accuracy with so many neurons (maps, tokens...) of a layer silent, in three orders.

    ablation: each silenced by itself, which gives the order. counts (p,): how many are silent, from none to
    all. most (p,): accuracy where the most needed go first; least (p,): the least needed first; random
    (k, p): in k random orders, which are `shuffled` (k, n): places in ablation.neurons.
    """

    ablation: Ablation
    counts: Array
    most: Array
    least: Array
    random: Array
    shuffled: Array

    def area(self, curve: Array) -> float:
        """The mean accuracy along a curve (p,), 0..1: the area below it by the trapezoidal rule."""
        steps = np.diff(self.counts)
        return float((steps * (curve[1:] + curve[:-1])).sum() / (2 * self.counts[-1]))


def lesion(
    net: Net,
    layer: str,
    images: Array,
    labels: Array,
    rng: np.random.Generator,
    *,
    each: str = "neuron",
    orders: int = 5,
    points: int = 20,
    batch: int | None = None,
) -> Iterator[tuple[float, Lesion | None]]:
    """Silence none, then ever more and at last all neurons of a layer, over images with labels (N,).

    How needed each is comes from `ablate_each`, which runs first; each: as there. orders: how many random
    ones are tried; points: about how many counts, evenly spread. What lies ahead of the layer is worked out
    once for each batch. Yields as all studies do, see engine.studies.
    """
    if orders < 1 or points < 1:
        raise EngineError(f"lesions in {orders} random orders at {points} counts: take 1 or more of both")
    labels, place = labelled(net, images, labels), hidden(net, layer)
    units, batch = units_of(net, layer, each), batch or room(net)
    counts = np.unique(np.linspace(0, len(units), points + 1).round().astype(np.int64))
    steps = len(units) + (2 + orders) * len(counts)
    ablation: Ablation | None = None
    for share, found in ablate_each(net, layer, images, labels, each=each, batch=batch):
        ablation = found
        yield share * len(units) / steps, None
    assert ablation is not None
    shuffled = np.stack([rng.permutation(len(units)) for _ in range(orders)])
    sequences = np.stack([ablation.order, ablation.order[::-1], *shuffled])
    starts = range(0, len(labels), batch)
    right = np.zeros((len(starts), len(sequences), len(counts)), np.int64)

    def work(i: int) -> Iterator[float]:
        part = slice(starts[i], starts[i] + batch)
        truth, without = labels[part], Without(net, place, images[part])
        for k, sequence in enumerate(sequences):
            for p, count in enumerate(counts.tolist()):
                silent = units[sequence[:count]].reshape(-1)
                right[i, k, p] = np.count_nonzero(without.says(silent)[0] == truth)
                yield (k * len(counts) + p + 1) / (len(sequences) * len(counts))

    for share in side_by_side(work, len(starts)):
        yield (len(units) + share * (steps - len(units))) / steps, None
    most, least, *others = right.sum(axis=0) / len(labels)
    yield 1.0, Lesion(ablation, counts, most, least, np.stack(others), shuffled)
