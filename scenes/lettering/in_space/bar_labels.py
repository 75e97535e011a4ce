"""The texts beside the bars: a label for each, and its number once the bar has grown to it."""

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from math import floor, hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.frame import Caption
from scenes.lettering.class_names import distinct
from scenes.lettering.fonts import fitted, width
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.neurons import answer_radius
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.space.layout import BAR_AT, LABEL_AT, Layout
from scenes.space.page import LEGIBLE, READABLE, Page
from scenes.space.rows import letters

_NARROW = 2
"""Letters of a name that stands midway between its neuron and its bar; a longer one ends at the bar."""
_LETTERS = 11  # of a name that is written as large as a short one
_BALL = 0.55  # of the distance between two outputs, from the middle of one to where a name may begin
_LEAST = 8.0 * READABLE  # px between a neuron and its bar with which a name stands there
_ANSWERS = 1.2  # of a bar's room, what the answer's number may fill that has none within
_BESIDE, _CLOSE = 0.93, 0.97  # of a bar's pitch, what a small number beside another may fill; at most
_EDGE = 0.42  # of the page's margin, what stays empty beside the answer's number
_STEPS = 1.12  # the answer's number in a tall picture, of the others
_HIGH = 0.80  # of a digit's ink, of its size
_INK = 0.73  # the same, of a bold one
_AIR = 0.09  # of the way from the answer's ball to its bar, what stays free on either side of its label

Points = list[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class _Bars:
    """What the texts of all bars share.

    labels, bases, tips: where labels stand, bars begin and end, pixels. pitch: from bar to bar.
    rooms: pixels that each name may fill, where there are many or long ones; else None. even: the size of
    most names. brief: whether names leave out what others begin with too. edge: the colour around the texts,
    where they stand before panels and balls. ball: pixels from the middle of the answer's ball to its edge.
    """

    sheet: Page
    theme: Theme
    labels: Points
    bases: Points
    tips: Points
    pitch: float
    rooms: list[float] | None
    even: float
    brief: bool
    edge: Colour | None
    ball: float

    def near(self, k: int) -> float:
        """From the middle of a label to its bar, in portrait."""
        if not self.sheet.portrait:
            return 0.0
        base, label = (np.array(each[k], np.float32) for each in (self.bases, self.labels))
        return float(np.linalg.norm(base - label))

    def aside(self, k: int) -> float:
        """To which side a bar grows, and its number stands: seen from behind to the left, which is -1."""
        return 1.0 if self.tips[k][0] >= self.bases[k][0] else -1.0

    def name(self, k: int, words: Words, size: float, hot: float, shown: float) -> Caption:
        """The label of a bar; hot: how far it steps forward."""
        name, place = words.bars[k]
        font = "display-bold" if hot > 0.5 else "medium"
        colour = self.theme.answer_soft if hot > 0.5 else self.theme.text_soft
        at = self.labels[k]
        if hot and self.rooms is None and not self.sheet.roaming:
            (x, y), most = self._between(k, name)
            at = (at[0] + hot * (x - at[0]), at[1] + hot * (y - at[1]))
            size += hot * (max(min(size, most), min(size, READABLE)) - size)
        named = Caption(name, at, round(size, 1), font, colour, shown, "mm", self.edge)
        if self.rooms is None:
            return named
        shorter = name if place < 0 else _distinct(words.classes, place)
        named = replace(named, text=shorter) if self.brief else named
        base, room, aside = self.bases[k][0], self.rooms[k], self.aside(k)
        written = _long(named, shorter, self.sheet, place < 0, (base, room, aside))
        if hot and not written.text:
            written = _long(named, shorter, self.sheet, place < 0, (base, _ANSWERS * room, aside))
        if written.text or not hot or self.sheet.portrait:
            return written
        # Where no other number has room, the answer's may stand before its neuron.
        anchor = "rm" if aside > 0 else "lm"
        return replace(named, at=written.at, anchor=anchor, size=READABLE, outline=self.theme.background)

    def _between(self, k: int, name: str) -> tuple[tuple[float, float], float]:
        """Where the answer's label is midway between its ball and its bar, and how large it may be."""
        (x, y), (bar_x, bar_y) = self.labels[k], self.bases[k]
        step_x, step_y = (bar_x - x) / (BAR_AT - LABEL_AT), (bar_y - y) / (BAR_AT - LABEL_AT)
        away = max(hypot(step_x, step_y), 1e-6)
        to_edge = self.ball / away - LABEL_AT  # steps from the label to the ball's edge
        room = max((1.0 - 2 * _AIR) * (BAR_AT * away - self.ball), 1.0)
        ink = _INK if self.sheet.portrait else width(name, "display-bold", 100.0) / 100.0
        return ((x + to_edge * step_x + bar_x) / 2, (y + to_edge * step_y + bar_y) / 2), room / ink

    def share(self, k: int, share: str, size: float, label: float, hot: float, shown: float) -> Caption:
        """The number of a bar, beyond its end and clear of its label, of size `label`."""
        down, unit = self.sheet.portrait, self.sheet.unit
        (x, y), at = self.tips[k], self.labels[k][0]
        aside = self.aside(k)
        clear = at + aside * 0.4 * label
        beyond = (max if aside > 0 else min)(x, clear) + aside * 14 * unit
        place = (x, y + 14 * unit) if down else (beyond, y)
        anchor = "mt" if down else "lm" if aside > 0 else "rm"
        font = "semibold" if hot > 0.5 else "regular"
        if hot and not (down or self.sheet.roaming):
            # Few bars are high, and so is the answer's number.
            room = self.sheet.width - _EDGE * self.sheet.margin[0] - beyond
            size = max(fitted(share, font, size, room), READABLE)
        colour = self.theme.answer if hot > 0.5 else self.theme.text_faint
        return Caption(share, place, round(size, 1), font, colour, shown, anchor, self.edge)


def bar_texts(words: Words, view: View) -> list[list[Caption]]:
    """Class labels beside the bars, and each probability once its bar has grown: no number is half true."""
    sheet, theme, line, t = view.sheet, view.theme, view.line, view.t
    seen = view.camera.project(_points(view.layout), view.size)
    if not np.isfinite(seen).all():
        return []
    labels, bases, tips = seen.reshape(3, -1, 2)
    pitch = float(np.linalg.norm(np.diff(labels, axis=0), axis=1).min()) if len(labels) > 1 else 99.0
    # A free camera sees bars too close to each other to be read: only the answer's then has its text.
    crowded = sheet.roaming and pitch < READABLE
    pitch = max(pitch, READABLE) if crowded else pitch
    many = len(words.classes) > len(words.bars) or _longest(words.classes) > _NARROW
    rooms = _rooms(view, bases[:, 0], pitch) if many else None
    # From the front, and from above, they stand before panels and balls.
    edge = theme.background if sheet.roaming else None
    brief = _brief(words, sheet, rooms)
    even = _even(words, sheet, rooms, brief)
    outputs = view.layout.panels[-1]
    ball = answer_radius(outputs.raster) * view.camera.scale_at(outputs.centre, view.size)
    places = [[(x, y) for x, y in each.tolist()] for each in (labels, bases, tips)]
    room = None if rooms is None else rooms.tolist()
    bars = _Bars(sheet, theme, places[0], places[1], places[2], pitch, room, even, brief, edge, ball)
    answer = next((k for k, (_, place) in enumerate(words.bars) if place == words.prediction), -1)
    beside = _beside(words.shares, answer, pitch)
    sizes = cache(lambda near, hot: _sizes(sheet, pitch, beside, near, hot))  # most bars have the same
    winner = float(smooth(between(t, *line.answer)))
    told = float(smooth(between(t, line.bars[1] - 0.01 * line.seconds, line.bars[1] + 0.02 * line.seconds)))
    captions = []
    for k, ((_, label_of), share) in enumerate(zip(words.bars, words.shares, strict=True)):
        hot = winner if label_of == words.prediction else 0.0
        if crowded and hot == 0:
            continue
        near = bars.near(k)
        label, number = sizes(near, hot)
        # Where the others have no text, the answer's appears as it steps forward.
        name_shy, share_shy = (1.0 if size else hot for size in sizes(near, 0.0))
        if label:
            label = label if hot else min(label, max(bars.even, READABLE))
            captions.append([bars.name(k, words, label, hot, name_shy)])
        if number:
            captions.append([bars.share(k, share, number, label, hot, told * share_shy)])
    return captions


@lru_cache(maxsize=64)
def _longest(names: tuple[str, ...]) -> int:
    """Letters of the longest name."""
    return max(map(letters, names))


@lru_cache(maxsize=8)
def _points(layout: Layout) -> NDArray[np.floating[Any]]:
    """Where labels belong, where bars begin and where they end: (3 n, 3)."""
    bars = layout.bars
    return np.concatenate([bars.label, bars.base, bars.base + bars.length * bars.along])


def _even(words: Words, sheet: Page, rooms: NDArray[np.float64] | None, brief: bool) -> float:
    """The size of most names: side by side, long ones shrink, and so do short ones."""
    if rooms is None or not sheet.portrait:
        return 99.0
    own = []
    for (name, place), room in zip(words.bars, rooms, strict=True):
        size = fitted(name, "medium", 99.0, room)
        if place >= 0 and (brief or size < READABLE):  # it is written shorter
            size = fitted(_distinct(words.classes, place), "medium", 99.0, room)
        own.append(size)
    return float(np.median(own))


def _brief(words: Words, sheet: Page, rooms: NDArray[np.float64] | None) -> bool:
    """Whether names leave out what others begin with too: side by side, where one would be hard to read."""
    if rooms is None or not sheet.portrait:
        return False
    least = READABLE if sheet.tight else LEGIBLE
    names = zip(words.bars, rooms, strict=True)
    return any(place >= 0 and fitted(name, "medium", least, room) < least for (name, place), room in names)


def _rooms(view: View, bases: NDArray[np.float32], pitch: float) -> NDArray[np.float64]:
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
def _distinct(names: tuple[str, ...], place: int) -> str:
    """The same for every frame: all names are looked through for each."""
    return distinct(names, place)


def _long(
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


@lru_cache(maxsize=64)
def _beside(shares: tuple[str, ...], answer: int, pitch: float) -> tuple[float, float]:
    """The size in which numbers fit side by side, and how much larger the answer's is: no more if need be."""
    size, step = 0.0, 1.0
    for step in (_STEPS, 1.0):
        wide = [width(share, "regular", 100.0) / 100.0 for share in shares]
        if answer >= 0:
            wide[answer] = step * width(shares[answer], "semibold", 100.0) / 100.0
        size = _BESIDE * pitch / max((sum(two) / 2 for two in pairwise(wide)), default=1.0)
        if size >= LEGIBLE:
            return size, step
    return LEGIBLE if size * _CLOSE >= LEGIBLE * _BESIDE else size, step


def _sizes(
    sheet: Page, pitch: float, beside: tuple[float, float], near: float, hot: float
) -> tuple[float, float]:
    """Sizes of a bar's label and of its number, 0 for one that could not be read.

    pitch: pixels between two bars; beside: see `_beside`; near: from the middle of a label to its bar, in
    portrait; hot: 0..1, how far the answer has stepped forward.
    """
    grow = 1.0 + (0.5 if sheet.portrait else 0.52) * hot
    label = min(sheet.font(30 if sheet.portrait else 25), 0.85 * pitch) * grow
    if sheet.portrait:
        # Half a digit's height must fit between its middle and the bar below it.
        label = min(label, 2.4 * near)
    # In portrait numbers stand side by side: the widest two, ">99.9%" and "<0.1%", must fit.
    most, step = max(0.268 * pitch, min(LEGIBLE, beside[0])), beside[1]
    number = min(sheet.font(20), most) if sheet.portrait else min(sheet.font(18), 0.82 * pitch)
    number *= 1.0 + ((step - 1.0) if sheet.portrait else 0.36) * hot
    if not sheet.tight and not (sheet.portrait and sheet.compact):
        return label, number
    return _readable(label, hot, pitch, sheet), _readable(number, hot, pitch, sheet)


def _readable(size: float, hot: float, pitch: float, sheet: Page) -> float:
    """The size of a text beside a bar in a tight page: readable, or 0; the answer's is always readable."""
    if sheet.portrait:
        return size if size >= READABLE else READABLE * (hot > 0)
    # Digits of readable size stand clear of each other from so many pixels on.
    room = (pitch - 1.0) / _HIGH
    if hot == 0:
        return max(size, READABLE) if room >= READABLE else 0.0
    return max(min(size, 2 * room - READABLE - 0.8), READABLE)
