"""The reports of all layers and of one synapse with a digit, for a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scenes.texts import ENGLISH
from viz3d.command.wording import number, percent, short, short_name
from viz3d.findings.answer import CROPS, AnswerFacts
from viz3d.findings.deciders import verdict, without
from viz3d.findings.overview import Overview
from viz3d.findings.synapse import SynapseFacts
from viz3d.inspect.terminal.drawing import Paper, fits
from viz3d.inspect.terminal.parts import about, answer, bars, beside, compared, digit, heading, sign
from viz3d.inspect.terminal.tables import table
from viz3d.session.traced_digit import TracedDigit

_NEURONS = 2  # that are told


def overview(facts: Overview, paper: Paper) -> RenderableType:
    """A digit, the ten bars and a line for each layer."""
    traced = facts.traced
    net, picture = traced.net, digit(traced, paper)
    lines = [
        heading(net.name, net.title if net.title != net.name else ""),
        Text(f"{net.neuron_count:,} neurons, {net.edge_count:,} synapses", "dim"),
        Text(f"{traced.digit.source}{traced.meant.replace(',', ':', 1)}"),
        Text("read as ").append_text(answer(traced)),
        Text(),
        *bars(traced, max(min(paper.width - 46 - _more(traced, picture), 34), 6)),
    ]
    parts: list[RenderableType] = [beside(("", picture), ("", lines))]
    parts += [Text(remark, "dim") for remark in traced.remarks]
    return Group(*parts, *_answer(facts.answer), Text(), _layers(facts, paper))


def _more(traced: TracedDigit, picture: list[Text]) -> int:
    """Columns that a picture and the names of classes take beyond those of a digit."""
    wide = max((line.cell_len for line in picture), default=0)
    return max(wide - 30, 0) + max(len(short_name(name)) for name in traced.net.classes) - 1


def _answer(facts: AnswerFacts) -> list[Text]:
    """How undecided it is, what the label makes of it, and which neurons put it ahead of the next."""
    if facts.traced.net.gives_numbers:  # one score leads over nothing
        return []
    lines = [Text(f"entropy {facts.entropy:.2f} bits (0 is certain, {facts.most_entropy:.2f} a guess)")]
    if facts.loss is not None:
        lines[0].append(f", loss {short(facts.loss)}")
    if facts.over_crops is not None:
        crops = facts.over_crops
        best = facts.traced.named(int(crops.argmax()))
        lines.append(Text(f"over {CROPS} crops {best} ({ENGLISH.percent(float(crops.max()))} sure)"))
    ahead, behind = (facts.traced.named(label) for label in facts.leaders)
    lead = Text(f"the score of {ahead} is {short(facts.margin)} above that of {behind}")
    for place, each in enumerate(facts.makers):
        lead.append(", " if place else ", in the last layer most by ").append(f"{each.where} ").append_text(
            sign(each.push)
        )
    return [*lines, lead, *_silenced(facts)]


def _silenced(facts: AnswerFacts) -> list[Text]:
    """What is read without the neuron, and without the map or head, that costs that most."""
    found, traced = facts.deciders, facts.traced
    if found is None:
        return []
    most = *found.neurons[:_NEURONS], *found.groups[:1]
    told = [f"without {each.where} alone {without(traced, each)}" for each in most]
    return [Text("; ".join((*told, verdict(traced, found))))]


def _layers(facts: Overview, paper: Paper) -> Table:
    rows = [
        (
            each.name,
            "×".join(map(str, each.shape)),
            short(each.low),
            short(each.high),
            percent(each.active, 0),
        )
        for each in facts.layers
    ]
    names = ("layer", "size", "low", "high", "active")
    taken = sum(max(len(row[i]) for row in (*rows, names)) + 2 for i in range(5))
    made = table(*names, "brightest neurons", left=(0, 5))
    for row, each in zip(rows, facts.layers, strict=True):
        words = [f":{where.partition(':')[2]} {short(value)}" for where, value in each.brightest]
        made.add_row(*row, fits(words, paper.width - taken))
    return made


def synapse(facts: SynapseFacts, paper: Paper) -> RenderableType:
    """Everything about one synapse."""
    term, traced = facts.term, facts.traced
    shared = f", one of {facts.shared:,} that share {facts.parameter}" if facts.shared > 1 else ""
    alone = f", {facts.parameter}" if facts.shared == 1 else ""
    edited = f", changed by an edit: {facts.changed}" if facts.changed else ""
    line = Text(f"{number(term.weight, plus=True)} × {number(term.activation)} = ")
    line.append_text(sign(term.contribution)).append(f" of a sum of {number(facts.sum)}")
    rank = Text(f"number {facts.rank:,} of {facts.among:,} into {facts.target} by strength")
    return Group(
        heading(f"{facts.source} -> {facts.target}", f"a synapse in {traced.net.name}"),
        about(traced),
        Text(),
        Text("weight × activation = contribution", "dim"),
        line,
        rank,
        Text(f"{facts.kind} weight{shared}{alone}{edited}"),
        Text("evidence ")
        .append_text(sign(facts.evidence))
        .append(f" for {traced.one}{traced.named(traced.trace.prediction)}"),
        Text("without it read as ").append_text(answer(facts.without)),
        Text(),
        compared(facts.traced, facts.without, paper, "with it", "without it"),
    )
