"""The panels of the studies that are curves: lesions, pruning and evolution."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from viz3d.command.wording import percent
from viz3d.figures.ink import Rgb
from viz3d.figures.page import GAP, MARGIN, WIDTH, Box, Page, panel_axes
from viz3d.figures.spread import places_beside
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts
from viz3d.findings.studies.silencing import LesionFacts

_TOP, _HIGH = 180, 852  # of the panels
_WIDE = 1180
_LEFT: Box = (MARGIN, _TOP, _WIDE, _HIGH)
_NARROW = WIDTH - 2 * MARGIN - GAP - _WIDE
_RIGHT: Box = (MARGIN + _WIDE + GAP, _TOP, _NARROW, _HIGH)
_INSIDE = (100, 110, 60, 84)
_LISTED = 20  # neurons

Named = tuple[str, float, Rgb]
"""What is written at the end of a curve, at which height, in which colour."""


def lesion_panels(page: Page, facts: LesionFacts) -> None:
    """The three curves, and beside them what is needed most."""
    lesion = facts.lesion
    each, names = lesion.ablation.each, list(facts.curves)
    axes = _plain(page, _LEFT, "Read right", f"as {each}s fall silent in three orders", _INSIDE)
    colours = dict(zip(names, (page.ink.warm, page.ink.text, page.ink.cool), strict=True))
    low, high = lesion.random.min(axis=0), lesion.random.max(axis=0)
    axes.fill_between(lesion.counts, low, high, color=page.ink.text, alpha=0.16, linewidth=0)
    for name, curve in facts.curves.items():
        axes.plot(lesion.counts, curve, color=colours[name], linewidth=3, solid_capstyle="round")
        axes.plot(lesion.counts, curve, "o", color=colours[name], markersize=6, clip_on=False)
    _shares(axes, 0.0, 1.0)
    axes.set_xlim(0, lesion.counts[-1])
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_xlabel(f"silent {each}s", color=page.ink.faint, size=16, labelpad=8)
    lines = [(f"{n}, mean {percent(lesion.area(curve), 1)}", colours[n]) for n, curve in facts.curves.items()]
    lines.append((f"band: least and most of {len(lesion.random)} random orders", page.ink.soft))
    _legend(page, MARGIN + 140, _TOP + _HIGH - 250, lines)
    _needed(page, facts)


def _needed(page: Page, facts: LesionFacts) -> None:
    ablation, ranking = facts.lesion.ablation, facts.ranking
    order = ablation.order[:_LISTED]
    words = f"images lost without this {ablation.each} alone"
    axes = panel_axes(page, _RIGHT, "Needed most", words, (210, 110, 120, 40))
    lost = ablation.lost_by_class[order].sum(axis=1)
    names = [ranking.addresses[int(i)] for i in order]
    _bars(
        page,
        axes,
        names,
        lost,
        [f"{n:,}" for n in lost],
        [page.ink.warm if n > 0 else page.ink.cool for n in lost],
    )


def prune_panels(page: Page, facts: PruneFacts) -> None:
    """Accuracy by the share removed, and what each layer has left."""
    pruning = facts.pruning
    axes = _plain(
        page, _LEFT, "Read right", "by the share of the weights removed, the weakest first", _INSIDE
    )
    holds = pruning.shares <= pruning.share
    axes.axhline(pruning.floor, color=page.ink.soft, linewidth=1.5, linestyle=(0, (5, 4)))
    axes.axvline(pruning.share, color=page.ink.answer, linewidth=1.5, alpha=0.7)
    axes.plot(pruning.shares, pruning.accuracies, color=page.ink.warm, linewidth=3, solid_capstyle="round")
    axes.plot(pruning.shares[holds], pruning.accuracies[holds], color=page.ink.cool, linewidth=3)
    axes.plot(pruning.shares, pruning.accuracies, "o", color=page.ink.text, markersize=5, clip_on=False)
    axes.plot(
        [pruning.share], [pruning.kept_accuracy], "o", color=page.ink.answer, markersize=13, clip_on=False
    )
    _shares(axes, 0.0, 1.0)
    axes.set_xlim(0, 1)
    ticks = np.arange(0, 1.01, 0.1)
    axes.set_xticks(ticks, [f"{100 * share:.0f}%" for share in ticks])
    words = f"{percent(pruning.share, 1)} can go: {percent(pruning.kept_accuracy)} are still read right"
    page.text(MARGIN + _WIDE - 60, _TOP + 42, words, 20, "medium", page.ink.answer, "right")
    words = f"{percent(pruning.floor)} were asked for"
    page.text(MARGIN + _WIDE - 60, _TOP + 70, words, 16, "regular", page.ink.soft, "right")
    axes = panel_axes(page, _RIGHT, "Weights left", "in each layer", (190, 110, 220, 40))
    names = [name for name, _, _ in pruning.left_by_layer]
    values = np.array([left for _, left, _ in pruning.left_by_layer])
    written = [f"{left:,} of {size:,}" for _, left, size in pruning.left_by_layer]
    sizes = np.array([size for _, _, size in pruning.left_by_layer])
    _bars(page, axes, names, values / sizes, written, [page.ink.cool] * len(names), most=1.0)


def evolve_panels(page: Page, facts: EvolveFacts) -> None:
    """The training images that are read right, generation by generation; loss and strength beside it."""
    evolution = facts.evolution
    xs = np.arange(len(evolution.best))
    words = f"{evolution.images:,} training images; dashed: the test images before and after"
    inside = (110, 110, 240, 84)
    axes = _plain(page, _LEFT, "Read right", words, inside)
    for height, colour in ((evolution.before, page.ink.soft), (evolution.after, page.ink.answer)):
        axes.axhline(height, color=colour, linewidth=1.5, linestyle=(0, (5, 4)))
    axes.plot(xs, evolution.mean, color=page.ink.cool, linewidth=2.5)
    axes.plot(xs, evolution.best, color=page.ink.warm, linewidth=3.5)
    every = np.array([*evolution.best, *evolution.mean, evolution.before, evolution.after])
    room = max(float(np.ptp(every)), 0.001) * 0.08
    _shares(axes, max(0.0, every.min() - room), min(1.0, every.max() + room), 2)
    _generations(page, axes, len(xs) - 1)
    ends = [
        (f"best {percent(evolution.best[-1])}", float(evolution.best[-1]), page.ink.warm),
        (f"survivors {percent(evolution.mean[-1])}", float(evolution.mean[-1]), page.ink.cool),
        (f"test before {percent(evolution.before)}", evolution.before, page.ink.soft),
        (f"test after {percent(evolution.after)}", evolution.after, page.ink.answer),
    ]
    _name_ends(page, axes, ends, MARGIN + _WIDE - inside[2] + 18)
    half = (_HIGH - GAP) / 2
    left, _, width, _ = _RIGHT
    loss = _plain(page, (left, _TOP, width, half), "Loss", "mean loss of the best", (90, 96, 40, 70))
    loss.plot(xs, evolution.loss, color=page.ink.warm, linewidth=3)
    _generations(page, loss, len(xs) - 1)
    box = (left, _TOP + half + GAP, width, half)
    words = "of the noise; it grows where over a fifth get better"
    noise = _plain(page, box, "Strength", words, (90, 96, 40, 70))
    noise.plot(
        xs[1:],
        evolution.strength,
        color=page.ink.answer,
        linewidth=3,
        marker="o",
        markersize=4,
        clip_on=False,
    )
    noise.set_ylim(0, 1.15 * evolution.strength.max())
    _generations(page, noise, len(xs) - 1)


def _plain(page: Page, box: Box, name: str, words: str, inside: Box) -> Axes:
    axes = panel_axes(page, box, name, words, inside)
    axes.grid(axis="y", color=page.ink.line, linewidth=1)
    axes.set_axisbelow(True)
    return axes


def _shares(axes: Axes, low: float, high: float, places: int = 0) -> None:
    """A y axis of shares in percent."""
    axes.set_ylim(low, high)
    ticks = [tick for tick in MaxNLocator(6).tick_values(low, high) if low <= tick <= high]
    axes.set_yticks(ticks, [percent(tick, places) for tick in ticks])


def _generations(page: Page, axes: Axes, last: int) -> None:
    axes.set_xlim(0, max(last, 1))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("generation", color=page.ink.faint, size=16, labelpad=6)


def _bars(
    page: Page,
    axes: Axes,
    names: Sequence[str],
    values: np.ndarray,
    written: Sequence[str],
    colours: Sequence[Rgb],
    most: float | None = None,
) -> None:
    rows = np.arange(len(names))
    axes.barh(rows, values, color=list(colours), height=0.62)
    axes.set_xlim(min(0.0, float(values.min())), most or max(float(values.max()), 1e-9))
    axes.set_ylim(max(len(names), 8) - 0.5, -0.5)
    axes.set_yticks(rows, names)
    axes.set_xticks([])
    axes.axvline(0, color=page.ink.faint, linewidth=1)
    for row, words in zip(rows, written, strict=True):
        axes.annotate(
            words, (1, row), xycoords=("axes fraction", "data"), xytext=(18, 0),
            textcoords="offset points", ha="left", va="center", color=page.ink.text, size=16,
        )  # fmt: skip


def _legend(page: Page, left: float, top: float, lines: Sequence[tuple[str, Rgb]]) -> None:
    for i, (words, colour) in enumerate(lines):
        page.marker(left, top + 32 * i - 6, "o", colour)
        page.text(left + 20, top + 32 * i, words, 19, "medium", colour)


def _name_ends(page: Page, axes: Axes, ends: Sequence[Named], left: float) -> None:
    """What each line is, at its right end, moved apart where they would touch."""
    ordered = sorted(ends, key=lambda end: -end[1])
    _, placed = places_beside(page, axes, [value for _, value, _ in ordered], 26)
    for (words, _, colour), y in zip(ordered, placed, strict=True):
        page.text(left, y + 6, words, 18, "medium", colour)
