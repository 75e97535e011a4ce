"""The reports of an effect and a why, for a terminal."""

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from engine import Deciders
from viz3d.command.choice.digits import title
from viz3d.command.wording import counted, number, percent, short, short_name
from viz3d.findings.answer import outstanding
from viz3d.findings.deciders import Contest, Row
from viz3d.findings.effect import Effect, SetEffect, Why
from viz3d.inspect.terminal.drawing import RIGHT, WRONG, Paper, bar
from viz3d.inspect.terminal.parts import BLANK, about, answer, compared, heading, plus, section, sign
from viz3d.inspect.terminal.tables import table
from viz3d.session.traced_digit import TracedDigit


def effect(facts: Effect, paper: Paper) -> RenderableType:
    """Before and after."""
    before, after = facts.before, facts.after
    parts: list[RenderableType] = [
        heading("Before and after", facts.text),
        Text(f"{before.digit.source}{before.meant}, read by {before.net.name}"),
        *(Text(f"{where} is the weight of {counted(n, 'synapse')}") for where, n in facts.shared),
        Text("before ").append_text(answer(before)),
        Text("after  ").append_text(answer(after)),
        Text(),
        compared(before, after, paper, "before", "after"),
        section("The neurons that changed most", "", _changes(facts)),
    ]
    if facts.images is not None:
        parts.append(_on_a_set(facts.images, after))
    return Group(*parts)


def _changes(facts: Effect) -> RenderableType:
    # An address names its layer: no column for that, so that the addresses of transformers are whole.
    made = table("neuron", "before", "after", "change", "changed in its layer")
    for each in facts.layers:
        if each.before != each.after:
            made.add_row(each.name, f"{each.before:,}", f"{each.after:,}", "", "neurons")
        for place, (where, old, new) in enumerate(each.most):
            last = "" if place else f"{each.changed:,} of {each.after:,}"
            made.add_row(where, number(old), number(new), sign(new - old), last)
    return made if made.row_count else Text(f"none: this {facts.before.net.noun} does not feel it", "dim")


def _on_a_set(facts: SetEffect, traced: TracedDigit) -> RenderableType:
    old, new = facts.before, facts.after
    change = new.correct - old.correct
    words = (
        f"{counted(abs(change), 'image')} {'more' if change > 0 else 'fewer'}" if change else "as many images"
    )
    line = Text(f"{percent(old.accuracy)} before, {percent(new.accuracy)} after: ")
    line.append(words, RIGHT if change > 0 else WRONG if change < 0 else "bold")
    rights = [np.diag(each.confusion) for each in (old, new)]
    # Of many classes, those that it changes most.
    shown = outstanding(rights[1] - rights[0])
    digits = table(traced.sort, *(short_name(traced.named(label)) for label in shown))
    for name, right in zip(("right before", "right after"), rights, strict=True):
        digits.add_row(name, *(f"{n:,}" for n in right[shown]))
    moved = (rights[1] - rights[0])[shown].tolist()
    digits.add_row("change", *(plus(n) for n in moved))
    parts: list[RenderableType] = [line, BLANK, digits]
    if facts.confusions:
        wrong = table("misread", "before", "after", "change")
        for truth, read, was, now in facts.confusions[:10]:
            wrong.add_row(
                f"{traced.named(truth)} as {traced.named(read)}",
                f"{was:,}",
                f"{now:,}",
                plus(now - was, good=-1),
            )
        parts += [BLANK, wrong]
        if len(facts.confusions) > 10:
            parts.append(Text(f"and {len(facts.confusions) - 10} more kinds of misreading changed", "dim"))
    return section(f"On {title(facts.images)}", "", *parts)


def why(facts: Why | Contest, paper: Paper) -> RenderableType:
    """The neurons that push to one class, and those that push to the other."""
    return _of_all(facts, paper) if isinstance(facts, Contest) else _of_a_layer(facts, paper)


def _of_all(facts: Contest, paper: Paper) -> RenderableType:
    traced, toward, against = facts.traced, facts.toward, facts.against
    ahead, behind = traced.named(toward.ahead), traced.named(toward.behind)

    def pushing(side: Deciders) -> RenderableType:
        return _pushes(traced, (toward.ahead, toward.behind), facts.rows(side), paper, "evidence")

    return Group(
        heading(f"Why {ahead} and not {behind}", "neurons of all hidden layers, each silenced by itself"),
        about(traced),
        Text(_led(ahead, behind, toward.lead)),
        Text(f"{facts.verdict}.".capitalize()),
        section(f"They push to {ahead}", "", pushing(toward)),
        section(f"They push to {behind}", "", pushing(against)),
        BLANK,
        Text(
            "Tried: those with most evidence, activation × slope of the lead, which foresees the push.", "dim"
        ),
        Text("The push is measured, with each of them silent. All of one layer: --layer.", "dim"),
    )


def _led(ahead: str, behind: str, margin: float) -> str:
    where = "above" if margin > 0 else "below"
    return f"The score of {ahead} is {short(abs(margin))} {where} that of {behind}."


def _of_a_layer(facts: Why, paper: Paper) -> RenderableType:
    margins, rows = facts.margins, facts.rows
    ahead, behind = facts.traced.named(margins.ahead), facts.traced.named(margins.behind)
    flips = [row for row in rows if row[4] != facts.traced.trace.prediction]
    words = f"{len(flips):,} would change the answer" if flips else "none would change the answer"
    toward = [row for row in rows if row[2] > 0][: facts.top]
    against = [row for row in rows[::-1] if row[2] < 0][: facts.top]

    def pushing(rows: list[Row]) -> RenderableType:
        return _pushes(facts.traced, (margins.ahead, margins.behind), rows, paper, "activation")

    return Group(
        heading(f"Why {ahead} and not {behind}", f"the neurons of {margins.layer}, each silenced by itself"),
        about(facts.traced),
        Text(_led(ahead, behind, margins.margin)),
        Text(f"{len(rows):,} of {len(margins.without):,} neurons move that; silenced alone, {words}."),
        section(f"They push to {ahead}", "", pushing(toward)),
        section(f"They push to {behind}", "", pushing(against)),
    )


def _pushes(
    traced: TracedDigit, classes: tuple[int, int], rows: list[Row], paper: Paper, second: str
) -> RenderableType:
    """Rows of pushes between two classes; second: what the number beside the address is."""
    if not rows:
        return Text("none", "dim")
    named = traced.named
    ahead, behind = map(named, classes)
    lead = f"then {ahead} over {behind}" if traced.sort == "digit" else "then ahead"
    made = table("neuron", second, "push", "", lead, "read as", left=(0, 3))
    most = max(abs(row[2]) for row in rows)
    # What the other columns leave: an address must be whole.
    room = paper.width - 54 - max(len(row[0]) for row in rows)
    for where, value, push, without, read in rows:
        other = read != traced.trace.prediction
        made.add_row(
            where,
            number(value),
            sign(push),
            bar(abs(push) / most, max(3, min(20, room))),
            number(without, plus=True),
            Text(named(read), RIGHT if other and read == traced.digit.label else "bold" if other else ""),
        )
    return made
