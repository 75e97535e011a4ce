"""Evolution: weights change at random, and what reads better stays."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError, check_generator, check_pair
from engine.graph.repr import Brief
from engine.mutate.surgery import crossed, shaken, weighted_of, weights_of
from engine.net import Net, check_net
from engine.run.evaluate import check_labels, evaluate
from engine.studies.prefix import PrefixCache, PrefixStudy
from engine.studies.study import Study, run_study
from guarding import in_a_line

_STRENGTH_FACTOR = 0.85  # by which the strength changes; Beyer and Schwefel recommend 0.85 to 1
_TARGET_SUCCESS = 0.2  # the share of children that should be better than their parents
_Set = tuple[Array, Array]


@dataclass(frozen=True, eq=False, repr=False)
class Evolution(Brief):
    """How a net got better at some images by random changes, generation by generation.

    layers: whose weights changed. population: children of each generation. images: how many training images
    were read. best, mean (g + 1,): accuracy on them of the best survivor and of all survivors, first that of
    the net as it was; loss (g + 1,): the best one's mean loss. strength, success (g,): the noise of each
    generation, and the share of its children that were better than their parent. net: the best. before,
    after: accuracy on the test images.
    """

    layers: tuple[str, ...]
    population: int
    images: int
    best: Array
    mean: Array
    loss: Array
    strength: Array
    success: Array
    net: Net
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class Individual:
    """A net of the population: its weights, how many images it reads right, and the sum of its losses."""

    weights: Mapping[str, Array]
    right: int
    loss: float

    @classmethod
    def of(cls, weights: Mapping[str, Array], cache: PrefixCache) -> Individual:
        """The net of these weights, which reads all images of the cache here."""
        scores = [cache.score(weights, i) for i in range(cache.batches)]
        return cls(weights, sum(right for right, _ in scores), sum(loss for _, loss in scores))

    @property
    def fitness(self) -> tuple[int, float]:
        """The larger, the fitter."""
        return self.right, -self.loss


@dataclass(frozen=True, eq=False)
class GenerationStudy(Study[Individual, Sequence[Individual]]):
    """The children of one generation, made and read; a part is a child.

    parents: one or two of each child; keys: seeds of each child's random numbers, so that the order in which
    children are made changes nothing. strength: of the noise.
    """

    cache: PrefixCache
    parents: Sequence[Sequence[Individual]]
    keys: Array
    strength: float

    @property
    def count(self) -> int:
        """How many children there are."""
        return len(self.parents)

    def steps(self, i: int) -> Generator[float, None, Individual]:
        """Make child i and have it read the images."""
        first, *second = self.parents[i]
        rng, weights = np.random.default_rng(self.keys[i]), first.weights
        held = self.cache.study.net.overlay.held
        if second:
            weights = crossed(weights, second[0].weights, rng)
        noisy = {n: shaken(w, self.strength, rng, held.get(n)) for n, w in weights.items()}
        child = Individual.of(noisy, self.cache)
        yield 1.0
        return child

    def reduce(self, partials: Sequence[Individual]) -> Sequence[Individual]:
        """The children, in their order."""
        return partials


def evolve(
    net: Net,
    train: _Set,
    test: _Set,
    rng: np.random.Generator,
    *,
    layers: Sequence[str] | None = None,
    generations: int = 30,
    population: int = 20,
    survivors: int = 4,
    images: int = 5000,
    strength: float = 0.1,
    crossing: float = 0.5,
) -> Iterator[tuple[float, Evolution | None]]:
    """Improve a net by mutation and selection alone: a (survivors + population) evolution strategy.

    In each generation `population` children are made: each takes the weights of a survivor chosen at random,
    with probability `crossing` crossed with those of another (see `crossover`), and adds noise to the weights
    of the layers (None: of all that have learned any), `strength` times their standard deviation. The best of
    children and survivors survive. The fitter reads more of the images right, of equals that with less loss;
    they are `images` of those of train, chosen once at random (train and test are data sets, or pairs of
    images and labels). Weights that edits hold or
    freeze stay as they are, and so do all edits.

    The strength follows the 1/5 success rule (Rechenberg 1973, "Evolutionsstrategie"): a generation of whose
    children more than a fifth are better than their parent makes it larger, one with fewer smaller. The rule
    was found for one parent and one child; as a rule of thumb it serves several (Beyer and Schwefel 2002,
    "Evolution strategies: a comprehensive introduction", Natural Computing 1, 3-52). Children are read side
    by side; the outcome depends on rng alone. The net that comes of it has the history of the first: whoever
    knows how rng was made can tell more with `Net.noted`. Yields as all studies do, see engine.studies.
    """
    check_generator(rng)
    check_net(net)
    _check(generations, population, survivors, images, strength, crossing)
    chosen = weighted_of(net, layers)
    names = [weights_of(net, layer) for layer in chosen]
    train, test = check_pair(train, "train"), check_pair(test, "test")
    for pair in (train, test):
        check_labels(net, *pair)
    sample = np.sort(rng.permutation(len(train[1]))[:images])
    prefix = PrefixStudy.of(net, names, train[0][sample], train[1][sample])
    cache = yield from run_study(prefix, lambda _: 0.0)
    group = _Population(cache, survivors, crossing, strength)

    def overall(share: float) -> float:
        return (len(group.noise) + share) / (generations + 1)

    for _ in range(generations):
        yield from group.breed(population, rng, overall)
    yield 1.0, _result(group, chosen, population, test)


def _result(group: _Population, layers: tuple[str, ...], population: int, test: _Set) -> Evolution:
    net, images = group.cache.study.net, group.cache.images
    evolved = net.replace({**net.parameters, **group.living[0].weights})
    best, mean, loss = (np.array(column) / images for column in zip(*group.history, strict=True))
    strength, success = (np.array(column) for column in zip(*group.noise, strict=True))
    before, after = (evaluate(each, *test).accuracy for each in (net, evolved))
    return Evolution(layers, population, images, best, mean, loss, strength, success, evolved, before, after)


class _Population:
    """A population from generation to generation.

    living: the survivors, the fittest first. history: for each generation the images that the best reads
    right, that all survivors do in the mean, and the best one's loss. noise: of each generation the strength
    and the success.
    """

    def __init__(self, cache: PrefixCache, survivors: int, crossing: float, strength: float):
        self.cache, self.survivors, self.crossing, self.strength = cache, survivors, crossing, strength
        weights = {name: cache.study.net.parameters[name] for name in cache.study.changing}
        self.living = [Individual.of(weights, cache)]
        self.history = [self._figures()]
        self.noise: list[tuple[float, float]] = []

    def breed(
        self, population: int, rng: np.random.Generator, overall: Callable[[float], float]
    ) -> Generator[tuple[float, None], None, None]:
        """One generation more; yields (overall(share done), None)."""
        parents = [self._parents(rng) for _ in range(population)]
        keys = rng.integers(2**63, size=population)
        study = GenerationStudy(self.cache, parents, keys, self.strength)
        children = yield from run_study(study, overall)
        better = [one.fitness > pair[0].fitness for one, pair in zip(children, parents, strict=True)]
        ranked = sorted([*self.living, *children], key=lambda one: one.fitness, reverse=True)
        self.living = ranked[: self.survivors]
        self.history.append(self._figures())
        success = sum(better) / population
        self.noise.append((self.strength, success))
        if success > _TARGET_SUCCESS:
            self.strength *= 1 / _STRENGTH_FACTOR
        elif success < _TARGET_SUCCESS:
            self.strength *= _STRENGTH_FACTOR

    def _parents(self, rng: np.random.Generator) -> list[Individual]:
        """One survivor, and at times another."""
        two = len(self.living) > 1 and rng.random() < self.crossing
        return [self.living[i] for i in rng.permutation(len(self.living))[: 1 + two]]

    def _figures(self) -> tuple[float, float, float]:
        best = self.living[0]
        return best.right, float(np.mean([one.right for one in self.living])), best.loss


def _check(
    generations: int, population: int, survivors: int, images: int, strength: float, crossing: float
) -> None:
    for count, thing in (
        (generations, "generation"),
        (population, "child"),
        (survivors, "survivor"),
        (images, "image"),
    ):
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise EngineError(f"an evolution needs 1 {thing} or more, got {in_a_line(count)}")
    for number, what in ((strength, "strength"), (crossing, "crossing")):
        if not isinstance(number, Real):
            raise EngineError(f"{what} {in_a_line(number)}: give a number")
    if not 0 < strength < np.inf:
        raise EngineError(f"an evolution of strength {strength:g} changes nothing: give more than 0")
    if not 0 <= crossing <= 1:
        raise EngineError(f"crossing {crossing:g}: a probability is 0..1")
