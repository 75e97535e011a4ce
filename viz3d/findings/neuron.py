"""What is found out about one neuron: its sum term by term, its statistics over images, what it is worth."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Net, Reading, Synapses
from engine.blocks.activations import activation
from engine.edits import Edit
from engine.graph import address
from engine.studies.survey import activations, survey_of
from viz3d.findings.edited import edits_of_neuron, refused_of, silent
from viz3d.session.traced_digit import TracedDigit, as_picture, place

_PART = 512  # images that are read between two steps: a multiple of a survey's batch


@dataclass(frozen=True)
class Term:
    """A synapse as a term of a sum: the address of its other end, weight x activation = contribution."""

    where: str
    weight: float
    activation: float
    contribution: float

    def as_json(self, end: str) -> dict[str, Any]:
        """The term as JSON values; `end` says which end the address is of."""
        return {
            end: self.where,
            "weight": self.weight,
            "activation": self.activation,
            "contribution": self.contribution,
        }


@dataclass(frozen=True, eq=False)
class NeuronStatistics:
    """What a neuron does over a whole set of images; see engine.Survey and engine.Ablation.

    brightest, values: places of the images that light it most, and its activation on each. accuracy, without:
    of the network with and without it, None for an output. lost (10,): of each digit, how many images are
    read right only with it, less those that are read right only without it.
    """

    images: Dataset
    mean: float
    spread: float
    fires: float
    selectivity: float
    by_digit: np.ndarray
    brightest: np.ndarray
    values: np.ndarray
    accuracy: float
    without: float | None
    lost: np.ndarray

    @property
    def images_lost(self) -> int:
        """How many images fewer are read right without it."""
        return int(self.lost.sum())

    def as_json(self) -> dict[str, Any]:
        """The statistics as JSON values."""
        return {
            "data": self.images.name,
            "images": len(self.images.labels),
            "mean": self.mean,
            "spread": self.spread,
            "fires": self.fires,
            "selectivity": self.selectivity,
            "mean_by_digit": self.by_digit.tolist(),
            "brightest": [
                {"image": int(place), "label": int(self.images.labels[place]), "activation": float(value)}
                for place, value in zip(self.brightest, self.values, strict=True)
            ],
            "accuracy": self.accuracy,
            "accuracy_without": self.without,
            "lost_by_digit": self.lost.tolist(),
        }


def statistics(net: Net, neuron: int, images: Dataset) -> NeuronStatistics:
    """Watch a neuron (global id) over a set of images, and the network without it."""
    *_, (_, found) = watch(net, neuron, images)
    assert found is not None
    return found


def watch(net: Net, neuron: int, images: Dataset) -> Iterator[tuple[float, NeuronStatistics | None]]:
    """`statistics` step by step: (share done 0..1, None), at the end (1.0, what was found).

    Closing it stops the work.
    """
    layer, index = place(net, neuron)
    count, parts = len(images.labels), list[np.ndarray]()
    for start in range(0, count, _PART):
        parts.append(activations(net, layer, images.images[start : start + _PART], neurons=np.array([index])))
        yield 0.5 * min(start + _PART, count) / count, None
    survey = survey_of(net, layer, np.concatenate(parts), images.labels)
    brightest = survey.brightest[:, 0]
    seen = [net.trace(images.images[i]).activation[layer].reshape(-1)[index] for i in brightest]
    accuracy, without, lost = yield from _worth(net, layer, index, images)
    yield (
        1.0,
        NeuronStatistics(
            images,
            float(survey.mean[0]),
            float(survey.spread[0]),
            float(survey.fires[0]),
            float(survey.selectivity[0]),
            survey.by_class[:, 0],
            brightest,
            np.array(seen),
            accuracy,
            without,
            lost,
        ),
    )


def _worth(
    net: Net, layer: str, index: int, images: Dataset
) -> Generator[tuple[float, None], None, tuple[float, float | None, np.ndarray]]:
    """Accuracy with and without a neuron, and what is lost of each digit."""
    pairs = images.images, images.labels
    if layer not in (net.layers[0].name, net.layers[-1].name):
        made = None
        for share, made in engine.ablate_each(net, layer, *pairs, neurons=np.array([index])):  # noqa: B007
            yield 0.5 + 0.5 * share, None
        study = made
        assert study is not None
        return study.accuracy, float(study.without[0]), study.lost_by_class[0]
    whole = engine.evaluate(net, *pairs)
    if layer == net.layers[-1].name:
        return whole.accuracy, None, np.zeros(len(whole.confusion), np.int64)
    silenced = net.mutate(f"ablate {address.write(net.graph, net.offset(layer) + index)}")
    less = engine.evaluate(silenced, *pairs)
    return whole.accuracy, less.accuracy, np.diag(whole.confusion) - np.diag(less.confusion)


def rank_of(traced: TracedDigit, neuron: int) -> tuple[int, int]:
    """The place of a neuron among those of its layer by activation, 1 for the highest, and their number."""
    layer, index = place(traced.net, neuron)
    values = traced.trace.activation[layer].reshape(-1)
    return int((values > values[index]).sum()) + 1, values.size


@dataclass(frozen=True, eq=False)
class NeuronFacts:
    """One neuron: its reading, and its statistics where they were asked for; `top` terms are listed."""

    traced: TracedDigit
    reading: Reading
    statistics: NeuronStatistics | None
    top: int

    @classmethod
    def of(cls, traced: TracedDigit, where: str, top: int, images: Dataset | None = None) -> "NeuronFacts":
        """Read the one neuron of an address; with images, watch it over these too."""
        reading = traced.net.neuron(traced.address(address.neuron(traced.net.graph, where))).read(
            traced.trace
        )
        over_images = None if images is None else statistics(traced.net, reading.neuron, images)
        return cls(traced, reading, over_images, top)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that reach it, alone or in a group."""
        return edits_of_neuron(self.traced.net, self.reading.neuron)

    @property
    def excited(self) -> float:
        """What the terms of its sum above zero come to."""
        terms = self.reading.incoming_contributions
        return float(terms[terms > 0].sum())

    @property
    def inhibited(self) -> float:
        """What those below zero come to."""
        terms = self.reading.incoming_contributions
        return float(terms[terms < 0].sum())

    @property
    def rank(self) -> tuple[int, int]:
        """Its place among the neurons of its layer, and how many these are; see `rank_of`."""
        return rank_of(self.traced, self.reading.neuron)

    @cached_property
    def without(self) -> TracedDigit | None:
        """The digit as it is read with it silent; None where it is silent already, or cannot be."""
        net, layer = self.traced.net, self.reading.layer
        if "ablate" in refused_of(net, layer) or silent(self.edits):
            return None
        return self.traced.silenced(self.reading.address)

    @property
    def output(self) -> tuple[str, float]:
        """The name of its function and what that makes of the sum; "" where it needs a whole row."""
        known = activation(self.reading.function)
        if known.rowwise or not len(self.reading.incoming):
            return "", self.reading.activation
        output = np.empty((1, 1))
        known.forward(np.array([[self.reading.sum]]), output)
        return self.reading.function, float(output[0, 0])

    @cached_property
    def incoming(self) -> list[Term]:
        """The strongest terms of its sum."""
        return self._terms(self.reading.incoming, self.reading.incoming_contributions, incoming=True)

    @property
    def rest(self) -> float:
        """What all other terms of its sum come to."""
        return float(self.reading.incoming_contributions.sum()) - sum(t.contribution for t in self.incoming)

    @cached_property
    def outgoing(self) -> list[Term]:
        """The strongest of what it sends; of a silent neuron those with the largest weights."""
        return self._terms(self.reading.outgoing, self.reading.outgoing_contributions, incoming=False)

    @cached_property
    def from_pixels(self) -> np.ndarray | None:
        """What each pixel adds to the neuron's sum, (h, w); None where it reads none, or no picture."""
        reading, first = self.reading, self.traced.net.layers[0]
        mine = reading.incoming.source < first.size
        if not mine.any() or self.traced.pixels is None:
            return None
        values = np.zeros(first.size)
        np.add.at(values, reading.incoming.source[mine], reading.incoming_contributions[mine])
        return as_picture(values.reshape(first.shape))

    def _terms(self, synapses: Synapses, contributions: np.ndarray, *, incoming: bool) -> list[Term]:
        ends = synapses.source if incoming else synapses.target
        order = np.lexsort((-np.abs(synapses.weight), -np.abs(contributions)))[: self.top]
        return [
            Term(
                self.traced.address(int(ends[i])),
                float(synapses.weight[i]),
                float(self.traced.trace.neurons[synapses.source[i]]),
                float(contributions[i]),
            )
            for i in order
        ]

    def as_json(self) -> dict[str, Any]:
        """The neuron as JSON values."""
        r = self.reading
        return {
            "neuron": r.address,
            "id": r.neuron,
            "layer": r.layer,
            "activation": r.activation,
            "sum": r.sum,
            "bias": r.bias,
            "function": r.function,
            "excited": self.excited,
            "inhibited": self.inhibited,
            "rank": self.rank[0],
            "among": self.rank[1],
            "edits": [str(edit) for edit in self.edits],
            "without": None
            if self.without is None
            else {
                "prediction": self.without.trace.prediction,
                "confidence": self.without.trace.confidence,
            },
            "incoming_synapses": len(r.incoming),
            "incoming": [term.as_json("from") for term in self.incoming],
            "outgoing_synapses": len(r.outgoing),
            "outgoing": [term.as_json("to") for term in self.outgoing],
            "receptive_field": dict(
                zip(("first_row", "first_column", "last_row", "last_column"), r.field, strict=True)
            ),
            "weights": None if r.weights is None else r.weights.tolist(),
            "gradients": r.gradients.tolist(),
            "survey": None if self.statistics is None else self.statistics.as_json(),
        }
