"""What is said of an answer: what it is, whether it is right, and what it was before an edit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.motion.pace import Said, once
from scenes.space.rows import FEW, row_classes, row_shares
from scenes.texts import ENGLISH, Texts

_MOVED = 5e-4  # of a probability: less is not told


def answer_before(
    before: NDArray[np.float32],
    now: NDArray[np.float32],
    classes: Sequence[str],
    texts: Texts = ENGLISH,
    numbers: bool = False,
) -> str:
    """What the answer was before an edit, empty where nothing of it (classes,) has moved by 0.05 %.

    numbers: whether they are numbers, of which the one furthest from 0 is told.
    """
    most = float(np.abs(now).max()) if numbers and len(now) > 1 else 1.0
    if np.abs(before - now).max() < _MOVED * (most or 1.0):
        return ""
    if len(before) == 1:
        return texts.say("answer.was-number", value=texts.value(float(before[0])))
    if numbers:
        was = int(np.argmax(np.abs(before)))
        return texts.say("answer.was", name=classes[was], share=texts.value(float(before[was])))
    was = int(np.argmax(before))
    return texts.say("answer.was", name=classes[was], share=texts.percent(float(before[was])))


def verdict(trace: Trace, label: int | None, names: Sequence[str], texts: Texts) -> str:
    """Whether the answer is right; of an empty picture without a label that it is one."""
    if is_empty(trace, label):
        return texts.say("answer.empty")
    if label is None:
        return ""
    right = "  ✓" if label == trace.prediction else "  ✗"
    right = "" if trace.net.gives_numbers else right
    return texts.say("answer.label", label=name_of(label, names)) + right


def is_empty(trace: Trace, label: int | None) -> bool:
    """Whether a picture of one shade came in, of which nobody said what it is meant to be."""
    seen = trace.pre[trace.net.layers[0].name]  # as it came, whatever edits make of it
    return label is None and seen.ndim > 1 and not np.ptp(seen)


def name_of(place: int | None, names: Sequence[str]) -> str | None:
    """The name of a class; its number where the network has no such class."""
    return None if place is None else names[place] if place < len(names) else str(place)


def bar_labels(
    probabilities: NDArray[np.float32], names: Sequence[str], texts: Texts, *, numbers: bool = False
) -> tuple[tuple[str, int], ...]:
    """The label and class of each bar, of probabilities (classes,); all others share a last bar, class -1."""
    named = [(names[k], k) for k in row_classes(probabilities, numbers)]
    others = len(probabilities) - len(named)
    return (*named, (texts.say("answer.others", n=others), -1)) if others else tuple(named)


def end(probabilities: NDArray[np.float32], label: int | None, names: Sequence[str], texts: Texts) -> Said:
    """What is said once the answer stands, of probabilities (classes,); label: the true class, if known."""
    best = int(probabilities.argmax())
    values = {"best": names[best], "label": name_of(label, names)}
    right = label is None or label == best
    told = ("end.answer", "brief.answer", "brief.name") if right else ("end.missed", "brief.missed")
    if len(names) > FEW and row_shares(probabilities, probabilities)[-1] > probabilities[best]:
        # The bar of all others is the longest.
        told = ("end.answer-of-many", "brief.name") if right else ("end.missed-of-many", "brief.missed")
    return once(*(texts.say(key, **values) for key in told), must=True)


def end_of_numbers(name: str, value: str, texts: Texts, *, asked: bool = False) -> Said:
    """What is said once numbers stand: the one furthest from 0 and its value; of one number this alone.

    asked: whether it is the one that is explained, be its bar the longest or not.
    """
    if not value:  # one bar is not the longest of any
        return once(texts.say("brief.name", best=name), must=True)
    which = "asked" if asked else "furthest"
    told = (texts.say(f"{key}.{which}", best=name, value=value) for key in ("end", "brief"))
    return once(*told, texts.say("brief.name", best=name), must=True)
