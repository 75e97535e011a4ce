"""What a study found as one picture."""

from functools import partial
from math import ceil
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from viz3d.command.choice.digits import title
from viz3d.command.choice.models import SHORT, called
from viz3d.command.wording import percent, short_name
from viz3d.figures.page import MARGIN, WIDTH, Page, new_page, panel_axes, save
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts, StudyFacts
from viz3d.findings.studies.silencing import AblateFacts, LesionFacts
from viz3d.inspect.figures.study_curves import evolve_panels, lesion_panels, prune_panels

SHOWN = 160  # neurons
HEIGHT = 1080


def draw_study(facts: StudyFacts, path: Path, theme: str = "dark") -> None:
    """Write the picture of a study as a PNG."""
    save(study_figure, facts, path, theme)


def study_figure(facts: StudyFacts, theme: str = "dark") -> Figure:
    """The picture of a study, 1920 x 1080 pixels: what was studied above, panels below."""
    match facts:
        case AblateFacts():
            heading, words = _ablate_words(facts)
            draw = partial(_ablate_panels, facts=facts)
        case LesionFacts():
            lesion = facts.lesion
            count, each = int(lesion.counts[-1]), lesion.ablation.each
            heading = f"{lesion.ablation.layer} with more and more of its {count:,} {each}s silent"
            words, draw = _who(facts, lesion.ablation.accuracy), partial(lesion_panels, facts=facts)
        case PruneFacts():
            heading = "Pruned until accuracy falls"
            words, draw = _who(facts, facts.pruning.accuracy), partial(prune_panels, facts=facts)
        case EvolveFacts():
            heading = "Evolved by random changes and selection"
            words = f"{_who(facts, facts.evolution.before)}, {percent(facts.evolution.after)} at the end"
            draw = partial(evolve_panels, facts=facts)
    page = new_page(HEIGHT, theme)
    page.text(MARGIN, 96, heading, 46, "display-bold")
    page.text(MARGIN, 144, words, 23, "regular", page.ink.soft)
    draw(page)
    page.set_type()
    return page.figure


def _who(facts: StudyFacts, accuracy: float) -> str:
    name = called(facts.traced.net, SHORT)
    return f"{name} reads {percent(accuracy)} of {title(facts.images)}"


def _ablate_words(facts: AblateFacts) -> tuple[str, str]:
    ablation = facts.ablation
    shown, count = min(SHOWN, len(ablation.neurons)), len(ablation.neurons)
    some = f", the {shown} most needed of {count:,}" if shown < count else ""
    return f"{ablation.layer} without each of its {ablation.each}s", _who(facts, ablation.accuracy) + some


def _ablate_panels(page: Page, facts: AblateFacts) -> None:
    """Accuracy lost, and below it each digit against each neuron."""
    ablation = facts.ablation
    order = ablation.order[:SHOWN]
    width = WIDTH - 2 * MARGIN
    lost = ablation.lost_by_class[order]
    top = panel_axes(
        page, (MARGIN, 180, width, 340), "Images lost", "without it, fewer are read right", (90, 96, 40, 34)
    )
    total = lost.sum(axis=1)
    top.bar(
        np.arange(len(order)),
        total,
        color=[page.ink.warm if n > 0 else page.ink.cool for n in total],
        width=0.8,
    )
    top.axhline(0, color=page.ink.faint, linewidth=1)
    top.set_xlim(-0.5, len(order) - 0.5)
    top.set_xticks([])
    top.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    most = max(int(np.abs(lost).max()), 1)
    sort = facts.traced.sort
    words = f"images of each {sort}, to ±{most}: warm, fewer are read right without it; cool, more"
    name = f"{sort.capitalize()} by {sort}"
    below = panel_axes(page, (MARGIN, 548, width, 484), name, words, (90, 96, 40, 110))
    below.imshow(page.ink.signed(lost.T / most, 1.0), interpolation="nearest", aspect="auto")
    rows = np.arange(0, lost.shape[1], ceil(lost.shape[1] / 30))
    below.set_yticks(rows, [short_name(facts.traced.named(int(k)), 6) for k in rows])
    every = max(1, len(order) // 32)
    names = [facts.addresses[int(i)].partition(":")[2] for i in order[::every]]
    below.set_xticks(np.arange(0, len(order), every), names, rotation=90)
    words = f"{ablation.each}s of {ablation.layer}, the most needed first"
    below.set_xlabel(words, color=page.ink.faint, size=16, labelpad=8)
