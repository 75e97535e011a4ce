"""The lines that a training prints: one for each epoch, how well its net reads, how a stopped one goes on."""

import shlex
from math import ceil

from engine import Net, Step, Training
from viz3d.command.choice.suiting import many_of
from viz3d.command.wording import counted
from viz3d.train.job import PROGRAM, TrainingJob

_LINES = 60  # epochs that have a line each, where nobody asked for more


def is_told(job: TrainingJob, epoch: int, epochs: int) -> bool:
    """Whether an epoch is told of: of many that nobody asked for, some and the last."""
    asked = "epochs" in job.recipe or epochs <= _LINES
    return asked or epoch % ceil(epochs / _LINES) == 0 or epoch in (1, epochs)


def line(step: Step, net: Net, seconds: float) -> str:
    """What an epoch came to: its last step, the net as it was tested then, seconds."""
    held = "" if step.validation_accuracy is None else f"valid {step.validation_accuracy:.2%}  "
    return (
        f"epoch {step.epoch:>3}/{net.recipe.epochs}  loss {step.epoch_loss:.4f}  "
        f"train {step.train_accuracy:.2%}  {held}test {net.provenance['test_accuracy']:.2%}  {seconds:.1f} s"
    )


def verdict(net: Net) -> str:
    """How well a tested net reads."""
    told = net.provenance
    return (
        f"{net.name} reads {told['test_correct']:,} of {told['test_images']:,} test {many_of(net)} right "
        f"({told['test_accuracy']:.2%}) after {counted(told['epochs'], 'epoch')} on "
        f"{told['training_images']:,}"
    )


def farewell(job: TrainingJob, training: Training, kept: Net | None) -> str:
    """What a training that was stopped has kept, and how it goes on; kept: None where no epoch was whole."""
    at = training.progress
    again = f"{PROGRAM} --resume {shlex.quote(str(job.checkpoint))}"
    before = f"{job.out} is as it was" if job.out.exists() else f"no {job.out} yet, for that takes an epoch"
    net = before if kept is None else f"{job.out}: {verdict(kept)}"
    return f"stopped in epoch {at.epoch + 1} of {training.recipe.epochs}; {net}; go on with: {again}"
