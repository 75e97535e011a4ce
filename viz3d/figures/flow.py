"""Where sheets of values stand, line after line, each between two lines of words: nothing here draws."""

from collections.abc import Sequence
from dataclasses import dataclass

_HIGH, _WIDE, _CELL = 120.0, 264.0, 12.0  # px of a sheet and of a cell at most, if each cell gets one or two
_LETTER, _WORDS = 5.6, 18.0  # px of a letter, and of a line of words
_ACROSS, _DOWN = 24.0, 8.0  # px between sheets


@dataclass(frozen=True)
class Spot:
    """A sheet's left upper corner, and how large it is."""

    x: float
    y: float
    wide: float
    high: float


def flow(sheets: Sequence[tuple[int, int, int]], width: float, unit: float = 1.0) -> tuple[list[Spot], float]:
    """Places for sheets of (rows, columns, letters), and the height of it all.

    letters: of the longer of the two lines of words that stand above and below. width: px that there are.
    unit: pixels of a figure for each of a window. A cell is a whole number of pixels, unless the sheet is
    wider than there is room for.
    """
    spots, x, y, line = list[Spot](), 0.0, _WORDS * unit, 0.0
    for rows, columns, letters in sheets:
        cell = min(
            _HIGH * unit // rows, max(_WIDE * unit // columns, 2.0), _CELL * unit // 1, width // columns
        )
        scale = max(cell, 1.0) if columns <= width else width / columns
        wide, high = scale * columns, scale * rows
        room = min(max(wide, _LETTER * unit * letters), width)
        if x and x + room > width:
            x, y, line = 0.0, y + line + (2 * _WORDS + _DOWN) * unit, 0.0
        spots.append(Spot(x, y, wide, high))
        x, line = x + room + _ACROSS * unit, max(line, high)
    return spots, y + line + _WORDS * unit
