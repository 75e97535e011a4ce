"""What a group of neurons does with a digit, and what the answer is without it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import Attention, AttentionScores, Conv
from engine.graph import address
from engine.synapses.measured import FIRES
from viz3d.findings.layer_strips import Strip, strip
from viz3d.session.traced_digit import TracedDigit, place


@dataclass(frozen=True, eq=False)
class GroupFacts:
    """Several neurons of one layer, such as hidden1:0-15, and how they read a digit.

    Attributes:
        traced: the network and the digit.
        where: their address.
        neurons: int64 (n,), their numbers, ascending.
    """

    traced: TracedDigit
    where: str
    neurons: NDArray[np.int64]

    @classmethod
    def of(cls, traced: TracedDigit, where: str) -> "GroupFacts":
        """The facts of what an address names; EngineError where it names nothing."""
        return cls(traced, where, address.neurons(traced.net.graph, where))

    @cached_property
    def layer(self) -> str:
        """The layer that they are of."""
        return place(self.traced.net, int(self.neurons[0]))[0]

    @property
    def of_all(self) -> int:
        """How many neurons the layer has."""
        return self.traced.net.layer(self.layer).size

    @cached_property
    def activation(self) -> NDArray[np.float64]:
        """Their activations, float64 (n,)."""
        mine = self.neurons - self.traced.net.offset(self.layer)
        return self.traced.trace.activation[self.layer].reshape(-1)[mine].astype(np.float64)

    @property
    def firing(self) -> int:
        """How many of them fire: above a hundredth of the layer's largest |activation|."""
        most = float(np.abs(self.traced.trace.activation[self.layer]).max(initial=0.0))
        return int((np.abs(self.activation) > FIRES * most).sum())

    @property
    def largest(self) -> tuple[int, float]:
        """The number of the one with the largest |activation|, and this with its sign."""
        at = int(np.abs(self.activation).argmax())
        return int(self.neurons[at]), float(self.activation[at])

    @cached_property
    def kind(self) -> str:
        """What they are together: a "map", a "head", or "" for any others."""
        if self._map is not None:
            return "map"
        return "head" if self._head is not None else ""

    @cached_property
    def strips(self) -> tuple[Strip, ...]:
        """A map's activations, and the kernel that finds them; what the tokens of a head look at."""
        if self._map is not None:
            made = [strip("activations", self.activation.reshape(1, *self._shape[:2]))]
            if isinstance(self.traced.net.layer(self.layer).block, Conv):
                kernel = self.traced.net.own_parameters(self.layer)["weight"][..., self._map]
                name = "kernel" if kernel.shape[2] == 1 else f"kernel, of {kernel.shape[2]} maps"
                made.append(strip(name, kernel.transpose(2, 0, 1), "signed", wider=1.0))
            return tuple(made)
        if self._head is not None:
            layer, head = self._head
            return (strip("tokens look at tokens", self.traced.trace.activation[layer][head], "attend"),)
        return ()

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.traced.net.layer(self.layer).shape

    @cached_property
    def _map(self) -> int | None:
        """The number of the map that they are, all of it; None for none."""
        layer = self.traced.net.layer(self.layer)
        if len(layer.shape) != 3 or isinstance(layer.block, AttentionScores):
            return None
        maps = (self.neurons - self.traced.net.offset(self.layer)) % layer.shape[2]
        whole = len(self.neurons) == layer.shape[0] * layer.shape[1] > 1
        return int(maps[0]) if whole and (maps == maps[0]).all() else None

    @cached_property
    def _head(self) -> tuple[str, int] | None:
        """The layer of scores of the head that they are, and its number; None for none."""
        layer, (name, _, number) = self.traced.net.layer(self.layer), self.where.partition(":head")
        if name != self.layer or not number.isdecimal():
            return None
        if isinstance(layer.block, AttentionScores):
            return name, int(number)
        return (layer.sources[0], int(number)) if isinstance(layer.block, Attention) else None

    @cached_property
    def without(self) -> TracedDigit:
        """The digit as it is read with all of them silent."""
        return self.traced.silenced(self.where)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        number, value = self.largest
        return {
            "group": self.where,
            "layer": self.layer,
            "neurons": len(self.neurons),
            "of": self.of_all,
            "firing": self.firing,
            "mean_activation": float(self.activation.mean()),
            "largest": {"neuron": self.traced.address(number), "activation": value},
            "without": {
                "prediction": self.without.trace.prediction,
                "confidence": self.without.trace.confidence,
            },
        }
