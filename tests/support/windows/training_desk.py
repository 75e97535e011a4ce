"""A training page with the session that it trains for."""

from live_hands import click
from PySide6.QtWidgets import QLabel
from sessions import small_session

from viz3d.live.training.page import TrainingPage


class TrainingDesk:
    """A window's part: a session, and a page that trains its net on the first 300 of the small digits."""

    def __init__(self):
        self.session = small_session()
        self.page = TrainingPage(lambda: self.session.net, self.session.images, lambda: self.session.state)
        self.shown, self.lines = [], []
        self.page.net_changed.connect(lambda net, told: self.shown.append((net, told)))
        self.page.run_ended.connect(self.keep)
        self.page._count(300, 100)
        self.page._change(epochs=100_000, batch=32)

    def keep(self, line, made):
        self.lines.append(line)
        self.session.keep(line, made.net, measured=made.measured)
        self.page.refresh()

    @property
    def run(self):
        return self.page.trainer.run

    @property
    def last(self):
        """What was told of the network that was shown last; "" before the first."""
        return self.shown[-1][1] if self.shown else ""

    def texts(self):
        return [each.text() for each in self.page.findChildren(QLabel)]

    def press(self, button):
        click(button, 10, 10)

    def trained(self, qtbot, steps=20):
        """Train for some steps at least, and pause."""
        self.page.toggle()
        qtbot.waitUntil(lambda: self.run.step >= steps)
        self.page.toggle()
        qtbot.waitUntil(lambda: self.last == f"training, step {self.run.step:,}")
