"""The thread that trains beside the window: step after step, with tests between them."""

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from data import DataError, Dataset
from engine import EngineError, Net, Recipe
from viz3d.command.errors import UserError
from viz3d.live.work.training.examining import examine
from viz3d.live.work.training.run import TrainingRun
from viz3d.live.work.training.slots import Slots

_NICE = 15  # of 0..19: the window's threads come first
_SOON = 0.05  # seconds between two snapshots while a run is short
REST, STEP, EPOCH, ALL = "rest", "step", "epoch", "all"


class TrainingThread(QObject):
    """What a trainer and its thread share, and all that is done in that thread; see `Trainer`.

    What both write is written with the turn, `_turn`. `_slots` takes news to the window's thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._run: TrainingRun | None = None
        self._doing: TrainingRun | None = None  # that the thread is at
        self._recipe = Recipe()
        self._pace = REST
        self._requests: list[dict[str, Any]] = []
        self._test: tuple[Net | None, Dataset, int | None] | None = None
        self._busy = self._untold = self._asked = self._giving_up = self._closing = False
        self._orders = 0  # how often steps were asked for
        self._slots = Slots(self)
        self._told = self._kept = 0.0
        self.keep_every, self.tell_every = 0.5, 0.1

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
            requests, self._requests = self._requests, []
            order = self._orders
        for fields in requests:
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
            (net, tests, step), self._test, run = self._test, None, self._run
        if net is None and run is not None:
            net, step = run.now()
        report = None if net is None else examine(net, tests, lambda: self._unwanted(run), step)
        self._slots.put("report", report)

    def _unwanted(self, run: TrainingRun | None) -> bool:
        return self._closing or self._giving_up or run is not self._run

    def _tell(self, run: TrainingRun) -> None:
        self._told = time.perf_counter()
        self._slots.put("news", run.news(self._pace != REST and not run.over))
