"""Labelled images read as far as the layers that will change: what lies ahead of them is worked out once."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.graph.topology import reached, read_by
from engine.net import Net
from engine.run.evaluate import check_labels
from engine.run.inputs import as_inputs
from engine.run.losses import check_loss, loss_of
from engine.run.machine import Machine
from engine.run.sizes import fitting
from engine.studies.study import Study

_BATCH = 5000  # measured on two processors: 1000 gained nothing from the second, 5000 were 1.7 x as fast


def labelled(net: Net, images: Array, labels: Array) -> Array:
    """Labels as (N,) int64; EngineError where they do not fit, or where there is no image."""
    labels = check_labels(net, images, labels)
    if not len(labels):
        raise EngineError("there is no image to make a study on")
    return labels


def study_batch(net: Net) -> int:
    """How many images to read at once: so many that Python's share, where threads take turns, is small."""
    return fitting(net, _BATCH)


class MachinePool:
    """Machines of a net, each with parameters of its own to write: as many as threads ask for at once.

    A pickled pool is an empty one.
    """

    def __init__(self, net: Net, changing: tuple[str, ...], batch: int):
        self._made_of = net, changing, batch
        self._free: deque[tuple[Machine, dict[str, Array]]] = deque()

    def __reduce__(self) -> tuple[type[MachinePool], tuple[Net, tuple[str, ...], int]]:
        return MachinePool, self._made_of

    @contextmanager
    def machine(self) -> Iterator[tuple[Machine, dict[str, Array]]]:
        """A machine that nobody else uses meanwhile, and those of its parameters that may be written."""
        net, changing, batch = self._made_of
        try:
            machine, own = self._free.pop()
        except IndexError:
            own = {name: net.parameters[name].copy() for name in changing}
            machine = Machine(net.layers, {**net.parameters, **own}, batch, overlay=net.overlay)
        yield machine, own
        self._free.append((machine, own))


@dataclass(frozen=True, eq=False)
class PrefixStudy(Study[Mapping[str, Array], "PrefixCache"]):
    """Labelled images read as far as the layers whose parameters will change; a part is a batch.

    changing: names of these parameters. layers: theirs and all that follow. needed: the layers ahead that
    these read, whose activations are the partials.
    """

    net: Net
    changing: tuple[str, ...]
    layers: Sequence[Layer]
    needed: frozenset[str]
    images: Array
    labels: Array
    batch: int
    machines: MachinePool

    @classmethod
    def of(cls, net: Net, changing: Collection[str], images: Array, labels: Array) -> PrefixStudy:
        """The study of a net; EngineError where labels do not fit, or the loss does not fit the output."""
        check_loss(net.recipe.loss, net.layers[-1].activation)
        labels, names = labelled(net, images, labels), tuple(changing)
        layers = reached(
            net.graph, net.reads, {name.rpartition(".")[0] for name in names} | {net.layers[-1].name}
        )
        needed = frozenset(read_by(net.reads, layers) - {layer.name for layer in layers})
        batch = min(study_batch(net), len(labels))
        return cls(net, names, layers, needed, images, labels, batch, MachinePool(net, names, batch))

    @property
    def count(self) -> int:
        """How many batches there are."""
        return -(-len(self.labels) // self.batch)

    def part(self, i: int) -> slice:
        """Which images batch i holds."""
        return slice(i * self.batch, (i + 1) * self.batch)

    def steps(self, i: int) -> Generator[float, None, Mapping[str, Array]]:
        """Read batch i as far as the layers that change; the answer: activations (n, *shape) by layer."""
        with self.machines.machine() as (machine, _):
            machine.forward(as_inputs(self.net, self.images[self.part(i)]))
            ahead = {name: machine.activation[name].copy() for name in self.needed}
        yield 1.0
        return ahead

    def reduce(self, partials: Sequence[Mapping[str, Array]]) -> PrefixCache:
        """The images, ready to be read on."""
        return PrefixCache(self, partials)


@dataclass(frozen=True, eq=False)
class PrefixCache:
    """Labelled images that nets read which differ from one net in some parameters alone.

    ahead: for each batch the activations that the changed layers, and what follows them, read of the layers
    ahead. It may be asked from several threads at once.
    """

    study: PrefixStudy
    ahead: Sequence[Mapping[str, Array]]

    @property
    def images(self) -> int:
        """How many images there are."""
        return len(self.study.labels)

    @property
    def batches(self) -> int:
        """How many batches they make."""
        return self.study.count

    def score(self, changed: Mapping[str, Array], i: int) -> tuple[int, float]:
        """How many images of batch i are right with these arrays, "<layer>.<name>", and their losses' sum."""
        net, truth = self.study.net, self.study.labels[self.study.part(i)]
        last = net.layers[-1]
        with self.study.machines.machine() as (machine, own):
            for name in self.study.changing:
                own[name][...] = changed[name]
            out = machine.resume({}, self.ahead[i], self.study.layers)
            total, _ = loss_of(net.recipe.loss)(last.activation, machine.pre[last.name], out, truth)
            right = int((out.reshape(len(out), -1).argmax(axis=1) == truth).sum())
        return right, total


@dataclass(frozen=True, eq=False)
class ScoreStudy(Study[tuple[int, float], tuple[int, float]]):
    """Images read right with changed parameters, and the sum of their losses; a part is a batch."""

    cache: PrefixCache
    changed: Mapping[str, Array]

    @property
    def count(self) -> int:
        """How many batches there are."""
        return self.cache.batches

    def steps(self, i: int) -> Generator[float, None, tuple[int, float]]:
        """Read batch i."""
        score = self.cache.score(self.changed, i)
        yield 1.0
        return score

    def reduce(self, partials: Sequence[tuple[int, float]]) -> tuple[int, float]:
        """The sums over all batches."""
        return sum(right for right, _ in partials), sum(loss for _, loss in partials)
