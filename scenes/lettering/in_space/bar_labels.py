"""The texts beside the bars: a label for each, and its number once the bar has grown to it."""

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.frame import Caption
from scenes.lettering.fonts import fitted, width
from scenes.lettering.in_space.bar_names import (
    distinct_name,
    even_size,
    leave_out_shared,
    long_name,
    longest,
    rooms_for,
)
from scenes.lettering.in_space.bar_sizes import side_by_side, sizes_of
from scenes.lettering.view import View
from scenes.lettering.words import Words
from scenes.light.neurons import answer_radius
from scenes.light.theme import Colour, Theme
from scenes.motion.easing import between, smooth
from scenes.space.layout import BAR_AT, LABEL_AT, Layout
from scenes.space.page import READABLE, Page

_NARROW = 2
"""Letters of a name that stands midway between its neuron and its bar; a longer one ends at the bar."""
_ANSWERS = 1.2  # of a bar's room, what the answer's number may fill that has none within
_EDGE = 0.42  # of the page's margin, what stays empty beside the answer's number
_INK = 0.73  # of a bold digit's ink, of its size: its height
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
        shorter = name if place < 0 else distinct_name(words.classes, place)
        named = replace(named, text=shorter) if self.brief else named
        base, room, aside = self.bases[k][0], self.rooms[k], self.aside(k)
        written = long_name(named, shorter, self.sheet, place < 0, (base, room, aside))
        if hot and not written.text:
            written = long_name(named, shorter, self.sheet, place < 0, (base, _ANSWERS * room, aside))
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
        if hot and not down:
            # Few bars are high, and so is the answer's number.
            size = max(fitted(share, font, size, self._room(beyond, aside)), READABLE)
        colour = self.theme.answer if hot > 0.5 else self.theme.text_faint
        return Caption(share, place, round(size, 1), font, colour, shown, anchor, self.edge)

    def _room(self, beyond: float, aside: float) -> float:
        """Pixels that the answer's number may fill from there to that side."""
        sheet = self.sheet
        if not sheet.roaming:
            return sheet.width - _EDGE * sheet.margin[0] - beyond
        left, _, right, _ = sheet.free or (0.0, 0.0, sheet.width, 0.0)
        return (right - beyond if aside > 0 else beyond - left) - sheet.edge


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
    many = len(words.classes) > len(words.bars) or longest(words.classes) > _NARROW
    rooms = rooms_for(view, bases[:, 0], pitch) if many else None
    # From the front, and from above, they stand before panels and balls.
    edge = theme.background if sheet.roaming else None
    brief = leave_out_shared(words, sheet, rooms)
    even = even_size(words, sheet, rooms, brief)
    outputs = view.layout.panels[-1]
    ball = answer_radius(outputs.raster) * view.camera.scale_at(outputs.centre, view.size)
    places = [[(x, y) for x, y in each.tolist()] for each in (labels, bases, tips)]
    room = None if rooms is None else rooms.tolist()
    bars = _Bars(sheet, theme, places[0], places[1], places[2], pitch, room, even, brief, edge, ball)
    answer = next((k for k, (_, place) in enumerate(words.bars) if place == words.prediction), -1)
    beside = side_by_side(words.shares, answer, pitch)
    sizes = cache(lambda near, hot: sizes_of(sheet, pitch, beside, near, hot))  # most bars have the same
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


@lru_cache(maxsize=8)
def _points(layout: Layout) -> NDArray[np.floating[Any]]:
    """Where labels belong, where bars begin and where they end: (3 n, 3)."""
    bars = layout.bars
    return np.concatenate([bars.label, bars.base, bars.base + bars.length * bars.along])
