"""A digit that the bundled `mlp` misreads, and a neuron without which it does not.

They are searched, for the nets are retrained at times.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

import data
import engine


class Misread(NamedTuple):
    """The digit as --sample, its class, the answer of the net, and the neuron that the answer hangs on."""

    sample: str
    label: int
    answer: int
    neuron: str


@cache
def misread() -> Misread:
    digits, net = data.load("digits", "test"), engine.load(data.model_path("mlp"))
    shares = net.predict(digits.images)
    wrong = np.flatnonzero(shares.argmax(axis=1) != digits.labels)
    for number in wrong[np.argsort(shares[wrong].max(axis=1))]:
        trace, label = net.trace(digits.images[number]), int(digits.labels[number])
        speaks = trace.activation["hidden2"] * engine.lead_gradient(trace, trace.prediction, label)["hidden2"]
        for neuron in np.argsort(-speaks)[:5]:
            where = f"hidden2:{neuron}"
            if net.mutate(f"ablate {where}").trace(digits.images[number]).prediction == label:
                return Misread(f"digits:{number}", label, trace.prediction, where)
    raise AssertionError("no misread digit hangs on one neuron")
