"""Slips over the scene: how far an export is, and that the camera is recorded."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from viz3d.live.widgets.parts import Card, Painted, button, elided, label
from viz3d.live.widgets.style import Look
from viz3d.live.widgets.training.run_progress import ProgressBar


class Slip(Card):
    """What stands over the scene's corner for a while. `turned`: it has come or gone, others make room."""

    turned = Signal()
    opaque = True  # a hint of the tour may lie under it, or words of the scene

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it has come."""
        super().showEvent(event)
        self.turned.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it has gone."""
        super().hideEvent(event)
        self.turned.emit()


class ExportSlip(Slip):
    """The file that is made, how many of its pictures are done, and a button that ends it. `cancelled`."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Export under way")
        self.bar, self.name, self.told = ProgressBar(), elided(""), label("", "faint")
        self.cancel = button("Cancel", "Make no file", "quiet")
        self.cancel.clicked.connect(lambda _on: self.cancelled.emit())
        row, column = QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 10)
        column.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.told)
        row.addLayout(words, 1)
        row.addWidget(self.cancel)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 8, 0)
        below.addWidget(self.bar)
        column.addLayout(below)
        self.hide()

    def begin(self, name: str) -> None:
        """Show that a file is made."""
        self.name.setText(name)
        self.told.setText("preparing")
        self.bar.set_share(0)
        self.cancel.setEnabled(True)
        self.show()
        self.raise_()

    def set_done(self, done: int, of: int) -> None:
        """Tell how many pictures are done."""
        if done:
            self.told.setText(f"{done:,} of {of:,} frames" if of > 1 else "1 picture")
        self.bar.set_share(done / max(of, 1))

    def set_step(self, words: str) -> None:
        """Tell what is done besides."""
        self.told.setText(words)

    def end_soon(self) -> None:
        """Tell that it is cancelled."""
        self.told.setText("ending")
        self.cancel.setEnabled(False)


class RecordingSlip(Slip):
    """That the camera is recorded, for how long, and a button that stops it. `stopped`."""

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Recording of the camera")
        self.told = elided("")
        self.stop = button("Stop", "Keep what was recorded (Ctrl+R)", "quiet")
        self.stop.clicked.connect(lambda _on: self.stopped.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(_Dot())
        row.addWidget(self.told, 1)
        row.addWidget(self.stop)
        self.hide()

    def set_seconds(self, seconds: float) -> None:
        """Show that it records, and how much it has."""
        if seconds:
            self.told.setText(f"Recorded {seconds:.1f} s")
        else:
            self.told.setText("Turn it, or play")
        self.show()


class _Dot(Painted):
    """What says everywhere that something is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 10)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw it."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.wrong)
        painter.drawEllipse(QPointF(5, 5), 4, 4)
