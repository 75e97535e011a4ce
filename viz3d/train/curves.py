"""The curves of a comparison as one picture: test accuracy large, loss and training accuracy beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

from viz3d.command.wording import counted
from viz3d.figures.ink import Rgb, type_of, unit
from viz3d.figures.page import GAP, MARGIN, WIDTH, Box, Page, new_page, panel_axes, save
from viz3d.figures.spread import places_beside
from viz3d.train.comparison import Comparison, Curve, Point

HEIGHT = 1080
_TOP = 176
_COLOURS = tuple(
    unit(colour)
    for colour in (
        (255, 180, 87),
        (88, 189, 255),
        (127, 224, 168),
        (255, 111, 145),
        (183, 155, 255),
        (245, 230, 99),
        (79, 216, 208),
        (255, 138, 92),
    )
)
_ON_PAPER = tuple(
    unit(colour)
    for colour in (
        (200, 85, 0),
        (0, 105, 190),
        (13, 122, 69),
        (205, 25, 75),
        (110, 60, 190),
        (115, 100, 0),
        (0, 120, 125),
        (135, 65, 40),
    )
)
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
_SHARES = (0.1, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
LOSS = "Loss"
_SIZE, _LINE = 17, 24  # of the labels, and pixels from one to the next


@dataclass(frozen=True)
class _Quantity:
    """What a panel shows: a number of each point, its height on the axis, and its words."""

    title: str
    subtitle: str
    value: Callable[[Point], float]
    height: Callable[[float], float]
    words: Callable[[float], str]
    ticks: Sequence[float]


def draw_curves(comparison: Comparison, path: Path, theme: str = "dark") -> None:
    """Write the picture as a PNG, 1920 x 1080 pixels."""
    save(curves_figure, comparison, path, theme)


def curves_figure(comparison: Comparison, theme: str = "dark") -> Figure:
    """The picture as a figure of matplotlib's, a point a pixel."""
    page = new_page(HEIGHT, theme)
    _heading(page, comparison)
    height = HEIGHT - _TOP - MARGIN
    wide = (WIDTH - 2 * MARGIN - GAP) * 0.56
    left, narrow = MARGIN + wide + GAP, WIDTH - 2 * MARGIN - GAP - wide
    half = (height - GAP) / 2
    test, train, loss = _quantities(comparison)
    _panel(page, (MARGIN, _TOP, wide, height), test, comparison)
    _panel(page, (left, _TOP, narrow, half), loss, comparison)
    _panel(page, (left, _TOP + half + GAP, narrow, half), train, comparison)
    page.set_type()
    return page.figure


def _quantities(comparison: Comparison) -> tuple[_Quantity, _Quantity, _Quantity]:
    images = "the images since the last point, each batch before its update"

    def accuracy(title: str, subtitle: str, value: Callable[[Point], float], most: int) -> _Quantity:
        # So that 90, 99 and 99.9 % are equally far apart; all right is half an image short of it.
        def height(share: float) -> float:
            return float(-np.log10(max(1 - share, 0.5 / most)))

        return _Quantity(title, subtitle, value, height, lambda share: f"{share:.2%}", _SHARES)

    most = max(point.images for curve in comparison.curves for point in curve.points)
    return (
        accuracy(
            "Test accuracy",
            f"on all {comparison.tested_on:,} test images; 90, 99 and 99.9% are equally far apart",
            lambda p: p.test_accuracy,
            comparison.tested_on,
        ),
        accuracy("Training accuracy", images, lambda p: p.train_accuracy, most),
        _Quantity(
            LOSS,
            images,
            lambda p: p.loss,
            lambda loss: float(np.log10(max(loss, 1e-7))),
            lambda loss: f"{loss:#.3g}".rstrip("."),  # 0.230 beside 0.189
            [digit * 10.0**power for power in range(-7, 8) for digit in (1, 2, 5)],
        ),
    )


def _heading(page: Page, comparison: Comparison) -> None:
    recipe = comparison.curves[0].recipe
    page.text(MARGIN, 96, "Trainers compared", 46, "display-bold")
    page.text(
        MARGIN,
        138,
        f"{comparison.net.name} on {comparison.trained_on:,} training images "
        f"({comparison.images.title}), "
        f"{counted(recipe.epochs, 'epoch')} in batches of {recipe.batch}: each from the same weights, with "
        "the same batches",
        21,
        "regular",
        page.ink.soft,
    )


def _panel(page: Page, box: Box, what: _Quantity, comparison: Comparison) -> None:
    names = max(_width(curve.label) for curve in comparison.curves)
    values = max(_width(_value(curve, what)) for curve in comparison.curves)
    axes = panel_axes(page, box, what.title, what.subtitle, (86, 100, 30 + names + 20 + values + 24, 58))
    heights = [what.height(what.value(point)) for curve in comparison.curves for point in curve.points]
    low, high = min(heights), max(heights)
    if what.title == LOSS:
        # One that diverges goes out at the top, so that the others can still be told apart.
        high = min(high, max(what.height(what.value(curve.points[0])) for curve in comparison.curves) + 0.3)
    room = max(high - low, 0.1) * 0.06
    axes.set_ylim(low - room, high + room)
    most = max(curve.points[-1].examples_seen for curve in comparison.curves)
    axes.set_xlim(0, most)
    _ticks(page, axes, what, most)
    ends, colours = [], _ON_PAPER if page.ink.paper else _COLOURS
    for place, curve in enumerate(comparison.curves):
        colour, dashes = colours[place % len(colours)], _DASHES[place // len(_COLOURS) % len(_DASHES)]
        xs = [point.examples_seen for point in curve.points]
        ys = [what.height(what.value(point)) for point in curve.points]
        axes.plot(xs, ys, color=colour, linestyle=dashes, linewidth=2.6, solid_capstyle="round", zorder=3)
        end = min(ys[-1], high + room)
        mark = "X" if curve.diverged else "o"
        axes.plot(xs[-1:], [end], marker=mark, color=colour, markersize=8, zorder=4, clip_on=False)
        ends.append(_End(xs[-1] / most, end, curve.label, _value(curve, what), colour))
    _name_ends(page, axes, ends, box[0] + box[2] - 24)


def _ticks(page: Page, axes: Axes, what: _Quantity, most: int) -> None:
    low, high = axes.get_ylim()
    kept: list[tuple[float, str]] = []
    apart = (high - low) * 0.06
    for value in what.ticks:
        place = what.height(value)
        if low <= place <= high and (not kept or place - kept[-1][0] >= apart):
            kept.append((place, f"{value:g}" if what.title == LOSS else f"{100 * value:g}%"))
    axes.set_yticks([place for place, _ in kept], [words for _, words in kept])
    axes.grid(axis="y", color=page.ink.line, linewidth=1)
    axes.set_axisbelow(True)
    step = next(s for k in range(12) for s in (10**k, 2 * 10**k, 5 * 10**k) if most / s <= 5)
    places = list(range(0, most + 1, step))
    axes.set_xticks(places, [_count(place) for place in places])
    axes.set_xlabel("examples seen", color=page.ink.faint, fontsize=16, labelpad=6)


def _value(curve: Curve, what: _Quantity) -> str:
    return "diverged" if curve.diverged else what.words(what.value(curve.points[-1]))


def _width(words: str) -> float:
    return float(TextPath((0, 0), words, size=_SIZE, prop=type_of("medium")).get_extents().width)


def _count(number: int) -> str:
    if number >= 10**6:
        return f"{number / 10**6:g} M"
    return f"{number / 1000:g} k" if number >= 1000 else str(number)


@dataclass(frozen=True)
class _End:
    """Where a curve ends, x as a share of the axis and y on it, and what is said of it."""

    x: float
    y: float
    name: str
    value: str
    colour: Rgb


def _name_ends(page: Page, axes: Axes, ends: Sequence[_End], edge: float) -> None:
    """Each curve's name and last value between the axes and `edge`, as near to its end as there is room."""
    place = axes.get_position()
    left, right = place.x0 * page.width, place.x1 * page.width
    ordered = sorted(ends, key=lambda end: -end.y)
    wanted, placed = places_beside(page, axes, [end.y for end in ordered], _LINE, over=10)
    for end, at, y in zip(ordered, wanted, placed, strict=True):
        axes.annotate(
            "",
            (right + 26, page.height - y),
            (left + end.x * (right - left) + 6, page.height - at),
            xycoords="figure pixels",
            textcoords="figure pixels",
            arrowprops={"arrowstyle": "-", "color": end.colour, "alpha": 0.6, "linewidth": 1.2, "shrinkA": 0},
            annotation_clip=False,
        )
        page.text(right + 30, y + 6, end.name, _SIZE, "medium", end.colour)
        page.text(edge, y + 6, end.value, _SIZE, "medium", end.colour, "right")
