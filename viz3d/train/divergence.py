"""A training whose loss climbs but stays finite: that is said, and the best net is saved beside the last."""

import math
from dataclasses import dataclass, field
from pathlib import Path

import engine
from engine import Net
from engine.training.step import Step
from engine.training.training import Training
from viz3d.command.cli import say

FAR = 3.0
"""How many times the loss of its first step a training's loss may be; beyond, its steps are too long."""
LEAST = 0.1
"""What the first step's loss counts as at least: that of a trained network's first batch is low by chance."""


@dataclass
class Watch:
    """Follows the losses of one training."""

    start: float = math.inf
    astray: bool = False
    _told: bool = field(default=False, repr=False)

    def see(self, step: Step) -> None:
        """Take up one step; say once, at an epoch's end, that the loss is far above its start."""
        if math.isinf(self.start):
            self.start = max(step.loss, 1e-6)
        if step.epoch_loss is None:
            return
        times = step.epoch_loss / self.start
        self.astray = step.epoch_loss > FAR * max(self.start, LEAST)
        if self.astray and not self._told:
            self._told = True
            say(
                f"the loss {step.epoch_loss:.4g} is {times:.1f} times that of the first step: the training "
                f"goes wrong; stop it, and try --lr below {step.lr:g}"
            )

    def keep(self, training: Training, net: Net, out: Path, *, half: bool) -> None:
        """After a training that went wrong: save the net of its least loss beside the last one."""
        good = training.good
        if not self.astray or good is None:
            return
        beside = out.with_name(f"{out.stem}.good.npz")
        step = training.progress.good_step
        engine.save(good.replace(provenance={**net.provenance, "updates": step}), beside, half=half)
        say(f"{beside}: the net of step {step:,}, when the loss was least")
