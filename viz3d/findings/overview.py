"""All layers of a network that reads a digit, in a few facts each."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz3d.findings.answer import AnswerFacts
from viz3d.session.traced_digit import TracedDigit


@dataclass(frozen=True)
class LayerFacts:
    """A layer with one digit: its least and largest activation, the share of neurons that are active.

    brightest: addresses with their activations, the brightest first. Of the output these are probabilities.
    """

    name: str
    shape: tuple[int, ...]
    low: float
    high: float
    active: float
    brightest: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Overview:
    """All layers of a network that reads a digit, and its answer."""

    traced: TracedDigit
    layers: tuple[LayerFacts, ...]
    answer: AnswerFacts

    @classmethod
    def of(cls, traced: TracedDigit) -> "Overview":
        """Look at all layers."""
        layers = tuple(_layer(traced, layer.name) for layer in traced.net.layers)
        return cls(traced, layers, AnswerFacts(traced))

    def as_json(self) -> Any:
        """A list of layers."""
        return [
            {
                "layer": each.name,
                "shape": list(each.shape),
                "neurons": math.prod(each.shape),
                "low": each.low,
                "high": each.high,
                "active": each.active,
                "brightest": [{"neuron": where, "activation": value} for where, value in each.brightest],
            }
            for each in self.layers
        ]


def _layer(traced: TracedDigit, name: str) -> LayerFacts:
    net = traced.net
    layer = net.layer(name)
    values = traced.trace.display(name)
    order = np.argsort(-values, kind="stable")[:3]
    return LayerFacts(
        name,
        layer.shape,
        float(values.min()),
        float(values.max()),
        float((values > (0.5 if layer.activation == "sigmoid" else 0)).mean()),
        tuple((traced.address(net.offset(name) + int(i)), float(values[i])) for i in order),
    )
