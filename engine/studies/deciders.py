"""Deciders: the neurons, and whole maps or heads, without which one image's answer loses most of its lead.

Which ones is first guessed by evidence, activation x slope of the lead, and then measured: each of those with
most evidence is silenced by itself, and the net reads on without it. So what is told of each is what `ablate`
makes of it; only one of little evidence and much effect can be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine.arrays import Array
from engine.blocks import Attention, AveragePool, Conv, MaxPool
from engine.graph.layer import Layer
from engine.net import Net
from engine.run.inputs import probabilities
from engine.run.trace import Trace, check_trace
from engine.studies.silencer import MOST_VALUES, Silencer
from engine.studies.units import units_of, write_unit
from engine.synapses.lead import activation_slopes, contest, lead

_NEURONS, _GROUPS, _FEW = 24, 16, 4
"""How many of each are tried; of both together at least a few, however large the net."""
_ALIKE = 1e-4
"""Of a score: two losses that are less apart are the same."""
_UNITS = {Conv: "map", Attention: "head"}
"""What is one detector, and so is switched off as one: a kernel at all places, a head in all tokens."""


@dataclass(frozen=True, eq=False)
class Decider:
    """A neuron, or a map or head, silenced by itself for one image.

    each: "neuron", "map" or "head". where: its address. neurons (k,): its global ids. evidence: what the lead
    was to lose without it, to first order. lost: what it loses. probabilities (classes,): without it.
    """

    each: str
    where: str
    neurons: Array
    evidence: float
    lost: float
    probabilities: Array

    @property
    def answer(self) -> int:
        """What is read without it."""
        return int(np.argmax(self.probabilities))


@dataclass(frozen=True, eq=False)
class Deciders:
    """What was found of one image's answer: of class `ahead` against class `behind`.

    lead: as of `engine.lead`. neurons, groups: those tried whose silence costs some of it: first those that
    turn what is read, then the others, the most costly first. tried: how many neurons were tried, and how
    many groups.
    """

    ahead: int
    behind: int
    lead: float
    neurons: tuple[Decider, ...]
    groups: tuple[Decider, ...]
    tried: tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Candidate:
    layer: Layer
    each: str
    number: int
    flat: Array
    evidence: float


def deciders(trace: Trace, ahead: int | None = None, behind: int | None = None) -> Deciders:
    """The neurons of all hidden layers, and the maps and heads, that decide between two classes.

    ahead: a class, the prediction by default; behind: its rival, by default the most probable other class.
    EngineError as for `engine.lead_gradient`.
    """
    for found in deciders_in_steps(trace, ahead, behind):
        if found is not None:
            return found
    raise AssertionError("a search ends with what it found")


def deciders_in_steps(
    trace: Trace, ahead: int | None = None, behind: int | None = None
) -> Iterator[Deciders | None]:
    """Find deciders, see `deciders`, bit by bit: yields None at each step, and at the end what was found."""
    check_trace(trace)
    net = trace.net
    ahead, _ = contest(trace, ahead, None)
    if behind is None:
        order = np.argsort(-trace.probabilities, kind="stable")
        behind = int(next(label for label in order if label != ahead))
    chosen, rival = contest(trace, ahead, behind)
    assert rival is not None
    all_told = lead(trace, chosen, rival)
    yield None
    candidates = _candidates(trace, chosen, rival)
    silencer = Silencer(trace, max(_NEURONS, _GROUPS))
    found: list[Decider] = []
    for layer, group in groupby(candidates, key=lambda each: each.layer):
        together = list(group)
        for start in range(0, len(together), silencer.batch):
            yield None
            chunk = together[start : start + silencer.batch]
            scores, out = silencer.read(layer, [each.flat for each in chunk])
            lost, shares = all_told - (scores[:, chosen] - scores[:, rival]), probabilities(net, out)
            found += [_decider(net, *row) for row in zip(chunk, lost.tolist(), shares, strict=True)]
    singles = sum(each.each == "neuron" for each in found)
    costly = [each for each in found if each.lost > 0]
    costly.sort(key=lambda each: (each.answer == trace.prediction, -each.lost))
    yield Deciders(
        chosen,
        rival,
        all_told,
        tuple(_told_once(trace, [each for each in costly if each.each == "neuron"])),
        tuple(each for each in costly if each.each != "neuron"),
        (singles, len(found) - singles),
    )


def _decider(net: Net, each: _Candidate, lost: float, shares: Array) -> Decider:
    where = write_unit(net, each.layer.name, each.each, each.number)
    return Decider(each.each, where, each.flat + net.offset(each.layer.name), each.evidence, lost, shares)


def _told_once(trace: Trace, costly: Sequence[Decider]) -> Iterator[Decider]:
    """All but pooled neurons that only pass on another one of them: what is lost is the same."""
    net, lost = trace.net, {int(each.neurons[0]): each.lost for each in costly}
    for each in costly:
        layer, neuron = net.layer(_layer(each)), int(each.neurons[0])
        if isinstance(layer.block, MaxPool | AveragePool):
            heard = net.synapses_into(layer.name, neuron - net.offset(layer.name), trace).source.tolist()
            if any(abs(lost[one] - each.lost) < _ALIKE for one in heard if one in lost):
                continue
        yield each


def _layer(each: Decider) -> str:
    return each.where.partition(":")[0]


def _candidates(trace: Trace, ahead: int, behind: int) -> list[_Candidate]:
    """Those of most evidence, in the order of the layers."""
    net, slopes = trace.net, activation_slopes(trace, ahead, behind)
    hidden = net.layers[1:-1]
    share = max(_FEW, MOST_VALUES // net.neuron_count)
    single: list[_Candidate] = []
    whole: list[_Candidate] = []
    for layer in hidden:
        evidence = (slopes[layer.name] * trace.activation[layer.name]).reshape(-1).astype(np.float64)
        own = np.arange(layer.size).reshape(-1, 1)
        single += _most(layer, "neuron", own, evidence, min(_NEURONS, share))
        each = next((unit for block, unit in _UNITS.items() if isinstance(layer.block, block)), "")
        if each and layer.shape[-1] > 1:
            units = units_of(net, layer.name, each)
            whole += _most(layer, each, units, evidence[units].sum(axis=1), min(_GROUPS, share))
    kept = [*_best(single, min(_NEURONS, share)), *_best(whole, min(_GROUPS, share))]
    return sorted(kept, key=lambda each: net.index(each.layer.name))


def _most(layer: Layer, each: str, units: Array, evidence: Array, count: int) -> list[_Candidate]:
    """The units of a layer with most evidence, `count` at most."""
    some = np.flatnonzero(evidence > 0)
    order = some[np.argsort(-evidence[some], kind="stable")[:count]].tolist()
    return [_Candidate(layer, each, i, units[i], float(evidence[i])) for i in order]


def _best(candidates: Sequence[_Candidate], count: int) -> list[_Candidate]:
    return sorted(candidates, key=lambda each: -each.evidence)[:count]
