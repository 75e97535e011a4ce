"""Lesions: how accuracy falls as more and more neurons of a layer are silent."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import check_generator, check_whole
from engine.graph.repr import Brief
from engine.net import Net
from engine.studies.ablation import Ablation, AblationStudy
from engine.studies.study import Study, run_study


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
    check_generator(rng)
    orders, points = check_whole(orders, "orders", 1), check_whole(points, "points", 1)
    ablation_study = AblationStudy.of(net, layer, images, labels, each=each, batch=batch)
    units = ablation_study.units
    counts = np.unique(np.linspace(0, len(units), points + 1).round().astype(np.int64))
    total = len(units) + (2 + orders) * len(counts)
    ablation = yield from run_study(ablation_study, lambda share: share * len(units) / total)
    shuffled = np.stack([rng.permutation(len(units)) for _ in range(orders)])
    study = LesionStudy(ablation_study, ablation, counts, shuffled)
    result = yield from run_study(study, lambda share: (len(units) + share * (total - len(units))) / total)
    yield 1.0, result


@dataclass(frozen=True, eq=False)
class LesionStudy(Study[Array, Lesion]):
    """Ever more units of a layer silent, in each order; a part is a batch of images.

    ablation_study: each unit silenced by itself; ablation: what came of it. A partial counts the images read
    right, int (orders, p).
    """

    ablation_study: AblationStudy
    ablation: Ablation
    counts: Array
    shuffled: Array

    @property
    def count(self) -> int:
        """How many batches there are."""
        return self.ablation_study.count

    def steps(self, i: int) -> Generator[float, None, Array]:
        """Silence ever more units over batch i, the most needed first, the least needed first, at random."""
        truth, silenced = self.ablation_study.silenced(i)
        order = self.ablation.order
        orders = np.stack([order, order[::-1], *self.shuffled])
        right = np.zeros((len(orders), len(self.counts)), np.int64)
        for k, ranked in enumerate(orders):
            for p, count in enumerate(self.counts.tolist()):
                answers, _ = silenced.read(self.ablation_study.units[ranked[:count]].reshape(-1))
                right[k, p] = np.count_nonzero(answers == truth)
                yield (k * len(self.counts) + p + 1) / right.size
        return right

    def reduce(self, partials: Sequence[Array]) -> Lesion:
        """The curves over all batches."""
        most, least, *others = np.stack(partials).sum(axis=0) / len(self.ablation_study.labels)
        return Lesion(self.ablation, self.counts, most, least, np.stack(others), self.shuffled)
