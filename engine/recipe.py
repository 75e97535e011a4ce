"""How a net is trained: loss, optimizer, batch, schedule."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError

OPTIMIZERS = ("sgd", "adam")
SCHEDULES = ("constant", "cosine")
LOSSES = ("nll", "cross-entropy", "squared-error")


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training run; every preset carries its own. momentum is for sgd only."""

    loss: str = "nll"
    optimizer: str = "adam"
    lr: float = 1e-3
    momentum: float = 0.0
    batch: int = 128
    epochs: int = 10
    schedule: str = "constant"

    def __post_init__(self) -> None:
        for what, value, known in (
            ("loss", self.loss, LOSSES),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("schedule", self.schedule, SCHEDULES),
        ):
            if value not in known:
                raise EngineError(f"unknown {what} {value!r}: known are {', '.join(known)}")
        if not 0 < self.lr < float("inf"):
            raise EngineError(f"learning rate {self.lr} must be a number above 0")
        if not 0 <= self.momentum < 1:
            raise EngineError(f"momentum {self.momentum} must be in 0..1, 1 excluded")
        if self.batch < 1 or self.epochs < 1:
            raise EngineError(f"batch {self.batch} and epochs {self.epochs} must be 1 or more")
