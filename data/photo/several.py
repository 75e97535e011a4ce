"""Several digits in a picture: the ink of each, and which of them is to be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError, NoInkError, SeveralDigitsError
from data.photo.paler import Layers, Seen
from data.photo.shapes.touching import NARROW, parts_that_touch

Floats = NDArray[np.float32]

PAGE = 40  # marks: so many are more likely a text's than digits to choose from
ROW = 12  # digits, at most, that are looked at for such that touch: more are a page's


def each_of(seen: Seen) -> tuple[list[Callable[[], Floats]], str]:
    """What gives the ink of each of several digits, and what is to be told of pale ones.

    Those that touch among them are parted.
    """
    digits: list[Callable[[], Floats]] = []
    pale: list[int] = []
    for number, box in enumerate(seen.digits):
        wide = len(seen.digits) <= ROW and box.width >= NARROW * box.height
        parts = _parted(seen, number) if wide else None
        first = len(digits) + 1
        digits += [partial(_same, part) for part in parts] if parts else [partial(seen.ink, number)]
        if isinstance(seen, Layers) and seen.places[number][0]:
            pale += range(first, len(digits) + 1)
    also = [f"number {' and '.join(map(str, pale))} much paler than the rest"] if pale else []
    if isinstance(seen, Layers) and seen.doubtful:
        also.append("with something beside them too pale to tell whether it is one more")
    return digits, ", ".join(also)


def _parted(seen: Seen, number: int) -> tuple[Floats, ...] | None:
    with suppress(NoInkError):  # a mark that is too faint is told of when it is picked
        return parts_that_touch(seen.ink(number))
    return None


def _same(ink: Floats) -> Floats:
    return ink


def picked(parts: tuple[Floats, ...], pick: int | None) -> Floats:
    """One of several digits that touch."""
    if not parts:
        raise DataError(
            "the ink looks like digits that touch; give each alone, or pick 0 to have it read as one"
        )
    count = len(parts)
    if pick is None:
        raise SeveralDigitsError(
            f"pick one, 1 to {count}, from left to right, or 0 to have them read as one", count, touch=True
        )
    if pick > count:
        raise DataError(f"{count} digits are seen, and there is no number {pick}; give 1 to {count}")
    return parts[pick - 1]


def check_pick(count: int, pick: int | None, also: str) -> None:
    """DataError where none of so many digits is of that number, or none was picked of several."""
    if pick is not None and not 1 <= pick <= count:
        digits = "1 digit is" if count == 1 else f"{count} digits are"
        raise DataError(f"{digits} seen, and there is no number {pick}; give 1 to {count}")
    if pick is None and count > PAGE:
        raise SeveralDigitsError(f"give one digit, or pick one, 1 to {count}", count, page=True)
    if pick is None and count > 1:
        raise SeveralDigitsError(f"pick one, 1 to {count}, from left to right", count, also=also)
