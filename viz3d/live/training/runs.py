"""Runs of training: each is open until it becomes an act, can be gone back in, and gone on with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QEventLoop, Signal
from PySide6.QtWidgets import QWidget

from data import Dataset
from engine import Checkpoint, Net, Recipe
from viz3d.command.choice.digits import first
from viz3d.command.choice.models import size
from viz3d.live.work.training.run import TrainingRun
from viz3d.live.work.training.thread import REST
from viz3d.live.work.training.trainer import Trainer
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves
from viz3d.session.moments import called
from viz3d.session.state import Made, State

_SOON = 0.1  # seconds that a step may take unnoticed
_LONGEST = 120.0  # seconds after which what was made before a step is taken without it
_HURRIED = 3.0  # the same where the window closes
_TURN = 0.2  # seconds between two looks at how long may be waited


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a run as an act: the line that makes it, and what it has made."""

    line: str
    made: Made

    def standing_as(self, standing: Checkpoint | None) -> "Part":
        """The same, with where the training then stands."""
        return Part(self.line, replace(self.made, standing=standing))


@dataclass(frozen=True, eq=False)
class SoFar:
    """What an open run has made: its acts, and the past step that is on screen, None for the newest."""

    parts: tuple[Part, ...]
    shown: int | None


class TrainingRuns(QWidget):
    """Trains a net by runs, one after the other, and tells what acts they become; who shows them inherits.

    A run is open from its first step (new weights: from their making) until `settle`, which the window calls
    ahead of any other act, of undo and of saving: then it is one act. Until then it may rest, be scrubbed and
    go on. Signals: `run_ended` brings the line that makes a run again, and what it made (see Made);
    `left_behind` the same of what came after the step that is shown, which is told after it, to be undone;
    `said` a line to be read.

    current: gives the net that the session has. images: gives its data set's images of "train" or "test".
    state: gives the session's moment, which tells where its last training stands and what that measured.
    """

    run_ended = Signal(str, object)
    left_behind = Signal(str, object)
    said = Signal(str)

    def __init__(
        self,
        current: Callable[[], Net],
        images: Callable[[str], Dataset],
        state: Callable[[], State | None],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._current, self._images, self._state = current, images, state
        self.trainer = Trainer(self)
        self._anew = False  # whether the next run begins with a fresh state though it could go on
        self._base = self._sent = current()  # what the session had at the last look; what was shown last
        self._recipe: Recipe = self._base.recipe
        self._counts = (0, 0)  # images to learn from and to test on; 0: all
        self._fresh: int | None = None  # the seed of new weights, where the next run begins with such
        self._drawn = self._runs = 0  # seeds of new weights, and runs, so far
        self._shown: int | None = None  # the past step that is on screen; None: the newest
        self._hurried = self._stuck = False  # whether the window closes; whether a step did not end in time
        self.holding = False  # whether a step is waited for: what else comes has to wait, too

    @property
    def open(self) -> bool:
        """Whether `settle` would tell an act."""
        run = self.trainer.run
        if run is None:
            return self._fresh is not None
        stepped = run.step > run.first and not run.broken  # of a broken run its last good net is kept
        return run.plan_at(run.first).fresh or run.snapshots.steps()[-1] > run.first or stepped

    def settle(self) -> Net | None:
        """End the run at the step that is shown, as one act: `run_ended` is told ahead of the return.

        It waits for the step under way, but not for the first one, ahead of which loops may be compiled.
        Returns what the run made; None, and `run_ended` is not told, where no step was made.
        """
        run = self.trainer.run
        rests = run is None or self._hold(run)
        made, later = self._made(), self._later()
        if run is not None:
            if rests:
                made = made and made.standing_as(run.standing_at(self._at(run)))
                later = later and later.standing_as(run.standing_at(run.snapshots.steps()[-1]))
            self._chart(self._measured if made is None else made.made.measured)
        self._drop()
        if made is not None:
            self._base = self._sent = made.made.net
            self.run_ended.emit(made.line, made.made)
        if later is not None:
            self.left_behind.emit(later.line, later.made)
        return None if made is None else made.made.net

    def so_far(self) -> SoFar:
        """What `settle` would tell, what came after the step that is shown too; the run goes on."""
        run, later = self.trainer.run, self._later()
        parts = [part for part in (self._made(), later) if part is not None]
        # A window that is killed goes on with what its optimizer knew, as one that was closed does.
        if run is not None and parts and (measured := parts[-1].made.measured) is not None:
            parts[-1] = parts[-1].standing_as(run.stood_at(measured.curve.shape[1]))
        return SoFar(tuple(parts), None if later is None else self._shown)

    def _made(self) -> Part | None:
        """The open run up to the step that is shown; None where no step was made, of no new weights."""
        run, measured = self.trainer.run, None
        if run is not None:
            step = self._at(run)  # once: the run may go on meanwhile
            plan, net, measured = run.plan_at(step), run.net_at(step), run.curves_at(step)
        elif self._fresh is not None:
            plan = Train.under(self._base, self._recipe, 0, self._fresh, fresh=True)
            net = plan.begin(self._base).noted(plan.text)
        else:
            return None
        return Part(plan.text, Made(net, None, measured)) if plan.steps or plan.fresh else None

    def _later(self) -> Part | None:
        """What the open run made after the step that is shown; None where nothing."""
        run = self.trainer.run
        if run is None or run.broken or (step := self._at(run)) >= (last := run.snapshots.steps()[-1]):
            return None
        text = run.plan_after(step).text
        made = self._made()
        told = (self._base if made is None else made.made.net).history
        net = replace(run.snapshots.net_at(last), history=(*told, text))
        return Part(text, Made(net, None, run.curves_at(last)))

    @property
    def _standing(self) -> Checkpoint | None:
        """Where the training stands that the session may go on with, None where it has none."""
        state = self._state()
        return None if state is None else state.standing

    @property
    def _called(self) -> str:
        """What the network is called, as the window's bar has it."""
        state = self._state()
        return self._base.name if state is None else called(state)

    @property
    def _measured(self) -> Curves | None:
        """What the run has measured that led to the session's net, None where that is not known."""
        state = self._state()
        return None if state is None else state.measured

    @property
    def _broken_off(self) -> str:
        """Why the next run, which would go on with the one that led to the net, cannot; "" where it can."""
        state, measured = self._state(), self._measured
        if self._anew or self._fresh is not None or self._standing is not None or measured is None:
            return ""
        while state is not None and state.parent is not None and state.parent.measured is measured:
            state = state.parent
        now = self._current().graph.parameter_shapes
        if state is not None and state.traced.net.graph.parameter_shapes != now:
            return "the layers are others now"
        return f"step {measured.curve.shape[1]:,} was kept by its weights alone"

    @property
    def patience(self) -> float:
        """Seconds that a step is waited for."""
        return _HURRIED if self._hurried else _LONGEST

    def hurry(self, on: bool = True) -> None:
        """Wait for no step longer than a few seconds from now on: the window closes. False: it stays."""
        self._hurried = on

    def close_trainer(self) -> bool:
        """End the thread; an open run is lost. False where it still is at a step, or compiles."""
        return self.trainer.close(_SOON if self._stuck else _HURRIED)

    def _hold(self, run: TrainingRun) -> bool:
        """Wait for the step under way, if one was made before it; where that takes long, tell and paint.

        False where it still does not rest: then the newest net that was kept stands for what it made.
        """
        if run.step == run.first or self.trainer.hold(_SOON):
            return True
        self.said.emit(f"what follows step {run.step:,} is under way: waiting for its end")
        if self._wait():
            return True
        self._stuck = True
        self.said.emit(f"it did not end: the network of step {run.snapshots.steps()[-1]:,} is kept")
        return False

    def _wait(self) -> bool:
        """Wait until the trainer rests, and paint meanwhile; False where that took too long."""
        no_hands = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents  # what they do comes after this
        begun, self.holding = time.monotonic(), True
        try:
            while time.monotonic() - begun < self.patience:
                if self.trainer.hold(_TURN, lambda: QCoreApplication.processEvents(no_hands)):
                    return True
        finally:
            self.holding = False
        return False

    def _begin(self, made: Net | None) -> None:
        """Begin a run from a net, or from what the session has; UserError, DataError or EngineError."""
        net = self._current() if made is None else made
        train, tests = (
            first(self._images(split), count or None)
            for split, count in zip(("train", "test"), self._counts, strict=True)
        )
        fresh = self._fresh is not None
        seed = self._runs if self._fresh is None else self._fresh
        standing = self._going_on(len(train.labels))
        if standing is not None:
            seed = standing.notes["seed"]
        plan = Train.under(net, self._recipe, len(train.labels), seed, fresh, standing is not None)
        earlier = None if standing is None else self._measured
        self.trainer.start(net, plan, train, tests, REST, standing, earlier)
        self._base, self._shown = net, None
        self._runs += standing is None
        self._clear(train)
        self._fresh, self._anew = None, False
        self.said.emit(f"training {self._called}: {size(net)}{self._fewer(train, tests)}")

    def _fewer(self, train: Dataset, tests: Dataset) -> str:
        """Where there are not as many images as are wanted, in words that follow others."""
        asked = zip(self._counts, (train, tests), ("to learn from", "to test on"), strict=True)
        fewer = [f"{len(had.labels):,} {what}" for count, had, what in asked if count > len(had.labels)]
        return f"; {train.title} has {' and '.join(fewer)}: all are taken" if fewer else ""

    def _going_on(self, images: int) -> Checkpoint | None:
        """Where the training stands that the next run goes on with; None where it begins one."""
        standing = self._stands
        return standing if standing is not None and standing.notes["images"] == images else None

    @property
    def _stands(self) -> Checkpoint | None:
        """Where the training stands that the next run goes on with, if that has as many images."""
        standing = self._standing
        if standing is None or self._anew or self._fresh is not None:
            return None
        return standing if standing.progress.epoch < self._recipe.epochs else None

    def _at(self, run: TrainingRun) -> int:
        return run.snapshots.steps()[-1] if self._shown is None else self._shown

    def _drop(self) -> None:
        """Let go of the run, which is an act by now, or lost."""
        self.trainer.stop()
        self._fresh = self._shown = None

    def _chart(self, measured: Curves | None) -> None:
        """Show what a run that is over has measured; None: nothing."""
        raise NotImplementedError

    def _clear(self, train: Dataset | None = None, *, curves: bool = True) -> None:
        """Show nothing of a run, curves neither; train: the images that one begins with."""
