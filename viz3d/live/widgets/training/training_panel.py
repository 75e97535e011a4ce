"""The card at the right while a net is trained: start and stop, curves, figures, and what can be turned."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from viz3d.live.widgets.icons import MenuButton
from viz3d.live.widgets.menu import Menu
from viz3d.live.widgets.parts import Card, button, elided, label, page_of
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import SIDE_PANEL
from viz3d.live.widgets.training.charts import Charts
from viz3d.live.widgets.training.run_figures import RunFigures, TrainingFacts
from viz3d.live.widgets.training.run_progress import RunProgress
from viz3d.live.widgets.training.training_source import TrainingSource

_WIDTHS = (96, 64)


@dataclass(frozen=True)
class Rates:
    """What can be turned while it runs; None where the trainer has no such thing."""

    lr: float
    batch: int
    decay: float | None
    momentum: float | None
    trainer: str


class TrainingPanel(Card):
    """Training, as values.

    Signals: `run` whether it shall go on; `running` whether it now does; `step`, `epoch`, `stop`, `test`,
    `again` to see the last one, `reset`; `layers` whether the architecture shall be open; `cleared` to begin
    the curves anew; `sliding` and `chosen` bring "lr", "batch", "decay" or "momentum" and a value, the first
    at each move, the second once when the hand rests; `trainer` its name; `scrubbed` a past step; `weights`
    "these", "new" or "same" and `images` two counts (0: all), what the next run shall begin with.
    """

    run = Signal(bool)
    running = Signal(bool)
    step = Signal()
    epoch = Signal()
    stop = Signal()
    layers = Signal(bool)
    cleared = Signal()
    test = Signal()
    again = Signal()
    reset = Signal()
    sliding = Signal(str, float)
    chosen = Signal(str, float)
    trainer = Signal(str)
    scrubbed = Signal(int)
    weights = Signal(str)
    images = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Training")
        self.setFixedWidth(SIDE_PANEL)
        self.charts, self.progress, self.source = Charts(), RunProgress(), TrainingSource()
        self.figures = RunFigures()
        self.bar = self.progress.bar
        self.settings = _settings()
        self.trainer_button = MenuButton("", "How the weights are moved", "Trainer")
        self._running = False
        column = page_of(self)
        self._title, self._tested, self._error = elided("name"), elided("faint"), label("", "wrong")
        self._error.setWordWrap(True)
        self.again_button = button("See it", "Open the last test again, as it was left", "quiet")
        self.again_button.clicked.connect(lambda _on: self.again.emit())
        self.again_button.hide()
        self._make_buttons()
        self._fill_head(column)
        column.addWidget(self.charts)
        column.addSpacing(8)
        column.addWidget(self.figures)
        column.addSpacing(3)
        column.addLayout(self._tested_row())
        column.addSpacing(6)
        self._fill_settings(column)
        column.addStretch()
        self._empty = True  # no step was made yet
        self._stands = "not begun", 0.0
        self.set_running(False)
        self.clear()

    def set_title(self, title: str, *notes: str) -> None:
        """Name the net, and what it learns from: in the first words that there is room for."""
        self._title.setText(title)
        self.source.set_told(*notes)

    def set_tested(self, words: str, done: bool = False) -> None:
        """Tell how the last test went, or that one is under way."""
        self._tested.setText(words)
        self.again_button.setVisible(done)

    def _tested_row(self) -> QHBoxLayout:
        """How the last test went, and the way back to it."""
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._tested, 1)
        row.addWidget(self.again_button)
        return row

    def set_running(self, running: bool, begun: bool = False) -> None:
        """Show whether it runs, and where it does not, whether it has begun."""
        if running != self._running:
            self._running = running
            self.running.emit(running)
        self.run_button.setText("Pause" if running else "Go on" if begun else "Start")
        self.step_button.setEnabled(not running)
        self.epoch_button.setEnabled(not running)
        self.stop_button.setEnabled(running or begun)
        if self._empty:
            self._tell_empty()

    def set_stands(self, words: str, share: float) -> None:
        """Tell, of a run that can be gone on with, where it stands until its next step."""
        self._stands = words, share
        self._tell_empty()

    def _tell_empty(self) -> None:
        words, share = ("preparing the first step …", 0.0) if self._running else self._stands
        self.progress.set_where(words, share)

    def set_facts(self, facts: TrainingFacts) -> None:
        """Show figures; those that are None stay as they are."""
        where = f"epoch {facts.epoch}   ·   step {facts.step:,}"
        self.progress.set_where(f"{where} of {facts.steps:,}", facts.step / max(facts.steps, 1), where)
        self._empty = False
        self.figures.set_facts(facts)

    def set_rates(self, rates: Rates) -> None:
        """Show what the sliders stand at; one that the trainer does not have cannot be moved."""
        values = {"lr": rates.lr, "batch": rates.batch, "decay": rates.decay, "momentum": rates.momentum}
        for key, value in values.items():
            self.settings[key].setEnabled(value is not None)
            if value is not None:
                self.settings[key].set_value(value)
        self.trainer_button.setText(rates.trainer)

    def set_trainers(self, names: Sequence[str]) -> None:
        """Offer these trainers."""
        menu = Menu(self)
        for name in names:
            menu.addAction(name).triggered.connect(lambda _on, chosen=name: self.trainer.emit(chosen))
        self.trainer_button.setMenu(menu)

    def set_error(self, words: str) -> None:
        """Say why it stopped; with "" nothing is wrong."""
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def clear(self, *, curves: bool = True) -> None:
        """Show a run that has not begun; curves: without those of the one before."""
        if curves:
            self.charts.clear()
        self._empty, self._stands = True, ("not begun", 0.0)
        self._tell_empty()
        self.progress.set_past(())
        self.set_error("")
        self.set_tested("")
        self.figures.clear()

    def _make_buttons(self) -> None:
        self.run_button = button("Start", "Start, pause or go on (Ctrl+T)", "primary")
        self.step_button = button("Step", "One update of the weights")
        self.epoch_button = button("Epoch", "Go on to the end of the epoch")
        self.stop_button = button("Stop", "End the run: what comes next is another one")
        self.layers_button = button("Design", "See and change the architecture: which layers there are")
        self.layers_button.setCheckable(True)
        self.clear_button = button("Clear", "Begin the curves anew", "quiet")
        self.test_button = button("Test", "Read all test images now")
        self.reset_button = button("Reset", "Begin again with new weights")
        self.run_button.clicked.connect(lambda _on: self.run.emit(not self._running))
        self.step_button.clicked.connect(lambda _on: self.step.emit())
        self.epoch_button.clicked.connect(lambda _on: self.epoch.emit())
        self.stop_button.clicked.connect(lambda _on: self.stop.emit())
        self.layers_button.clicked.connect(self.layers)
        self.clear_button.clicked.connect(lambda _on: self.cleared.emit())
        self.test_button.clicked.connect(lambda _on: self.test.emit())
        self.reset_button.clicked.connect(lambda _on: self.reset.emit())

    def _fill_head(self, column: QVBoxLayout) -> None:
        self.progress.past.scrubbed.connect(self.scrubbed)
        self.source.weights.connect(self.weights)
        self.source.images.connect(self.images)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        upper = (self.run_button, self.step_button, self.epoch_button, self.stop_button)
        for k, each in enumerate(upper):
            buttons.addWidget(each, 0, 3 * k, 1, 3)
        for k, each in enumerate((self.test_button, self.reset_button, self.layers_button)):
            buttons.addWidget(each, 1, 4 * k, 1, 4)
        for k in range(12):
            buttons.setColumnStretch(k, 1)
        head = QHBoxLayout()
        head.addWidget(label("PROGRESS", "section"))
        head.addStretch()
        head.addWidget(self.clear_button)
        column.addWidget(label("TRAINING", "section"))
        column.addWidget(self._title)
        column.addWidget(self.source)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addSpacing(8)
        column.addLayout(head)
        column.addSpacing(2)
        column.addWidget(self.progress)
        column.addWidget(self._error)
        column.addSpacing(12)

    def _fill_settings(self, column: QVBoxLayout) -> None:
        column.addWidget(label("WHILE IT RUNS", "section"))
        column.addSpacing(6)
        for key, setting in self.settings.items():
            column.addWidget(setting)
            column.addSpacing(2)
            setting.sliding.connect(lambda value, of=key: self.sliding.emit(of, value))
            setting.chosen.connect(lambda value, of=key: self.chosen.emit(of, value))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(label("Trainer", "soft", _WIDTHS[0]))
        row.addWidget(self.trainer_button, 1)
        column.addSpacing(4)
        column.addLayout(row)


def _settings() -> dict[str, Setting]:
    def short(value: float) -> str:
        return f"{value:.3g}"

    lr, decay = Scale(1e-5, 1, log=True), Scale(1e-7, 0.1, log=True, zero=True)
    batch = Scale(fixed=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024))
    return {
        "lr": Setting("Learning rate", lr, short, "How far each update goes", _WIDTHS),
        "batch": Setting("Batch", batch, lambda n: f"{n:.0f}", "Images for each update", _WIDTHS),
        "decay": Setting("Decay l2", decay, short, "How strongly weights are pulled to 0", _WIDTHS),
        "momentum": Setting(
            "Momentum",
            Scale(0, 0.99),
            lambda x: f"{x:.2f}",
            "How much of its direction a step keeps for the next one; adam and adamw call it β1",
            _WIDTHS,
        ),
    }
