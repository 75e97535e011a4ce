"""Counts: how many synapses of how many are drawn, which, what share they carry, what is known of places."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scenes.frame import Caption
from scenes.lettering.fonts import extent, fitted
from scenes.light.theme import Theme
from scenes.space.page import READABLE, Box, Page, apart

_LEAST = 11.0 / 1280  # of a tall picture's height, the smallest type of its counts
_NEAR = 0.6  # from the counts to all else in the legend, in its type's size
_WHOLE = 0.85  # of the legend's type, what a row that tells two things keeps at least


@dataclass(frozen=True)
class Room:
    """Where rows of counts stand.

    Attributes:
        sheet, theme: of the picture.
        head, small: sizes of the legend's entries and of its small print, in pixels.
        foot: of the legend's rows, pixels from the top.
        alpha: opacity 0..1.
        boxes: of what stands before them in a wide picture.
        tiles: whether the legend tells of tiles too.
    """

    sheet: Page
    theme: Theme
    head: float
    small: float
    foot: float
    alpha: float
    boxes: tuple[Box, ...]
    tiles: bool


def counts(count: str, note: str, known: tuple[str, str], room: Room) -> list[Caption]:
    """Up to two rows: the count, and under it the note.

    known: what is to be known of the neurons' places and usual values, "" for nothing; it stands behind the
    count, and where it has no room there in place of the note. In a few words it does in place of the count,
    where there is no other room.
    """
    places, brief = known
    if count and note and places and not room.sheet.compact:
        rows = _rows(f"{count}, {places}", note, room, must=True)
        least = READABLE if room.sheet.portrait else _WHOLE * room.head
        if (
            len(rows) > 1
            and min(row.size for row in rows) >= least
            and all(_stands(row, room) for row in rows)
        ):
            return rows
    rows = _rows(count, places or note, room, must=bool(places))
    for drawn, told in ((count, brief), (brief, "")) if places else ():
        if any(row.text.endswith((places, brief)) and _stands(row, room) for row in rows):
            break
        rows = _rows(drawn, told, room, must=True)
    return rows


def _stands(row: Caption, room: Room) -> bool:
    """Whether a row touches nothing that stands before it."""
    return all(apart(extent(row), box) > 0 for box in room.boxes)


def _rows(drawn: str, note: str, room: Room, *, must: bool) -> list[Caption]:
    """Two rows; must: whether the second stands in a small picture too."""
    sheet = room.sheet
    if sheet.portrait:
        return _under(drawn, note, room)
    rows = [_row(drawn, room, 2.1, faint=False)]
    if note and (must or not sheet.compact):
        rows.append(_row(note, room, 0.36, faint=True))
    rows = [_beside(row, room.boxes, _NEAR * room.head) for row in rows]
    if sheet.tight or (sheet.compact and room.tiles):
        near = _NEAR * room.head
        rows = [row for row in rows if all(apart(extent(row), box) >= near for box in room.boxes)]
    return rows


def _row(text: str, room: Room, above: float, *, faint: bool) -> Caption:
    """A row that ends at the right margin; above: how far over the legend's foot, in the type's size."""
    at = room.sheet.width - room.sheet.margin[0], room.foot - above * room.head
    colour = room.theme.text_faint if faint else room.theme.text_soft
    return Caption(text, at, room.head, "regular", colour, room.alpha, "rs")


def _beside(row: Caption, boxes: Sequence[Box], near: float) -> Caption:
    """A row that ends at the right margin, smaller where it must be to spare what stands before it."""
    (right, y), size = row.at, row.size
    ends = [box[2] + near for box in boxes if box[1] < y + 0.3 * size and y - size < box[3]]
    fits = fitted(row.text, row.font, size, right - max(ends, default=0.0))
    return replace(row, size=fits) if fits >= READABLE else row


def _under(drawn: str, note: str, room: Room) -> list[Caption]:
    """The counts of a tall picture under its legend: in a row if they can be read in one, else in two."""
    sheet, colour = room.sheet, room.theme.text_faint
    left, small, foot = sheet.margin[0], room.small, room.foot
    wide, least = sheet.width - 2 * left, max(READABLE, _LEAST * sheet.height)

    def row(text: str, y: float) -> list[Caption]:
        size = fitted(text, "regular", small, wide)
        return [Caption(text, (left, y), size, "regular", colour, room.alpha)] if size >= least else []

    if one := row(f"{drawn}, {note}" if note else drawn, foot + 2.0 * small):
        return one
    rows = [*row(drawn, foot + 1.75 * small), *row(note, foot + 3.1 * small)]
    return row(drawn, foot + 2.0 * small) if len(rows) < 2 or sheet.tight else rows
