"""What studies of silent neurons found: figures as JSON, as a table, and neuron by neuron."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Ablation, Lesion, Net
from scenes import Paint, called
from scenes.texts import ENGLISH, Texts
from viz3d.session.traced_digit import TracedDigit

Table = list[list[Any]]
ByNeuron = dict[str, np.ndarray]
"""For each layer a number for each of its neurons, float (size,)."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What studies have in common: the network, with a digit, and the images that it read."""

    traced: TracedDigit
    images: Dataset

    @property
    def shown(self) -> TracedDigit:
        """The network and the digit of a picture."""
        return self.traced

    def told(self, study: str) -> dict[str, Any]:
        """Which study it is, as JSON values."""
        return {"study": study, "data": self.images.name, "images": len(self.images.labels)}


@dataclass(frozen=True, eq=False)
class AblateFacts(Facts):
    """What is lost without each neuron of a layer; see engine.Ablation. `top` are listed."""

    ablation: Ablation
    top: int

    @cached_property
    def addresses(self) -> list[str]:
        """The address of each neuron, map..., in the ablation's order."""
        ablation = self.ablation
        net = self.traced.net
        return [engine.write_unit(net, ablation.layer, ablation.each, int(i)) for i in ablation.neurons]

    def headline(self, texts: Texts = ENGLISH) -> str:
        """The title of a picture of the study."""
        layer = called(self.traced.net.layer(self.ablation.layer), texts)
        return texts.say("study.ablate", layer=layer, each=texts.name(self.ablation.each))

    def paint(self, texts: Texts = ENGLISH) -> Paint:
        """The images lost without each neuron as colours for a scene: a needed one is warm."""
        each = texts.name(self.ablation.each)
        title = texts.say("study.ablated", each=each, n=len(self.images.labels))
        ends = texts.say("study.better", amount="{}"), texts.say("study.needed", amount="{}")
        return Paint.scaled(self.by_neuron, title, *ends)

    def row(self, i: int) -> dict[str, Any]:
        """A neuron by its place in the ablation, as JSON values."""
        ablation = self.ablation
        return {
            ablation.each: self.addresses[i],
            "accuracy_without": float(ablation.without[i]),
            "accuracy_lost": ablation.accuracy - float(ablation.without[i]),
            "images_lost": int(ablation.lost_by_class[i].sum()),
            "lost_by_digit": ablation.lost_by_class[i].tolist(),
        }

    def as_json(self) -> dict[str, Any]:
        """All neurons, the most needed first."""
        ablation = self.ablation
        rows = [self.row(int(i)) for i in ablation.order]
        return {
            **self.told("ablate"),
            "layer": ablation.layer,
            "accuracy": ablation.accuracy,
            f"{ablation.each}s": rows,
        }

    @property
    def table(self) -> Table:
        """A row for each neuron, the most needed first."""
        ablation = self.ablation
        digits = (f"lost_{k}" for k in range(ablation.lost_by_class.shape[1]))
        rows: Table = [[ablation.each, "accuracy_without", "accuracy_lost", "images_lost", *digits]]
        for i in ablation.order:
            row = self.row(int(i))
            shares = (f"{row[name]:.6f}" for name in ("accuracy_without", "accuracy_lost"))
            rows.append([row[ablation.each], *shares, row["images_lost"], *row["lost_by_digit"]])
        return rows

    @property
    def by_neuron(self) -> ByNeuron:
        """How many images more are misread without it; of a map without the whole of it."""
        return _spread_out(self.traced.net, self.ablation, self.ablation.lost_by_class.sum(axis=1))


@dataclass(frozen=True, eq=False)
class LesionFacts(Facts):
    """Accuracy as more and more neurons of a layer are silent; see engine.Lesion. `top` are listed."""

    lesion: Lesion
    top: int

    def headline(self, texts: Texts = ENGLISH) -> str:
        """The title of a picture of the study."""
        ablation = self.lesion.ablation
        layer = called(self.traced.net.layer(ablation.layer), texts)
        return texts.say("study.lesion", layer=layer, each=texts.name(ablation.each))

    def paint(self, texts: Texts = ENGLISH) -> Paint:
        """The order in which the neurons are needed as colours for a scene."""
        title = texts.say("study.rank", each=texts.name(self.lesion.ablation.each))
        ends = texts.say("study.least"), texts.say("study.most")
        return Paint.scaled(self.by_neuron, title, *ends, signed=False)

    @cached_property
    def ranking(self) -> AblateFacts:
        """The ablation that the order comes from."""
        return AblateFacts(self.traced, self.images, self.lesion.ablation, self.top)

    @cached_property
    def curves(self) -> dict[str, np.ndarray]:
        """The three curves (p,) by name; at random: their mean."""
        lesion = self.lesion
        return {
            "most needed first": lesion.most,
            "at random": lesion.random.mean(axis=0),
            "least needed first": lesion.least,
        }

    def holds(self, curve: np.ndarray, share: float = 0.99) -> int:
        """The largest count tried up to which a curve keeps that share of the whole network's accuracy."""
        fails = np.flatnonzero(curve < share * self.lesion.ablation.accuracy)
        return int(self.lesion.counts[fails[0] - 1] if len(fails) else self.lesion.counts[-1])

    def as_json(self) -> dict[str, Any]:
        """The curves, and the neurons that are needed, the most needed first."""
        lesion = self.lesion
        return {
            **self.told("lesion"),
            "layer": lesion.ablation.layer,
            "each": lesion.ablation.each,
            "accuracy": lesion.ablation.accuracy,
            "silenced": lesion.counts.tolist(),
            "most_needed_first": lesion.most.tolist(),
            "least_needed_first": lesion.least.tolist(),
            "random": lesion.random.tolist(),
            "order": [self.ranking.addresses[int(i)] for i in lesion.ablation.order],
        }

    @property
    def table(self) -> Table:
        """A row for each count of silent neurons."""
        lesion = self.lesion
        orders = [f"random_{k + 1}" for k in range(len(lesion.random))]
        rows: Table = [
            ["silenced", "most_needed_first", "least_needed_first", "random_mean", "random_spread", *orders]
        ]
        mean, spread = lesion.random.mean(axis=0), lesion.random.std(axis=0)
        for row in zip(lesion.counts, lesion.most, lesion.least, mean, spread, *lesion.random, strict=True):
            rows.append([int(row[0]), *(f"{value:.6f}" for value in row[1:])])
        return rows

    @property
    def by_neuron(self) -> ByNeuron:
        """How needed it is: 1 for the most needed of its layer, evenly down to 0 for the least."""
        ablation = self.lesion.ablation
        rank = np.empty(len(ablation.neurons))
        rank[ablation.order] = np.linspace(1, 0, len(rank))
        return _spread_out(self.traced.net, ablation, rank)


def _spread_out(net: Net, ablation: Ablation, values: np.ndarray) -> ByNeuron:
    """The value of each map, token... given to each of its neurons; 0 for neurons that were not studied."""
    units = engine.units_of(net, ablation.layer, ablation.each)[ablation.neurons]
    spread = np.zeros(net.layer(ablation.layer).size)
    spread[units] = values[:, None]
    return {ablation.layer: spread}
