"""What is found out about one synapse."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import engine
from engine import Kind, Net
from engine.edits import Edit
from viz3d.command.errors import UserError
from viz3d.findings.edited import edits_of_synapse
from viz3d.findings.neuron import Term
from viz3d.session.traced_digit import TracedDigit, place

MOST = 500
"""Sharers of a weight that are named at most."""


@dataclass(frozen=True, eq=False)
class SynapseFacts:
    """One synapse, and the digit read without it.

    parameter: the address of the learned number that is its weight, which `shared` synapses have in common;
    empty where its weight is not learned; sharers: the addresses of the first of these, this one among them.
    kind: "learned", "fixed", "computed" or "attention", see engine.Kind; "added" where an edit has made it.
    edits: those that reach it, alone or in a group, the first one first.
    rank: its place by |contribution| among the `among` synapses of its target. evidence: how much it speaks
    for what is read, see engine.evidence.
    """

    traced: TracedDigit
    source: str
    target: str
    term: Term
    kind: str
    parameter: str
    shared: int
    sharers: tuple[str, ...]
    rank: int
    among: int
    sum: float
    evidence: float
    without: TracedDigit
    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, traced: TracedDigit, where: str) -> "SynapseFacts":
        """Look at the synapse of an address; UserError where there is none."""
        net, trace = traced.net, traced.trace
        synapse = net.synapse(where)
        layer, index = place(net, synapse.target)
        names = traced.address(synapse.source), traced.address(synapse.target)
        into = net.synapses_into(layer, index, trace)
        mine = np.flatnonzero(into.source == synapse.source)
        if not len(mine):
            way = " -> ".join(names)
            ahead = net.offset(layer) > synapse.source
            fix = f'--mutate "add {way} 0.5" makes one' if ahead else "a synapse leads to a later layer"
            raise UserError(f"no synapse {way}: {fix}")
        sent = into.weight * trace.neurons[into.source]
        i = int(mine[np.argmax(np.abs(sent[mine]))])
        number = int(into.parameter[i])
        parameter = _parameter(net, number)
        shared, sharers = _sharers(traced, number, place(net, synapse.source)[0], layer)
        activation = float(trace.neurons[synapse.source])
        edits = edits_of_synapse(net, synapse.source, synapse.target)
        kind = Kind(int(into.kind[i])).name.lower()
        if kind == "fixed" and any(edit.verb == "add" for edit in edits):
            kind = "added"
        return cls(
            traced,
            *names,
            Term(names[0], float(into.weight[i]), activation, float(sent[i])),
            kind,
            parameter,
            shared,
            sharers,
            1 + int((np.abs(sent) > np.abs(sent[i])).sum()),
            len(into),
            float(trace.pre[layer].reshape(-1)[index]),
            float(engine.evidence(trace, into)[i]),
            traced.mutated(f"cut {' -> '.join(names)}"),
            edits,
        )

    @property
    def changed(self) -> str:
        """What edits do to its weight, such as "set, nudge", beside adding it; "" where nothing."""
        return ", ".join(dict.fromkeys(edit.verb for edit in self.edits if edit.verb != "add"))

    def as_json(self) -> dict[str, Any]:
        """The synapse as JSON values."""
        return {
            "source": self.source,
            "target": self.target,
            "weight": self.term.weight,
            "activation": self.term.activation,
            "contribution": self.term.contribution,
            "kind": self.kind,
            "edits": [str(edit) for edit in self.edits],
            "parameter": self.parameter or None,
            "shared_by": self.shared,
            "evidence": self.evidence,
            "rank": self.rank,
            "among": self.among,
            "target_sum": self.sum,
            "without": self.without.as_json(),
        }


def _parameter(net: Net, number: int) -> str:
    """The address of a parameter by its flat number; "" for none."""
    if number < 0:
        return ""
    offsets = net.graph.parameter_offsets
    name = max((each for each, first in offsets.items() if first <= number), key=lambda each: offsets[each])
    at = np.unravel_index(number - offsets[name], net.parameters[name].shape)
    return f"{name}:{','.join(str(int(i)) for i in at)}"


def _sharers(traced: TracedDigit, number: int, source: str, target: str) -> tuple[int, tuple[str, ...]]:
    """How many synapses between two layers have a parameter as their weight, and the first of them."""
    if number < 0:
        return 0, ()
    between = traced.net.synapses(source, target)
    mine = np.flatnonzero(between.parameter == number)
    ends = zip(between.source[mine[:MOST]].tolist(), between.target[mine[:MOST]].tolist(), strict=True)
    return len(mine), tuple(f"{traced.address(a)} -> {traced.address(b)}" for a, b in ends)
