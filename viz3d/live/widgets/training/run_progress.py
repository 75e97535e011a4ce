"""How far a run is, and a slider that goes back to any of its moments that were kept."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import RIGHT, Painted, elided, label, recolour
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.setting import STEPS, Scale, Slider
from viz3d.live.widgets.style import Look, look

_WALKS: dict[int, int] = {
    **dict.fromkeys((Qt.Key.Key_Left, Qt.Key.Key_Down), -1),
    **dict.fromkeys((Qt.Key.Key_Right, Qt.Key.Key_Up), 1),
    **{Qt.Key.Key_PageDown: -10, Qt.Key.Key_PageUp: 10},
    **{Qt.Key.Key_Home: -(10**9), Qt.Key.Key_End: 10**9},
}
_NEAR = 3.0  # px between two marks below which they would be one line


class ProgressBar(Painted):
    """How much of a run is done."""

    role = Role.ProgressBar

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Progress of the run")
        self.setFixedHeight(6)
        self.share = 0.0

    def set_share(self, share: float) -> None:
        """Show a share 0..1."""
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    ends = 0.0, 100.0

    @property
    def meant(self) -> float:
        """How much, in percent."""
        return 100 * self.share

    def go(self, _percent: float) -> None:
        """Stay: steps alone move it."""

    def aloud(self) -> str:
        """How much."""
        return f"{self.share:.0%}"

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the bar."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.track)
        painter.drawRoundedRect(QRectF(0, 1, self.width(), 4), 2, 2)
        painter.setBrush(look.accent)
        painter.drawRoundedRect(QRectF(0, 1, self.width() * self.share, 4), 2, 2)


class PastSlider(Slider):
    """A slider over what is done so far, with a mark at each step that was kept.

    `scrubbed` brings a step as soon as the hand is at it; the right end is the newest one.
    """

    scrubbed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Past of the run")
        self.setToolTip("Go back to an earlier step: going on from there is a new run")
        self.setFixedHeight(22)
        self._steps = np.zeros(1, np.int64)
        self._at = 0
        self.valueChanged.connect(self._moved)
        self.sliderReleased.connect(self._stand)
        self.set_steps((), 0)

    def set_steps(self, steps: Sequence[int], shown: int) -> None:
        """Offer these steps, in order, and stand at one of them, without a signal."""
        self._steps = np.asarray(steps or (0,), np.int64)
        self._at = shown
        self.scale = Scale(int(self._steps[0]), max(int(self._steps[-1]), 1))
        self.setEnabled(len(steps) > 1)
        if not self.isSliderDown():
            self._stand()
        self.update()

    @property
    def meant(self) -> float:
        """The step: between two that were kept there is nothing."""
        return self._at

    def _stand(self) -> None:
        """Stand at the step that is shown, without a signal: between two that were kept there is nothing."""
        self.blockSignals(True)
        self.setValue(round(float(self._shares()[np.searchsorted(self._steps, self._at)]) * STEPS))
        self.blockSignals(False)

    def _shares(self) -> np.ndarray:
        first, last = self._steps[0], self._steps[-1]
        return (self._steps - first) / max(last - first, 1) if last > first else np.zeros(1)

    def _moved(self, position: int) -> None:
        self._go_to(int(np.argmin(np.abs(self._shares() - position / STEPS))))

    def _go_to(self, place: int) -> None:
        step = int(self._steps[place])
        if step != self._at:
            self._at = step
            self.scrubbed.emit(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk among the steps that were kept: those may lie closer together than the slider's own."""
        last, by = len(self._steps) - 1, _WALKS.get(event.key())
        if by is None:
            super().keyPressEvent(event)
            return
        self._go_to(min(max(int(np.searchsorted(self._steps, self._at)) + by, 0), last))
        self._stand()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, and its marks beneath."""
        super().paintEvent(event)
        if not self.isEnabled():
            return
        places = 7 + self._shares() * (self.width() - 14)
        # Where they would run into one another, only some are drawn.
        every = max(1, int(np.ceil(_NEAR / max(float(np.diff(places).mean()), 1e-9))))
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().off)
            for x in places[::every]:
                painter.drawRect(QRectF(x - 0.5, self.height() - 4, 1, 3))


class RunProgress(QWidget):
    """The bar, where it stands in words, and the slider over the past."""

    def __init__(self) -> None:
        super().__init__()
        self.bar, self.past = ProgressBar(), PastSlider()
        self._where, self._shown = elided("soft"), label("", "soft")
        self._told = ("", "")
        self._shown.setAlignment(RIGHT)
        row, column = QHBoxLayout(), QVBoxLayout(self)
        row.setSpacing(8)
        row.addWidget(self._where, 1)
        row.addWidget(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addSpacing(6)
        column.addLayout(row)
        column.addSpacing(2)
        column.addWidget(self.past)

    def set_where(self, text: str, share: float, short: str = "") -> None:
        """Tell where the run stands, and how much is done: 0..1; short: beside a past step that is told."""
        self._told = text, short or text
        self._tell()
        self.bar.set_share(share)

    def _tell(self) -> None:
        self._where.setText(self._told[bool(self._shown.text())])

    def set_past(self, steps: Sequence[int], shown: int | None = None) -> None:
        """Offer past steps; shown: the one that is on screen, None for the newest."""
        newest = steps[-1] if steps else 0
        self.past.set_steps(steps, newest if shown is None else shown)
        recolour(self._shown, "soft" if shown is None else "accent")
        self._shown.setText("" if shown is None else f"shown: step {shown:,}")
        self._tell()
