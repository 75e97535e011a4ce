"""Handles: one neuron or one synapse of a net, to be read and to be changed; a change gives a new net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import reading

if TYPE_CHECKING:
    from engine.graph import Net
    from engine.reading import Reading
    from engine.trace import Trace


@dataclass(frozen=True, eq=False)
class Neuron:
    """A neuron or a group of neurons by address, see `engine.address`. Every change is a net of its own."""

    net: Net
    address: str
    numbers: tuple[int, ...]

    def read(self, trace: Trace) -> Reading:
        """What the neuron does in a trace of its net; of a group the first."""
        return reading.read(trace, self.numbers[0])

    def ablate(self) -> Net:
        """Silence it: its activation is 0."""
        return self._edit("ablate")

    def clamp(self, value: float) -> Net:
        """Hold its activation at a value."""
        return self._edit("clamp", value)

    def scale(self, factor: float) -> Net:
        """Multiply its activation."""
        return self._edit("scale", factor)

    def shift(self, amount: float) -> Net:
        """Add to its bias."""
        return self._edit("shift", amount)

    def function(self, name: str) -> Net:
        """Give it another activation function."""
        return self._edit("function", name)

    def freeze(self) -> Net:
        """Let training leave what it has learned as it is."""
        return self._edit("freeze")

    def _edit(self, verb: str, value: float | str | None = None) -> Net:
        return self.net.mutate(f"{verb} {self.address} {'' if value is None else value}")


@dataclass(frozen=True, eq=False)
class Synapse:
    """A synapse by the addresses of its ends, there or not. Every change is a net of its own."""

    net: Net
    address: str
    source: int
    target: int

    def cut(self) -> Net:
        """Take it away."""
        return self._edit("cut")

    def set(self, weight: float) -> Net:
        """Give it a weight of its own; one of a convolution is untied from its kernel."""
        return self._edit("set", weight)

    def scale(self, factor: float) -> Net:
        """Multiply its weight."""
        return self._edit("scale", factor)

    def nudge(self, amount: float) -> Net:
        """Add to its weight."""
        return self._edit("nudge", amount)

    def add(self, weight: float) -> Net:
        """Put one where none was, from an earlier layer to a later one."""
        return self._edit("add", weight)

    def _edit(self, verb: str, value: float | None = None) -> Net:
        return self.net.mutate(f"{verb} {self.address} {'' if value is None else repr(float(value))}")
