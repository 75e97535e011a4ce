"""Which class is meant: by its name or number, or a name that its digit goes by: 3, three, "3 - three"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EITHER = f"([0-9])|({'|'.join(_WORDS)})"
_NAMED = re.compile(rf"(?:digit[ _-]?)?(?:{_EITHER})(?:[ _-]+(?:{_EITHER}))?", re.IGNORECASE | re.ASCII)


def digit_called(name: str) -> int | None:
    """The digit that a name tells once, or twice alike; None of any other name."""
    match = _NAMED.fullmatch(name.strip())
    if match is None:
        return None
    told = {int(each) if each.isdecimal() else _WORDS.index(each.lower()) for each in match.groups() if each}
    return told.pop() if len(told) == 1 else None


def place_of_class(text: str, names: Sequence[str]) -> int | None:
    """The place of a class by its name, else its number, else another name of its digit; None if none."""
    if text in names:
        return names.index(text)
    if text.isdecimal() and len(text) < 7 and int(text) < len(names):
        return int(text)
    return place_of_digit(text, names)


def place_of_digit(text: str, names: Sequence[str]) -> int | None:
    """The place of the one name that tells the same digit as a text; None where there is none."""
    digit = digit_called(text)
    known = [place for place, name in enumerate(names) if digit_called(name) == digit]
    return known[0] if digit is not None and len(known) == 1 else None
