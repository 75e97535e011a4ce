"""Words: what a picture says, before any of it has a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine import AttentionScores, Conv, Net, Trace
from scenes.again import Again
from scenes.lettering.card.exhibit import Exhibit
from scenes.lettering.class_names import class_names, lead_of, short
from scenes.lettering.edited.marks import Mark, marks
from scenes.lettering.keys.neuron_key import NeuronKey
from scenes.lettering.keys.paint_key import PaintKey
from scenes.lettering.keys.strand_key import StrandKey
from scenes.lettering.keys.token_key import TokenKey, token_key
from scenes.lettering.names import answer
from scenes.lettering.names.naming import Card, cards, structure
from scenes.lettering.names.steps import bars, steps
from scenes.light.level import told_by_deviation
from scenes.look import Look
from scenes.motion.pace import Said, once
from scenes.space.bands import stands_in_bands
from scenes.space.raster import COLUMN
from scenes.space.rows import row_shares
from scenes.texts import ENGLISH, Texts, catalogue_for

_ONE = "y"
"""The label of the one bar of a net that gives a number."""


@dataclass(frozen=True)
class Words:
    """Texts of a film.

    Attributes:
        title: the headline.
        facts: short facts about net and digit, most important first.
        change: how the net was mutated, as text.
        changes: the same, counted.
        cards: names of layers, or of blocks of layers where there are too many.
        steps: a layer's name, and what is said from the moment when it fires.
        ends: what is said as the bars grow, when the answer stands, and on the way back from it.
        classes: label of each class.
        bars: label of each bar, and the class of each; of many classes the last bar is all others', -1.
        shares: what each bar shows as text.
        source: where the digit comes from, empty where that is not known.
        head, prediction, confidence: the answer and its heading; of a net that gives a number that is the
            label of its one class, and confidence is empty.
        verdict: the true label with a tick or a cross, or that nothing is drawn; else "".
        empty: whether nothing is drawn: then the answer is no claim.
        right: whether the answer is right, None where no label is known.
        scale: what the brightness of the neurons means.
        key: what the light of the synapses means.
        exhibit: the card in the foot, None for none.
        places, places_brief: what is to be known of the neurons' places and usual values, empty where they
            are of this very net, or none; and the same in as few words as there are.
        marks: what edits have touched.
        tokens: what tiles and faces of attention mean.
        was: the answer before the net's edits, where they have moved it, empty where they have not.
        paint: what the colour of painted layers means, None where there are none.
        caption: a line of one's own in place of what happens, empty where there is none.
        texts: those of the picture's language, for what is said elsewhere.
        inputs: name and value of each number that comes in, where these are few.
    """

    title: str
    facts: tuple[str, ...]
    change: str
    changes: str
    cards: tuple[Card, ...]
    steps: tuple[tuple[str, Said], ...]
    ends: tuple[Said, Said, Said]
    classes: tuple[str, ...]
    bars: tuple[tuple[str, int], ...]
    shares: tuple[str, ...]
    source: str
    prediction: int
    confidence: str
    verdict: str
    empty: bool
    right: bool | None
    scale: NeuronKey
    key: StrandKey
    exhibit: Exhibit | None
    places: str
    places_brief: str
    marks: tuple[Mark, ...]
    tokens: TokenKey
    was: str = ""
    paint: PaintKey | None = None
    caption: str = ""
    texts: Texts = ENGLISH
    inputs: tuple[str, ...] = ()
    head: str = ""

    @cached_property
    def again(self) -> Again:
        """What was laid out of these words the last time. They are never among what it is given.

        They would hold themselves, and be freed only when all memory is looked through.
        """
        return Again()


def write(
    trace: Trace,
    look: Look,
    *,
    scale: NeuronKey,
    key: StrandKey,
    exhibit: Exhibit | None = None,
    since: Sequence[str] = (),
    paint: PaintKey | None = None,
) -> Words:
    """Put a trace into words.

    scale, key: what is said of neurons and synapses; exhibit: the card in the foot.
    since: statements of the net's history that need not be told, for both halves of a pair have them.
    """
    net, label = trace.net, look.label
    texts, names = catalogue_for(look.language, net.noun), class_names(net)
    number, alone = net.gives_numbers, net.layers[-1].size == 1
    source = texts.source(look.source)
    change = _change(net.history, since)
    best = trace.prediction
    parameters = texts.say("headline.parameters", n=net.parameter_count)
    right = None if label is None or number else label == best
    given = trace.probabilities
    bars_of = answer.bar_labels(given, names, texts, numbers=number)
    # Of several numbers the head tells the one that is explained, where it has a bar.
    asked = number and not alone and look.of in {place for _, place in bars_of}
    told = look.of if asked and look.of is not None else best
    read, sure = texts.answer(float(given[told]), "" if alone else names[told], number=number)
    if number:
        shares = tuple(texts.value(float(given[place])) if place >= 0 else "" for _, place in bars_of)
    else:
        shares = tuple(map(texts.percent, row_shares(given, given).tolist()))
    title = _one_line(look.title) or _title(net, texts)
    return Words(
        title=title,
        facts=(*structure(net, texts, title), parameters, *([source] if source else [])),
        change="; ".join(change),
        changes=texts.say("headline.changes", n=len(change)) if change else "",
        cards=cards(net, texts),
        steps=steps(net, texts),
        ends=(
            bars(net.layers[-1], texts, number),
            answer.end_of_numbers(read, sure, texts, asked=told != best)
            if number
            else answer.end(given, label, names, texts),
            _why(look, net, best, texts) if key.lit else once(texts.say("end.nothing"), must=True),
        ),
        classes=(read,) if alone else names,
        bars=((_ONE, 0),) if alone else bars_of,
        shares=shares,
        head=texts.say(
            ("answer.number" if alone or asked else "answer.furthest") if number else "answer.head"
        ),
        source=source,
        prediction=told,
        confidence=sure,
        verdict=answer.verdict(trace, label, names, texts),
        empty=answer.is_empty(trace, label),
        right=right,
        scale=scale,
        key=key,
        exhibit=exhibit,
        places=_stale(net, texts),
        places_brief=_stale(net, texts, brief=True),
        marks=marks(net, texts),
        paint=paint,
        caption=_one_line(look.caption),
        texts=texts,
        tokens=token_key(net, texts),
        inputs=_inputs(trace, texts),
    )


def _one_line(text: str) -> str:
    """A text of the maker's own on one line: what stands after a line break would not be drawn."""
    return " ".join(text.split())


def _stale(net: Net, texts: Texts, *, brief: bool = False) -> str:
    """That places or usual values were found out before an edit or a training; "" where they hold.

    brief: in as few words as there are.
    """
    if net.statistics_hold:
        return ""
    banded = any(stands_in_bands(net, layer) for layer in net.layers)
    usual = any(told_by_deviation(net, layer) for layer in net.layers)
    if not banded and not usual:
        return ""
    what = "stale" if banded and usual else "places" if banded else "values"
    return texts.say(f"headline.{what}-brief" if brief else f"headline.{what}")


def _inputs(trace: Trace, texts: Texts) -> tuple[str, ...]:
    """Name and value of each number that comes in, as it was before the net scaled it; of a few alone."""
    net = trace.net
    first, task = net.layers[0], net.task
    if len(first.shape) != 1 or first.size > COLUMN or net.noun == "digit":
        return ()
    values = trace.activation[first.name]
    if task is not None and task.low:
        values = values * np.array(task.span) + np.array(task.low)
    names = task.columns if task is not None and task.columns else ("",) * first.size
    shown = (texts.number(float(value), ".3g") for value in values)
    return tuple(f"{short(name, 20)} {value}".strip() for name, value in zip(names, shown, strict=True))


def _title(net: Net, texts: Texts) -> str:
    """The headline: what a network reads, as far as that is known; of one for digits, what kind it is."""
    if net.noun != "digit" and net.task is not None and net.task.data:
        return texts.say("headline.data", data=short(net.task.data, 40))
    if net.noun != "digit":
        return texts.say("headline.usual")
    blocks = [layer.block for layer in net.layers]
    if any(isinstance(block, AttentionScores) for block in blocks):
        return texts.say("headline.tokens")
    kind = "convolutions" if any(isinstance(block, Conv) for block in blocks) else "usual"
    return texts.say(f"headline.{kind}")


def _change(history: Sequence[str], since: Sequence[str]) -> list[str]:
    """How a net was mutated, one by one."""
    known = list(since)
    parts = []
    for statement in history:
        if statement in known:
            known.remove(statement)
        else:
            parts.append(statement)
    return parts


def _why(look: Look, net: Net, best: int, texts: Texts) -> Said:
    """What is lit once the answer stands; of one layer it is no way back to the ink."""
    if look.layer:
        title = next(layer.title for layer in net.layers if layer.name == look.layer)
        return once(texts.say("end.layer", where=texts.name(title)), must=True)
    names = class_names(net)
    what, of = look.show, names[best if look.of is None else look.of]
    rival = answer.name_of(look.against, names)
    if what == "evidence" and rival is not None:
        # What speaks against the one speaks for the other.
        what, of, rival = ("rival", of, rival) if look.sign >= 0 else ("rival", rival, of)
    elif what == "evidence" and look.sign:
        what = "for" if look.sign > 0 else "against"
    brief = (texts.say("brief.evidence", of=of),) if what == "evidence" else ()
    lead = lead_of(of, rival, texts)
    return once(texts.say(f"end.{what}", of=of, rival=rival, lead=lead), *brief, must=True)
