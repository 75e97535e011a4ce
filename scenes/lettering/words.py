"""Words: what a picture says, before any of it has a place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Layer, Trace
from scenes.lettering.exhibit import Exhibit
from scenes.lettering.marks import Mark, marks
from scenes.lettering.naming import Card, cards, steps, structure
from scenes.lettering.neuron_key import NeuronKey
from scenes.lettering.paint_key import Key
from scenes.lettering.strand_key import StrandKey
from scenes.look import Look
from scenes.space.bands import stands_in_bands
from scenes.space.rows import row_classes, row_shares

_MOVED = 5e-4  # of a probability: less is not told


@dataclass(frozen=True)
class Words:
    """Texts of a film.

    Attributes:
        title: the headline.
        facts: short facts about net and digit, most important first.
        change: how the net was mutated, as text.
        changes: the same, counted.
        cards: names of layers, or of blocks of layers where there are too many.
        steps: a layer's name, and what happens from the moment when it fires.
        ends: what happens as the bars grow, when the answer stands, and on the way back from it.
        classes: label of each class.
        bars: label of each bar, and the class of each; of many classes the last bar is all others', -1.
        shares: what each bar shows as text.
        source: where the digit comes from, empty where that is not known.
        prediction, confidence: the answer.
        verdict: the true label with a tick or a cross, empty where no label is known.
        right: whether the answer is right, None where no label is known.
        scale: what the brightness of the neurons means.
        key: what the light of the synapses means.
        exhibit: the card in the foot, None for none.
        places: what is to be known of the neurons' places, empty where bands are of this very net, or none.
        marks: what edits have touched.
        was: the answer before the net's edits, where they have moved it, empty where they have not.
        paint: what the colour of painted layers means, None where there are none.
    """

    title: str
    facts: tuple[str, ...]
    change: str
    changes: str
    cards: tuple[Card, ...]
    steps: tuple[tuple[str, str], ...]
    ends: tuple[str, str, str]
    classes: tuple[str, ...]
    bars: tuple[tuple[str, int], ...]
    shares: tuple[str, ...]
    source: str
    prediction: int
    confidence: str
    verdict: str
    right: bool | None
    scale: NeuronKey
    key: StrandKey
    exhibit: Exhibit | None
    places: str
    marks: tuple[Mark, ...]
    was: str = ""
    paint: Key | None = None


def percent(share: float) -> str:
    """A probability 0..1 as text that never rounds to a false 0 or 100."""
    if share < 0.0005:
        return "<0.1%"
    return ">99.9%" if share >= 0.9995 else f"{share * 100:.1f}%"


def answer_before(before: NDArray[np.float32], now: NDArray[np.float32], classes: Sequence[str]) -> str:
    """What the answer was before an edit, empty where no probability (classes,) has moved by 0.05 %."""
    if np.abs(before - now).max() < _MOVED:
        return ""
    was = int(np.argmax(before))
    return f"was {classes[was]} · {percent(float(before[was]))} before"


def write(
    trace: Trace,
    look: Look,
    *,
    scale: NeuronKey,
    key: StrandKey,
    exhibit: Exhibit | None = None,
    since: Sequence[str] = (),
    paint: Key | None = None,
) -> Words:
    """Put a trace into words.

    scale, key: what is said of neurons and synapses; exhibit: the card in the foot.
    since: statements of the net's history that need not be told, for both halves of a pair have them.
    """
    net, label = trace.net, look.label
    change, changes = _change(net.history, since)
    best, banded = trace.prediction, any(stands_in_bands(net, layer) for layer in net.layers)
    right = None if label is None else label == best
    return Words(
        title=look.title,
        facts=tuple(
            fact for fact in (*structure(net), f"{net.parameter_count:,} parameters", look.source) if fact
        ),
        change=change,
        changes=changes,
        cards=cards(net),
        steps=steps(net),
        ends=(_bars(net.layers[-1]), _end(best, label), _why(look, best)),
        classes=tuple(str(k) for k in range(len(trace.probabilities))),
        bars=_labels(trace.probabilities),
        shares=tuple(percent(float(p)) for p in row_shares(trace.probabilities, trace.probabilities)),
        source=look.source,
        prediction=best,
        confidence=percent(trace.confidence),
        verdict="" if label is None else f"label: {label}  {'✓' if right else '✗'}",
        right=right,
        scale=scale,
        key=key,
        exhibit=exhibit,
        places="" if net.statistics_hold or not banded else "bands are of the net before its changes",
        marks=marks(net),
        paint=paint,
    )


def _change(history: Sequence[str], since: Sequence[str]) -> tuple[str, str]:
    """How a net was mutated, and that counted."""
    known = list(since)
    parts = []
    for statement in history:
        if statement in known:
            known.remove(statement)
        else:
            parts.append(statement)
    return "; ".join(parts), f"{len(parts)} change{'s' * (len(parts) != 1)}" if parts else ""


def _labels(probabilities: NDArray[np.float32]) -> tuple[tuple[str, int], ...]:
    named = [(str(k), k) for k in row_classes(probabilities)]
    others = len(probabilities) - len(named)
    return (*named, (f"+{others:,} others", -1)) if others else tuple(named)


def _bars(output: Layer) -> str:
    if "softmax" in output.activation:
        return f"Softmax turns {output.size} sums into {output.size} probabilities"
    return f"{output.size} outputs, scaled so that they add up to 100%"


def _why(look: Look, best: int) -> str:
    of = best if look.of is None else look.of
    back = "from the answer back to the ink"
    match look.show:
        case "evidence" if look.against is None:
            return f"Lit: what speaks for {of} and against it, {back}"
        case "evidence":
            return f"Lit: what speaks for {of} and not for {look.against}, {back}"
        case "gradient":
            return f"Lit: the weights on which the lead of {of} depends most, {back}"
        case "weight":
            return "Lit: the largest weights of each layer, whatever the digit"
        case _:
            return f"Lit: the strongest of all that was added up, {back}"


def _end(best: int, label: int | None) -> str:
    if label is None or label == best:
        return f"The longest bar is the answer: {best}"
    return f"The longest bar is the answer: {best}, but it was meant as a {label}"
