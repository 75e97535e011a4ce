"""A training run from what is asked to the file: images, steps, progress, and what a stop leaves behind."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import engine
from data import Dataset, augmentation
from engine import Evaluation, Net, Training
from viz3d.command.choice.models import size
from viz3d.command.choice.seen import how_seen
from viz3d.command.choice.suiting import aligned
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.cli import say
from viz3d.command.errors import UserError
from viz3d.command.output import remove
from viz3d.command.process.signals import deferred_signals
from viz3d.command.progress import bar
from viz3d.command.wording import counted
from viz3d.evaluate.report import examine
from viz3d.evaluate.statistics import with_statistics, worth_watching
from viz3d.train.divergence import Watch
from viz3d.train.job import TrainingJob, recalled
from viz3d.train.messages import farewell, is_told, line, verdict
from viz3d.train.recipes import recipe_of
from viz3d.train.saving import save_net, save_on_the_way, save_report
from viz3d.train.start import datasets, network, network_and_data

_SAVE = 60.0  # seconds between checkpoints: what a killed training loses at most


@dataclass(frozen=True)
class Run:
    """A training under way, with what it was asked for and what it is tested on."""

    job: TrainingJob
    training: Training
    images: Dataset
    tests: Dataset
    changed: dict[str, Any]  # what a resumed run was asked to do differently
    checkpoints: list[Path]  # that are of no more use when the training is done
    watch: Watch = field(default_factory=Watch)
    failed: list[str] = field(default_factory=list)  # why checkpoints could not be saved on the way


def train_and_save(job: TrainingJob) -> None:
    """Train, print a line for each epoch, and save the net.

    A stop (Ctrl-C, kill) saves the last whole epoch and a checkpoint, and ends with 128 + the signal. Where
    training diverges the last good weights are saved. Raises UserError, DataError or EngineError; unless it
    says so, what stood at `out` then is as it was.
    """
    _go(_begin(job))


def resume_and_save(
    path: Path,
    out: Path | None,
    data: str | None,
    changes: dict[str, Any],
    quiet: bool = False,
    report: bool = True,
    theme: str = "dark",
) -> None:
    """Go on from the checkpoint at `path` as if nothing had happened, and end as train_and_save does.

    out, data: where these are now, if no longer where they were. changes: fields of the recipe that are to be
    different from here on.
    """
    if not path.is_file():
        raise UserError(f"--resume {path}: there is no such file")
    checkpoint = engine.load_checkpoint(path)
    told = recalled(checkpoint.notes, path)
    job = replace(told, out=out or told.out, data=data or told.data, quiet=quiet, report=report, theme=theme)
    job.check_places()
    images, tests = datasets(job)
    if checkpoint.net.task is not None:
        images, tests = (aligned(checkpoint.net, each, f"--resume {path}") for each in (images, tests))
    pairs, held = job.training_sets(images)
    try:
        training = engine.resume(
            checkpoint, *pairs, validation=held, augment=augmentation(job.augment).change, **changes
        )
    except engine.EngineError as error:
        raise UserError(f"--resume {path}: {error}") from error
    at = training.progress
    if training.over:
        raise UserError(f"--resume {path}: {counted(at.epoch, 'epoch')} done, as asked: give more --epochs")
    if not job.quiet:
        print(f"{path}: going on in epoch {at.epoch + 1} of {training.recipe.epochs} after step {at.step:,}")
    _go(Run(job, training, images, tests, changes, [path] if path == job.checkpoint else []))


def _begin(job: TrainingJob) -> Run:
    """Everything up to the first step; what can be refused is refused before the images are read."""
    job.check()
    if job.data in DIGIT_SETS:
        net = network(job)
        recipe = recipe_of(net.recipe, job.recipe)
        job.check_places()
        images, tests = datasets(job)
    else:
        job.check_places()
        net, images, tests = network_and_data(job)
        recipe = recipe_of(net.recipe, job.recipe)
    for told in () if job.quiet else how_seen(net, images.images.shape[1:]):
        say(told)
    pairs, held = job.training_sets(images)
    # Not the seed of the weights again: the same numbers would then serve twice.
    rng = np.random.default_rng([job.seed, 1])
    change = augmentation(job.augment).change
    training = engine.fit(
        net, *pairs, rng=rng, recipe=recipe, augment=change, validation=held, patience=job.patience
    )
    return Run(job, training, images, tests, {}, [])


def _go(run: Run) -> None:
    job, training = run.job, run.training
    with deferred_signals() as came:
        try:
            kept = _train(run, came)
        except engine.DivergedError as error:
            raise _diverged(run, error) from error
        if training.over and job.patience:
            kept = _best(run)
        if kept is not None:
            kept = _with_what_it_keeps(kept, run)
            save_net(kept, job)
        if not training.over:
            _save_checkpoint(run)
            say(farewell(job, training, kept))
            sys.exit(128 + came())
    if run.checkpoints:
        remove(job.checkpoint)
    assert kept is not None
    run.watch.keep(training, kept, job.out, half=job.half)
    written = save_report(examine(kept, run.tests), job) if job.report else ()
    if not job.quiet:
        if training.out_of_patience:
            waited = counted(training.progress.waited, "epoch")
            print(f"no better in {waited}: the best was epoch {training.progress.best_epoch}")
        if written:
            print(f"{' and '.join(map(str, written))}: the report")
        print(f"{job.out}: {verdict(kept)}")


def _train(run: Run, came: Callable[[], int]) -> Net | None:
    """Train until all is done or a signal came: the net after the last whole epoch, tested."""
    job, training = run.job, run.training
    kept: Net | None = None
    with bar(job.quiet) as tell:
        begun = saved = time.monotonic()
        for step in training:
            if step.step == 1 and not job.quiet:
                print(f"{training.trainer.net.name}: {size(training.trainer.net)}", flush=True)
            tell(step, training.recipe.epochs)
            run.watch.see(step)
            if step.ends_epoch:
                seconds = time.monotonic() - begun
                kept = _tested(run, step.snapshot(), step.epoch, step.validation_accuracy)
                if not job.quiet and is_told(job, step.epoch, training.recipe.epochs):
                    print(line(step, kept, seconds), flush=True)
                begun = time.monotonic()
            if time.monotonic() - saved > _SAVE and not training.over:
                if save_on_the_way(training, job, run.failed):
                    run.checkpoints.append(job.checkpoint)
                saved = time.monotonic()
            if came():
                break
    return kept


def _save_checkpoint(run: Run) -> None:
    engine.save_checkpoint(run.training.checkpoint(run.job.notes()), run.job.checkpoint)
    run.checkpoints.append(run.job.checkpoint)


def _tested(run: Run, net: Net, epoch: int, validation: float | None) -> Net:
    """The net after an epoch, as it will be stored, tested and with its provenance."""
    job = run.job
    if job.half:
        net = net.replace({name: a.astype(np.float16).astype(a.dtype) for name, a in net.parameters.items()})
    result = evaluated(net, run.tests)
    told: dict[str, Any] = {
        "data": run.images.name,
        "training_images": len(run.images.labels) - job.validation,
        "test_images": result.total,
        "test_correct": result.correct,
        "test_accuracy": result.accuracy,
        "epochs": epoch,
        "augment": job.augment,
        "seed": job.seed,
        "command": job.command(net),
        "viz3d": version("viz3d"),
        **job.origin(net),
    }
    if validation is not None:
        told |= {"validation_images": job.validation, "validation_accuracy": validation}
    if run.changed:
        told["changed"] = run.changed
    return replace(net, provenance=told, watch={})


def _with_what_it_keeps(net: Net, run: Run) -> Net:
    """The net with statistics of its neurons, and for each class a test image that is worth watching."""
    tests = run.tests
    chosen = worth_watching(evaluated(net, tests).probabilities, tests.labels)
    # The first of a split are numbered as in the whole.
    name = f"{tests.name}:{tests.split.removeprefix('first ')}"
    return replace(with_statistics(net, run.images), watch={name: chosen})


def evaluated(net: Net, tests: Dataset) -> Evaluation:
    """The test of a net that may be about to diverge: its training will say so."""
    with np.errstate(all="ignore"):
        # The loops of training are loaded by now.
        return engine.evaluate(net, tests.images, tests.labels, compiled=True)


def _best(run: Run) -> Net:
    best, at = run.training.best, run.training.progress
    assert best is not None
    return _tested(run, best, at.best_epoch, at.best_accuracy)


def _diverged(run: Run, error: engine.DivergedError) -> engine.EngineError:
    """The error to end with, after the last good weights were saved where there are such."""
    good, at = run.training.good, run.training.progress
    if good is None:
        return error
    kept = _tested(run, good, at.epoch, None)
    kept = kept.replace(provenance={**kept.provenance, "updates": at.good_step, "diverged_at": error.step})
    engine.save(kept, run.job.out, half=run.job.half)
    return engine.EngineError(
        f"{error}; {run.job.out} has the net from before, of step {at.good_step:,}, which reads "
        f"{kept.provenance['test_correct']:,} of {kept.provenance['test_images']:,} test images right"
    )
