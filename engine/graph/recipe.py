"""How a net is trained: loss, optimizer, batch, schedule, decay."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from engine.errors import EngineError
from guarding import in_a_line

USUAL: Mapping[str, tuple[float, float]] = {
    "sgd": (0.1, 0.0),
    "momentum": (0.02, 0.9),
    "nesterov": (0.02, 0.9),
    "adagrad": (0.01, 0.0),
    "windowgrad": (0.001, 0.0),
    "adadelta": (1.0, 0.0),
    "adam": (0.001, 0.0),
    "adamw": (0.001, 0.0),
}
"""Optimizer -> its usual learning rate and momentum."""
OPTIMIZERS = tuple(USUAL)
SCHEDULES = ("constant", "step", "cosine")
_MOST = 10**9
LOSSES = ("nll", "cross-entropy", "squared-error", "binary-cross-entropy", "hinge")


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training run; every preset carries its own.

    momentum: of sgd (0 is plain SGD), momentum and nesterov; the others have none. rho: how much of its past
    a running mean keeps in windowgrad and adadelta; beta1, beta2: the same in adam and adamw; eps: what keeps
    a division finite. l1, l2: decay, see `engine.training.optimizers`; biases never decay.

    schedule: the learning rate's way over the run, see `engine.training.schedules`. warmup: the share of the
    run, 0..1, in which the rate first rises to lr. step_every (epochs) and step_factor: of schedule "step".

    average: 0, or the decay of a running mean of the weights, which is then what a step's snapshot holds and
    validation tests (0.999, say, averages over about the last thousand updates).
    """

    loss: str = "nll"
    optimizer: str = "adam"
    lr: float = 1e-3
    momentum: float = 0.0
    batch: int = 128
    epochs: int = 10
    schedule: str = "constant"
    l1: float = 0.0
    l2: float = 0.0
    warmup: float = 0.0
    step_every: int = 5
    step_factor: float = 0.5
    average: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.95
    eps: float = 1e-8

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_number(field.name, getattr(self, field.name), type(field.default))
        for what, value, known in (
            ("loss", self.loss, LOSSES),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("schedule", self.schedule, SCHEDULES),
        ):
            if value not in known:
                raise EngineError(f"unknown {what} {value!r}: known are {', '.join(known)}")
        for name in ("momentum", "warmup", "average", "beta1", "beta2", "rho"):
            if not 0 <= getattr(self, name) < 1:
                raise EngineError(f"{name} {getattr(self, name)} must be in 0..1, 1 excluded")
        for name, what in (("lr", "learning rate"), ("eps", "eps"), ("step_factor", "step_factor")):
            if not 0 < getattr(self, name) < math.inf:
                raise EngineError(f"{what} {getattr(self, name)} must be a number above 0")
        for name in ("l1", "l2"):
            if not 0 <= getattr(self, name) < math.inf:
                raise EngineError(f"{name} {getattr(self, name)} must be a number, 0 or more")
        for name in ("batch", "epochs", "step_every"):
            if not 1 <= getattr(self, name) <= _MOST:
                raise EngineError(f"{name} {getattr(self, name)} must be in 1..{_MOST:,}")
        if self.optimizer in ("momentum", "nesterov") and not self.momentum:
            raise EngineError(
                f"optimizer {self.optimizer} needs a momentum above 0, such as 0.9: give one, or take sgd"
            )

    def change(self, **fields: Any) -> Recipe:
        """The recipe with some fields changed; EngineError lists the fields where one is unknown.

        Another optimizer comes with its usual lr and momentum (see USUAL), unless they are given too. The
        decay of adamw, where the same number does far less, does not go over to another.
        """
        known = [field.name for field in dataclasses.fields(self)]
        unknown = [name for name in fields if name not in known]
        if unknown:
            raise EngineError(f"a recipe has no {', '.join(unknown)}: it has {', '.join(known)}")
        optimizer = fields.get("optimizer", self.optimizer)
        if optimizer != self.optimizer and optimizer in USUAL:
            lr, momentum = USUAL[optimizer]
            none = {"l1": 0.0, "l2": 0.0} if self.optimizer == "adamw" else {}
            fields = {"lr": lr, "momentum": momentum, **none, **fields}
        return dataclasses.replace(self, **fields)


def _check_number(name: str, value: object, kind: type) -> None:
    """EngineError where a field that holds a number got something else; words are compared with the known."""
    fits = {int: Integral, float: Real}.get(kind, object)
    if not isinstance(value, fits):
        told = "a whole number" if kind is int else "a number"
        raise EngineError(f"{name} {in_a_line(value)} must be {told}")
