"""Handles: one neuron or one synapse of a net, to be read and to be changed; a change gives a new net."""

from __future__ import annotations

from dataclasses import dataclass

from engine.edits import grammar as edits
from engine.errors import EngineError, check_text
from engine.graph.repr import after_changes
from engine.graph.synapses import Synapses
from engine.net import Net
from engine.run.trace import Trace, check_trace
from engine.synapses import reading, views
from engine.synapses.reading import Reading
from guarding import in_a_line


@dataclass(frozen=True, eq=False, repr=False)
class Neuron:
    """Neurons by address, see `engine.graph.address`: one or a group. Every change is a net of its own."""

    net: Net
    address: str
    numbers: tuple[int, ...]

    def __repr__(self) -> str:
        first, count = self.numbers[0], len(self.numbers)
        which = f"number {first}" if count == 1 else f"{count:,} neurons, the first is number {first}"
        return f"<Neuron {self.address} of {self.net.name}: {which}{after_changes(self.net.history)}>"

    def read(self, trace: Trace) -> Reading:
        """What the neuron does in a trace of its net; of a group the first."""
        check_trace(trace)
        return reading.read(trace, self.numbers[0])

    def ablate(self) -> Net:
        """Silence it: its activation is 0."""
        return self._edit("ablate")

    def clamp(self, value: float) -> Net:
        """Hold its activation at a value."""
        return self._edit("clamp", _number("clamp", self.address, value))

    def scale(self, factor: float) -> Net:
        """Multiply its activation."""
        return self._edit("scale", _number("scale", self.address, factor))

    def shift(self, amount: float) -> Net:
        """Add to its bias."""
        return self._edit("shift", _number("shift", self.address, amount))

    def function(self, name: str) -> Net:
        """Give it another activation function."""
        return self._edit("function", check_text(name, "an activation function's name", "tanh"))

    def freeze(self) -> Net:
        """Let training leave what it has learned as it is."""
        return self._edit("freeze")

    def _edit(self, verb: str, value: str = "") -> Net:
        return self.net.mutate(f"{verb} {self.address} {value}")


@dataclass(frozen=True, eq=False, repr=False)
class Synapse:
    """A synapse by the addresses of its ends, there or not. Every change is a net of its own."""

    net: Net
    address: str
    source: int
    target: int

    def __repr__(self) -> str:
        ends = f"from neuron {self.source} to {self.target}"
        return f"<Synapse {self.address} of {self.net.name}: {ends}{after_changes(self.net.history)}>"

    def read(self, trace: Trace | None = None) -> Synapses:
        """It as arrays, of which `weight[0]` is its weight; of length 0 where there is none.

        Attention may have several between the same two neurons. trace: one of its net, for weights that are
        computed from the input, see `Net.synapses_into`.
        """
        return views.joining(self.net, self.source, self.target, trace)

    def cut(self) -> Net:
        """Take it away."""
        return self._edit("cut")

    def set(self, weight: float) -> Net:
        """Give it a weight of its own; one of a convolution is untied from its kernel."""
        return self._edit("set", _number("set", self.address, weight))

    def scale(self, factor: float) -> Net:
        """Multiply its weight."""
        return self._edit("scale", _number("scale", self.address, factor))

    def nudge(self, amount: float) -> Net:
        """Add to its weight."""
        return self._edit("nudge", _number("nudge", self.address, amount))

    def add(self, weight: float) -> Net:
        """Put one where none was, from an earlier layer to a later one."""
        return self._edit("add", _number("add", self.address, weight))

    def _edit(self, verb: str, value: str = "") -> Net:
        return self.net.mutate(f"{verb} {self.address} {value}")


def _number(verb: str, where: str, value: object) -> str:
    """The text of an edit's number; EngineError where it is none."""
    what = (edits.SYNAPSE if "->" in where else edits.NEURON)[verb]
    try:
        # What is true is 1 to Python, never to us.
        if not isinstance(value, str | bool):
            return repr(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        pass
    raise EngineError(f"{verb} {where}: the {what} must be a number, such as 0.5, got {in_a_line(value)}")
