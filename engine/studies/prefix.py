"""Images on their way through a net as far as a change: what lies ahead of it is worked out once."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from engine.arrays import Array
from engine.errors import EngineError
from engine.graph.topology import reached, read_by
from engine.kernels.threads import side_by_side
from engine.run.evaluate import check_labels
from engine.run.losses import check_loss, loss_of
from engine.run.machine import Machine, as_inputs, fitting

if TYPE_CHECKING:
    from engine.net import Net

_MANY = 5000  # measured on two processors: 1000 gained nothing from the second, 5000 were 1.7 x as fast


def labelled(net: Net, images: Array, labels: Array) -> Array:
    """Labels as (N,) int64; EngineError where they do not fit, or where there is no image."""
    labels = check_labels(net, images, labels)
    if not len(labels):
        raise EngineError("there is no image to make a study on")
    return labels


def room(net: Net) -> int:
    """How many images to read at once: so many that Python's share, where threads take turns, is small."""
    return fitting(net, _MANY)


class PrefixCache:
    """Labelled images that nets read which differ from one net in some parameters alone.

    For each batch the activations are kept that the layers of these parameters, and what follows them, read
    of the layers ahead. It may be asked from several threads at once.
    """

    def __init__(self, net: Net, changing: Collection[str], images: Array, labels: Array):
        check_loss(net.recipe.loss, net.layers[-1].activation)
        self.net, self.changing = net, tuple(changing)
        self._labels = labelled(net, images, labels)
        self._images, self._batch = images, min(room(net), len(self._labels))
        layers = reached(
            net.graph, net.reads, {name.rpartition(".")[0] for name in changing} | {net.layers[-1].name}
        )
        self._layers = layers
        self._needed = read_by(net.reads, layers) - {layer.name for layer in layers}
        self.batches = -(-len(self._labels) // self._batch)
        self._ahead: list[Mapping[str, Array]] = [{} for _ in range(self.batches)]
        self._free: deque[tuple[Machine, dict[str, Array]]] = deque()

    @property
    def images(self) -> int:
        """How many images there are."""
        return len(self._labels)

    def read_ahead(self) -> Iterator[float]:
        """Work out what is kept; yields the share done."""
        return side_by_side(self._read_ahead, self.batches)

    def _read_ahead(self, i: int) -> Iterator[float]:
        machine, own = self._take()
        machine.forward(as_inputs(self.net, self._images[self._part(i)]))
        self._ahead[i] = {name: machine.activation[name].copy() for name in self._needed}
        self._free.append((machine, own))
        yield 1.0

    def score(self, changed: Mapping[str, Array], i: int) -> tuple[int, float]:
        """How many images of batch i are read right with these parameters, and the sum of their losses."""
        machine, own = self._take()
        for name in self.changing:
            own[name][...] = changed[name]
        out = machine.resume({}, self._ahead[i], self._layers)
        truth, last = self._labels[self._part(i)], self.net.layers[-1]
        total, _ = loss_of(self.net.recipe.loss)(last.activation, machine.pre[last.name], out, truth)
        right = int((out.reshape(len(out), -1).argmax(axis=1) == truth).sum())
        self._free.append((machine, own))
        return right, total

    def _part(self, i: int) -> slice:
        return slice(i * self._batch, (i + 1) * self._batch)

    def _take(self) -> tuple[Machine, dict[str, Array]]:
        """A machine that no other thread uses, and the parameters that it reads, which may be written."""
        try:
            return self._free.pop()
        except IndexError:
            own = {name: self.net.parameters[name].copy() for name in self.changing}
            parameters = {**self.net.parameters, **own}
            return Machine(self.net.layers, parameters, self._batch, overlay=self.net.overlay), own
