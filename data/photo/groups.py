"""Pieces of ink become digits: what belongs together, and in which order they are read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.pieces import Piece
from data.photo.rules.segments import digits_of_bars

NEAR = 0.25  # of its longer side: what is so near to a digit's heaviest piece may belong to it
APART = 0.08  # of the height: two pieces as tall as digits with such a gap between them are two digits
ABOVE = 0.15  # of the height: the same of two that stand one above the other
STEM = 0.35  # of its height is the width of a stem
AS_TALL = 0.6  # of 20,000 of MNIST's digits two fall into pieces side by side that are so alike in height
LINED = 0.03  # of the height: such a gap parts digits of two rows, where halves of one are no nearer
BROAD, SLIM = 1.5, 0.95  # of its height is a digit wide at most, and of its row's slimmest at most
FEW, MANY = 4, 60  # pieces: fewer are no two rows, and more a page
SMALL = 0.2  # of the first digit's height: lower are full stops, dust and bits of strokes
LIGHT = 0.25  # of the first digit's ink, each for its height squared: less is a shadow's or a stain's
STOP = 0.2  # of the first digit's height: what begins so low is a full stop or a comma
SOLID = 0.42  # ink a pixel of its box: blots have more, and strokes that are no wider than half of it less


@dataclass(frozen=True)
class Box:
    """Where a digit is in its picture; bottom and right excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    def times(self, step: int) -> Box:
        """The same place in a picture that is so many times as large."""
        return Box(self.top * step, self.left * step, self.bottom * step, self.right * step)

    def from_place(self, top: int, left: int) -> Box:
        """The same place in a part of the picture that begins there."""
        return Box(self.top - top, self.left - left, self.bottom - top, self.right - left)


def digits_among(pieces: list[Piece], shape: tuple[int, ...], at: Box | None) -> list[list[Piece]]:
    """The pieces of each digit: first those of the heaviest, or of that at a place; then the others'.

    A piece inside the picture is taken rather than one at its border. What is fainter than the first digit,
    or of a stop's size, and not near to one, belongs to none. shape: the picture's.
    """
    if at is not None:
        pieces = [piece for piece in pieces if _centre_in(piece, at)]
    if not pieces:
        return []
    if bars := digits_of_bars(pieces):
        return bars
    main = max(pieces, key=lambda piece: piece.mass * (0.2 if piece.touches(shape) else 1.0))
    inside = [piece for piece in pieces if main.touches(shape) or not piece.touches(shape)]
    rowed = _in_rows(inside)
    groups = [_gathered(main, inside, rowed)]
    whole = box_around(groups[0])
    others = [] if at is not None else [each for each in inside if _may_be_another(each, main, whole)]
    for head in others:
        taken = {each.label for group in groups for each in group}
        if head.label not in taken:
            groups.append(_gathered(head, [each for each in inside if each.label not in taken], rowed))
    return groups


def is_as_tall(pieces: list[Piece], first: list[Piece]) -> bool:
    """Whether a digit's pieces are at least half as high as the first digit's."""
    return box_around(pieces).height >= 0.5 * box_around(first).height


def box_around(pieces: list[Piece]) -> Box:
    """The box of a digit's pieces."""
    return Box(
        min(piece.top for piece in pieces),
        min(piece.left for piece in pieces),
        max(piece.bottom for piece in pieces),
        max(piece.right for piece in pieces),
    )


def in_reading_order(boxes: list[Box]) -> list[Box]:
    """Line by line, from left to right; a line is what overlaps by half with its first box from above."""
    rest, ordered = sorted(boxes, key=lambda box: box.top), []
    while rest:
        first = rest[0]
        line = [box for box in rest if _overlap(box, first) > 0.5 * min(box.height, first.height)]
        ordered += sorted(line, key=lambda box: box.left)
        taken = set(line)
        rest = [box for box in rest if box not in taken]
    return ordered


def _gathered(head: Piece, pieces: list[Piece], rowed: set[int]) -> list[Piece]:
    """A digit's pieces: those near its heaviest, then those near these together.

    rowed: the labels of those that stand in a row with others, none of which belongs to another.
    """
    free = [each for each in pieces if not (head.label in rowed and _is_of_another_row(each, head, rowed))]
    parts = [head]
    for _ in range(2):
        box, mass = box_around(parts), sum(each.mass for each in parts)
        whole = Piece(head.label, box.top, box.left, box.bottom, box.right, mass)
        parts = [each for each in free if each in parts or _belongs(each, whole)]
    return parts


def _in_rows(pieces: list[Piece]) -> set[int]:
    """Labels of the pieces that have one as tall as they are beside them, where such stand in two rows.

    In each row one is slim: the halves of digits that were cut through are broad.
    """
    if not FEW <= len(pieces) <= MANY:
        return set()
    top, left, bottom, right = np.array([(p.top, p.left, p.bottom, p.right) for p in pieces], float).T
    high, wide = bottom - top, right - left
    alike = np.minimum(high[:, None], high) >= AS_TALL * np.maximum(high[:, None], high)
    level = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    aside = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    beside = alike & (2 * level >= np.minimum(high[:, None], high)) & (aside >= 2)
    beside &= (wide <= BROAD * high) & (wide <= BROAD * high)[:, None]
    slim = wide <= SLIM * high
    rowed: NDArray[np.bool_] = beside.any(1) & (slim | (beside & slim).any(1))
    return {piece.label for piece, each in zip(pieces, rowed, strict=True) if each}


def _is_of_another_row(piece: Piece, head: Piece, rowed: set[int]) -> bool:
    apart = max(piece.top - head.bottom, head.top - piece.bottom)
    return piece.label in rowed and apart >= max(2, LINED * (head.bottom - head.top))


def _belongs(piece: Piece, head: Piece) -> bool:
    near = piece.mass > 0.06 * head.mass and piece.gap(head) < NEAR * head.size
    return near and not _apart(piece, head) and not _is_smaller(piece, head)


def _may_be_another(piece: Piece, main: Piece, whole: Box) -> bool:
    if piece is main or piece.flat:
        return False
    tall = piece.bottom - piece.top >= 0.5 * whole.height
    return (tall and piece.mass >= 0.15 * main.mass) or _is_smaller(piece, main)


def _is_smaller(piece: Piece, main: Piece) -> bool:
    """Whether a piece beside a digit's is a small digit, such as an exponent, and not a stop or a blot."""
    height, tall = piece.bottom - piece.top, main.bottom - main.top
    if piece.flat or not SMALL * tall <= height < AS_TALL * tall:
        return False
    if piece.top > main.bottom - STOP * tall:
        return False
    width = piece.right - piece.left
    blot = height < 2 * width and piece.mass > SOLID * height * width
    aside = max(main.left, piece.left) - min(main.right, piece.right) >= max(2, APART * tall)
    return not blot and aside and piece.mass * tall**2 >= LIGHT * main.mass * height**2


def _apart(one: Piece, other: Piece) -> bool:
    """Whether two pieces are about as tall as one another, and beside or above one another with a gap."""
    heights = sorted((one.bottom - one.top, other.bottom - other.top))
    if heights[0] < AS_TALL * heights[1] or 4 * min(one.mass, other.mass) < max(one.mass, other.mass):
        return False
    if max(one.left, other.left) - min(one.right, other.right) >= max(2, APART * heights[1]):
        return True
    # A digit in two halves has less between them, and a one's or a nine's lower half is but a stem.
    above = max(one.top, other.top) - min(one.bottom, other.bottom) >= max(3, ABOVE * heights[1])
    across = min(one.right, other.right) - max(one.left, other.left)
    above = above and 2 * across > min(one.right - one.left, other.right - other.left)
    return above and all(each.right - each.left > STEM * (each.bottom - each.top) for each in (one, other))


def _centre_in(piece: Piece, at: Box) -> bool:
    y, x = (piece.top + piece.bottom) / 2, (piece.left + piece.right) / 2
    return at.top <= y <= at.bottom and at.left <= x <= at.right


def _overlap(one: Box, other: Box) -> int:
    return min(one.bottom, other.bottom) - max(one.top, other.top)
