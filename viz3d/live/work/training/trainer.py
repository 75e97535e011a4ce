"""Training beside the window: a thread that makes step after step, and tells of the newest."""

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from data import Dataset
from engine import Checkpoint, Net, Recipe
from viz3d.live.work.training.run import TrainingRun
from viz3d.live.work.training.thread import ALL, EPOCH, REST, STEP, TrainingThread
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves

_LOOK = 0.02  # seconds between two looks of one who waits
_JOIN = 10.0  # seconds after which a thread that compiles is left to end by itself


class Trainer(TrainingThread):
    """One run of training at a time, in one thread; everything here is called by the window's thread.

    Signals, all delivered there: `stepped` brings TrainingNews, at most about ten a second, of which a slow
    receiver gets the newest alone; `tested` a Report, or None where the test was given up; `finished`: there
    is no next step; `failed`: why the run or a test broke, in a line. What an older run has to tell is
    dropped.

    keep_every, tell_every: seconds between snapshots, and between news.
    """

    stepped = Signal(object)
    tested = Signal(object)
    finished = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slots.rung.connect(self._deliver)

    @property
    def run(self) -> TrainingRun | None:
        """The run that is under way, or was until another begins or it is dropped."""
        return self._run

    @property
    def running(self) -> bool:
        """Whether it goes on by itself."""
        return self._run is not None and self._pace != REST and not self._run.over

    @property
    def recipe(self) -> Recipe:
        """The numbers that the next step goes by."""
        return self._recipe

    def start(
        self,
        net: Net,
        plan: Train,
        images: Dataset,
        tests: Dataset | None = None,
        pace: str = ALL,
        standing: Checkpoint | None = None,
        earlier: Curves | None = None,
    ) -> TrainingRun:
        """Begin a run in place of the one before: `plan` trains `net`; `tests` are read after each epoch.

        pace: how far it goes for now: "rest", "step", "epoch" or "all". standing, earlier: see TrainingRun.
        EngineError where a number is wrong.
        """
        recipe = net.recipe.change(**dict(plan.recipe))
        run = TrainingRun(net, plan, images, tests, standing, earlier)
        with self._turn:
            self._run, self._recipe, self._requests = run, recipe, []
            self._untold = False
        self._go(pace)
        return run

    def go_on(self) -> None:
        """Make steps until the last one, or until `pause`."""
        self._go(ALL)

    def step(self) -> None:
        """Make one step."""
        self._go(STEP)

    def epoch(self) -> None:
        """Make steps to the end of the epoch."""
        self._go(EPOCH)

    def pause(self) -> None:
        """Make no more steps after that under way; the news of the last one tell that it rests."""
        with self._turn:
            self._pace = REST

    def hold(self, patience: float = _JOIN, meanwhile: Callable[[], object] | None = None) -> bool:
        """Pause, and wait until it rests: for one step, or a few seconds where loops are compiled.

        A test that is under way is given up. meanwhile: called now and then as it waits. False where it did
        not come to rest in `patience` seconds.
        """
        end, rests = time.monotonic() + patience, False
        with self._turn:
            self._pace, self._giving_up = REST, True
            self._turn.notify_all()
        while not rests and (left := end - time.monotonic()) > 0:
            with self._turn:
                rests = self._turn.wait_for(self._rests, left if meanwhile is None else min(left, _LOOK))
            if meanwhile is not None and not rests:
                meanwhile()
        with self._turn:
            self._giving_up = False
        return rests

    def _rests(self) -> bool:
        """Whether nothing is under way or to be done, with the turn."""
        return self._thread is None or (not self._busy and (self._closing or self._todo() is None))

    def stop(self) -> None:
        """Drop the run, with all that it would still tell."""
        with self._turn:
            self._run, self._pace, self._requests, self._untold = None, REST, [], False

    def change(self, **fields: Any) -> Recipe:
        """Change fields of the recipe from the next step on; EngineError leaves them as they were."""
        with self._turn:
            self._recipe = self._recipe.change(**fields)
            if self._run is not None:
                self._requests.append(fields)
        return self._recipe

    def ask(self) -> None:
        """Have a snapshot with the news of the next step."""
        self._asked = True

    def test(self, tests: Dataset, net: Net | None = None, step: int | None = None) -> None:
        """Have a network read test images; None: the one in training, as it is after its step.

        step: of the run that the network is from, which the report then tells.
        """
        with self._turn:
            self._test = net, tests, step
        self._go(self._pace)

    def close(self, patience: float = _JOIN) -> bool:
        """End the thread: after the step under way, or a few seconds where loops are compiled.

        False where it had not ended after `patience` seconds; it then ends with its step or with the process.
        """
        with self._turn:
            self._closing = True
            self._turn.notify_all()
        if self._thread is not None:
            self._thread.join(patience)
        return self._thread is None or not self._thread.is_alive()

    def _go(self, pace: str) -> None:
        with self._turn:
            self._pace = pace
            self._orders += 1
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._work, daemon=True, name="viz3d-trainer")
                self._thread.start()
            self._turn.notify_all()

    def _deliver(self) -> None:
        told = self._slots.take()
        if "report" in told:
            self.tested.emit(told["report"])
        news = told.get("news")
        if news is not None and news.run is self._run:
            self.stepped.emit(news)
        run, text = told.get("end", (None, ""))
        if text:
            if run is None or run is self._run:
                self.failed.emit(text)
        elif run is not None and run is self._run:
            self.finished.emit()
