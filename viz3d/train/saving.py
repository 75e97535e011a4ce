"""What a training leaves on disk, though that may be full by then: hours of work are not thrown away."""

import tempfile
from contextlib import suppress
from pathlib import Path

import engine
from engine import Net, Training
from viz3d.command.cli import say
from viz3d.command.errors import UserError
from viz3d.evaluate.files import write_beside
from viz3d.evaluate.report import Report
from viz3d.train.job import TrainingJob


def save_net(net: Net, job: TrainingJob) -> None:
    """Save a trained net; EngineError where it cannot be, which names where the net is instead."""
    try:
        engine.save(net, job.out, half=job.half)
    except engine.EngineError as error:
        instead = _elsewhere(net, job)
        if instead is None:
            raise
        raise engine.EngineError(f"{error}; the trained network is in {instead} for now") from error


def _elsewhere(net: Net, job: TrainingJob) -> Path | None:
    """Save in the folder for what is temporary, often on another disk; None where that fails too."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="viz3d-trained-"))
    except OSError:
        return None
    try:
        engine.save(net, folder / job.out.name, half=job.half)
    except engine.EngineError:
        with suppress(OSError):
            folder.rmdir()
        return None
    return folder / job.out.name


def save_on_the_way(training: Training, job: TrainingJob, failed: list[str]) -> bool:
    """Save a checkpoint while it trains; where it cannot be, say so once. Whether it was; failed: why not."""
    try:
        engine.save_checkpoint(training.checkpoint(job.notes()), job.checkpoint)
    except engine.EngineError as error:
        if not failed:
            say(f"note: no checkpoint is kept for now, and the training goes on: {error}")
        failed.append(str(error))
        return False
    return True


def save_report(report: Report, job: TrainingJob) -> tuple[Path, ...]:
    """Write the report beside a saved net; UserError where it cannot be, which says that the net is."""
    try:
        return write_beside(report, job.out, job.theme)
    except UserError as error:
        raise UserError(f"{error}; the network is saved: {job.out}") from error
