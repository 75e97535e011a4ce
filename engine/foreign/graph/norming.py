"""A layer normalisation in the making: mean, difference, variance, quotient, as older exporters have it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.foreign.graph.draft import View


@dataclass(frozen=True, eq=False)
class Norming:
    """How far it is. stage: mean, centred, squared, variance, sigma or inverse; base: what is normalised."""

    base: View
    stage: str
    eps: float = 0.0
