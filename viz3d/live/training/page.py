"""The page where a net is trained: the panel, joined to the runs."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from data import DataError, Dataset
from engine import OPTIMIZERS, EngineError, Net
from viz3d.command.choice.digits import first
from viz3d.command.errors import UserError
from viz3d.command.wording import counted
from viz3d.live.training.shown import field_of, rates_of, show_standing
from viz3d.live.training.told import ToldRuns
from viz3d.live.widgets.style import SIDE_PANEL
from viz3d.session.acts.train import Train
from viz3d.session.state import State

_WRONG = (UserError, DataError, EngineError)


class TrainingPage(ToldRuns):
    """Shows what is trained of the net that the window shows, and what a hand does to it.

    Signals: `away` when another page takes its place; see ToldRuns, too.

    current, images, state: see TrainingRuns. pause: see ToldRuns.
    """

    away = Signal()

    def __init__(
        self,
        current: Callable[[], Net],
        images: Callable[[str], Dataset],
        state: Callable[[], State | None] = lambda: None,
        pause: Callable[[], float] = lambda: 0.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(current, images, state, pause, parent)
        self.setFixedWidth(SIDE_PANEL)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.panel.set_trainers(OPTIMIZERS)
        self._join()
        self._take_up()

    def refresh(self) -> None:
        """Take up the session's net where it is another one now; a run that is open is then lost."""
        net = self._current()
        if net is self._base:
            return
        if net.name != self._base.name:
            self._drawn = self._runs = 0
        self._anew = False
        self._base, self._sent, self._recipe = net, net, net.recipe
        self._drop()
        self._take_up()

    def _take_up(self) -> None:
        """Show what the session knows of the training that led to its net."""
        self._clear(curves=False)
        self._chart(self._measured)
        show_standing(self.panel, self._stands, self._recipe, self._measured)

    @property
    def doing(self) -> str:
        """What the open run has done to the net that was shown last, as its act would tell it; "" nothing."""
        run = self.trainer.run
        if run is None:
            made = self._made()
            return "" if made is None else made.line
        plan = run.plan_at(self._sent_step)
        return plan.text if plan.steps > 0 or plan.fresh else ""

    def follow(self) -> None:
        """Go on training what an edit has made of the net, with what the optimizer knows where that fits."""
        self._make(self.trainer.go_on)

    def toggle(self) -> None:
        """Start, pause or go on, as the panel's button does."""
        self._go(not self.trainer.running)

    def epoch(self) -> None:
        """Go on to the end of the epoch."""
        self._make(self.trainer.epoch)

    def _join(self) -> None:
        panel, trainer = self.panel, self.trainer
        panel.run.connect(self._go)
        panel.step.connect(lambda: self._make(trainer.step))
        panel.epoch.connect(self.epoch)
        panel.stop.connect(self._stop)
        panel.cleared.connect(self._clear_charts)
        panel.test.connect(self._test)
        panel.reset.connect(lambda: self._choose("new"))
        panel.weights.connect(self._choose)
        panel.images.connect(self._count)
        panel.chosen.connect(self._turn)
        panel.trainer.connect(lambda name: self._change(optimizer=name))
        panel.scrubbed.connect(self._scrub)
        trainer.stepped.connect(self._take)
        trainer.tested.connect(self._tell_test)
        trainer.finished.connect(lambda: panel.set_running(False))
        trainer.failed.connect(self._fail)

    def _go(self, go: bool) -> None:
        if go:
            self._make(self.trainer.go_on)
        else:
            self.trainer.pause()
            self.panel.set_running(False, begun=True)

    def _make(self, steps: Callable[[], None]) -> None:
        """Have steps made: from a past step, and after the last one, they are those of a new run."""
        run, scrubbed = self.trainer.run, self._shown is not None
        why = "from a past step on" if scrubbed else self._broken_off if run is None else ""
        try:
            if run is None or run.over or scrubbed:
                self._begin(self.settle() if run is not None else None)
        except _WRONG as error:
            self.panel.set_error(str(error))
            return
        if why:
            self.said.emit(f"{why}: the optimizer begins with a fresh state, as a new run")
        self.panel.set_error("")
        steps()
        self.panel.set_running(self.trainer.running, begun=True)

    def _stop(self) -> None:
        """End the run as an act; the next one begins anew."""
        self.settle()
        self._anew = True
        self._title()

    def _choose(self, weights: str) -> None:
        """Begin with these weights, with new ones, or with the same new ones again."""
        self.settle()
        net = self._base = self._current()
        if weights == "new" or (weights == "same" and not self._drawn):
            self._drawn += 1
        self._fresh = None if weights == "these" else self._drawn - 1
        self._anew = True
        self._clear()
        if self._fresh is None:
            self._send(net, "these weights")
        else:
            self._send(Train(0, 0, self._fresh, True).begin(net), f"new weights, seed {self._fresh}")

    def _count(self, train: int, tests: int) -> None:
        self._counts = train, tests
        self.panel.source.set_counts(train, tests)
        # A run that is under way keeps its own.
        if self.trainer.run is None:
            self._title()

    def _turn(self, key: str, value: float) -> None:
        self._change(**{field_of(key, self._recipe): int(value) if key == "batch" else value})

    def _change(self, **fields: Any) -> None:
        run = self.trainer.run
        try:
            changed = self._recipe.change(**fields)
            if run is not None and not run.over and self._shown is None:
                self.trainer.change(**fields)
            self._recipe = changed
            self.panel.set_error("")
        except EngineError as error:
            self.panel.set_error(str(error))
        self.panel.set_rates(rates_of(self._recipe))

    def _scrub(self, step: int) -> None:
        run = self.trainer.run
        if run is None:
            return
        # At rest no step goes from among those that were kept.
        self._hold(run)
        if run is not self.trainer.run:
            return  # it became an act meanwhile
        self.panel.set_running(False, begun=True)
        steps = run.snapshots.steps()
        step = min(steps, key=lambda kept: abs(kept - step))
        self._shown = None if step == steps[-1] else step
        self.panel.progress.set_past(steps, self._shown)
        self._send(run.snapshots.net_at(step), f"step {step:,} of the run", step)

    def _test(self) -> None:
        run, net, step = self.trainer.run, self._sent, None
        try:
            tests = first(self._images("test"), self._counts[1] or None)
        except _WRONG as error:
            self.panel.set_error(str(error))
            return
        newest = run is not None and not run.broken and self._shown is None
        if run is not None and not newest:
            step = self._at(run)
            net = run.net_at(step)
        self.panel.set_tested(f"reading {counted(len(tests.labels), 'test image')} …")
        self.trainer.test(tests, None if newest else net, step)
