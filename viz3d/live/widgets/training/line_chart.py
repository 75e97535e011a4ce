"""A chart of one value over the steps of a training run, painted by Qt alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import CENTRE, RIGHT, Painted, label
from viz3d.live.widgets.style import AXIS, CAPTION, Look, font, with_alpha

_HEIGHT = 92
_ABOVE, _BESIDE, _BELOW = 4, 2, 18  # px around the curves that they leave free, beside the axis at the left
_APART, _PALEST = 400, 0.3  # steps whose curve is drawn at its full strength, and the least share of that
_CLOSE = 0.5  # least share of the largest value from which on a curve is not shown from 0
_FLOORS = 0.5, 0.8, 0.9, 0.98  # where the axis of a value with limits begins, if all of it is above
_LEAST = 20  # steps that the axis has at least: a run's first steps are whole numbers too
_SPARE = 0.02  # of the axes' lengths, which no curve reaches
_DOT = 3.5  # px

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]
_NONE: Points = np.empty(0), np.empty(0)


@dataclass(frozen=True)
class Plot:
    """The curves of a chart and its axes.

    Attributes:
        raw, smooth, rolling, validation: steps and values (n,) each.
        low, high: between which values the upright axis runs.
        numbers: where it is marked.
    """

    raw: Points = _NONE
    smooth: Points = _NONE
    rolling: Points = _NONE
    validation: Points = _NONE
    low: float = 0.0
    high: float = 1.0
    numbers: tuple[float, ...] = ()

    @property
    def across(self) -> tuple[float, float]:
        """Between which steps the other axis runs: from the step before the first one shown."""
        steps = [part[0] for part in (self.raw, self.rolling, self.validation) if len(part[0])]
        if not steps:
            return 0.0, float(_LEAST)
        first = max(min(float(each[0]) for each in steps) - 1.0, 0.0)
        last = max(float(each[-1]) for each in steps)
        return first, max(last + _SPARE * (last - first), first + _LEAST)

    @property
    def up(self) -> tuple[float, float]:
        """Between which values the upright axis runs, with what no curve reaches."""
        spare = _SPARE * (self.high - self.low)
        return self.low - spare, self.high + spare


class _Curves(Painted):
    """Paints a plot."""

    ringed = False

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role, self.plot = role, Plot()
        self.setFixedHeight(_HEIGHT)

    def show_plot(self, plot: Plot) -> None:
        """Show another one."""
        self.plot = plot
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw axes, numbers and curves."""
        plot, size = self.plot, self.rect()
        box = QRectF(AXIS, _ABOVE, size.width() - AXIS - _BESIDE, size.height() - _ABOVE - _BELOW)
        (left, right), (low, high) = plot.across, plot.up

        def x(steps: Any) -> Any:
            return box.left() + (steps - left) / (right - left) * box.width()

        def y(values: Any) -> Any:
            return box.bottom() - (values - low) / (high - low) * box.height()

        self._draw_axes(painter, look, box, [(float(y(each)), each) for each in plot.numbers])
        marks = ticks(left, right) if len(plot.raw[0]) else []
        for at in marks:
            place = QRectF(float(x(at)) - 40, box.bottom() + 6, 80, _BELOW - 6)
            painter.drawText(place, CENTRE, f"{at:.0f}")
        painter.setClipRect(box)
        # The more steps share a pixel, the paler: they would else be one block.
        share = max(min(_APART / max(len(plot.raw[0]), 1), 1.0), _PALEST)
        for (steps, values), colour, width in (
            (plot.raw, with_alpha(look.soft, 0.45 * share), 1.0),
            (plot.smooth, getattr(look, self._role), 2.0),
            (plot.rolling, look.accent, 1.5),
        ):
            painter.setPen(QPen(colour, width))
            _draw_curve(painter, x(steps), y(values), width)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.accent)
        for step, value in zip(*plot.validation, strict=True):
            painter.drawEllipse(QPointF(x(step), y(value)), _DOT, _DOT)

    def _draw_axes(
        self, painter: QPainter, look: Look, box: QRectF, numbers: list[tuple[float, float]]
    ) -> None:
        axis = with_alpha(look.soft, 0.3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(_paler(axis, 0.55), 1))
        painter.drawLines([QLineF(box.left(), at, box.right(), at) for at, _ in numbers])
        painter.setPen(QPen(axis, 1))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("regular", CAPTION))
        painter.setPen(look.faint)
        for at, number in numbers:
            painter.drawText(QRectF(0, at - 8, box.left() - 6, 16), RIGHT, f"{number:.4g}")


class LineChart(QWidget):
    """A chart with its name at the left and a number at the right.

    Args:
        title: its name.
        role: the look's colour of the smoothed curve.
        limits: of the upright axis; None follows the values.
    """

    def __init__(self, title: str, role: str, limits: tuple[float, float] | None = None) -> None:
        super().__init__()
        self._number, self._limits, self._curves = label("", "head"), limits, _Curves(role)
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(label(title, "head"))
        head.addStretch()
        head.addWidget(self._number)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._curves)
        self.clear()

    @property
    def plot(self) -> Plot:
        """What it shows."""
        return self._curves.plot

    def set_curve(self, steps: ArrayLike, raw: ArrayLike, smooth: ArrayLike) -> None:
        """Show a value of each step, and the same smoothed: (n,) each."""
        curve, mean = _finite(steps, raw), _finite(steps, smooth)
        low, high, numbers = self.plot.low, self.plot.high, self.plot.numbers
        if len(curve[1]) and len(mean[1]):
            low, high = self._reach(curve[1], mean[1])
            numbers = tuple(ticks(low, high) if self._limits or low else [0.0, *ticks(low, high)])
        self._change(raw=curve, smooth=mean, low=low, high=high, numbers=numbers)

    def _reach(self, raw: NDArray[Any], smooth: NDArray[Any]) -> tuple[float, float]:
        """Where the axis begins and ends."""
        low, high = self._limits or _around(raw, smooth)
        if self._limits:
            # A trained net's accuracy would else be a line along the edge.
            least = min(float(smooth.min()), float(np.quantile(raw, 0.05)))
            low = max(each for each in (low, *_FLOORS) if each <= max(least, low))
        return low, high

    def set_validation(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show values on the validation images, (m,), as dots."""
        self._change(validation=_finite(steps, values))

    def set_rolling(self, steps: ArrayLike, values: ArrayLike) -> None:
        """Show means over the last test images that were read on the way, (k,)."""
        self._change(rolling=_finite(steps, values))

    def _change(self, **fields: Any) -> None:
        self._curves.show_plot(Plot(**(vars(self.plot) | fields)))

    def set_number(self, text: str) -> None:
        """Show the value of the moment."""
        self._number.setText(text)

    def clear(self) -> None:
        """Show an empty chart: an axis without limits has no numbers, for it would count from 0 to 1."""
        low, high = self._limits or (0.0, 1.0)
        numbers = tuple(ticks(low, high)) if self._limits else ()
        self._curves.show_plot(Plot(low=low, high=high, numbers=numbers))
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


def _finite(x: ArrayLike, y: ArrayLike) -> Points:
    """The points that can be drawn: a loss that overflowed has no place."""
    across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
    good = np.isfinite(up)
    return across[good], up[good]


def _draw_curve(painter: QPainter, x: Floats, y: Floats, width: float) -> None:
    """Draw a line through points in pixels, their x in order."""
    if len(x) < 2:
        return
    if width <= 1:
        x, y = peaks(x, y)
        painter.drawPolyline(QPolygonF(list(map(QPointF, x.tolist(), y.tolist()))))
        return
    x, y = means(x, y)
    # A wide line is several times quicker piece by piece than as one outline.
    across, up = x.tolist(), y.tolist()
    painter.drawLines(list(map(QLineF, across, up, across[1:], up[1:])))


def peaks(x: Floats, y: Floats) -> Points:
    """The least and the greatest of the points that share a pixel, where many do: the line's peaks stay.

    x: in pixels, in order.
    """
    starts = _pixels(x)
    if len(x) <= 2 * len(starts):
        return x, y
    ends = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(x[starts], 2), np.stack(ends, axis=1).ravel()


def means(x: Floats, y: Floats) -> Points:
    """The mean of the points that share a pixel, where many do; x: in pixels, in order."""
    starts = _pixels(x)
    if len(x) <= 2 * len(starts):
        return x, y
    counts = np.diff(starts, append=len(x))
    return np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts


def _pixels(x: Floats) -> NDArray[np.intp]:
    """The first of the points in each pixel that has some."""
    return np.flatnonzero(np.diff(np.floor(x), prepend=-np.inf))


def _paler(colour: QColor, share: float) -> QColor:
    return with_alpha(colour, share * colour.alphaF())
