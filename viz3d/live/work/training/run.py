"""A run of training that the window looks into: its curves, its past nets, and the act that makes it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Checkpoint, Net, Recipe, Step, Training
from engine.training.snapshots import Snapshots
from viz3d.live.work.training.examining import examine
from viz3d.live.work.training.news import TrainingNews
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves

_PROBE, _PROBES = 100, 20  # test images that are read at a time while it runs, and times that are averaged
_SHARE = 0.03  # of the time that the steps take: so much at most for that
_MARKS = 25  # moments of a run, however short, that a hand can go back to
_STOOD = 32 << 20  # bytes up to which it is kept where the training stood at two snapshots, not at one
_RECENT = 20  # news over which the speed is measured, and steps over which the passes are


class TrainingRun:
    """A run from a network by an act (see Train), of so many steps as are made.

    What is marked so is called by the trainer's thread alone; the rest is for all.

    net: as it was chosen. first: steps that were made before it, by the training that it goes on with.
    snapshots: past nets, the first one that before its first step. standing: where the training before it
    stands, for a plan that goes on with that; earlier: the curves of that training, which go on where they
    are those of all its steps.
    """

    def __init__(
        self,
        net: Net,
        plan: Train,
        images: Dataset,
        tests: Dataset | None = None,
        standing: Checkpoint | None = None,
        earlier: Curves | None = None,
    ):
        self.net, self.tests = net, tests
        self.first = standing.progress.step if plan.kept and standing is not None else 0
        self._standing = standing if plan.kept else None
        self._stood: tuple[Checkpoint, ...] = ()  # where it stood at the newest snapshots, the last one last
        self.snapshots = Snapshots()
        self.snapshots.add(self.first, plan.begin(net))
        self.training: Training | None = None
        self.broken = False
        self._plan, self._images = plan, images
        self._curve = np.full((5, self.first + 256), np.nan)
        self._validation, self._rolling = np.empty((3, 0)), np.empty((2, 0))
        if earlier is not None and earlier.curve.shape[1] == self.first:
            self._curve[:, : self.first] = earlier.curve
            self._validation, self._rolling = earlier.validation, earlier.rolling
        # None counts twice: of few test images the last 2,000 readings would be of nets long gone.
        self._turns = 1 if tests is None else -(-len(tests.labels) // _PROBE)
        self._read: deque[tuple[int, int, int]] = deque(maxlen=min(self._turns, _PROBES))
        self._probed, self._probes = 0.0, 0
        self._last: Step | None = None
        self._passes: deque[tuple[float, float]] = deque(maxlen=_RECENT)
        self._seconds = 0.0
        self._marks: deque[tuple[float, int]] = deque(maxlen=_RECENT)

    @property
    def step(self) -> int:
        """Steps made so far, with those before it."""
        return self.first if self._last is None else self._last.step

    @property
    def gap(self) -> bool:
        """Whether so much was done since the last snapshot that who goes back would miss it."""
        return (self.step - self.snapshots.steps()[-1]) * _MARKS >= self.step - self.first

    @property
    def over(self) -> bool:
        """Whether there is no next step."""
        return self.broken or (self.training is not None and self.training.over)

    def curves_at(self, step: int) -> Curves:
        """What it has measured up to a step, while it rests."""
        points = (each[:, each[0] <= step] for each in (self._validation, self._rolling))
        return Curves(self._curve[:, :step], *points)

    def plan_at(self, step: int) -> Train:
        """The act that makes the net after a step."""
        made = step - self.first
        changes = tuple(change for change in self._plan.changes if change[0] < made)
        return replace(self._plan, steps=made, changes=changes)

    def plan_after(self, step: int) -> Train:
        """The act that makes the newest net, of the one after a step as `plan_at` makes it."""
        last = self.snapshots.steps()[-1]
        if step == self.first:
            return replace(self.plan_at(last), fresh=False)
        recipe, done = self._recipe_at(step), step - self.first
        begun = self.net.replace(recipe=recipe)
        plan = Train.under(begun, recipe, self._plan.images, self._plan.seed, fresh=False, kept=True)
        later = [(at - done, fields) for at, fields in self.plan_at(last).changes if at >= done]
        return replace(plan, steps=last - step, changes=tuple(later))

    def standing_at(self, step: int) -> Checkpoint | None:
        """Where the training stands after a step, while it rests; None for any but the last that was made."""
        return self.stood_at(step) if step == self.step else None

    def stood_at(self, step: int) -> Checkpoint | None:
        """Where the training stood after one of the last steps that were kept; None for another."""
        return None if self.broken else next((c for c in self._stood if c.progress.step == step), None)

    def net_at(self, step: int) -> Net:
        """The net after a step, which tells how it was made; EngineError where it was not kept."""
        return self._told(self.snapshots.net_at(step), step)

    def now(self) -> tuple[Net, int]:
        """The net as it is now, which tells how it was made, and its step (trainer's thread)."""
        if self.training is None:
            return self.net_at(self.first), self.first
        return self._told(self.training.snapshot(), self.step), self.step

    def _told(self, net: Net, step: int) -> Net:
        """The net of a step with what was done to it: ahead of the first one nothing, if not new weights."""
        plan = self.plan_at(step)
        return net.noted(plan.text) if plan.steps or plan.fresh else net

    def begin(self) -> None:
        """Make ready for the first step (trainer's thread)."""
        try:
            self.training = self._plan.training(self.net, self._images, self._standing)
        except BaseException:
            self.broken = True
            raise

    def change(self, **fields: Any) -> None:
        """Change fields of the recipe from the next step on (trainer's thread)."""
        self._training.change(**fields)
        changes, made = self._plan.changes, self.step - self.first
        # One change of two fields between two steps reads shorter than two; another optimizer brings its own.
        if changes and changes[-1][0] == made and "optimizer" not in fields:
            *earlier, (_, before) = changes
            changes = (*earlier, (made, tuple({**dict(before), **fields}.items())))
        else:
            changes = (*changes, (made, tuple(fields.items())))
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
        if self._last is not None:  # the first one may compile loops, and would be told as minutes an image
            self._passes.append((step.forward_ms, step.backward_ms))
        row = step.step, step.loss, step.window_loss, step.accuracy, step.window_accuracy
        self._curve[:, step.step - 1] = row
        self._last = step
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
        net = training.snapshot()
        stands = self._plan.standing(training, net)
        # Two, where they are small: who has just read which snapshot is the newest finds where it stood. Of a
        # layer of 10,000 neurons under Adam one has 60 MiB, and such a reader asks again soon.
        before = self._stood[-1:] if 2 * stands.nbytes <= _STOOD else ()
        self._stood = (*before, stands)
        self.snapshots.add(step.step, net, sum(each.nbytes for each in self._stood))
        self._seconds += time.perf_counter() - begun

    def validate(self, stop: Callable[[], bool]) -> None:
        """Read the test images with the net as it is now, unless that is stopped (trainer's thread)."""
        if self.tests is None:
            return
        report = examine(self._training.snapshot(), self.tests, stop)
        if report is not None:
            point = [[self.step], [report.result.accuracy], [report.result.loss]]
            self._validation = np.concatenate([self._validation, point], axis=1)

    def probe(self) -> None:
        """Read the next few test images with the net as it is now (trainer's thread).

        It does nothing where that has taken more than its share of the time. The last times together are the
        rolling test accuracy, of nets that were all a little older than the newest: none of less than half
        its steps, which where steps are quick would count for long after all has been learnt.
        """
        if self.tests is None or self._probed > _SHARE * self._seconds:
            return
        begun = time.perf_counter()
        start = self._probes % self._turns * _PROBE
        some = slice(start, start + _PROBE)
        with np.errstate(all="ignore"):
            found = engine.evaluate(
                self._training.snapshot(), self.tests.images[some], self.tests.labels[some], compiled=True
            )
        self._probes += 1
        made = self.step - self.first
        self._read.append((made, found.correct, found.total))
        _, correct, total = np.sum([each for each in self._read if 2 * each[0] >= made], axis=0)
        self._rolling = np.concatenate([self._rolling, [[self.step], [correct / total]]], axis=1)
        # The first one loads what the others use.
        self._probed += time.perf_counter() - begun if self._probes > 1 else 0.0

    def news(self, running: bool) -> TrainingNews | None:
        """Where it stands (trainer's thread); None before the first step."""
        step = self._last
        if step is None:
            return None
        self._marks.append((self._seconds, step.examples_seen))
        (then, seen), (now, most) = self._marks[0], self._marks[-1]
        forward, backward = np.median(self._passes, axis=0).tolist() if self._passes else (None, None)
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
            forward_ms=forward,
            backward_ms=backward,
            seen=step.examples_seen,
            speed=(most - seen) / (now - then) if now > then else 0.0,
            curve=self._curve[:, : step.step],
            validation=self._validation,
            rolling=self._rolling,
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
