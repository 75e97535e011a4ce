"""What follows when a network is changed: before and after, and why one digit and not another."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Evaluation, Margins
from engine.edits import statements
from viz3d.session.traced_digit import TracedDigit


@dataclass(frozen=True)
class LayerChange:
    """A layer before and after: how many neurons changed, and those that changed most with both activations.

    before, after: how many neurons it has; where these differ, nothing is listed.
    """

    name: str
    before: int
    after: int
    changed: int
    most: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, eq=False)
class SetEffect:
    """A set of images before and after."""

    images: Dataset
    before: Evaluation
    after: Evaluation

    @cached_property
    def confusions(self) -> list[tuple[int, int, int, int]]:
        """(truth, answer, count before, count after) of wrong answers whose count changed, by how much."""
        old, new = self.before.confusion, self.after.confusion
        change = np.where(np.eye(len(old), dtype=bool), 0, new - old)
        order = np.argsort(-np.abs(change), axis=None, kind="stable")
        pairs = (np.unravel_index(i, old.shape) for i in order[: np.count_nonzero(change)])
        return [(int(t), int(a), int(old[t, a]), int(new[t, a])) for t, a in pairs]

    def as_json(self) -> dict[str, Any]:
        """Both tests as JSON values."""
        return {
            "data": self.images.name,
            "images": len(self.images.labels),
            "accuracy_before": self.before.accuracy,
            "accuracy_after": self.after.accuracy,
            "correct_before": self.before.correct,
            "correct_after": self.after.correct,
            "correct_by_digit_before": np.diag(self.before.confusion).tolist(),
            "correct_by_digit_after": np.diag(self.after.confusion).tolist(),
            "confusion_changes": [
                {"truth": truth, "answer": answer, "before": old, "after": new}
                for truth, answer, old, new in self.confusions
            ],
        }


@dataclass(frozen=True, eq=False)
class Effect:
    """One digit, and where asked for a set of images, before and after some edits.

    shared: learned numbers that were changed, and how many synapses have each as their weight.
    """

    text: str
    before: TracedDigit
    after: TracedDigit
    layers: tuple[LayerChange, ...]
    images: SetEffect | None
    shared: tuple[tuple[str, int], ...] = ()

    @classmethod
    def between(
        cls, before: TracedDigit, after: TracedDigit, text: str, top: int, images: Dataset | None = None
    ) -> "Effect":
        """Compare two networks that read the same digit."""
        known = {layer.name for layer in before.net.layers}
        layers = [
            _change(before, after, layer.name, top) for layer in after.net.layers if layer.name in known
        ]
        tests = None
        if images is not None:
            pairs = images.images, images.labels
            tests = SetEffect(images, *(engine.evaluate(each.net, *pairs) for each in (before, after)))
        return cls(text, before, after, tuple(layers), tests, _shared(after, text))

    def as_json(self) -> dict[str, Any]:
        """The effect as JSON values."""
        return {
            "mutate": self.text,
            "shared": dict(self.shared),
            "before": self.before.as_json(),
            "after": self.after.as_json(),
            "layers": [
                {
                    "layer": each.name,
                    "neurons_before": each.before,
                    "neurons_after": each.after,
                    "changed": each.changed,
                    "most": [{"neuron": where, "before": old, "after": new} for where, old, new in each.most],
                }
                for each in self.layers
            ],
            "survey": None if self.images is None else self.images.as_json(),
        }


def _shared(after: TracedDigit, text: str) -> tuple[tuple[str, int], ...]:
    words = [statement.split() for statement in statements(text)]
    places = ["".join(each[1:-1]) for each in words if each[0] == "weight"]
    return tuple((where, engine.sharers(after.net, where)) for where in places)


def _change(before: TracedDigit, after: TracedDigit, name: str, top: int) -> LayerChange:
    old, new = before.trace.display(name), after.trace.display(name)
    if old.shape != new.shape:
        return LayerChange(name, old.size, new.size, 0, ())
    change = np.abs(new - old)
    order = np.argsort(-change, kind="stable")[: min(top, np.count_nonzero(change))]
    at = after.net.offset(name)
    most = tuple((after.address(at + int(i)), float(old[i]), float(new[i])) for i in order)
    return LayerChange(name, old.size, new.size, int(np.count_nonzero(change)), most)


@dataclass(frozen=True, eq=False)
class Why:
    """Which neurons of a layer push a digit's answer from one class to another; see engine.Margins."""

    traced: TracedDigit
    margins: Margins
    top: int

    @classmethod
    def of(cls, traced: TracedDigit, ahead: int, behind: int, layer: str, top: int) -> "Why":
        """Silence each neuron of the layer by itself."""
        return cls(traced, engine.margins(traced.trace, layer, ahead, behind), top)

    @cached_property
    def rows(self) -> list[tuple[str, float, float, float, int]]:
        """(address, activation, push, margin without it, answer without it), the strongest push first."""
        margins = self.margins
        values = self.traced.trace.activation[margins.layer].reshape(-1)
        at = self.traced.net.offset(margins.layer)
        return [
            (
                self.traced.address(at + int(i)),
                float(values[i]),
                float(margins.push[i]),
                float(margins.without[i]),
                int(margins.answers[i]),
            )
            for i in margins.order
            if margins.push[i] != 0
        ]

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON values: those that push most to either side."""
        names = ("neuron", "activation", "push", "margin_without", "prediction_without")
        rows = self.rows
        toward = [row for row in rows if row[2] > 0][: self.top]
        against = [row for row in rows[::-1] if row[2] < 0][: self.top]
        return {
            "layer": self.margins.layer,
            "ahead": self.margins.ahead,
            "behind": self.margins.behind,
            "margin": self.margins.margin,
            "toward": [dict(zip(names, row, strict=True)) for row in toward],
            "against": [dict(zip(names, row, strict=True)) for row in against],
        }
