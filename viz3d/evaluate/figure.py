"""A report as one picture: figures, confusion, each digit, confidence, first answers, mistakes."""

from math import ceil
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from viz3d.command.choice.digits import many
from viz3d.command.choice.models import SHORT, called
from viz3d.command.wording import duration, percent, short_name
from viz3d.evaluate.digits import DigitPanel
from viz3d.evaluate.report import BINS, Report
from viz3d.figures.ink import Ink, Rgb, blend
from viz3d.figures.page import GAP, MARGIN, WIDTH, Box, Page, new_page, panel_axes, save, tiles

HEIGHT = 1790
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25)  # of the axis digit by digit
_NUMBERED, _WORST = 30, 24
"""So many classes have their numbers and names; of more the worst are told one by one."""
_CHARTS, _DIGITS = (340, 560), (928, 798)  # top and height of each row


def draw_report(report: Report, path: Path, theme: str = "dark") -> None:
    """Write the picture as a PNG, 1920 x 1790 pixels."""
    save(report_figure, report, path, theme)


def report_figure(report: Report, theme: str = "dark") -> Figure:
    """The picture as a figure of matplotlib's, a point a pixel."""
    page = new_page(HEIGHT, theme)
    _heading(page, report)
    tiles(page, _figures(report, page.ink))
    width = (WIDTH - 2 * MARGIN - 2 * GAP) / 3
    lefts = [MARGIN + place * (width + GAP) for place in range(3)]
    for left, draw in zip(lefts, (_confusion, _digits, _confidence), strict=True):
        draw(page, (left, _CHARTS[0], width, _CHARTS[1]), report)
    half = (WIDTH - 2 * MARGIN - GAP) / 2
    box = (MARGIN, _DIGITS[0], half, _DIGITS[1])
    DigitPanel.first(report).draw(page, box)
    DigitPanel.worst(report).draw(page, (MARGIN + half + GAP, *box[1:]))
    page.set_type()
    return page.figure


def _heading(page: Page, report: Report) -> None:
    page.text(MARGIN, 96, report.net.title, 46, "display-bold")
    crops = f", each seen in {report.crops} crops" if report.crops > 1 else ""
    page.text(
        MARGIN, 144, f"{called(report.net, SHORT)} reads {report.where}{crops}", 23, "regular", page.ink.soft
    )


def _figures(report: Report, ink: Ink) -> list[tuple[str, str, Rgb]]:
    result = report.result
    return [
        ("Accuracy", percent(result.accuracy), ink.answer),
        ("Right", f"{result.correct:,}", ink.right),
        ("Misread", f"{result.total - result.correct:,}", ink.wrong if len(report.mistakes) else ink.text),
        (many(report.images).capitalize(), f"{result.total:,}", ink.text),
        ("Time", duration(report.seconds), ink.text),
        ("Mean confidence", percent(float(report.confidence.mean(dtype=np.float64)), 1), ink.text),
    ]


def _confusion(page: Page, box: Box, report: Report) -> None:
    names = _names(report)
    margin = 58 if max(map(len, names)) < 4 else 120
    words = f"each row a {_one(report)}, each column what it was read as"
    axes = panel_axes(page, box, "Confusion", words, (margin, 96, 24, 46 if margin < 100 else 108))
    counts, n = report.result.confusion, report.classes
    wrong = np.where(np.eye(n, dtype=bool), 0, counts)
    colours = np.empty((n, n, 3))
    # Square roots, so that a single misread image can still be seen beside many.
    colours[:] = page.ink.heat[(np.sqrt(wrong / max(wrong.max(), 1)) * 200).astype(int)] / 255
    colours[wrong == 0] = page.ink.cell
    diagonal = np.arange(n)
    recall = np.nan_to_num(report.recall)
    colours[diagonal, diagonal] = [
        blend(page.ink.cell, page.ink.right, 0.15 + 0.6 * share) for share in recall
    ]
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    _name_both(axes, names)
    if n > _NUMBERED:
        return
    size = 16 if counts.max() < 10_000 and n <= 10 else 12 if n <= 12 else 8
    for row, column in np.argwhere(counts > 0):
        colour = page.ink.on(colours[row, column])
        axes.text(column, row, f"{counts[row, column]}", color=colour, size=size, ha="center", va="center")
    axes.set_xticks(np.arange(n - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(n - 1) + 0.5, minor=True)
    axes.grid(which="minor", color=page.ink.panel, linewidth=2 if n <= 12 else 1)
    axes.tick_params(which="both", length=0)


def _names(report: Report) -> list[str]:
    return [short_name(name) for name in report.names]


def _one(report: Report) -> str:
    """What a row of classes is of."""
    return report.noun if report.noun in ("digit", "letter") else "class"


def _name_both(axes: Axes, names: list[str]) -> None:
    """Names along both sides, as many as have room."""
    some = np.arange(0, len(names), ceil(len(names) / _NUMBERED))
    told = [names[place] for place in some]
    long = max(map(len, names)) > 3
    axes.set_xticks(some, told, rotation=60 if long else 0, ha="right" if long else "center")
    axes.set_yticks(some, told)
    if len(names) > 12 or long:
        axes.tick_params(labelsize=14 if len(names) <= 12 else 11)


def _digits(page: Page, box: Box, report: Report) -> None:
    names, shown = _names(report), np.arange(report.classes)
    long, words = max(map(len, names)) > 3, f"{_one(report).capitalize()} by {_one(report)}"
    if report.classes > _NUMBERED:
        shown = np.argsort(np.nan_to_num(report.recall, nan=2.0), kind="stable")[:_WORST]
        words = f"The {_WORST} of {report.classes:,} classes read worst"
    axes = panel_axes(page, box, words, "", (120 if long else 64, 118, 182, 46))
    left, top = box[:2]
    n, recall, precision = len(shown), report.recall[shown], report.precision[shown]
    rows, size = np.arange(n), 16 if n <= 12 else 11
    _grid(axes, recall, precision, page.ink.line)
    axes.hlines(rows, recall, precision, color=page.ink.faint, linewidth=2)
    axes.plot(recall, rows, "o", color=page.ink.answer, markersize=13 if n <= 12 else 8, clip_on=False)
    axes.plot(precision, rows, "D", color=page.ink.beside, markersize=7 if n <= 12 else 5, clip_on=False)
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks(rows, [names[place] for place in shown])
    axes.tick_params(axis="y", pad=18, labelsize=14 if long and n <= 12 else size)
    recalled = f"recall: of a {_one(report)}'s {many(report.images)}, how many were read right"
    page.marker(left + 30, top + 65, "o", page.ink.answer)
    page.text(left + 44, top + 70, recalled, 16, "regular", page.ink.soft)
    precise = "precision: of the answers with it, how many are right"
    page.marker(left + 30, top + 90, "D", page.ink.beside)
    page.text(left + 44, top + 96, precise, 16, "regular", page.ink.soft)
    _numbers(axes, recall, 182 - 96, page.ink.answer, size)
    _numbers(axes, precision, 182 - 20, page.ink.beside, size)


def _numbers(axes: Axes, shares: np.ndarray, aside: int, colour: Rgb, size: int) -> None:
    """A column of shares, a row each, so many points right of the axes."""
    for row, share in enumerate(shares):
        axes.annotate(
            "–" if np.isnan(share) else percent(share, 1),
            (1, row),
            xycoords=("axes fraction", "data"),
            xytext=(aside, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=colour,
            size=size,
        )


def _grid(axes: Axes, recall: np.ndarray, precision: np.ndarray, line: Rgb) -> None:
    """The axis of shares: from where the worst of them has room, up to all."""
    worst = np.nanmin(np.concatenate([recall, precision]))
    step = next(step for step in _STEPS if 1 - 4 * step <= worst)
    axes.set_xlim(1 - 4 * step, 1)
    ticks = 1 - step * np.arange(4, -1, -1)
    axes.set_xticks(ticks, [f"{100 * tick:.{1 if step < 0.01 else 0}f}%" for tick in ticks])
    axes.grid(axis="x", color=line, linewidth=1)


def _confidence(page: Page, box: Box, report: Report) -> None:
    text = f"calibration error {percent(report.calibration_error, 1)}"
    axes = panel_axes(
        page, box, "Confidence", f"how often answers of a confidence are right; {text}", (80, 96, 38, 190)
    )
    count, confidence, right = report.calibration
    axes.plot([0, 1], [0, 1], color=page.ink.faint, linewidth=1.5, linestyle=(0, (4, 4)))
    seen = count > 0
    axes.plot(confidence[seen], right[seen], color=blend(page.ink.panel, page.ink.answer, 0.6), linewidth=2)
    # Larger where there is more to go by.
    sizes = 14 + 40 * np.log10(np.maximum(count[seen], 1))
    axes.scatter(confidence[seen], right[seen], s=sizes, color=page.ink.answer, clip_on=False, zorder=3)
    _shares(axes, "x", [])
    _shares(axes, "y", [0, 0.25, 0.5, 0.75, 1])
    axes.grid(color=page.ink.line, linewidth=1)
    _counts(page, (box[0] + 80, box[1] + box[3] - 172, box[2] - 118, 104), count)


def _counts(page: Page, box: Box, count: np.ndarray) -> None:
    """How many answers have each confidence, (BINS,)."""
    lower = page.axes(*box)
    lower.bar(
        (np.arange(BINS) + 0.5) / BINS,
        count,
        width=0.84 / BINS,
        color=blend(page.ink.panel, page.ink.beside, 0.75),
    )
    lower.set_yscale("symlog", linthresh=1)
    lower.set_ylim(0, 4 * max(count.max(), 1))
    lower.set_yticks([])
    lower.minorticks_off()
    for place, number in enumerate(count):
        if number:
            lower.text(
                (place + 0.5) / BINS,
                number * 1.25,
                f"{number:,}",
                size=13,
                color=page.ink.soft,
                ha="center",
                va="bottom",
            )
    _shares(lower, "x", [0, 0.25, 0.5, 0.75, 1])
    lower.set_xlabel(
        "confidence of the answers, and how many (logarithmic bars)",
        size=16,
        color=page.ink.soft,
        labelpad=8,
    )


def _shares(axes: Axes, which: str, ticks: list[float]) -> None:
    limits, places = (axes.set_xlim, axes.set_xticks) if which == "x" else (axes.set_ylim, axes.set_yticks)
    limits(0, 1)
    places(ticks, [f"{100 * tick:.0f}%" for tick in ticks])
