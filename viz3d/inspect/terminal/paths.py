"""The report of the strongest paths to a digit, for a terminal."""

from collections.abc import Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from viz3d.command.wording import counted, number, short
from viz3d.findings.paths import PathsFacts, Way
from viz3d.inspect.terminal.drawing import Paper, signed
from viz3d.inspect.terminal.parts import about, beside, section, sign
from viz3d.inspect.terminal.parts import heading as headed
from viz3d.session.traced_digit import as_picture


def paths(facts: PathsFacts, paper: Paper) -> RenderableType:
    """What all paths bring together, the strongest one by one, and those that are no more."""
    traced, count = facts.traced, len(facts.ways)
    named = traced.named(facts.label)
    rest = "biases and edits" if traced.edits else "biases"
    listed = sum(way.contribution for way in facts.ways)
    parts: list[RenderableType] = [
        headed(
            f"The {counted(count, 'strongest path')} to {named}",
            f"in {traced.net.name}",
        )
        if count
        else headed(f"No path leads from a pixel to {named}", f"in {traced.net.name}"),
        about(traced),
        Text(
            f"The score of {named} is {short(facts.score)}: all paths from pixels bring "
            f"{short(float(facts.pixels.sum()))}, {rest} the rest; these bring {short(listed)}."
        ),
        *_pictures(facts, paper),
    ]
    if count:
        parts.append(section("From a pixel to its score", _legend(facts), _list(facts.ways)))
    if facts.gone:
        parts.append(section("No longer among the strongest", _legend(facts), _list(facts.gone)))
    elif facts.compared:
        parts.append(section("No longer among the strongest", "", Text("none", "dim")))
    if facts.resized:
        words = "Neurons came or went, so the paths before the edits are not compared."
        parts += [Text(), Text(words, "dim")]
    return Group(*parts)


def _legend(facts: PathsFacts) -> str:
    return "contribution now, and before the edits" if facts.compared else "contribution"


def _pictures(facts: PathsFacts, paper: Paper) -> list[RenderableType]:
    shape = facts.traced.net.layers[0].shape
    if facts.traced.pixels is None:
        return []
    pictures = [as_picture(values.reshape(shape)) for values in (facts.pixels, facts.starts)]
    if any(picture is None for picture in pictures):
        return []
    names = ("what all paths of a pixel bring", "where these start")
    columns = [(name, signed(np.asarray(each), paper)) for name, each in zip(names, pictures, strict=True)]
    return [Text(), beside(*columns, width=paper.width)]


def _list(ways: Sequence[Way]) -> RenderableType:
    made = Table.grid(padding=(0, 2, 0, 0))
    before = any(way.before is not None for way in ways)
    for _ in range(2 if before else 1):
        made.add_column(justify="right", no_wrap=True)
    made.add_column(overflow="fold")
    for way in ways:
        old = [] if way.before is None else [_old(way)]
        made.add_row(_now(way), *old, Text(" → ".join(way.where)))
    return made


def _now(way: Way) -> Text:
    return Text("gone", "dim") if way.contribution == 0 else sign(way.contribution)


def _old(way: Way) -> Text:
    assert way.before is not None
    return Text("new", "bold") if way.before == 0 else Text(number(way.before, plus=True), "dim")
