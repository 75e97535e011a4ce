"""Trainers compared: the same net, from the same weights and with the same batches, with each of them."""

import csv
import dataclasses
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import engine
from data import Dataset, augmentation
from engine import Net, Recipe, Step, Training
from viz3d.command.choice.models import design
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.cli import say
from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write, check_out
from viz3d.command.process.signals import deferred_signals
from viz3d.command.progress import bar
from viz3d.train.comparison import Comparison, Curve, Point
from viz3d.train.job import TrainingJob
from viz3d.train.run import evaluated
from viz3d.train.start import datasets, network_and_data

POINTS = 24  # of each curve


def compare_trainers(job: TrainingJob, names: str) -> None:
    """Train with each of the trainers that `names` lists; write the curves as job.out, a PNG, and as CSV.

    Ctrl-C ends the comparison with the curves as far as they are. Raises UserError, DataError or EngineError.
    """
    job.check()
    net = read = None
    if job.data in DIGIT_SETS:
        net = design(job.preset, job.architecture, np.random.default_rng(job.seed))
    else:
        net, *read = network_and_data(job)
    recipes = trainers(names, net.recipe, job)
    check_out(job.out, ".png", "a picture of curves")
    table = job.out.with_suffix(".csv")
    check_out(table, ".csv", "a table of curves")
    images, tests = read or datasets(job)
    curves: list[Curve] = []
    with deferred_signals() as came:
        for recipe in recipes:
            curves.append(_curve(net, recipe, job, images, tests, came))
            if not job.quiet:
                print(_line(curves[-1]), flush=True)
            if came():
                break
        drawn = [curve for curve in curves if curve.points]
        if drawn:
            (pairs, _), _ = job.training_sets(images)
            comparison = Comparison(net, images, len(pairs), len(tests.labels), tuple(drawn))
            _write(comparison, job.out, table, job.theme)
        if came():
            left = (
                f"{job.out} and {table} have the curves as far as they are"
                if drawn
                else "nothing was written"
            )
            say(f"stopped: {left}")
            sys.exit(128 + came())
    if not drawn:
        raise engine.EngineError("every trainer diverged before its first point: give a smaller --lr")
    if not job.quiet:
        print(f"{job.out} and {table}: the curves")


def trainers(names: str, recipe: Recipe, job: TrainingJob) -> list[Recipe]:
    """A recipe for each of "adam,sgd:0.05": name, and rate where it is not the usual one.

    The net's own trainer keeps its own rate and momentum. UserError or EngineError where a name or rate is
    none, or comes twice.
    """
    recipes: list[Recipe] = []
    shared = {name: value for name, value in job.recipe.items() if name not in ("lr", "momentum")}
    for word in names.split(","):
        name, colon, rate = word.strip().partition(":")
        fields: dict[str, Any] = {"optimizer": name}
        if "momentum" in job.recipe and name in ("sgd", "momentum", "nesterov"):
            fields["momentum"] = job.recipe["momentum"]
        if colon:
            fields["lr"] = _rate(word, rate)
        elif "lr" in job.recipe:
            fields["lr"] = job.recipe["lr"]
        made = recipe.change(**shared, **fields)
        if made in recipes:
            raise UserError(
                f"--compare {names}: {word.strip()} comes twice: give another rate, as {name}:0.01"
            )
        recipes.append(made)
    return recipes


def _rate(word: str, rate: str) -> float:
    try:
        return float(rate)
    except ValueError:
        raise UserError(f"--compare {word}: {rate!r} is no rate: give a number, as in adam:0.002") from None


def _curve(
    net: Net, recipe: Recipe, job: TrainingJob, images: Dataset, tests: Dataset, came: Callable[[], int]
) -> Curve:
    begun = time.monotonic()
    points: list[Point] = []
    pairs, _ = job.training_sets(images)
    # Each trainer sees the same batches, changed alike, and drops the same neurons.
    rng = np.random.default_rng([job.seed, 1])
    training = engine.fit(net, *pairs, rng=rng, recipe=recipe, augment=augmentation(job.augment).change)
    diverged = 0
    try:
        with bar(job.quiet, f"{recipe.optimizer} ") as tell:
            for step, point in _points(training, tests, len(pairs[1]), recipe.epochs):
                tell(step, recipe.epochs)
                points += [point] if point else []
                if came():
                    break
    except engine.DivergedError as error:
        diverged = error.step
    return Curve(recipe, tuple(points), time.monotonic() - begun, diverged)


def _points(
    training: Training, tests: Dataset, images: int, epochs: int
) -> Iterator[tuple[Step, Point | None]]:
    """Every step, with a point of the curves where one is due: closer at the start, where most happens."""
    due = [images * epochs * (k / POINTS) ** 2 for k in range(1, POINTS + 1)]
    since: list[Step] = []
    for step in training:
        since.append(step)
        if step.examples_seen < due[0] and step.step < step.steps:
            yield step, None
            continue
        due = [place for place in due if place > step.examples_seen] or [math.inf]
        count = sum(s.batch for s in since)
        yield (
            step,
            Point(
                epoch=step.epoch,
                step=step.step,
                examples_seen=step.examples_seen,
                images=count,
                loss=sum(s.loss * s.batch for s in since) / count,
                decay_loss=sum(s.decay_loss * s.batch for s in since) / count,
                train_accuracy=sum(s.accuracy * s.batch for s in since) / count,
                test_accuracy=evaluated(step.snapshot(), tests).accuracy,
            ),
        )
        since = []


def _line(curve: Curve) -> str:
    if not (curve.points or curve.diverged):
        return f"{curve.label:<20}  was stopped before its first point"
    if not curve.points:
        return f"{curve.label:<20}  diverged at step {curve.diverged}: try a smaller rate"
    last = curve.points[-1]
    told = f"  diverged at step {curve.diverged}" if curve.diverged else ""
    return (
        f"{curve.label:<20}  loss {last.loss:#.4g}  train {last.train_accuracy:.2%}  "
        f"test {last.test_accuracy:.2%}  {curve.seconds:.1f} s{told}"
    )


def _write(comparison: Comparison, picture: Path, table: Path, theme: str) -> None:
    # Imported here: matplotlib takes half a second that a wrong option need not pay.
    from viz3d.train.curves import draw_curves  # noqa: PLC0415

    with atomic_write(table) as part, part.open("w", newline="", encoding="utf-8") as file:
        names = [field.name for field in dataclasses.fields(Point)]
        rows = csv.writer(file)
        rows.writerow(["trainer", "lr", "momentum", *names])
        for curve in comparison.curves:
            first = [curve.recipe.optimizer, curve.recipe.lr, curve.recipe.momentum]
            rows.writerows([*first, *dataclasses.astuple(point)] for point in curve.points)
    with atomic_write(picture) as part:
        draw_curves(comparison, part, theme)
