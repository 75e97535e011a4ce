"""The report of one neuron, for a terminal."""

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from viz3d.command.choice.digits import title
from viz3d.command.wording import counted, number, percent, short, short_name
from viz3d.figures.sheet import tiled
from viz3d.findings.answer import outstanding
from viz3d.findings.deciders import read_without
from viz3d.findings.edited import told
from viz3d.findings.neuron import NeuronFacts, NeuronStatistics
from viz3d.inspect.terminal.drawing import PLAIN, WRONG, Paper, bar, in_colour, ink, signed, two_way
from viz3d.inspect.terminal.parts import BLANK, about, beside, digit, heading, section, terms
from viz3d.inspect.terminal.tables import table
from viz3d.session.traced_digit import TracedDigit


def neuron(facts: NeuronFacts, paper: Paper) -> RenderableType:
    """Everything about one neuron."""
    r, traced = facts.reading, facts.traced
    layer = traced.net.layer(r.layer)
    kind = f"a neuron of {layer.title} in {traced.net.name}"
    value = Text(number(r.activation), "bold")
    line = Text("activation ").append_text(value).append(f"   sum {number(r.sum)}   bias {number(r.bias)}")
    parts = [
        heading(r.address, kind),
        about(traced),
        line.append(f"   function {r.function}"),
        *_standing(facts),
        Text(),
        _pictures(facts, paper),
        _sum(facts),
        _sends(facts),
    ]
    if not _wide(facts):
        parts.append(
            section(
                f"Its pull on each {traced.sort}",
                "gradient of the score by its activation",
                *_pulls(facts, paper),
            )
        )
    if facts.statistics is not None:
        parts.append(_statistics(facts.statistics, traced, paper))
    return Group(*parts)


def _standing(facts: NeuronFacts) -> list[Text]:
    """Its place in its layer, what excites and what inhibits it, and what edits do to it."""
    rank, among = facts.rank
    line = Text(f"number {rank:,} of {among:,} in its layer")
    if len(facts.reading.incoming):
        line.append(f"   excited {number(facts.excited)}   inhibited {number(facts.inhibited)}")
    edited = [Text(f"edited: {told(facts.edits)}")] if facts.edits else []
    without = [Text(f"without it {read_without(facts.traced, facts.without)}")] if facts.without else []
    return [line, *edited, *without]


def _wide(facts: NeuronFacts) -> bool:
    """Whether the slopes have room beside the digit."""
    return facts.reading.weights is None and facts.traced.pixels is not None


def _pictures(facts: NeuronFacts, paper: Paper) -> RenderableType:
    r, traced = facts.reading, facts.traced
    top, left, bottom, right = r.field
    columns = []
    if traced.pixels is not None:
        field = np.zeros(traced.pixels.shape[:2], bool)
        field[top : bottom + 1, left : right + 1] = True
        words = (
            "it sees all pixels" if field.all() else f"it sees rows {top}-{bottom}, columns {left}-{right}"
        )
        if top < 0:
            field[:], words = True, "it sees no pixels of its own"
        columns.append((words, digit(traced, paper, field)))
    if _wide(facts):
        pulls = _pulls(facts, paper)
        columns.append((f"its pull on each {traced.sort} (gradient of the score)", pulls))
    elif r.weights is not None:
        columns += _weights(facts, paper)
    return beside(*columns, width=paper.width)


def _weights(facts: NeuronFacts, paper: Paper) -> list[tuple[str, list[Text]]]:
    weights = facts.reading.weights
    assert weights is not None
    stack = weights if weights.ndim == 3 else weights[..., None]
    width = paper.width - 36
    shown = tiled(stack, width)[1]
    strongest = np.argsort(-np.abs(stack).sum(axis=(0, 1)), kind="stable")[:shown]
    sheet, _ = tiled(stack[..., np.sort(strongest)], width)
    most = float(np.abs(stack).max())
    what = f"weights, to ±{short(most)}" if shown == 1 else f"weights by map, to ±{short(most)}"
    if shown < stack.shape[2]:
        what += f", the {shown} strongest of {stack.shape[2]}"
    columns = [(what, signed(sheet, paper, most))]
    if facts.from_pixels is not None:
        columns.append(("weight × pixel", signed(facts.from_pixels, paper)))
    return columns


def _pulls(facts: NeuronFacts, paper: Paper) -> list[Text]:
    gradients = facts.reading.gradients
    if not gradients.any():
        return [Text("none: as it is, no score depends on it", "dim")]
    most = float(np.abs(gradients).max()) or 1.0
    half = max(4, min(12, (paper.width - 48) // 2))
    lines = []
    shown = outstanding(gradients)
    names = [short_name(facts.traced.named(label)) for label in shown]
    for name, value in zip(names, gradients[shown].tolist(), strict=True):
        line = Text(f"{name:>{max(map(len, names))}} ", no_wrap=True).append_text(two_way(value / most, half))
        lines.append(line.append(f" {number(value, plus=True)}"))
    return lines


def _sum(facts: NeuronFacts) -> RenderableType:
    r = facts.reading
    if not len(r.incoming):
        return section("Its sum", "nothing: the image sets it")
    more = len(r.incoming) - len(facts.incoming)
    rest = [(number(facts.rest, plus=True), f"and {more:,} more")] if more else []
    rest += [(number(r.bias, plus=True), "bias"), (number(r.sum), "= sum")]
    function = "" if r.function == "identity" else f"{r.function} of it"
    rest.append((number(r.activation), f"= activation, {function}".rstrip(", ")))
    return section(
        "Its sum, written out", counted(len(r.incoming), "synapse"), terms(facts.incoming, "from", rest)
    )


def _sends(facts: NeuronFacts) -> RenderableType:
    r = facts.reading
    if not len(r.outgoing):
        return section("What it sends", "nothing: no synapse leaves it")
    more = len(r.outgoing) - len(facts.outgoing)
    silent = ""
    if not r.outgoing_contributions.any():
        silent = "it is silent; " if not r.activation else "nothing arrives; "
        silent += "its largest weights, of "
    rest = [("", f"and {more:,} more")] if more else []
    return section(
        "What it sends", silent + counted(len(r.outgoing), "synapse"), terms(facts.outgoing, "to", rest)
    )


def _statistics(found: NeuronStatistics, traced: TracedDigit, paper: Paper) -> RenderableType:
    line = (
        f"mean {number(found.mean)}   spread {number(found.spread)}   fires on {percent(found.fires, 1)}   "
    )
    lines = [Text(f"{line}selectivity {found.selectivity:.2f}"), _worth(found), BLANK]
    made = table(traced.sort, "its mean", "", "read right only with it", left=(0, 2))
    most = float(np.abs(found.by_digit).max()) or 1.0
    for label in outstanding(found.by_digit):
        mean, gone = float(found.by_digit[label]), int(found.lost[label])
        made.add_row(
            short_name(traced.named(label)),
            number(mean),
            bar(max(mean, 0) / most, 30, PLAIN),
            f"{gone:+d}" if gone else "0",
        )
    pictures = [_small(found, i, traced, paper) for i in range(len(found.brightest))]
    across = 5
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(across):
        grid.add_column(no_wrap=True)
    for start in range(0, len(pictures), across):
        grid.add_row(*pictures[start : start + across])
    return Group(
        section(f"On {title(found.images)}", "", *lines, made),
        section("The images that light it most", f"number, {traced.sort}, activation", grid),
    )


def _worth(h: NeuronStatistics) -> Text:
    if h.without is None:
        return Text("without it there is no answer", "dim")
    count = h.images_lost
    words = f"{abs(count)} {'fewer' if count > 0 else 'more'} right" if count else "as many right"
    line = Text(f"without it {percent(h.without)} instead of {percent(h.accuracy)} are read right: ")
    return line.append(words, WRONG if count > 0 else "bold")


def _thumbnail(image: np.ndarray, traced: TracedDigit, paper: Paper) -> list[Text]:
    """An image of a data set, each two pixels as one; the numbers of what is no image."""
    if image.ndim == 1:
        names = [name for name, _ in traced.numbers] or list(map(str, range(len(image))))
        return [
            Text(f"{name} {short(value)}") for name, value in zip(names[:4], image.tolist(), strict=False)
        ]
    high, wide = (side - side % 2 for side in image.shape[:2])
    halves = image[:high, :wide].reshape(high // 2, 2, wide // 2, 2, -1).mean(axis=(1, 3)) / 255
    return in_colour(halves, paper) if image.ndim == 3 else ink(halves[..., 0], paper, edge=False)


def _small(h: NeuronStatistics, i: int, traced: TracedDigit, paper: Paper) -> Text:
    place = int(h.brightest[i])
    lines = _thumbnail(h.images.images[place], traced, paper)
    caption = f"#{place} {short_name(traced.named(int(h.images.labels[place])))} {short(float(h.values[i]))}"
    return Text("\n").join([Text(caption, "dim"), *lines, Text()])
