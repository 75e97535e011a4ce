"""Digits made of bars with gaps between them, as clocks and calculators show them."""

from __future__ import annotations

from data.photo.pixels.pieces import Piece

LONG = 1.8  # times as long as it is thick: a bar
SOLID = 0.3  # ink a pixel of its box, of 0.6 where ink covers all: a bar may lean
ALIKE = 1.6  # times as thick: bars of one digit differ by no more
LONGEST = 1.8  # times as long as the shortest: a one in a cell has longer lines around it
NEAR = 1.3  # thicknesses between two bars' ends
IN_LINE = 2.2  # the same where one goes on the other: the bar in the middle is dark between them
SHARE = 0.8  # of all ink: where bars have less, they are lines around or beside something else


def digits_of_bars(pieces: list[Piece]) -> list[list[Piece]]:
    """The bars of each digit, the heaviest digit first; none where the ink is not made of bars end to end.

    Two bars belong together that go on in one line, or stand at right angles, with a short gap between. Two
    beside one another, as of an eleven or of an equals sign, do not.
    """
    bars = [piece for piece in pieces if _is_bar(piece)]
    if len(bars) < 2 or sum(bar.mass for bar in bars) < SHARE * sum(piece.mass for piece in pieces):
        return []
    lengths = [bar.size for bar in bars]
    if max(lengths) > LONGEST * min(lengths):
        return []
    groups: list[list[Piece]] = []
    for bar in bars:
        met = [group for group in groups if any(_meet(bar, other) for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append([bar, *(each for group in met for each in group)])
    digits = [group for group in groups if len(group) > 1]
    if sum(bar.mass for group in digits for bar in group) < SHARE * sum(piece.mass for piece in pieces):
        return []
    return sorted(digits, key=lambda group: -sum(bar.mass for bar in group))


def _sides(piece: Piece) -> tuple[int, int]:
    return piece.bottom - piece.top, piece.right - piece.left


def _is_bar(piece: Piece) -> bool:
    height, width = _sides(piece)
    return max(height, width) >= LONG * min(height, width) and piece.mass >= SOLID * height * width


def _thickness(bar: Piece) -> float:
    """Of its ink, which weighs 0.6 where it covers all."""
    return bar.mass / 0.6 / max(_sides(bar))


def _meet(one: Piece, other: Piece) -> bool:
    """Whether two bars are as thick as one another and meet end to end, but for a gap."""
    thin, thick = sorted((_thickness(one), _thickness(other)))
    if thick > ALIKE * thin or one.gap(other) > IN_LINE * thick:
        return False
    (height, width), (other_height, other_width) = _sides(one), _sides(other)
    upright = height > width
    if upright != (other_height > other_width):
        return one.gap(other) <= NEAR * thick
    if upright:
        return abs(one.left + one.right - other.left - other.right) <= 3 * thick and not _beside(
            one.top, one.bottom, other.top, other.bottom
        )
    return abs(one.top + one.bottom - other.top - other.bottom) <= 3 * thick and not _beside(
        one.left, one.right, other.left, other.right
    )


def _beside(start: int, end: int, other_start: int, other_end: int) -> bool:
    return min(end, other_end) - max(start, other_start) > 0.2 * min(end - start, other_end - other_start)
