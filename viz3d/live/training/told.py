"""What is told of runs of training: the panel that shows news, nets, tests and curves as they come."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from data import Dataset
from engine import Net
from viz3d.command.choice.digits import many
from viz3d.command.choice.suiting import many_of
from viz3d.evaluate.report import Report
from viz3d.live.training.runs import TrainingRuns
from viz3d.live.training.shown import rates_of, show_curves, show_figures, show_past, source, verdict
from viz3d.live.widgets.training.training_panel import TrainingPanel
from viz3d.live.work.training.news import TrainingNews
from viz3d.session.curves import Curves
from viz3d.session.state import State

_LEAST = 0.2  # seconds between two nets that are kept
_OFTEN, _SELDOM = 0.1, 0.25  # seconds between two news, at least and at most
_CHARTED = 1.8  # of the time between two news, between two drawings of the charts


class ToldRuns(TrainingRuns):
    """Runs whose news a panel shows.

    Signals: `net_changed` brings a net to show, and what it is in words, at most a few times a second;
    `tested` a Report.

    current, images, state: see TrainingRuns. pause: gives the seconds between two nets to show while it
    runs.
    """

    net_changed = Signal(object, str)
    tested = Signal(object)

    def __init__(
        self,
        current: Callable[[], Net],
        images: Callable[[str], Dataset],
        state: Callable[[], State | None],
        pause: Callable[[], float],
        parent: QWidget | None,
    ) -> None:
        super().__init__(current, images, state, parent)
        self._pause, self._sent_at, self._charted_at = pause, 0.0, 0.0
        self._from = 0  # the step at which the charts were cleared
        self._sent_step = 0  # of the run, whose net was shown last
        self._charted: object = None  # whose curves the charts show: a run, what is kept of one, or none
        self.panel = TrainingPanel()

    def _take(self, news: TrainingNews) -> None:
        pause, now = self._pause(), time.monotonic()
        show_figures(self.panel, news, self._shown)
        # To paint the charts takes as long as all else of a news: every other one shows them.
        if not news.running or now - self._charted_at >= _CHARTED * self.trainer.tell_every:
            self._charted_at = now
            self._charted = news.run
            show_curves(self.panel, news, self._from)
        self.trainer.keep_every = max(pause, _LEAST)
        self.trainer.tell_every = min(max(pause / 2, _OFTEN), _SELDOM)
        due = now - self._sent_at >= pause or not news.running
        if due and self._shown is None and not news.run.broken:
            self._sent_at = now
            self._send(news.net, f"training, step {news.net_step:,}", news.net_step)

    def _tell_test(self, report: Report | None) -> None:
        self.panel.set_tested("" if report is None else verdict(report), done=report is not None)
        if report is not None:
            self.tested.emit(report)

    def _clear_charts(self) -> None:
        run = self.trainer.run
        self._from = 0 if run is None else run.step
        self.panel.charts.clear()
        self._charted_at = 0.0

    def _fail(self, text: str) -> None:
        self.panel.set_error(text)
        self.panel.set_tested("")
        run = self.trainer.run
        if not self.trainer.running:
            self.panel.set_running(False)
        if run is not None and run.broken:
            self._shown = None
            kept = run.snapshots.steps()
            self.panel.progress.set_past(kept)
            last = kept[-1]
            self._send(run.snapshots.net_at(last), f"the last good net, of step {last:,}", last)

    def _chart(self, measured: Curves | None) -> None:
        # After an edit it is the same: then charts that were cleared stay so.
        if measured is not self._charted:
            self._charted = measured
            show_past(self.panel, measured, self._from)

    def _drop(self) -> None:
        past = self._shown is not None
        super()._drop()
        self._from = 0
        if past:  # of the last step, which is not what the session has
            self._clear(curves=False)
        self.panel.set_running(False)
        self.panel.progress.set_past(())

    def _clear(self, train: Dataset | None = None, *, curves: bool = True) -> None:
        self.panel.clear(curves=curves)
        self._charted = None if curves else self._charted
        self.panel.set_rates(rates_of(self._recipe))
        self._title(train)

    def _title(self, train: Dataset | None = None) -> None:
        some = many_of(self._base)
        run, (count, tests) = self.trainer.run, self._counts
        if run is not None and run.tests is not None:
            tests = min(tests, len(run.tests.labels))  # of fewer than are wanted all are taken
        told = source(train, count, self._fresh, some, tests)
        self.panel.source.set_many(some if train is None else many(train))
        self.panel.set_title(self._called, *told)

    def _send(self, net: Net, told: str, step: int = 0) -> None:
        if net is not self._sent:
            self._sent, self._sent_step = net, step
            self.net_changed.emit(net, told)
