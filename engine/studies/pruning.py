"""Pruning until accuracy falls: how many of the weakest weights a net can do without."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph.repr import Brief
from engine.mutate.surgery import prune, weighted_of, weights_of
from engine.net import Net, check_net
from engine.studies.prefix import PrefixCache, PrefixStudy, ScoreStudy
from engine.studies.study import run_study
from guarding import in_a_line

_STEPS = 1000  # a share is a number of thousandths
_LADDER = (0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950, 980, 990, 1000)
_READINGS = len(_LADDER) + 8  # of all images: to keep what lies ahead, the ladder, and halvings of a gap


@dataclass(frozen=True, eq=False, repr=False)
class Pruning(Brief):
    """How accuracy falls as the weakest weights of some layers go, the same share of each.

    accuracy: of the whole net; floor: the least that was asked for. shares (n,), accuracies (n,) and left
    (n,): the curve, ascending; `left` counts these layers' weights that are not 0. share: the largest, in
    thousandths, that holds the floor: with a thousandth more the net is below it. net: the net without that
    share. left_by_layer: (layer, weights left in it, weights in all).
    """

    layers: tuple[str, ...]
    accuracy: float
    floor: float
    shares: Array
    accuracies: Array
    left: Array
    share: float
    net: Net
    left_by_layer: tuple[tuple[str, int, int], ...]

    @property
    def text(self) -> str:
        """What `Net.mutate` makes the same net of."""
        return "; ".join(f"prune {layer} {self.share:g}" for layer in self.layers)

    @property
    def kept_accuracy(self) -> float:
        """The accuracy without that share."""
        return float(self.accuracies[self.shares == self.share][0])


def prune_until(
    net: Net,
    images: Array,
    labels: Array,
    *,
    layers: Sequence[str] | None = None,
    floor: float | None = None,
) -> Iterator[tuple[float, Pruning | None]]:
    """Remove ever more of the weakest weights, read the images at each step, find how far that can go.

    layers: whose weights; None for all that have learned any. floor: the accuracy 0..1 to hold; None for one
    percentage point below the whole net's. The shares of a ladder are tried, then the gap above the last one
    that holds is halved until it is a thousandth. Yields as all studies do, see engine.studies. EngineError
    where the net itself is below the floor.
    """
    check_net(net)
    if floor is not None and not (isinstance(floor, Real) and 0 <= floor <= 1):
        raise EngineError(f"floor {in_a_line(floor)}: an accuracy is 0..1, such as 0.98")
    chosen = weighted_of(net, layers)
    names = [weights_of(net, layer) for layer in chosen]
    prefix = PrefixStudy.of(net, names, images, labels)
    search = _Search(net, chosen, (yield from run_study(prefix, lambda share: share / _READINGS)))
    yield from search.attempt(0)
    most = search.accuracy(0)
    floor = max(0.0, round(most - 0.01, 9)) if floor is None else floor
    if floor > most:
        raise EngineError(f"floor {floor:.2%}: {net.name} itself reads {most:.2%} right: ask for no more")
    for step in _LADDER[1:]:
        yield from search.attempt(step)
    low = max(step for step in _LADDER if search.accuracy(step) >= floor)
    high = next((step for step in _LADDER if step > low), low)
    while high - low > 1:
        middle = (low + high) // 2
        yield from search.attempt(middle)
        low, high = (middle, high) if search.accuracy(middle) >= floor else (low, middle)
    yield 1.0, search.result(low, floor)


class _Search:
    """Which shares, in thousandths, were tried of which layers, and what was read right without them."""

    def __init__(self, net: Net, layers: tuple[str, ...], cache: PrefixCache):
        self.net, self.layers, self.cache = net, layers, cache
        self.names = [weights_of(net, layer) for layer in layers]
        self.tried: dict[int, tuple[int, int]] = {}

    def attempt(self, step: int) -> Generator[tuple[float, None], None, None]:
        """Read the images without the weakest `step` thousandths."""
        parameters = self.pruned(step).parameters
        changed = {name: parameters[name] for name in self.names}
        before = 1 + len(self.tried)
        study = ScoreStudy(self.cache, changed)
        right, _ = yield from run_study(study, lambda share: min(1.0, (before + share) / _READINGS))
        self.tried[step] = right, sum(int(np.count_nonzero(array)) for array in changed.values())

    def accuracy(self, step: int) -> float:
        """The accuracy at one of the steps tried."""
        return self.tried[step][0] / self.cache.images

    def pruned(self, step: int) -> Net:
        net = self.net
        for layer in self.layers:
            net = prune(net, layer, step / _STEPS)
        return net.noted(*(f"prune {layer} {step / _STEPS:g}" for layer in self.layers))

    def result(self, step: int, floor: float) -> Pruning:
        """The curve of all steps tried, of which this one is the last that holds the floor."""
        order, net = sorted(self.tried), self.pruned(step)
        weights = [net.parameters[name] for name in self.names]
        counts = zip(self.layers, weights, strict=True)
        return Pruning(
            layers=self.layers,
            accuracy=self.accuracy(0),
            floor=floor,
            shares=np.array(order) / _STEPS,
            accuracies=np.array([self.accuracy(each) for each in order]),
            left=np.array([self.tried[each][1] for each in order]),
            share=step / _STEPS,
            net=net,
            left_by_layer=tuple((layer, int(np.count_nonzero(w)), w.size) for layer, w in counts),
        )
