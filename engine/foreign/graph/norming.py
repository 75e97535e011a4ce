"""A layer normalisation in the making: mean, difference, variance, quotient, as older exporters have it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.arrays import Array
from engine.foreign.graph.draft import View


@dataclass(frozen=True, eq=False)
class Norming:
    """How far it is; base: what is normalised.

    stage: mean, centred, squared, variance, sigma or inverse. TensorFlow goes on by factor (the inverse
    times `scale`), away (minus the mean), grown (base times factor) and moved (away times factor, and
    `shift`).
    """

    base: View
    stage: str
    eps: float = 0.0
    scale: Array | None = None
    shift: Array | float = 0.0
