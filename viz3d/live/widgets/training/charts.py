"""Curves of a training run: loss and accuracy of each step, smoothed, and on the validation images."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viz3d.live.widgets.handlers import hold_handlers
from viz3d.live.widgets.parts import LEFT, Painted
from viz3d.live.widgets.style import AXIS, CAPTION, Look, font

_LEAD, _GAP = 16.0, 9.0  # px of a sample before its name, and between a name and the next sample
Values = Sequence[float] | NDArray[Any]


class Key(Painted):
    """What the lines and dots are of."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What the lines and dots are of")
        self.setFixedHeight(16)
        self.setToolTip(
            "Bold: the last 100 batches, each before its update; pale: each batch. Thin: up to 2,000 test "
            "images, read on the way, a hundred at a time. Dots: all test images, after each epoch."
        )

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw a sample of each, and its name."""
        painter.setFont(font("regular", CAPTION))
        x, y = float(AXIS), self.height() / 2
        named = (
            ("100 batches", look.curve, 2.0),
            ("rolling tests", look.accent, 1.5),
            ("all tests", look.accent, 0.0),
        )
        wide = [QFontMetricsF(painter.font()).horizontalAdvance(words) for words, _, _ in named]
        # Closer together beside a scroll bar; a pixel is left for what a letter is smoothed by.
        gap = min(_GAP, (self.width() - 1 - AXIS - sum(wide) - _LEAD * len(named)) / (len(named) - 1))
        for (words, colour, width), room in zip(named, wide, strict=True):
            if width:
                painter.setPen(QPen(colour, width))
                painter.drawLine(QPointF(x, y), QPointF(x + 12, y))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawEllipse(QPointF(x + 6, y), 3.5, 3.5)
            painter.setPen(look.faint)
            painter.drawText(QRectF(x + _LEAD, 0, room + 1, self.height()), LEFT, words)
            x += _LEAD + room + gap


class Charts(QWidget):
    """The loss above, the accuracy below.

    Each is a LineChart, and made when it is first needed: what draws curves takes a third of a second to
    import, and a window opens without it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pair: tuple[Any, Any] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    @property
    def loss(self) -> Any:
        """The upper one."""
        return self._charts()[0]

    @property
    def accuracy(self) -> Any:
        """The lower one."""
        return self._charts()[1]

    def _charts(self) -> tuple[Any, Any]:
        if self._pair is None:
            from viz3d.live.widgets.training.line_chart import LineChart  # noqa: PLC0415

            hold_handlers()
            self._pair = LineChart("Loss", "excite"), LineChart("Accuracy", "curve", (0.0, 1.0))
            for chart in self._pair:
                chart.clear()
                self._column.addWidget(chart)
            self._column.addWidget(Key())
        return self._pair

    def showEvent(self, event: QShowEvent) -> None:
        """Make them."""
        self._charts()
        super().showEvent(event)

    def set_run(
        self,
        steps: Values,
        loss: tuple[Values, Values],
        accuracy: tuple[Values, Values],
    ) -> None:
        """Show a run: of each of its n steps loss and accuracy (0..1), each as (raw, smoothed)."""
        self.loss.set_curve(steps, *loss)
        self.accuracy.set_curve(steps, *accuracy)

    def set_numbers(self, loss: float, accuracy: float) -> None:
        """Write loss and accuracy (0..1) of the moment over their charts."""
        self.loss.set_number(f"{loss:.3f}")
        self.accuracy.set_number(f"{accuracy:.1%}")

    def set_validation(self, steps: Values, accuracy: Values, loss: Values = ()) -> None:
        """Show accuracy (0..1), and loss where it is known, on the validation images."""
        self.accuracy.set_validation(steps, accuracy)
        self.loss.set_validation(steps[: len(loss)], loss)

    def set_rolling(self, steps: Values, accuracy: Values) -> None:
        """Show the rolling test accuracy (0..1)."""
        self.accuracy.set_rolling(steps, accuracy)

    def settle(self) -> None:
        """Have all that was set painted at once."""
        for chart in self._pair or ():
            chart.settle()

    def clear(self) -> None:
        """Show empty charts."""
        for chart in self._pair or ():
            chart.clear()
