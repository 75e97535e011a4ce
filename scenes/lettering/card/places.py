"""Where a card stands in the foot of a picture: where it touches nothing, and as much of it as has room."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np

from scenes.frame import Caption
from scenes.lettering.card.exhibit import Corner, Exhibit, Place, lay_out, pictures_end
from scenes.lettering.fonts import extent
from scenes.light.theme import Theme
from scenes.space.page import Box, Page, apart

# From a card's pictures to all else, in the legend's type: as it should be, as it may be, and at least.
_FAR, _NEAR = (1.6, 1.2, 0.8), 0.35
_OVER = 1.2  # from the foot of a card over the legend to that, and from its pictures to all else, likewise
# Height of a card's pictures beside or over the legend, in its type, and how many lines they have.
_SIDES = (7.4, 2), (6.2, 2), (5.2, 2), (4.4, 2), (4.0, 2), (3.6, 0)
_COMPACT = (3.6, 0), (3.0, 0)  # where there is room for the essentials only
# The same of a card whose lines break, from one line to the next, and how long they are, in the same type.
_BROKEN, _LEAD, _ROOMS = ((6.2, 4), (4.9, 3), (3.6, 2)), 1.3, (27.0, 21.0, 16.0, 13.0)
_BELOW = 1.1  # of the same type, from a layer's name to a line below it that is not read with it
_APART = 5.0  # of its type's size, from a line to a text beside it
_TILES = 3.6  # how much higher it may stand over the legend, in its type: over the lines on tiles
LARGE = 6.2
"""Rank of a card that is as large as it need be, see `rank`."""
_Spot = tuple[Place, float]
_Row = tuple[float, float, float]  # foot and first left, in pixels, and how far pictures are from all else


def settle(
    shown: Exhibit | None,
    sheet: Page,
    theme: Theme,
    taken: list[Box],
    net: Sequence[Box] = (),
    corner: Corner | None = None,
) -> Exhibit | None:
    """The same card in a place of the foot where it touches nothing; None where there is none.

    net: what the net's panels and bars fill, which a card over the legend keeps clear of. corner: the only
    one where it may stand.
    """
    if shown is None or sheet.tight:
        return None
    near, right = least(sheet), sheet.width - sheet.margin[0]
    besides = [*taken, *net]

    @cache
    def level_with(foot: float, side: float, far: float) -> list[Box]:
        """All else that may be nearer than so many pixels to pictures of that height, beside them or not."""
        others = besides if foot < sheet.legend_top else taken
        return [box for box in others if box[1] - foot < far and foot - side - box[3] < far]

    def fits(place: Place, far: float) -> bool:
        """Whether its pictures are clear of all else: most are in the way of something."""
        if corner not in (None, place.corner):
            return False
        left, right = place.left, pictures_end(shown, place)
        for box in level_with(place.foot, place.side, far):
            if box[0] - right < far and left - box[2] < far:
                return False
        return True

    for ranked, place, aside in _ranks(shown, sheet, taken, fits):
        others = besides if place.foot < sheet.legend_top else taken
        tried = replace(ranked, place=place)
        captions, _ = lay_out(tried, theme, 1.0)
        boxes = _rows(captions) if aside else [extent(caption) for caption in captions]
        inside = boxes and max(box[2] for box in boxes) <= right
        if inside and all(apart(box, other) >= near for box, other in product(boxes, others)):
            return tried
    return None


def lowered(shown: Exhibit, sheet: Page, theme: Theme, names: Sequence[Box]) -> Exhibit:
    """The same card, or one of smaller pictures and so of lower lines, which do not follow a layer's name.

    names: boxes of names of layers: a line close below one, where its next would be, is read with it.
    """
    place, room = shown.place, _BELOW * sheet.legend_sizes[0]
    if place is None or not place.lines or rank(shown) <= LARGE:
        return shown

    def follows(card: Exhibit) -> bool:
        lines = [extent(each) for each in lay_out(card, theme, 1.0)[0]]
        below = ((left, foot, right, foot + room) for left, _, right, foot in names)
        return any(apart(line, box) < 0 for line, box in product(lines, below))

    smaller = replace(shown, place=replace(place, side=LARGE * place.size))
    return smaller if follows(shown) and not follows(smaller) else shown


def rank(shown: Exhibit | None) -> float:
    """How much a card in its place shows: 0 without one, and the more, the larger its pictures are."""
    if shown is None or shown.place is None:
        return 0.0
    return shown.place.side / shown.place.size if shown.place.lines else 1.0


def _ranks(
    shown: Exhibit, sheet: Page, taken: list[Box], fits: Callable[[Place, float], bool]
) -> Iterator[tuple[Exhibit, Place, bool]]:
    """How much of a card is told and where, the best first.

    Each with whether other texts stay away from the room beside its shorter lines. Better with one there than
    in a narrow block, better so than with its first line alone, with a few words in place of its lines where
    nothing more has room, and else with its title alone.
    fits: whether pictures in a place are so many pixels from all else.
    """
    places = [place for place, far in _places(sheet, taken) if fits(place, far)]
    told, alone = ([each for each in places if bool(each.lines) == lines] for lines in (True, False))
    yield from ((shown, each, True) for each in told)
    yield from ((shown, each, False) for each in told)
    blocks = list(_blocks(shown, sheet, taken, fits))
    first, brief = (replace(shown, lines=(line,)) for line in (shown.lines[0].rstrip(":"), shown.brief))
    yield from ((card, each, False) for card in (shown, first) for each in blocks)
    yield from ((brief, replace(each, lines=1), False) for each in alone)
    yield from ((shown, each, False) for each in alone)


def _blocks(
    shown: Exhibit, sheet: Page, taken: list[Box], fits: Callable[[Place, float], bool]
) -> Iterator[Place]:
    """Where a card may stand whose lines break, the most legible first."""
    if sheet.portrait:
        places = _over(sheet, taken, ((5.2, 4), (3.8, 3)))
        yield from (place for place, far in places if fits(place, far))
        return
    around, _ = _beside(sheet, taken)
    for place, far in _spots(sheet, _BROKEN, around):
        if fits(place, far):
            begins = pictures_end(shown, place) + place.size
            for room in _ROOMS:
                yield replace(place, lead=_LEAD, right=begins + room * place.size)


def _rows(captions: Sequence[Caption]) -> list[Box]:
    """The boxes of a card's rows, with room beside shorter ones: a text close beside one is read with it."""
    boxes = [extent(caption) for caption in captions]
    right = max((box[2] for box in boxes), default=0.0)
    ends = [min(right, box[2] + _APART * caption.size) for box, caption in zip(boxes, captions, strict=True)]
    return [(left, top, end, foot) for (left, top, _, foot), end in zip(boxes, ends, strict=True)]


def least(sheet: Page) -> float:
    """Pixels between a card's lines and all else, at least."""
    return _NEAR * sheet.legend_sizes[0]


def _places(sheet: Page, taken: list[Box]) -> Iterator[_Spot]:
    """Where a card may stand, the best first, and how far its pictures are from all else, in pixels."""
    if sheet.portrait:
        yield from _over(sheet, taken, ((4.6, 3), (4.2, 3), (3.8, 3), (3.8, 0)))
        return
    whole, alone = ([], _COMPACT) if sheet.compact else (_SIDES[:-1], _SIDES[-1:])
    around, higher = _beside(sheet, taken)
    # Rather smaller than close beside the legend, which is then read as one with it.
    for sides, spots in ((whole, around[:-1]), (whole, around[-1:]), (whole, higher), (alone, around)):
        yield from _spots(sheet, sides, spots)


def _spots(sheet: Page, sides: Sequence[tuple[float, int]], rows: Sequence[_Row]) -> Iterator[_Spot]:
    """Places in some rows of a wide picture, with pictures of some heights."""
    head = sheet.legend_sizes[0]
    for (side, lines), (low, first, far) in product(sides, rows):
        for left in np.arange(first, 0.8 * sheet.width, head).tolist():
            yield Place(left, low, side * head, head, lines), far * head


def _over(sheet: Page, taken: list[Box], sides: Sequence[tuple[float, int]]) -> Iterator[_Spot]:
    """In a row of its own above the legend of a tall picture, as wide as the answer leaves it."""
    (head, small), foot = sheet.legend_sizes, sheet.height - sheet.margin[1]
    begins = [top for left, top, _, low in taken if low > sheet.legend_top and left < 0.1 * sheet.width]
    foot = min(begins, default=foot) - 0.8 * head
    for high, lines in sides:
        side = high * head
        across = [left for left, top, _, low in taken if top < foot and low > foot - 0.9 * side]
        ends = [left for left in across if left > 0.4 * sheet.width]
        right = min(ends, default=sheet.width - sheet.margin[0]) - 0.7 * head
        for lead in (1.34, 1.2) if lines else (1.5,):
            yield Place(sheet.margin[0], foot, side, small, lines, lead, right), _NEAR * head


def _beside(sheet: Page, taken: list[Box]) -> tuple[list[_Row], list[_Row]]:
    """The rows of a wide picture in which a card may stand, the best first, and those for a whole one alone.

    Where all of it has no room beside the legend it may have over it, or the picture with its title alone.
    The last of the first is the one close beside the legend.
    """
    (head, small), foot = sheet.legend_sizes, sheet.height - sheet.margin[1]
    top, edge = sheet.legend_top - _OVER * head, sheet.margin[0]
    beside, over, higher = (foot + 0.3 * small, 0.15 * sheet.width), (top, edge), (top - _TILES * head, edge)
    # Counts stand at the right, lower than the legend begins.
    counts = [box[1] for box in taken if box[1] > sheet.legend_top and box[0] > edge + 0.4 * sheet.width]
    between = min(counts, default=foot) - _NEAR * head, edge
    around = [*((*beside, far) for far in _FAR), (*over, _OVER), (*between, _FAR[-1]), (*beside, _NEAR)]
    return around, [(*higher, _OVER)]
