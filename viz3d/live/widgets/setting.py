"""A slider with its name and its value, which acts while it is dragged and is one step to undo."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from viz3d.live.widgets.parts import RIGHT, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import Spoken
from viz3d.live.widgets.style import Look, look

STEPS = 1000
_PAUSE = 300  # ms after the last key or turn of the wheel: then the value is chosen


@dataclass(frozen=True)
class Scale:
    """Between a slider's share 0..1 and a value.

    Attributes:
        low, high: values at the ends.
        log: equal ratios take equal room; `low` is above 0 then.
        zero: the left end is 0 in place of `low` (a log scale that can be switched off).
        fixed: the only values there are, in place of low and high.
    """

    low: float = 0.0
    high: float = 1.0
    log: bool = False
    zero: bool = False
    fixed: tuple[float, ...] = ()

    def value(self, share: float) -> float:
        """The value at a share 0..1."""
        if self.fixed:
            return self.fixed[round(share * (len(self.fixed) - 1))]
        if self.zero and share <= 0:
            return 0.0
        if self.log:
            # Three digits: what is shown is what is meant.
            return float(f"{self.low * (self.high / self.low) ** share:.3g}")
        return self.low + (self.high - self.low) * share

    def share(self, value: float) -> float:
        """The share 0..1 of a value; values outside are held at the ends."""
        if self.fixed:
            distance = [abs(value - each) for each in self.fixed]
            return distance.index(min(distance)) / max(len(self.fixed) - 1, 1)
        if self.log:
            if value <= self.low:
                return 0.0
            return float(np.clip(np.log(value / self.low) / np.log(self.high / self.low), 0, 1))
        return float(np.clip((value - self.low) / ((self.high - self.low) or 1.0), 0, 1))


_SHARE = Scale()


class Slider(QSlider):
    """A slider that goes where it is pressed.

    Attributes:
        role: what it is to a screen reader.
        scale: what its handle's places mean, which such a reader says; Qt would have it say the place itself.
            In words, with its unit, that is its description.
    """

    role = Role.Slider

    def __init__(self, scale: Scale = _SHARE) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.scale = scale
        self.setRange(0, STEPS)
        self.setPageStep(STEPS // 10)
        self.setSingleStep(STEPS // 100)
        self.setFixedHeight(20)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def aloud(self) -> str:
        """What it stands at; "" where its description tells that."""
        return ""

    @property
    def meant(self) -> float:
        """The value that it stands at."""
        return self.scale.value(self.value() / STEPS)

    @property
    def ends(self) -> tuple[float, float]:
        """The values at its left and right."""
        return self.scale.value(0.0), self.scale.value(1.0)

    def go(self, value: float) -> None:
        """Move the handle to a value, as keys do."""
        self.setSliderPosition(round(self.scale.share(value) * STEPS))

    def _go(self, event: QMouseEvent) -> None:
        share = (event.position().x() - 7) / max(self.width() - 14, 1)
        self.setSliderPosition(round(float(np.clip(share, 0, 1)) * STEPS))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle where the press is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self.isSliderDown():
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn with the wheel while it has the keys: else scrolling a page would change what it passes."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the groove, what is filled of it, and the handle."""
        colours = look()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw(painter, self, colours)


def _draw(painter: QPainter, slider: Slider, colours: Look) -> None:
    y, wide = slider.height() / 2, slider.width() - 14
    x = 7 + wide * slider.sliderPosition() / STEPS
    on = slider.isEnabled()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.track)
    painter.drawRoundedRect(QRectF(7, y - 1.5, wide, 3), 1.5, 1.5)
    painter.setBrush(colours.accent if on else colours.off)
    painter.drawRoundedRect(QRectF(7, y - 1.5, max(x - 7, 0), 3), 1.5, 1.5)
    if slider.hasFocus():
        painter.setPen(QPen(colours.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x, y), 8.5, 8.5)
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.text if on else colours.off)
    painter.drawEllipse(QPointF(x, y), 6, 6)


class Setting(QWidget):
    """A row: name, slider, value. `sliding` at each move of a person's hand; `chosen` once, when it rests."""

    sliding = Signal(float)
    chosen = Signal(float)

    def __init__(
        self,
        name: str,
        scale: Scale,
        write: Callable[[float], str],
        tip: str = "",
        widths: tuple[int, int] = (64, 48),
    ) -> None:
        super().__init__()
        self._write, self._tip = write, tip
        self._value = self._settled = scale.value(0)
        self._resting = QTimer(self, singleShot=True, interval=_PAUSE)
        self._resting.timeout.connect(self._rest)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.slider = Slider(scale)
        self.slider.setAccessibleName(name)
        self._spoken = Spoken(self.slider)
        for part in (self, self.slider):
            part.setToolTip(tip)
        self._text = label("", "soft", widths[1])
        self._text.setAlignment(RIGHT)
        row.addWidget(label(name, "soft", widths[0]))
        row.addWidget(self.slider, 1)
        row.addWidget(self._text)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self._released)
        self.set_value(self._value)

    @property
    def value(self) -> float:
        """What the slider stands at."""
        return self._value

    def set_scale(self, scale: Scale) -> None:
        """Let the slider run between other values; it keeps its value."""
        self.slider.scale = scale
        self.set_value(self._value)

    def set_value(self, value: float) -> None:
        """Show a value without a signal; a slider that a hand holds stays in that hand."""
        if self.slider.isSliderDown() or self._resting.isActive():
            return
        self._value = self._settled = value
        self.slider.blockSignals(True)
        self.slider.go(value)
        self.slider.blockSignals(False)
        self._tell(value)
        self.slider.update()

    def _moved(self, position: int) -> None:
        value = self.slider.scale.value(position / STEPS)
        self._spoken.tell(self._tell(value))
        if not self.slider.isSliderDown():
            self._resting.start()  # first: who is told may show the value again, which would settle it
        if value != self._value:
            self._value = value
            self.sliding.emit(value)

    def _tell(self, value: float) -> str:
        """Write a value, for a screen reader too: a slider's own number is the place of its handle."""
        told = self._write(value)
        self._text.setText(told)
        self.slider.setAccessibleDescription(f"{told}. {self._tip}" if self._tip else told)
        return told

    def _released(self) -> None:
        self._resting.stop()
        self._rest()

    def _rest(self) -> None:
        # A press that moved nothing is nothing to undo.
        if self._value != self._settled:
            self._settled = self._value
            self.chosen.emit(self._value)
