"""What is found out about one synapse."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Kind, Net
from viz3d.command.errors import UserError
from viz3d.findings.neuron import Term
from viz3d.session.traced_digit import TracedDigit, place


@dataclass(frozen=True, eq=False)
class SynapseFacts:
    """One synapse, and the digit read without it.

    parameter: the address of the learned number that is its weight, which `shared` synapses have in common;
    empty where its weight is not learned. rank: its place by |contribution| among the `among` synapses of its
    target.
    """

    traced: TracedDigit
    source: str
    target: str
    term: Term
    kind: str
    parameter: str
    shared: int
    rank: int
    among: int
    sum: float
    without: TracedDigit

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
            raise UserError(
                f'no synapse {" -> ".join(names)}: --mutate "add {" -> ".join(names)} 0.5" makes one'
            )
        sent = into.weight * trace.neurons[into.source]
        i = int(mine[np.argmax(np.abs(sent[mine]))])
        parameter, shared = _parameter(net, int(into.parameter[i]), place(net, synapse.source)[0], layer)
        activation = float(trace.neurons[synapse.source])
        return cls(
            traced,
            *names,
            Term(names[0], float(into.weight[i]), activation, float(sent[i])),
            Kind(int(into.kind[i])).name.lower(),
            parameter,
            shared,
            1 + int((np.abs(sent) > np.abs(sent[i])).sum()),
            len(into),
            float(trace.pre[layer].reshape(-1)[index]),
            traced.mutated(f"cut {' -> '.join(names)}"),
        )

    def as_json(self) -> dict[str, Any]:
        """The synapse as JSON values."""
        return {
            "source": self.source,
            "target": self.target,
            "weight": self.term.weight,
            "activation": self.term.activation,
            "contribution": self.term.contribution,
            "kind": self.kind,
            "parameter": self.parameter or None,
            "shared_by": self.shared,
            "rank": self.rank,
            "among": self.among,
            "target_sum": self.sum,
            "without": self.without.as_json(),
        }


def _parameter(net: Net, number: int, source: str, target: str) -> tuple[str, int]:
    """The address of a parameter by its flat number, and how many synapses between two layers share it."""
    if number < 0:
        return "", 0
    offsets = net.graph.parameter_offsets
    name = max((each for each, first in offsets.items() if first <= number), key=lambda each: offsets[each])
    at = np.unravel_index(number - offsets[name], net.parameters[name].shape)
    shared = int((net.synapses(source, target).parameter == number).sum())
    return f"{name}:{','.join(str(int(i)) for i in at)}", shared
