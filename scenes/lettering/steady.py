"""Steady: while a film's camera moves, a name that would be seen for a moment only waits until it stays."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from scenes.frame import Caption
from scenes.lettering.words import Words

Span = tuple[float, float]
Key = tuple[str, str]
"""A text and its anchor: by these a name in space is known from frame to frame."""
STEP = 0.009
"""Of a film's length, from one moment that is looked at to the next."""
_LONG = 0.13  # of a film's length, how long a name is seen at least before it may go again
_AWAY = 0.07  # and how long it is gone at least before it comes back
_SEEN = 0.1  # opacity from which on a name is noticed
_BARS = "mm", "rm", "lm"  # anchors of the names of bars


def passing(
    words: Words, pictures: Sequence[tuple[float, Sequence[Caption]]], seconds: float
) -> dict[Key, tuple[Span, ...]]:
    """When names are to be left out: from when they are seen to when they are gone, for those that come back.

    pictures: moments of a film of so many seconds, in order, with all texts that have room then.
    """
    named = {text for card in words.cards for text in (card.name, card.detail, card.line) if text}
    moments = [time for time, _ in pictures]
    seen: dict[Key, list[bool]] = {}
    for number, (_, captions) in enumerate(pictures):
        for caption in captions:
            key = caption.text, caption.anchor
            if caption.alpha > _SEEN and (caption.text in named or caption.anchor in _BARS):
                seen.setdefault(key, [False] * len(moments))[number] = True
    found = {key: _brief(_runs(shown, moments), seconds) for key, shown in seen.items()}
    return {key: spans for key, spans in found.items() if spans}


def without(captions: Sequence[Caption], spans: Mapping[Key, Sequence[Span]], t: float) -> list[Caption]:
    """The captions of time t but for names that are not to be seen yet."""
    return [
        caption
        for caption in captions
        if not any(first < t < last for first, last in spans.get((caption.text, caption.anchor), ()))
    ]


def _runs(shown: Sequence[bool], moments: Sequence[float]) -> list[Span]:
    """From when to when something is seen, each from the moment before to the moment after."""
    runs, first = list[Span](), 0
    for there, group in groupby(shown):
        last = first + len(list(group))
        if there:
            runs.append((moments[max(first - 1, 0)], moments[min(last, len(moments) - 1)]))
        first = last
    return runs


def _brief(runs: Sequence[Span], seconds: float) -> tuple[Span, ...]:
    """The runs that are no more than a moment, or end a moment before the next; of the last one never."""
    kept, left = list(runs[-1:]), list[Span]()
    for first, last in reversed(runs[:-1]):
        if last - first < _LONG * seconds or kept[-1][0] - last < _AWAY * seconds:
            left.append((first, last))
        else:
            kept.append((first, last))
    return tuple(left)
