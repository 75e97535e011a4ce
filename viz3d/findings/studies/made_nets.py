"""What studies that make a network found: figures as JSON, as a table, and neuron by neuron."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine import Evolution, Net, Pruning
from scenes import Paint
from scenes.texts import ENGLISH, Texts
from viz3d.command.wording import percent
from viz3d.findings.studies.silencing import AblateFacts, ByNeuron, Facts, LesionFacts, Table
from viz3d.session.traced_digit import TracedDigit


def _of_weights(shares: ByNeuron, title: str, texts: Texts) -> Paint:
    """Shares 0..1 of each neuron's incoming weights as colours for a scene; title: its key."""
    percents = {name: 100 * each for name, each in shares.items()}
    ends = texts.say("study.none"), texts.say("study.part", amount="{}")
    return Paint.scaled(percents, texts.say(title), *ends, signed=False)


@dataclass(frozen=True, eq=False)
class PruneFacts(Facts):
    """How far a network can be pruned; see engine.Pruning."""

    pruning: Pruning

    @property
    def net(self) -> Net:
        """The pruned network; its history tells of the study."""
        return self.pruning.net

    @cached_property
    def shown(self) -> TracedDigit:
        """The pruned network, with the same digit."""
        return self.traced.read_by(self.net)

    def headline(self, texts: Texts = ENGLISH) -> str:
        """The title of a picture of the study."""
        return texts.say("study.prune", share=percent(self.pruning.share, 1))

    def paint(self, texts: Texts = ENGLISH) -> Paint:
        """What each neuron has left as colours for a scene."""
        return _of_weights(self.by_neuron, "study.left", texts)

    @property
    def text(self) -> str:
        """The edits that prune it."""
        return self.pruning.text

    def as_json(self) -> dict[str, Any]:
        """The share that holds, what each layer has left, and the curve."""
        pruning = self.pruning
        curve = zip(pruning.shares, pruning.accuracies, pruning.left, strict=True)
        return {
            **self.told("prune"),
            "accuracy": pruning.accuracy,
            "floor": pruning.floor,
            "share": pruning.share,
            "accuracy_kept": pruning.kept_accuracy,
            "mutate": pruning.text,
            "layers": [
                {"layer": name, "left": n, "weights": size} for name, n, size in pruning.left_by_layer
            ],
            "curve": [{"share": share, "accuracy": right, "left": left} for share, right, left in curve],
        }

    @property
    def table(self) -> Table:
        """A row for each share that was tried."""
        pruning = self.pruning
        rows = zip(pruning.shares, pruning.accuracies, pruning.left, strict=True)
        head: Table = [["share", "accuracy", "weights_left"]]
        return head + [[f"{share:.3f}", f"{right:.6f}", int(left)] for share, right, left in rows]

    @property
    def by_neuron(self) -> ByNeuron:
        """The share of its incoming weights that are left, 0..1."""
        weights = {name: self.net.parameters[f"{name}.weight"] for name in self.pruning.layers}
        return {name: _by_unit(self.net, name, weight != 0) for name, weight in weights.items()}


@dataclass(frozen=True, eq=False)
class EvolveFacts(Facts):
    """How a network got better by random changes; see engine.Evolution. seed: of the random numbers."""

    evolution: Evolution
    seed: int

    @cached_property
    def net(self) -> Net:
        """The evolved network; its history tells of the study."""
        return self.evolution.net.noted(self.text)

    @cached_property
    def shown(self) -> TracedDigit:
        """The evolved network, with the same digit."""
        return self.traced.read_by(self.net)

    def headline(self, texts: Texts = ENGLISH) -> str:
        """The title of a picture of the study."""
        before, after = percent(self.evolution.before), percent(self.evolution.after)
        return texts.say("study.evolve", before=before, after=after)

    def paint(self, texts: Texts = ENGLISH) -> Paint:
        """How much each neuron has changed as colours for a scene."""
        return _of_weights(self.by_neuron, "study.moved", texts)

    @property
    def text(self) -> str:
        """How it was made, as its history tells it."""
        evolution = self.evolution
        counts = f"generations {len(evolution.strength)} population {evolution.population}"
        return f"evolve {','.join(evolution.layers)} {counts} images {evolution.images} seed {self.seed}"

    def as_json(self) -> dict[str, Any]:
        """Before, after, and every generation."""
        evolution = self.evolution
        names, *rows = self.table
        return {
            **self.told("evolve"),
            "layers": list(evolution.layers),
            "training_images": evolution.images,
            "population": evolution.population,
            "seed": self.seed,
            "accuracy_before": evolution.before,
            "accuracy_after": evolution.after,
            "generations": [dict(zip(names, row, strict=True)) for row in rows],
        }

    @property
    def table(self) -> Table:
        """A row for each generation, first the network as it was."""
        evolution = self.evolution
        noise = [(None, None), *zip(evolution.strength.tolist(), evolution.success.tolist(), strict=True)]
        rows: Table = [["generation", "best", "mean", "loss", "strength", "success"]]
        for i, (best, mean, loss) in enumerate(
            zip(evolution.best, evolution.mean, evolution.loss, strict=True)
        ):
            rows.append([i, float(best), float(mean), float(loss), *noise[i]])
        return rows

    @property
    def by_neuron(self) -> ByNeuron:
        """How much its incoming weights have changed: the length of the change over that of the weights."""
        changes = {}
        for name in self.evolution.layers:
            old, new = (net.parameters[f"{name}.weight"] for net in (self.traced.net, self.net))
            change, size = (np.sqrt(_by_unit(self.net, name, np.square(w))) for w in (new - old, old))
            changes[name] = np.divide(change, size, out=np.zeros_like(change), where=size > 0)
        return changes


StudyFacts = AblateFacts | PruneFacts | LesionFacts | EvolveFacts


def _by_unit(net: Net, name: str, weights: np.ndarray) -> np.ndarray:
    """The mean over each neuron's incoming weights; the neurons of a map share theirs."""
    mean = weights.reshape(-1, weights.shape[-1]).mean(axis=0, dtype=np.float64)
    return np.broadcast_to(mean, net.layer(name).shape).reshape(-1).copy()
