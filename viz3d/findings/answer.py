"""The answer to a digit: how sure it is, whether it is right, and what puts it ahead of the next one."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from engine import Deciders, EngineError
from engine.run.losses import check_loss, loss_of
from engine.run.whole_digits import DIGIT, framing_of
from viz3d.findings.deciders import deciders_json
from viz3d.session.traced_digit import TracedDigit

CROPS = 4  # of a digit, where a network looks at less: two by two, as evaluations take them
MAKERS = 5
SHOWN = 12
"""Classes of which a report has a bar, row or column each."""


def outstanding(values: NDArray[np.number[Any]]) -> list[int]:
    """The classes with the largest |values| (classes,), `SHOWN` at most, in the order of the classes."""
    found: list[int] = np.sort(np.argsort(-np.abs(values), kind="stable")[:SHOWN]).tolist()
    return found


@dataclass(frozen=True)
class Maker:
    """A neuron (global id, address) and what it does for one class against another."""

    neuron: int
    where: str
    push: float


@dataclass(frozen=True, eq=False)
class AnswerFacts:
    """The answer of a network that read one digit. What takes longer is worked out when it is asked for."""

    traced: TracedDigit

    @property
    def entropy(self) -> float:
        """How undecided it is, in bits: -sum p log2 p of the probabilities, which sum to 1 (Shannon 1948, 6).

        0 is certain, `most_entropy` a guess. A net that gives a number chooses nothing: 0.
        """
        if self.traced.net.gives_numbers:
            return 0.0
        shares = self.traced.trace.probabilities.astype(np.float64)
        some = shares[shares > 0]
        return abs(float(-(some * np.log2(some)).sum()))

    @property
    def most_entropy(self) -> float:
        """The entropy of equal probabilities, in bits: log2 of the count of classes."""
        return float(np.log2(len(self.traced.trace.probabilities)))

    @property
    def right(self) -> bool | None:
        """Whether the answer is what the digit is meant as; None where nobody said."""
        label = self.traced.digit.label
        return None if label is None else self.traced.trace.prediction == label

    @cached_property
    def loss(self) -> float | None:
        """The loss that the network is trained with, for this digit; None without a label that it knows."""
        net, trace, label = self.traced.net, self.traced.trace, self.traced.digit.label
        last = net.layers[-1]
        if label is None or label >= last.size:
            return None
        try:
            check_loss(net.recipe.loss, last.activation)
        except EngineError:
            return None
        pre, act = (each[last.name].reshape(1, -1) for each in (trace.pre, trace.activation))
        return loss_of(net.recipe.loss)(last.activation, pre, act, np.array([label]))[0]

    @cached_property
    def over_crops(self) -> NDArray[np.floating[Any]] | None:
        """The mean probabilities (classes,) over four crops of the digit; None where all of it is seen.

        The crops lie two by two on an even grid, as in `engine.evaluate`: nothing is drawn at random.
        """
        image, net = self.traced.digit.image, self.traced.net
        if image.shape != DIGIT or framing_of(net.layers[0].shape, net.framing) != "middle":
            return None
        over: NDArray[np.floating[Any]] = net.predict(image[None], crops=CROPS)[0]
        return over

    @cached_property
    def leaders(self) -> tuple[int, int]:
        """The two most probable classes, the first one first."""
        first, second = np.argsort(-self.traced.trace.probabilities, kind="stable")[:2].tolist()
        return first, second

    @property
    def margin(self) -> float:
        """By how much the score of the first exceeds that of the second; see `engine.lead`."""
        return engine.lead(self.traced.trace, *self.leaders)

    @cached_property
    def makers(self) -> tuple[Maker, ...]:
        """The five neurons that do most for the first against the second; fewer where fewer do anything.

        Of those that the output reads. What one does is the evidence of its synapses (see `engine.evidence`):
        the weight x activation that it adds to the first score, less what it adds to the second. A score is a
        sum of such terms: so much goes when it alone is silenced.
        """
        net, trace = self.traced.net, self.traced.trace
        push = np.zeros(net.neuron_count)
        for label, sign in zip(self.leaders, (1, -1), strict=True):
            synapses = net.synapses_into(net.layers[-1].name, label, trace)
            terms = sign * synapses.weight * trace.neurons[synapses.source]
            push += np.bincount(synapses.source, terms, net.neuron_count)
        some = np.flatnonzero(push > 0)  # few of a large network's neurons
        most = some[np.argsort(-push[some], kind="stable")[:MAKERS]].tolist()
        return tuple(Maker(i, self.traced.address(i), float(push[i])) for i in most)

    @cached_property
    def deciders(self) -> Deciders | None:
        """What costs the lead of the first over the second most when it alone is silenced: measured.

        Of all hidden layers, see `engine.deciders`; None where slopes grow beyond all numbers.
        """
        try:
            return engine.deciders(self.traced.trace, *self.leaders)
        except EngineError:
            return None

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON values; of a net that gives a number nothing: one score leads over none."""
        if self.traced.net.gives_numbers:
            return {}
        found = self.deciders
        ahead, behind = self.leaders
        return {
            "entropy_bits": self.entropy,
            "right": self.right,
            "loss": self.loss,
            "probabilities_over_crops": None if self.over_crops is None else self.over_crops.tolist(),
            "ahead": ahead,
            "behind": behind,
            "margin": self.margin,
            "made_by": [{"neuron": each.where, "push": each.push} for each in self.makers],
            "deciders": None if found is None else deciders_json(found),
        }
