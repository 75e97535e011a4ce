"""What decides between two classes: neurons, maps and heads that were silenced each by itself, in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import engine
from engine import Decider, Deciders, EngineError
from scenes.texts import ENGLISH
from viz3d.command.wording import counted
from viz3d.findings.read_as import in_words, read_as
from viz3d.session.traced_digit import TracedDigit

NOTHING = "no neuron before it makes any of that"
UNHIDDEN = "no hidden layer: what it reads decides by itself"
_WEAK = 0.5  # of the lead: who takes less than that away does not decide it


def likeliest(traced: TracedDigit, each: Decider) -> list[tuple[str, float]]:
    """What is read without a decider, and what would be read else: names and probabilities."""
    order = np.argsort(-each.probabilities, kind="stable")[:2].tolist()
    return [(traced.named(label), float(each.probabilities[label])) for label in order]


def without(traced: TracedDigit, each: Decider) -> str:
    """What is read without a decider, in words, such as "4 61.2%, 9 38.0%"."""
    return ", ".join(f"{name} {ENGLISH.percent(share)}" for name, share in likeliest(traced, each))


def read_without(traced: TracedDigit, silent: TracedDigit) -> str:
    """What is read with neurons silent, such as "9 at 62.8%, in place of 4 at 59.1%"."""
    if traced.net.gives_numbers:
        now, then = in_words(silent), in_words(traced)
        return f"{now}, the same" if now == then else f"{now}, in place of {then}"
    (now, sure), (then, was) = map(read_as, (silent, traced))
    if now != then:
        return f"{now} at {sure}, in place of {then} at {was}"
    return f"{now} at {sure}, " + ("the same" if sure == was else f"in place of {was}")


def turns(traced: TracedDigit, each: Decider) -> bool:
    """Whether another class is read without it."""
    return each.answer != traced.trace.prediction


def verdict(traced: TracedDigit, found: Deciders) -> str:
    """Whether one neuron, map or head alone decides, in a line."""
    if not found.neurons and not found.groups:
        return NOTHING if len(traced.net.layers) > 2 else UNHIDDEN
    neurons, groups = (sum(turns(traced, each) for each in some) for some in (found.neurons, found.groups))
    single, whole = found.tried
    units = _units(whole, found)
    if neurons:
        told = f"{neurons} of {counted(single, 'neuron')}"
        others = f", {groups or 'none'} of {units}" if found.groups else ""
        return f"{told}{others} {_turn(neurons + groups)} the answer"
    if groups:
        return f"none of {counted(single, 'neuron')} turns it, {groups} of {units} {_do(groups)}"
    if single > 1 and found.lead > 0 and all(each.lost < _WEAK * found.lead for each in found.neurons):
        return f"no single neuron decides: of {single} tried none turns it"
    if single == 1:
        return "the only neuron tried does not turn the answer"
    return f"none of the {counted(single, 'neuron')} tried turns the answer"


def _units(count: int, found: Deciders) -> str:
    """So many maps, heads, or both, where a net has both."""
    kinds = sorted({each.each for each in found.groups}, reverse=True)
    return (
        counted(count, kinds[0])
        if len(kinds) == 1
        else f"{count} {' and '.join(f'{kind}s' for kind in kinds)}"
    )


def _turn(count: int) -> str:
    return "turns" if count == 1 else "turn"


def _do(count: int) -> str:
    return "does" if count == 1 else "do"


def deciders_json(found: Deciders) -> dict[str, Any]:
    """What was found as JSON values."""
    return {
        "tried_neurons": found.tried[0],
        "tried_groups": found.tried[1],
        "neurons": [_entry(each, found.lead) for each in found.neurons],
        "groups": [_entry(each, found.lead) for each in found.groups],
    }


def _entry(each: Decider, lead: float, sign: int = 1) -> dict[str, Any]:
    return {
        "neuron" if each.each == "neuron" else "group": each.where,
        "evidence": sign * each.evidence,
        "push": sign * each.lost,
        "margin_without": lead - sign * each.lost,
        "prediction_without": each.answer,
        "probabilities_without": each.probabilities.tolist(),
    }


Row = tuple[str, float, float, float, int]
"""Address, evidence, push, margin without it, answer without it; below 0 is what speaks for the rival."""


@dataclass(frozen=True, eq=False)
class Contest:
    """What decides between two classes: `toward` speaks for one, `against` for its rival.

    top: how many neurons, and how many maps or heads, are told of either.
    """

    traced: TracedDigit
    toward: Deciders
    against: Deciders
    top: int

    @classmethod
    def of(cls, traced: TracedDigit, ahead: int, behind: int, top: int) -> "Contest":
        """Silence those that speak most for either class; EngineError as for `engine.deciders`."""
        trace = traced.trace
        toward, against = engine.deciders(trace, ahead, behind), engine.deciders(trace, behind, ahead)
        return cls(traced, toward, against, top)

    @classmethod
    def leading(cls, traced: TracedDigit, top: int) -> "Contest":
        """The contest of the two most probable classes; EngineError as for `of`."""
        if traced.net.gives_numbers:
            what = "a number" if len(traced.net.classes) == 1 else "numbers"
            raise EngineError(f"{traced.net.name} gives {what}: no class is ahead of another")
        first, second = np.argsort(-traced.trace.probabilities, kind="stable")[:2].tolist()
        return cls.of(traced, first, second, top)

    @property
    def verdict(self) -> str:
        """Whether one neuron alone decides, of those that speak for what is ahead."""
        return verdict(self.traced, self.toward if self.toward.lead > 0 else self.against)

    def of_side(self, side: Deciders) -> tuple[Decider, ...]:
        """The neurons of a side that push most, and then the maps or heads."""
        return (*side.neurons[: self.top], *side.groups[: self.top])

    def rows(self, side: Deciders) -> list[Row]:
        """The neurons, maps or heads of a side, see `of_side`, as rows."""
        sign, lead = self._sign(side), self.toward.lead
        return [
            (each.where, sign * each.evidence, sign * each.lost, lead - sign * each.lost, each.answer)
            for each in self.of_side(side)
        ]

    def as_json(self) -> dict[str, Any]:
        """Both sides as JSON values."""
        lead, sides = self.toward.lead, (("toward", self.toward), ("against", self.against))
        return {
            "layer": None,
            "ahead": self.toward.ahead,
            "behind": self.toward.behind,
            "margin": lead,
            **{
                name: [_entry(each, lead, self._sign(side)) for each in self.of_side(side)]
                for name, side in sides
            },
        }

    def _sign(self, side: Deciders) -> int:
        return 1 if side is self.toward else -1
