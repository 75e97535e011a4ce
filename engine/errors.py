"""The errors that the engine raises for a caller's mistake."""

from __future__ import annotations


class EngineError(ValueError):
    """A mistake in what the engine was given: one line with the thing, the value and the fix."""


class DivergedError(EngineError):
    """Training met NaN or infinity, first in `layer` ("" where only the loss shows it), at step `step`."""

    def __init__(self, step: int, layer: str, lr: float):
        self.step = step
        self.layer = layer
        what = layer or "the loss"
        super().__init__(
            f"training diverged at step {step}: {what} is no longer finite; try lr below {lr:g}, or a warmup"
        )
