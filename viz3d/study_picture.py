"""What is lost without each neuron of a layer as one picture."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from viz3d.effects import StudyFacts
from viz3d.inspect_picture import COOL, MARGIN, WARM, WIDTH, new_page, save, signed_colours
from viz3d.report_style import INK, panel_axes
from viz3d.subject import title
from viz3d.testing import percent

SHOWN = 160  # neurons


def draw_study(facts: StudyFacts, path: Path) -> None:
    """Write the picture of a study as a PNG."""
    save(study_figure, facts, path)


def study_figure(facts: StudyFacts) -> Figure:
    """The picture of a study: accuracy lost, and below it each digit against each neuron."""
    found = facts.ablation
    order = found.order[:SHOWN]
    page = new_page(1080)
    page.text(MARGIN, 96, f"{found.layer} without each of its neurons", 46, "display-bold")
    some = (
        f", the {len(order)} most needed of {len(found.neurons):,}" if len(order) < len(found.neurons) else ""
    )
    words = f"{facts.subject.net.name} reads {percent(found.accuracy)} of {title(facts.images)}{some}"
    page.text(MARGIN, 144, words, 23, "regular", INK.soft)
    width = WIDTH - 2 * MARGIN
    lost = found.lost_by_class[order]
    top = panel_axes(
        page, (MARGIN, 180, width, 340), "Images lost", "without it, fewer are read right", (90, 96, 40, 34)
    )
    total = lost.sum(axis=1)
    top.bar(np.arange(len(order)), total, color=[WARM if n > 0 else COOL for n in total], width=0.8)
    top.axhline(0, color=INK.faint, linewidth=1)
    top.set_xlim(-0.5, len(order) - 0.5)
    top.set_xticks([])
    most = max(int(np.abs(lost).max()), 1)
    words = f"images of each digit, to ±{most}: warm, fewer are read right without it; cool, more"
    below = panel_axes(page, (MARGIN, 548, width, 484), "Digit by digit", words, (90, 96, 40, 110))
    below.imshow(signed_colours(lost.T / most, 1.0), interpolation="nearest", aspect="auto")
    below.set_yticks(np.arange(lost.shape[1]), np.arange(lost.shape[1]))
    every = max(1, len(order) // 32)
    names = [facts.addresses[int(i)].partition(":")[2] for i in order[::every]]
    below.set_xticks(np.arange(0, len(order), every), names, rotation=90)
    below.set_xlabel(f"neurons of {found.layer}, the most needed first", color=INK.faint, size=16, labelpad=8)
    page.set_type()
    return page.figure
