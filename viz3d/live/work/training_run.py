"""A run of training that the window looks into: its curves, its past nets, and the act that makes it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from data import Dataset
from engine import Evaluation, Net, Recipe, Step, Training
from engine.training.snapshots import Snapshots
from viz3d.evaluate.report import Report
from viz3d.session.train import Train

_CHUNK = 500  # images that are tested between two looks at whether that is still wanted
_RECENT = 20  # news over which the speed is measured, and steps over which the passes are


@dataclass(frozen=True, eq=False)
class TrainingNews:
    """Where a run stands after a step.

    loss and accuracy: of that step's batch, before its update; smooth_loss and smooth_accuracy: of the last
    hundred. forward_ms, backward_ms: for an example, the median of the last steps. speed: examples a second
    while it runs; 0: not known yet. curve: float (5, n), to be read: step, loss, smooth loss, accuracy and
    smooth accuracy of each step. validation: float (3, m): step, accuracy and loss on the test images.
    net: the newest snapshot, after `net_step`. steps: of the whole run.
    """

    run: "TrainingRun"
    step: int
    epoch: int
    steps: int
    loss: float
    smooth_loss: float
    accuracy: float
    smooth_accuracy: float
    decay_loss: float
    forward_ms: float
    backward_ms: float
    seen: int
    speed: float
    curve: NDArray[np.float64]
    validation: NDArray[np.float64]
    net: Net
    net_step: int
    running: bool


class TrainingRun:
    """A run from a network by an act (see Train), of so many steps as are made.

    What is marked so is called by the trainer's thread alone; the rest is for all.

    net: as it was chosen. snapshots: past nets, the first one that before the first step.
    """

    def __init__(self, net: Net, plan: Train, images: Dataset, tests: Dataset | None = None):
        self.net, self.tests = net, tests
        self.snapshots = Snapshots()
        self.snapshots.add(0, plan.begin(net))
        self.training: Training | None = None
        self.broken = False
        self._plan, self._images = plan, images
        self._curve = np.empty((5, 256))
        self._validation = np.empty((3, 0))
        self._last: Step | None = None
        self._passes: deque[tuple[float, float]] = deque(maxlen=_RECENT)
        self._seconds = 0.0
        self._marks: deque[tuple[float, int]] = deque(maxlen=_RECENT)

    @property
    def step(self) -> int:
        """Steps made so far."""
        return 0 if self._last is None else self._last.step

    @property
    def over(self) -> bool:
        """Whether there is no next step."""
        return self.broken or (self.training is not None and self.training.over)

    def plan_at(self, step: int) -> Train:
        """The act that makes the net after a step."""
        changes = tuple(change for change in self._plan.changes if change[0] < step)
        return replace(self._plan, steps=step, changes=changes)

    def net_at(self, step: int) -> Net:
        """The net after a step, which tells how it was made; EngineError where it was not kept."""
        return self.snapshots.net_at(step).noted(self.plan_at(step).text)

    def begin(self) -> None:
        """Make ready for the first step (trainer's thread)."""
        try:
            self.training = self._plan.training(self.net, self._images)
        except BaseException:
            self.broken = True
            raise

    def change(self, **fields: Any) -> None:
        """Change fields of the recipe from the next step on (trainer's thread)."""
        self._training.change(**fields)
        changes = self._plan.changes
        # One change of two fields between two steps reads shorter than two; another optimizer brings its own.
        if changes and changes[-1][0] == self.step and "optimizer" not in fields:
            *earlier, (_, before) = changes
            changes = (*earlier, (self.step, tuple({**dict(before), **fields}.items())))
        else:
            changes = (*changes, (self.step, tuple(fields.items())))
        self._plan = replace(self._plan, changes=changes)

    def advance(self) -> Step:
        """Make a step (trainer's thread); DivergedError leaves the last good net as the newest snapshot."""
        begun = time.perf_counter()
        try:
            step = next(self._training)
        except BaseException:
            self._rescue()
            raise
        if step.step > self._curve.shape[1]:
            # Another array: who reads the old one keeps it.
            self._curve = np.concatenate([self._curve, np.empty_like(self._curve)], axis=1)
        row = step.step, step.loss, step.window_loss, step.accuracy, step.window_accuracy
        self._curve[:, step.step - 1] = row
        self._last = step
        self._passes.append((step.forward_ms, step.backward_ms))
        self._seconds += time.perf_counter() - begun
        return step

    def keep(self) -> None:
        """Keep the net as it is now (trainer's thread); DivergedError where it is not finite."""
        training, step = self._training, self._last
        if step is None or self.snapshots.steps()[-1] == step.step:
            return
        begun = time.perf_counter()
        try:
            training.trainer.check_finite(step.step, step.lr)
        except BaseException:
            self._rescue()
            raise
        self.snapshots.add(step.step, training.snapshot())
        self._seconds += time.perf_counter() - begun

    def validate(self, stop: Callable[[], bool]) -> None:
        """Read the test images with the net as it is now, unless that is stopped (trainer's thread)."""
        if self.tests is None:
            return
        report = examine(self._training.snapshot(), self.tests, stop)
        if report is not None:
            point = [[self.step], [report.result.accuracy], [report.result.loss]]
            self._validation = np.concatenate([self._validation, point], axis=1)

    def news(self, running: bool) -> TrainingNews | None:
        """Where it stands (trainer's thread); None before the first step."""
        step = self._last
        if step is None:
            return None
        self._marks.append((self._seconds, step.examples_seen))
        (then, seen), (now, most) = self._marks[0], self._marks[-1]
        forward, backward = np.median(self._passes, axis=0)
        kept = self.snapshots.steps()[-1]
        return TrainingNews(
            run=self,
            step=step.step,
            epoch=step.epoch,
            steps=step.steps,
            loss=step.loss,
            smooth_loss=step.window_loss,
            accuracy=step.accuracy,
            smooth_accuracy=step.window_accuracy,
            decay_loss=step.decay_loss,
            forward_ms=float(forward),
            backward_ms=float(backward),
            seen=step.examples_seen,
            speed=(most - seen) / (now - then) if now > then else 0.0,
            curve=self._curve[:, : step.step],
            validation=self._validation,
            net=self.snapshots.net_at(kept),
            net_step=kept,
            running=running,
        )

    @property
    def _training(self) -> Training:
        if self.training is None:
            raise engine.EngineError("the run has not begun")
        return self.training

    def _rescue(self) -> None:
        """Let the last net that was well be the newest snapshot."""
        self.broken = True
        training = self._training
        good, recipe = training.good, training.trainer.recipe
        at = 0 if good is None else training.progress.good_step
        self.snapshots.cut(at)
        # A mean of weights is not what `good` holds: then the snapshot before it is taken.
        if good is not None and not recipe.average:
            self.snapshots.add(at, good.replace(recipe=self._recipe_at(at)))

    def _recipe_at(self, step: int) -> Recipe:
        plan = self.plan_at(step)
        recipe = self.net.recipe.change(**dict(plan.recipe))
        for _, fields in plan.changes:
            recipe = recipe.change(**dict(fields))
        return recipe


def examine(net: Net, tests: Dataset, stop: Callable[[], bool]) -> Report | None:
    """How well a network reads test images; None where `stop` says, now and then, that it is not wanted."""
    begun, parts = time.perf_counter(), []
    for start in range(0, len(tests.labels), _CHUNK):
        if stop():
            return None
        some = slice(start, start + _CHUNK)
        # A net that is about to diverge may overflow here: its training will say so.
        with np.errstate(all="ignore"):
            parts.append(engine.evaluate(net, tests.images[some], tests.labels[some], compiled=True))
    return Report(net, tests, _together(parts), time.perf_counter() - begun)


def _together(parts: list[Evaluation]) -> Evaluation:
    """The evaluation of all images from those of some."""
    correct, total = sum(part.correct for part in parts), sum(part.total for part in parts)
    return Evaluation(
        accuracy=correct / total,
        correct=correct,
        total=total,
        loss=sum(part.loss * part.total for part in parts) / total,
        confusion=np.sum([part.confusion for part in parts], axis=0),
        answers=np.concatenate([part.answers for part in parts]),
        probabilities=np.concatenate([part.probabilities for part in parts]),
    )
