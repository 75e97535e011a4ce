"""Page: the measures of a picture, and the part of it that the net may fill."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from scenes.motion.easing import between

_TIGHT = {False: 0.333, True: 0.4}  # unit of a tight page, by whether it is tall: 640 x 360, 432 x 768
READABLE = 9.0
"""Pixels of the smallest type that is written."""
LEGIBLE = 11.0
"""Pixels of the smallest type in a picture that is not tight, see `Page.tight`."""

_LONG = 2.1  # of its width, a tall page's height

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


_SQUARE = 800  # pixels of the design's width that a square has less, for each that it is narrower than 16:10
_WIDE = 1.3  # of its height, from where on a page has room for long lines over its legend
_ROOMY = 0.3  # unit of a picture that is not so small that its bars' numbers would meet
FRAME = 14.0  # pixels of the design from the edge, from where on a text is whole
_EDGE = 0.06  # of a picture without text, the part of its shorter side that stays empty all around
_NAMES = 5.2  # width of a name beside a row, of its type's size
_SIDES = 0.03  # of its width, what stays empty at the sides at most: no more than beside a net with text


@dataclass(frozen=True)
class Free:
    """Where labels may stand in a picture whose headline, answer and legend are written by another.

    Attributes:
        box: what they may fill, in pixels.
        taken: parts of it that they make way for.
    """

    box: Box
    taken: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Page:
    """The measures of a picture.

    Attributes:
        width, height: pixels.
        portrait: True for a tall picture.
        unit: size of things relative to the 1920x1080 (or 1080x1920) design.
        compact: True where there is room for the essentials only.
        painted: True where the legend has one row more, for paint.
        bare: True for a picture without any text, all of which the net may fill.
        roaming: whether the camera may stand anywhere, where bars can be too close to each other to be read,
            and a text half faded, which would stay so, looks like a fault.
        free: what labels may fill; None in a film, where the page has headline, answer and legend itself.
    """

    width: int
    height: int
    portrait: bool
    unit: float
    compact: bool
    painted: bool = False
    bare: bool = False
    roaming: bool = False
    free: Box | None = None

    def font(self, size: float) -> float:
        """Font size in pixels for a size in the design; text shrinks less than the picture does."""
        if size not in self._fonts:  # asked for a hundred times in each picture
            self._fonts[size] = round(max(size * float(self.unit**0.86), min(self._floor, size)), 1)
        return self._fonts[size]

    @cached_property
    def _fonts(self) -> dict[float, float]:
        return {}

    @cached_property
    def _floor(self) -> float:
        floor = 11.0 if self.compact else 12.0
        if self.tight:
            floor = min(max(floor * min(self.width, self.height) / 240, READABLE), floor)
        return floor

    @cached_property
    def tight(self) -> bool:
        """True where lines of text give way by rank: the net and its answer come first."""
        return self.unit < _TIGHT[self.portrait]

    @property
    def lines(self) -> int:
        """How many lines under the title a tight page has room for: the moment's, then one of facts."""
        return int(self.height >= 240) + int(self.height >= 270)

    @property
    def long(self) -> bool:
        """Whether a tall page is as high as a telephone's whole screen: a sentence has room over the net."""
        return self.height > _LONG * self.width

    @property
    def squarish(self) -> bool:
        """Whether a tight page is hardly wider than high: its answer then takes most of a line."""
        return not self.portrait and self.lines > 1 and self.width < 1.4 * self.height

    @property
    def explains(self) -> bool:
        """Whether a page has room for a legend at all."""
        return not self.tight or min(self.height, self.width) >= 120

    @property
    def legend_drop(self) -> float:
        """Pixels by which the legend of a low page stands lower, for it has no numbers under its scale."""
        return 0.9 * self.legend_sizes[0] if self.tight and self.height < 240 else 0.0

    @property
    def margin(self) -> tuple[float, float]:
        """Empty pixels at the sides, and at the top and the bottom."""
        if self.portrait:
            return 0.056 * self.width, 0.036 * self.height
        return 0.0375 * self.width, 0.052 * self.height

    @property
    def headline_sizes(self) -> tuple[float, float]:
        """Font sizes of the title and of the lines under it."""
        return (self.font(56), self.font(26)) if self.portrait else (self.font(42), self.font(19))

    @property
    def legend_sizes(self) -> tuple[float, float]:
        """Font sizes of the legend's entries and of its small print."""
        return (self.font(22), self.font(19)) if self.portrait else (self.font(16), self.font(14))

    @cached_property
    def legend_top(self) -> float:
        """Where the legend begins, in pixels from the top."""
        head, small = self.legend_sizes
        paint = self.paint_row if self.painted else 0.0
        if not self.explains:
            return self.height - self.margin[1]
        rows = 3.4 * head + (1.7 * small if self.portrait else 0.0) - self.legend_drop
        return self.height - self.margin[1] - rows - paint

    def name_foot(self, keyed: bool) -> float:
        """Where a panel ends whose name has room between it and the legend, in pixels from the top.

        keyed: whether lines on tiles stand over the legend; where a page is hardly wider than high they are
            short, and no name meets them.
        """
        keyed = keyed and not (self.brief or self.compact)
        lines = 3.6 * self.legend_sizes[0] if keyed else 0.0
        return self.legend_top - lines - 26.0 * self.unit - 1.1 * self.font(19)

    @property
    def brief(self) -> bool:
        """Whether a page is hardly wider than high: lines over its legend are short."""
        return self.width < _WIDE * self.height

    @property
    def paint_row(self) -> float:
        """Height of the legend's row for paint, in pixels."""
        return 3.3 * self.legend_sizes[0] + self.legend_sizes[1]

    @property
    def answer_beside(self) -> bool:
        """Whether the answer stands beside the legend: in a tall picture that has room for both."""
        return self.portrait and not self.compact and not self.painted

    @property
    def answer_size(self) -> float:
        """Font size of the answer."""
        return self.font(165 if self.answer_beside else 150 if self.portrait else 118)

    @property
    def answer_top(self) -> float:
        """Where the answer begins in a portrait picture, below the bars."""
        return self.legend_top - (0.58 if self.answer_beside else 1.12) * self.answer_size

    @property
    def answer_foot(self) -> float:
        """Where the answer ends in a tight picture that is not tall."""
        head = 0.8 * self.font(17) if self.lines else 0.0
        big, mid, small = self.answer_size, self.font(36), self.font(18)
        return self.margin[1] + head + max(0.99 * big, 0.6 * big + mid + 0.3 * small)

    @property
    def edge(self) -> float:
        """Pixels from the edge of what is free, where a free camera looks, up to which a text may reach."""
        return 0.65 * FRAME * self.unit

    def clear(self, box: Box, taken: Iterable[Box], near: float = 8.0, gone: float = 0.0) -> float:
        """How visible a text in a box may be, 0..1: less the nearer it is to the picture's edge or a text.

        near: pixels in the design to another text, from where on it is whole; gone: up to where nothing of it
        is seen.
        """
        frame = FRAME * self.unit
        left, top, right, bottom = self.free or (0.0, 0.0, self.width, self.legend_top + frame)
        edge = min(box[0] - left, box[1] - top, right - box[2], bottom - box[3])
        whole, least = near * self.unit, max(1.0, gone * self.unit)
        if self.roaming:  # whole or not at all; asked a hundred times for each picture
            half = least + 0.5 * max(whole - least, 0.0)
            return float(edge >= self.edge and _is_clear(box, taken, half))
        room = nearest(box, taken, whole if whole > 1.001 else 1e9)
        if edge >= frame and room >= whole > least + 1e-9:  # as most are
            return 1.0
        return min(float(between(edge, frame * 0.3, frame)), float(between(room, least, whole)))

    def safe(self, *, low: bool = False, beside: bool = False) -> Box:
        """The part of the picture that the net may fill, in pixels; text has the rest.

        low: keep more room at the foot, for a net that is short and so would fill all of the height.
        beside: keep room at the right of a tall picture, for names beside rows.
        """
        if self.bare:
            edge = _EDGE * min(self.width, self.height)
            side = min(edge, _SIDES * self.width)
            return side, edge, self.width - side, self.height - edge
        title, small = self.headline_sizes
        top = self.margin[1] + 1.2 * title + (5.5 if self.portrait else 4.1) * small
        if self.tight and self.portrait:
            top -= 0.0 if self.long else 2.2 * small
        elif self.tight:
            below = self.answer_foot + (2.0 * small if self.squarish else 0.0)
            top = max(self.margin[1] + 1.3 * title + (1.4 * self.lines + 0.4) * small, below)
        if self.portrait:
            # The numbers under the bars need room.
            numbers = (1.9 if self.answer_beside else 2.4) * self.font(22)
            names = 16.0 * self.unit + _NAMES * self.font(24) if beside else 0.0
            return 0.035 * self.width, top, 0.965 * self.width - names, self.answer_top - numbers
        cards = self.font(19) * ((1.7 if self.tight else 2.2) if self.compact else 5.6)
        # The numbers beside the bars need room, of small pictures more of it.
        number = (5.2 if self.compact else 4.7) * self.font(18)
        right = min(0.935 * self.width, self.width - 0.45 * self.margin[0] - number)
        return 0.03 * self.width, top, right, self.legend_top - cards - (0.06 * self.height if low else 0.0)


@lru_cache(maxsize=32)
def page(
    size: tuple[int, int], portrait: bool, painted: bool = False, roaming: bool = False, bare: bool = False
) -> Page:
    """Measure a picture of `size` (width, height) pixels; painted, roaming, bare: see Page."""
    wide, high = (1080, 1920) if portrait else (1920, 1080)
    unit = min(size[0] / wide, size[1] / high)
    if not portrait and unit >= _ROOMY:
        narrower = min(max(1.6 - size[0] / size[1], 0.0), 0.6)
        unit = min(size[0] / (wide - _SQUARE * narrower), size[1] / high)
    compact = unit < 0.5
    return Page(*size, portrait, unit, compact, painted=painted, bare=bare, roaming=roaming)


@lru_cache(maxsize=32)
def free_page(size: tuple[int, int], portrait: bool, free: Box) -> Page:
    """The page of a picture of which only the labels in space are written, within a box of it in pixels."""
    wide, high = (1000, 1720) if portrait else (1720, 1000)
    unit = min((free[2] - free[0]) / wide, (free[3] - free[1]) / high)
    return Page(*size, portrait, min(max(unit, 0.5), 0.8), compact=False, roaming=True, free=free)


def nearest(box: Box, others: Iterable[Box], most: float) -> float:
    """Pixels from a box to the nearest of others, at most `most`: the least of `apart`, and faster."""
    left, top, right, bottom = box
    for other in others:
        # Most are farther off on one side already.
        if (
            other[0] - right < most
            and left - other[2] < most
            and other[1] - bottom < most
            and top - other[3] < most
        ):
            most = apart(box, other)
    return most


def _is_clear(box: Box, others: Iterable[Box], near: float) -> bool:
    """Whether a box is at least so many pixels from all others."""
    left, top, right, bottom = box[0] - near, box[1] - near, box[2] + near, box[3] + near
    for other in others:
        if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]:
            return False
    return True


def apart(a: Box, b: Box) -> float:
    """Pixels between two boxes; negative by how far they overlap."""
    return max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])
