"""The reports of studies for a terminal: tables, and curves drawn with block characters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from viz3d.command.choice.digits import title
from viz3d.command.wording import counted, percent, short, short_name
from viz3d.findings.answer import SHOWN
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts, StudyFacts
from viz3d.findings.studies.silencing import AblateFacts, LesionFacts
from viz3d.inspect.terminal.drawing import COOL, PLAIN, WARM, WINNER, Paper, bar, columns
from viz3d.inspect.terminal.parts import beside, heading, plus, section
from viz3d.inspect.terminal.tables import table

_HIGH = 8  # lines of a curve


def study(facts: StudyFacts, paper: Paper) -> RenderableType:
    """The report of any study."""
    match facts:
        case AblateFacts():
            return _ablate(facts, paper)
        case LesionFacts():
            return _lesion(facts, paper)
        case PruneFacts():
            return _prune(facts, paper)
        case EvolveFacts():
            return _evolve(facts, paper)


def _head(words: str, facts: StudyFacts, paper: Paper) -> list[RenderableType]:
    """What was studied, and on which images: on a line of its own where a line is short."""
    name = f"{facts.traced.net.name} on {title(facts.images)}"
    wide = len(words) + len(name) + 2 <= paper.width
    lines = [heading(words, name if wide else ""), *([] if wide else [Text(name, "dim")])]
    return [*lines, *(Text(remark, "dim") for remark in facts.traced.remarks)]


def _named(layers: Sequence[str], facts: StudyFacts) -> str:
    every = [
        layer for layer in facts.traced.net.layers if f"{layer.name}.weight" in facts.traced.net.parameters
    ]
    return "all layers" if len(layers) == len(every) else ", ".join(layers)


def _ablate(facts: AblateFacts, paper: Paper) -> RenderableType:
    """The neurons that are needed, the most needed first, and those that had better be silent."""
    ablation = facts.ablation
    rows = [facts.row(int(i)) for i in ablation.order]
    needed = [row for row in rows if row["images_lost"] > 0]
    better = [row for row in rows[::-1] if row["images_lost"] < 0]
    return Group(
        *_head(f"{ablation.layer} without each of its {ablation.each}s", facts, paper),
        Text(
            f"With all of them {percent(ablation.accuracy)} are read right. Silenced alone, {len(needed):,} "
            f"of {len(rows):,} cost images, {len(better):,} gain some."
        ),
        section("Most needed", "how many more or fewer are read right without it", _ablated(needed, facts)),
        section("Better without", "", _ablated(better, facts)),
    )


def _ablated(rows: list[dict[str, Any]], facts: AblateFacts) -> RenderableType:
    if not rows:
        return Text("none", "dim")
    each, digits = facts.ablation.each, range(min(facts.ablation.lost_by_class.shape[1], SHOWN))
    made = table(each, "accuracy", "all", *(short_name(facts.traced.named(k), 6) for k in digits))
    for row in rows[: facts.top]:
        made.add_row(
            row[each],
            percent(row["accuracy_without"]),
            plus(-row["images_lost"]),
            *(plus(-n) if n else Text("·", "dim") for n in row["lost_by_digit"][:SHOWN]),
        )
    more = len(rows) - facts.top
    return made if more <= 0 else Group(made, Text(f"and {more:,} more", "dim"))


def _lesion(facts: LesionFacts, paper: Paper) -> RenderableType:
    """Three curves side by side, a table of them, and the neurons that are needed most."""
    lesion, accuracy = facts.lesion, facts.lesion.ablation.accuracy
    each, total = lesion.ablation.each, int(lesion.counts[-1])
    width = max(12, min(40, (paper.width - 14) // 3 - 8))
    styles = dict(zip(facts.curves, (WARM, PLAIN, COOL), strict=True))
    drawn = [
        (name, _curve(lesion.counts, curve, (0.0, 1.0), width, [styles[name]] * width, "0", f"{total:,}"))
        for name, curve in facts.curves.items()
    ]
    rows = table(f"silent {each}s", *facts.curves, "spread")
    for i, count in enumerate(lesion.counts.tolist()):
        values = [percent(float(curve[i])) for curve in facts.curves.values()]
        rows.add_row(f"{count:,}", *values, f"±{100 * lesion.random[:, i].std():.2f}")
    means = [percent(lesion.area(curve), 1) for curve in facts.curves.values()]
    rows.add_row(Text("mean", "bold"), *(Text(mean, "bold") for mean in means), "")
    held = ", ".join(f"{facts.holds(curve):,} {name}" for name, curve in facts.curves.items())
    return Group(
        *_head(f"{lesion.ablation.layer} with more and more of its {total:,} {each}s silent", facts, paper),
        Text(f"With all of them {percent(accuracy)} are read right. Of the counts below, 99% of that is"),
        Text(f"still reached with {held}."),
        section("Read right", "", beside(*drawn, width=paper.width)),
        section(
            "In numbers",
            f"at random: the mean of {counted(len(lesion.random), 'order')}, and its spread",
            rows,
        ),
    )


def _prune(facts: PruneFacts, paper: Paper) -> RenderableType:
    """The curve, what each layer has left, and the shares that were tried."""
    pruning = facts.pruning
    width = max(20, min(72, paper.width - 14))
    places = np.linspace(0, 1, width)
    styles = [COOL if place <= pruning.share else WARM for place in places]
    layers = table("layer", "left", "of", "", "", left=(0, 3))
    for name, left, size in pruning.left_by_layer:
        layers.add_row(name, f"{left:,}", f"{size:,}", bar(left / size, 24, COOL), percent(left / size, 1))
    tried = table("removed", "weights left", "read right", "", left=(3,))
    for share, right, left in zip(pruning.shares, pruning.accuracies, pruning.left, strict=True):
        last = share == pruning.share
        cells = (percent(share, 1), f"{left:,}", percent(right))
        tried.add_row(*(Text(cell, WINNER if last else "") for cell in cells), "holds" if last else "")
    return Group(
        *_head(f"Pruned until accuracy falls: {_named(pruning.layers, facts)}", facts, paper),
        Text(f"Without the weakest {percent(pruning.share, 1)} of the weights, ")
        .append(percent(pruning.kept_accuracy), WINNER)
        .append(" are read right:"),
        Text(f"{percent(pruning.floor)} were asked for, {percent(pruning.accuracy)} are with all of them."),
        section(
            "Read right",
            "by the share of weights removed",
            Group(*_curve(pruning.shares, pruning.accuracies, (0.0, 1.0), width, styles, "0%", "100%")),
        ),
        section("Weights left", "", layers),
        section("What was tried", "", tried),
    )


def _evolve(facts: EvolveFacts, paper: Paper) -> RenderableType:
    """Before and after on test images, and every generation on training images."""
    evolution = facts.evolution
    width, last = max(20, min(72, paper.width - 14)), len(evolution.strength)
    change = round((evolution.after - evolution.before) * len(facts.images.labels))
    words = counted(abs(change), "image") + (" more" if change > 0 else " fewer") if change else "as many"
    low, high = float(evolution.mean.min()), float(evolution.best.max())
    low = max(0.0, low - max(high - low, 0.001) / 6)
    rows = table("generation", "best", "mean", "loss", "strength", "better than parent")
    shown = sorted({0, last, *np.linspace(0, last, 11).round().astype(int).tolist()})
    for i in shown:
        figures = (percent(evolution.best[i]), percent(evolution.mean[i]), short(float(evolution.loss[i])))
        noise = (
            (short(float(evolution.strength[i - 1])), percent(evolution.success[i - 1], 0)) if i else ("", "")
        )
        rows.add_row(f"{i}", *figures, *noise)
    curve = _curve(np.arange(last + 1), evolution.best, (low, high), width, [WARM] * width, "0", f"{last}")
    return Group(
        *_head(f"Evolved: {_named(evolution.layers, facts)}", facts, paper),
        Text(f"{percent(evolution.before)} before, {percent(evolution.after)} after: ").append_text(
            Text(words, plus(change).style)
        ),
        Text(
            f"{counted(last, 'generation')} of {evolution.population} children, chosen by "
            f"{counted(evolution.images, 'training image')}, seed {facts.seed}",
            "dim",
        ),
        section("The best of each generation", "training images read right", Group(*curve)),
        section("In numbers", "on the training images", rows),
    )


def _curve(
    xs: np.ndarray,
    ys: np.ndarray,
    span: tuple[float, float],
    width: int,
    styles: Sequence[str],
    first: str,
    last: str,
) -> list[Text]:
    """A curve of shares as columns between an axis with its ends in percent and one with two names."""
    low, high = span
    heights = np.interp(np.linspace(xs[0], xs[-1], width), xs, ys)
    lines = columns((heights - low) / ((high - low) or 1), _HIGH, styles)
    places = 0 if span == (0.0, 1.0) else 2
    ends = {0: percent(high, places), _HIGH - 1: percent(low, places)}
    room = max(len(words) for words in ends.values())
    made = [
        Text(f"{ends.get(i, ''):>{room}} ", "dim").append("│").append_text(line)
        for i, line in enumerate(lines)
    ]
    made.append(Text(" " * (room + 1) + "└" + "─" * width, "dim"))
    made.append(Text(" " * (room + 2) + first + last.rjust(width - len(first)), "dim"))
    return made
