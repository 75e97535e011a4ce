"""A chart of one value over the steps of a training run. Only here is pyqtgraph imported."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import label
from viz3d.live.widgets.style import AXIS, CAPTION, font, look, with_alpha

_HEIGHT = 92
_APART, _PALEST = 400, 0.3  # steps whose curve is drawn at its full strength, and the least share of that
_CLOSE = 0.5  # least share of the largest value from which on a curve is not shown from 0
_FLOORS = 0.5, 0.8, 0.9, 0.98  # where the axis of a value with limits begins, if all of it is above


class LineChart(QWidget):
    """A chart with its name at the left and a number at the right.

    Args:
        title: its name.
        role: the look's colour of the smoothed curve.
        limits: of the upright axis; None follows the values.
    """

    def __init__(self, title: str, role: str, limits: tuple[float, float] | None = None) -> None:
        super().__init__()
        self._role = role
        self._number = label("", "head")
        self.plot = pg.PlotWidget(background=None)
        self.raw = self.plot.plot()
        self.smooth = self.plot.plot()
        self.rolling = self.plot.plot()
        self.validation = self.plot.plot(symbol="o", symbolSize=7)
        self._limits, self._steps = limits, 0
        self._set_up(limits)
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(label(title, "head"))
        head.addStretch()
        head.addWidget(self._number)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.plot)
        self._dress()

    def _set_up(self, limits: tuple[float, float] | None) -> None:
        plot = self.plot
        plot.setFixedHeight(_HEIGHT)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setStyleSheet("background: transparent; border: none;")
        plot.viewport().setAutoFillBackground(False)
        for part in (plot, plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAntialiasing(True)
        plot.getPlotItem().layout.setContentsMargins(0, 4, 2, 0)
        plot.showGrid(x=False, y=True, alpha=0.14)
        plot.getAxis("left").setWidth(AXIS)
        plot.getAxis("bottom").setHeight(18)
        # The line's peaks stay when there are more steps than pixels.
        for curve in (self.raw, self.smooth, self.rolling):
            curve.setDownsampling(auto=True, method="peak")
        # A run's first steps are whole numbers too, and none lies before them.
        plot.setLimits(xMin=0, minXRange=20)
        if limits:
            plot.setYRange(*limits, padding=0.02)

    def _dress(self) -> None:
        colours = look()
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(with_alpha(colours.soft, 0.3)))
            axis.setTextPen(pg.mkPen(colours.faint))
            axis.setTickFont(font("regular", CAPTION))
            axis.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0)
        self._dress_raw()
        self.smooth.setPen(pg.mkPen(getattr(colours, self._role), width=2))
        self.rolling.setPen(pg.mkPen(colours.accent, width=1.5))
        self.validation.setPen(None)
        self.validation.setSymbolBrush(colours.accent)
        self.validation.setSymbolPen(None)

    def _dress_raw(self) -> None:
        """The more steps share a pixel, the paler: they would else be one block."""
        share = max(min(_APART / max(self._steps, 1), 1.0), _PALEST)
        self.raw.setPen(pg.mkPen(with_alpha(look().soft, 0.45 * share)))

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._dress()

    def set_curve(self, steps: ArrayLike, raw: ArrayLike, smooth: ArrayLike) -> None:
        """Show a value of each step, and the same smoothed: (n,) each."""
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setStyle(showValues=True)
        values = _finite(steps, raw)[1]
        self._steps = len(values)
        self._dress_raw()
        self._scale(values, _finite(steps, smooth)[1])
        self.raw.setData(*_finite(steps, raw))
        self.smooth.setData(*_finite(steps, smooth))

    def _scale(self, raw: NDArray[Any], smooth: NDArray[Any]) -> None:
        """Choose where the axis begins and ends, and its numbers."""
        if not raw.size or not smooth.size:
            return
        low, high = self._limits or _around(raw, smooth)
        if self._limits:
            # A trained net's accuracy would else be a line along the edge.
            least = min(float(smooth.min()), float(np.quantile(raw, 0.05)))
            low = max(each for each in (low, *_FLOORS) if each <= max(least, low))
        self.plot.setYRange(low, high, padding=0.02)
        self._write_axis(ticks(low, high) if self._limits or low else [0.0, *ticks(low, high)])

    def _write_axis(self, numbers: list[float]) -> None:
        self.plot.getAxis("left").setTicks([[(each, f"{each:.4g}") for each in numbers]])

    def set_validation(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show values on the validation images, (m,), as dots."""
        self.validation.setData(*_finite(steps, values))

    def set_rolling(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show means over the last test images that were read on the way, (k,)."""
        self.rolling.setData(*_finite(steps, values))

    def set_number(self, text: str) -> None:
        """Show the value of the moment."""
        self._number.setText(text)

    def clear(self) -> None:
        """Show an empty chart."""
        for curve in (self.raw, self.smooth, self.rolling, self.validation):
            curve.setData([], [])
        # An empty axis would count from 0 to 1, which no step is, nor any loss.
        self.plot.getAxis("bottom").setStyle(showValues=False)
        self.plot.getAxis("left").setStyle(showValues=bool(self._limits))
        if self._limits:
            self.plot.setYRange(*self._limits, padding=0.02)
            self._write_axis(ticks(*self._limits))  # those of the run that was there would lie on one another
        self._number.setText("")


def _around(raw: NDArray[Any], smooth: NDArray[Any]) -> tuple[float, float]:
    """From 0 to beyond the largest value; where all lie close together, only as far as they reach."""
    low = min(float(raw.min()), float(smooth.min()))
    high = max(float(raw.max()), float(smooth.max())) or 1.0
    if low < _CLOSE * high:
        return 0.0, high
    spare = 0.05 * high if high - low < 0.01 * high else 0.1 * (high - low)
    return low - spare, high + spare


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, a few of them: 1, 2 or 5 of a power of ten apart."""
    span = high - low
    if not 0 < span < np.inf:
        return []
    power = 10.0 ** np.floor(np.log10(span / 5))
    step = next(power * many for many in (1, 2, 5, 10) if power * many >= span / 5 * 0.999)
    numbers = step * np.arange(np.floor(low / step), np.ceil(high / step) + 1)
    return [float(each) for each in numbers if low + 0.02 * span < each < high - 0.02 * span]


def _finite(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """The points that can be drawn: a loss that overflowed has no place."""
    across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
    good = np.isfinite(up)
    return across[good], up[good]
