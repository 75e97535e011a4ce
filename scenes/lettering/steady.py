"""Steady: while a film's camera moves, a name that would be seen for a moment only waits until it stays.

One that comes later than the film begins comes softly, however fast the camera brings it in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np

from scenes.frame import Caption
from scenes.lettering import captions
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.motion.easing import between

Span = tuple[float, float]
Key = tuple[str, str, str]
"""A text, its anchor, and of a detail the name over it: by these it is known from frame to frame."""
_STEP = 0.005  # of a film's length, from one moment that is looked at to the next
_LONG = 0.13  # of a film's length, how long a name is seen at least before it may go again
_AWAY = 0.07  # and how long it is gone at least before it comes back
_FADE = 0.25  # seconds in which it does
_SEEN = 0.2  # opacity from which on a name is noticed
_BARS = "mm", "rm", "lm"  # anchors of the names of bars


def passing(words: Words, view_at: Callable[[float], View], seconds: float) -> dict[Key, tuple[Span, ...]]:
    """When names are to be left out, for those that would come and go in a film of so many seconds."""
    line = view_at(0.0).line
    moments = np.arange(line.digit[0], line.answer[1], _STEP * seconds).tolist()
    seen: dict[Key, list[bool]] = {}
    for number, t in enumerate(moments):
        for caption, key, name in _known(captions.lay_out(words, view_at(t))[0], words):
            if caption.alpha > _SEEN and (name or caption.anchor in _BARS):
                seen.setdefault(key, [False] * len(moments))[number] = True
    ends = moments[0], moments[-1]
    found = {key: _brief(_runs(shown, moments), ends, seconds) for key, shown in seen.items()}
    return {key: spans for key, spans in found.items() if spans}


def without(
    texts: Sequence[Caption], words: Words, spans: Mapping[Key, Sequence[Span]], t: float
) -> list[Caption]:
    """The texts of time t without names that are not to be seen then; those that come back fade in.

    A detail goes with its name.
    """
    told = []
    for caption, key, name in _known(texts, words):
        shown = 1.0
        for first, last in {*spans.get(key, ()), *spans.get(name or key, ())}:
            if t > first:
                shown = min(shown, float(between(t, last, last + _FADE)))
        if shown:
            told.append(caption if shown == 1 else caption.dimmed(shown))
    return told


def _known(texts: Sequence[Caption], words: Words) -> Iterator[tuple[Caption, Key, Key | None]]:
    """Texts with their keys, and of what names a layer that of the name: details follow theirs."""
    names = {card.name for card in words.cards}
    details = {text for card in words.cards for text in (card.detail, card.line) if text}
    name: Key | None = None
    for caption in texts:
        key = caption.text, caption.anchor, ""
        if caption.text in names:
            name = key
            yield caption, key, name
        elif name and caption.text in details:
            yield caption, (*key[:2], name[0]), name
        else:
            yield caption, key, None


def _runs(shown: Sequence[bool], moments: Sequence[float]) -> list[Span]:
    """From when to when something is seen, each from the moment before to the moment after."""
    runs, first = list[Span](), 0
    for there, group in groupby(shown):
        last = first + len(list(group))
        if there:
            runs.append((moments[max(first - 1, 0)], moments[min(last, len(moments) - 1)]))
        first = last
    return runs


def _brief(runs: Sequence[Span], ends: Span, seconds: float) -> tuple[Span, ...]:
    """When something seen in these runs is left out: in short ones, and until it was away for a while.

    And from one that stays to the next, where it is hardly seen, lest it begin with more than nothing.
    ends: when the first picture is looked at, from which on it may be seen, and when the last one is reached,
    in which all that is there stays.
    """
    stays = [(first, last) for first, last in runs if last - first >= _LONG * seconds or last >= ends[1]]
    left = [run for run in runs if run not in stays]
    gaps = [(last, first) for (_, last), (first, _) in pairwise([(-np.inf, -np.inf), *stays])]
    comes = [gap for gap in gaps if gap[1] > ends[0]]
    away = _AWAY * seconds
    return (*left, *comes, *((gone, gone + away) for gone, back in gaps[1:] if back - gone < away))
