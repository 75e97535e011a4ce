"""Names of bars where classes are many or their names long: how they fit, and what is left out of them."""

from dataclasses import replace
from functools import lru_cache
from math import floor

import numpy as np
from numpy.typing import NDArray

from scenes.frame import Caption
from scenes.lettering.class_names import distinct
from scenes.lettering.fonts import fitted
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.space.page import LEGIBLE, READABLE, Page
from scenes.space.rows import letters

_LETTERS = 11  # of a name that is written as large as a short one
_BALL = 0.55  # of the distance between two outputs, from the middle of one to where a name may begin
_LEAST = 8.0 * READABLE  # px between a neuron and its bar with which a name stands there


@lru_cache(maxsize=64)
def longest(names: tuple[str, ...]) -> int:
    """Letters of the longest name."""
    return max(map(letters, names))


def even_size(words: Words, sheet: Page, rooms: NDArray[np.float64] | None, brief: bool) -> float:
    """The size of most names: side by side, long ones shrink, and so do short ones."""
    if rooms is None or not sheet.portrait:
        return 99.0
    own = []
    for (name, place), room in zip(words.bars, rooms, strict=True):
        size = fitted(name, "medium", 99.0, room)
        if place >= 0 and (brief or size < READABLE):  # it is written shorter
            size = fitted(distinct_name(words.classes, place), "medium", 99.0, room)
        own.append(size)
    return float(np.median(own))


def leave_out_shared(words: Words, sheet: Page, rooms: NDArray[np.float64] | None) -> bool:
    """Whether names leave out what others begin with too: side by side, where one would be hard to read."""
    if rooms is None or not sheet.portrait:
        return False
    least = READABLE if sheet.tight else LEGIBLE
    names = zip(words.bars, rooms, strict=True)
    return any(place >= 0 and fitted(name, "medium", least, room) < least for (name, place), room in names)


def rooms_for(view: View, bases: NDArray[np.float32], pitch: float) -> NDArray[np.float64]:
    """Pixels that the name of each bar may fill: a bar's share of the row, or from its neuron to its bar.

    bases: where bars begin, pixels from the left; pitch: from one to the next.
    """
    if view.sheet.portrait:
        return np.full(len(bases), 0.9 * pitch)
    panel = view.layout.panels[-1]
    balls = view.camera.project(panel.positions(), view.size)[:, 0]
    balls = balls if len(balls) == len(bases) else np.full(len(bases), balls.max())
    ball = _BALL * panel.raster.pitch * view.camera.scale_at(panel.centre, view.size)
    between = np.abs(bases - balls) - ball
    # A free camera sees bars from their ends too: there names stand before neurons and strands.
    return np.where(between >= (_LEAST if view.sheet.roaming else 0.0), between, view.sheet.width)


@lru_cache(maxsize=1024)
def distinct_name(names: tuple[str, ...], place: int) -> str:
    """A class's name without what others begin with; kept, since it is asked for in every frame."""
    return distinct(names, place)


def long_name(
    caption: Caption, shorter: str, sheet: Page, others: bool, place: tuple[float, float, float]
) -> Caption:
    """The label of a bar of many: it ends before its bar, or is as wide as its bar at most.

    shorter: what may stand for a name that has no room; others: whether it is that of all others; place:
    where the bar begins, pixels from the left, the room, and to which side the bar grows.
    """
    base, room, aside = place
    if sheet.portrait:
        text = caption.text.split(" ")[0] if others else caption.text
        return _cut(replace(caption, text=text), shorter, room / 0.9 if others else room)
    size = min(caption.size, sheet.font(16)) if others else caption.size
    size = max(size * min(1.0, max(0.6, _LETTERS / letters(caption.text))), min(size, READABLE))
    at = base - aside * 0.35 * caption.size, caption.at[1]
    named = replace(caption, size=size, at=at, anchor="rm" if aside > 0 else "lm")
    return named if others else _cut(named, shorter, room - 0.35 * caption.size)


def _cut(caption: Caption, shorter: str, room: float) -> Caption:
    """A caption made to fit so many pixels: smaller as long as it can be read, else shorter, else cut.

    A number is never cut, for what is left would be another one: without room it is not written.
    """
    least = min(READABLE, floor(10 * caption.size) / 10)
    cut = [f"{shorter[:left].rstrip()}…" for left in range(len(shorter) - 1, 0, -1)]
    if caption.text.lstrip("+").replace(",", "").isdecimal():
        cut = [""]
    for text in (caption.text, shorter, *cut):
        size = fitted(text, caption.font, caption.size, room) if text else least
        if size >= least:
            break
    return replace(caption, text=text, size=max(size, least))
