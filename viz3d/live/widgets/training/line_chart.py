"""A chart of one value over the steps of a training run. Only here is pyqtgraph imported."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import AXIS, CAPTION, font, look, with_alpha

_HEIGHT = 92
_APART, _PALEST = 400, 0.3  # steps whose curve is drawn at its full strength, and the least share of that
_SPARE = 0.02  # of the lower axis, behind the newest step: the dot of a test there would be cut
_CLOSE = 0.5  # least share of the largest value from which on a curve is not shown from 0
_LEAST = 20  # steps that the lower axis has: a run's first ones are whole numbers too
_FLOORS = 0.5, 0.8, 0.9, 0.98  # where the axis of a value with limits begins, if all of it is above


class LineChart(QWidget):
    """A chart with its name at the left and a number at the right.

    Args:
        title: its name.
        role: the look's colour of the smoothed curve.
        limits: of the upright axis; None follows the values.
    """

    role = Role.Chart

    def __init__(self, title: str, role: str, limits: tuple[float, float] | None = None) -> None:
        super().__init__()
        self.setAccessibleName(f"Chart: {title}")
        self._role = role
        self._number = label("", "head")
        self.plot = pg.PlotWidget(background=None)
        # Not by `plot.plot()`: an item of that holds a curve and dots, and works out both at each change.
        self.raw, self.smooth, self.rolling = (pg.PlotCurveItem() for _ in range(3))
        self.validation = pg.ScatterPlotItem(symbol="o", size=7)
        for item in (self.raw, self.smooth, self.rolling, self.validation):
            self.plot.addItem(item)
        self._limits, self._steps, self._shown = limits, 0, dict[str, Any]()
        self._span: tuple[float, float] | None = None  # of the values of all steps
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
        # It would be worked out as the chart is painted, which would be painted once more.
        plot.disableAutoRange()
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
        self.validation.setBrush(colours.accent)
        self.validation.setPen(None)

    def _dress_raw(self) -> None:
        """The more steps share a pixel, the paler: they would else be one block."""
        share = max(min(_APART / max(self._steps, 1), 1.0), _PALEST)
        colour = with_alpha(look().soft, 0.45 * share)
        if self._shown.get("raw") != colour:
            self._shown["raw"] = colour
            self.raw.setPen(pg.mkPen(colour))

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._dress()

    def set_curve(self, steps: ArrayLike, raw: ArrayLike, smooth: ArrayLike) -> None:
        """Show a value of each step, and the same smoothed: (n,) each."""
        curve, mean = _finite(steps, raw), _finite(steps, smooth)
        self._count(left=True, bottom=True)
        self._steps = len(curve[1])
        self._dress_raw()
        self._reach(curve[0])
        self._span = self._span_of(curve[1], mean[1])
        self._scale()
        self.raw.setData(*self._few(*curve))
        self.smooth.setData(*self._few(*mean))

    def _count(self, **shown: bool) -> None:
        """Choose which axes have numbers. All that an axis is told has it drawn anew."""
        for name, numbers in shown.items():
            if self._shown.get(name) != numbers:
                self._shown[name] = numbers
                self.plot.getAxis(name).setStyle(showValues=numbers)

    def _reach(self, steps: NDArray[Any]) -> None:
        """Choose between which steps the lower axis runs: from the one before the first."""
        if steps.size:
            first = max(float(steps[0]) - 1.0, 0.0)
            last = max(float(steps[-1]), first + _LEAST)
            self.plot.setXRange(first, last + _SPARE * (last - first), padding=0)

    def _few(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The least and the greatest of the points that share a pixel, where many do: a line's peaks stay."""
        pixels = max(int(self.plot.getViewBox().width()), 1)
        if len(x) <= 2 * pixels:
            return x, y
        starts = np.unique(np.searchsorted(x, np.linspace(x[0], x[-1], pixels, endpoint=False)))
        ends = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        return np.repeat(x[starts], 2), np.stack(ends, axis=1).ravel()

    def _span_of(self, raw: NDArray[Any], smooth: NDArray[Any]) -> tuple[float, float] | None:
        """Between which values a run lies, but for some batches where there are limits; None: it has none."""
        if not raw.size or not smooth.size:
            return None
        low = float(np.quantile(raw, 0.05) if self._limits else raw.min())
        return min(float(smooth.min()), low), max(float(smooth.max()), float(raw.max()))

    def _scale(self) -> None:
        """Choose where the axis begins and ends, and its numbers: what was tested is to be seen, too."""
        if self._span is None:
            return
        tested = [
            each[1] for each in (self.rolling.getData(), self.validation.getData()) if each[1] is not None
        ]
        values = np.concatenate([self._span, *tested])
        least, most = float(values.min()), float(values.max())
        low, high = self._limits or _around(least, most)
        if self._limits:
            # A trained net's accuracy would else be a line along the edge.
            low = max(each for each in (low, *_FLOORS) if each <= max(least, low))
        self.plot.setYRange(low, high, padding=0.02)
        self._write_axis(ticks(low, high) if self._limits or low else [0.0, *ticks(low, high)])

    def _write_axis(self, numbers: list[float]) -> None:
        if self._shown.get("numbers") != numbers:
            self._shown["numbers"] = numbers
            self.plot.getAxis("left").setTicks([list(zip(numbers, told(numbers), strict=True))])

    def set_validation(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show values on the validation images, (m,), as dots."""
        dots = _finite(steps, values)
        # They are few, and come once in an epoch; the dots of before are worked out all the same.
        if len(dots[0]) != len(self.validation.data) or not np.array_equal(dots, self.validation.getData()):
            self.validation.setData(*dots)
            self._scale()

    def set_rolling(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show means over the last test images that were read on the way, (k,)."""
        self.rolling.setData(*self._few(*_finite(steps, values)))
        self._scale()

    def aloud(self) -> str:
        """Where the smoothed curve began and where it is, and the last test of all."""
        x, y = self.smooth.getData()
        if x is None or not len(x):
            return "no step yet"
        ends = (f"step {x[at]:,.0f}: {y[at]:.3g}" for at in (0, -1))
        words = ", ".join((*ends, f"least {y.min():.3g}, most {y.max():.3g}"))
        tests = self.validation.getData()[1]
        return words if tests is None or not len(tests) else f"{words}; all tests: {tests[-1]:.3g}"

    def settle(self) -> None:
        """Move the curves to where they now belong: done as it is painted, all would be painted once more."""
        self.plot.scene().prepareForPaint()

    def set_number(self, text: str) -> None:
        """Show the value of the moment."""
        self._number.setText(text)

    def clear(self) -> None:
        """Show an empty chart."""
        for curve in (self.raw, self.smooth, self.rolling, self.validation):
            curve.setData([], [])
        self._span = None
        # An empty axis would count from 0 to 1, which no step is, nor any loss.
        self._count(bottom=False, left=bool(self._limits))
        if self._limits:
            self.plot.setYRange(*self._limits, padding=0.02)
            self._write_axis(ticks(*self._limits))  # those of the run that was there would lie on one another
        self._number.setText("")


def _around(low: float, high: float) -> tuple[float, float]:
    """From 0 to beyond the largest value; where all lie close together, only as far as they reach."""
    high = high or 1.0
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


def told(numbers: Sequence[float]) -> list[str]:
    """The numbers of an axis, all with as many places."""
    short = [f"{each:.4g}" for each in numbers]
    places = max((len(each.partition(".")[2]) for each in short), default=0)
    return short if any("e" in each for each in short) else [f"{each:.{places}f}" for each in numbers]


def _finite(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """The points that can be drawn: a loss that overflowed has no place."""
    across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
    good = np.isfinite(up)
    return across[good], up[good]
