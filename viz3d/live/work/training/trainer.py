"""Training beside the window: a thread that makes step after step, and tells of the newest."""

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from data import DataError, Dataset
from engine import Checkpoint, EngineError, Net, Recipe
from viz3d.command.errors import UserError
from viz3d.live.work.training.examining import examine
from viz3d.live.work.training.run import Curves, TrainingRun
from viz3d.live.work.training.slots import Slots
from viz3d.session.train import Train

_NICE = 15  # of 0..19: the window's threads come first
_SOON = 0.05  # seconds between two snapshots while a run is short
_LOOK = 0.02  # seconds between two looks of one who waits
_JOIN = 10.0  # seconds after which a thread that compiles is left to end by itself
REST, STEP, EPOCH, ALL = "rest", "step", "epoch", "all"


class Trainer(QObject):
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
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._run: TrainingRun | None = None
        self._doing: TrainingRun | None = None  # that the thread is at
        self._recipe = Recipe()
        self._pace = REST
        self._wishes: list[dict[str, Any]] = []
        self._test: tuple[Net | None, Dataset] | None = None
        self._busy = self._untold = self._asked = self._giving_up = self._closing = False
        self._orders = 0  # how often steps were asked for
        self._slots = Slots(self)
        self._told = self._kept = 0.0
        self.keep_every, self.tell_every = 0.5, 0.1
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
            self._run, self._recipe, self._wishes = run, recipe, []
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
            self._run, self._pace, self._wishes, self._untold = None, REST, [], False

    def change(self, **fields: Any) -> Recipe:
        """Change fields of the recipe from the next step on; EngineError leaves them as they were."""
        with self._turn:
            self._recipe = self._recipe.change(**fields)
            if self._run is not None:
                self._wishes.append(fields)
        return self._recipe

    def ask(self) -> None:
        """Have a snapshot with the news of the next step."""
        self._asked = True

    def test(self, tests: Dataset, net: Net | None = None) -> None:
        """Have a network read test images; None: the one in training, as it is after its step."""
        with self._turn:
            self._test = net, tests
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

    # From here on: the trainer's thread.

    def _work(self) -> None:
        if sys.platform == "linux":
            # Only there a thread has a priority of its own; those that it starts inherit it.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while (todo := self._next()) is not None:
            try:
                todo()
            except (EngineError, UserError, DataError) as error:
                self._break(str(error))
            except Exception as error:
                self._break(f"training broke: {type(error).__name__}: {error}")
            # A run holds its trainer's buffers: none that was dropped is kept while nothing is to do.
            del todo

    def _break(self, text: str) -> None:
        run, self._untold = self._doing, False
        if run is not None:
            self._tell(run)
        self._slots.put("end", (run, text))

    def _next(self) -> Callable[[], None] | None:
        """What is to be done, once there is something; None: the thread shall end."""
        with self._turn:
            self._busy, self._doing = False, None
            self._turn.notify_all()
            while not self._closing:
                todo = self._todo()
                if todo is not None:
                    self._busy, self._doing = True, self._run
                    return todo
                self._turn.wait()
        return None

    def _todo(self) -> Callable[[], None] | None:
        run = self._run
        if self._test is not None:
            return self._read_tests
        if run is not None and self._pace != REST and not run.over:
            return partial(self._advance, run)
        return partial(self._rest, run) if run is not None and self._untold else None

    def _advance(self, run: TrainingRun) -> None:
        if run.training is None:
            run.begin()
        with self._turn:
            if run is not self._run:
                return
            wishes, self._wishes = self._wishes, []
            order = self._orders
        for fields in wishes:
            run.change(**fields)
        step = run.advance()
        with self._turn:
            self._untold = run is self._run
            # One step asked for while another was under way is the next one.
            stepped = self._pace == STEP and order == self._orders
            if stepped or (self._pace == EPOCH and step.ends_epoch):
                self._pace = REST
        self._keep(run, step.ends_epoch)
        # Ahead of what is only told: that may take long, and who closes waits for it.
        if not self._unwanted(run):
            run.probe()
        if step.ends_epoch:
            run.validate(lambda: self._unwanted(run))
        now = time.perf_counter()
        if step.ends_epoch or now - self._told >= self.tell_every:
            self._tell(run)
        if run.over:
            self._rest(run)
            self._slots.put("end", (run, ""))

    def _keep(self, run: TrainingRun, wanted: bool) -> None:
        """Keep the net where that is wanted, or where it is time."""
        now = time.perf_counter()
        soon = min(_SOON, self.keep_every) if run.gap else self.keep_every
        if wanted or self._asked or now - self._kept >= soon:
            self._asked, self._kept = False, now
            run.keep()

    def _rest(self, run: TrainingRun) -> None:
        self._untold = False
        run.keep()
        self._tell(run)

    def _read_tests(self) -> None:
        with self._turn:
            assert self._test is not None
            (net, tests), self._test, run = self._test, None, self._run
        if net is None and run is not None:
            net = run.snapshots.net_at(0) if run.training is None else run.training.snapshot()
        report = None if net is None else examine(net, tests, lambda: self._unwanted(run))
        self._slots.put("report", report)

    def _unwanted(self, run: TrainingRun | None) -> bool:
        return self._closing or self._giving_up or run is not self._run

    def _tell(self, run: TrainingRun) -> None:
        self._told = time.perf_counter()
        self._slots.put("news", run.news(self._pace != REST and not run.over))
