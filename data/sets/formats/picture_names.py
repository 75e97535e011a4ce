"""Pictures whose class stands in their own names: cat_12, 12-cat, cat12, digit_3_17."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_LABELLED = re.compile(r"([^_]+)_+[^_].*|([^_\d][^_]*?)[-. ]\d+")
"""A picture's label and the rest of its name: cat_12, cat_in_snow, and with a number alone cat-12, cat.12."""
_SERIAL = 10
"""More pictures with a number of their own each are numbered, and no number is a class."""
Labels = dict[Path, str]


def labelled(pictures: Sequence[Path]) -> Labels:
    """The class of each picture by its name; of those that name none, nothing.

    Usually what comes first is the class, as in cat_12. Where that is another for nearly each picture, or the
    same for all, another part is it which two or more pictures have on average: 12_cat, digit_3_17, cat12.
    And where it but numbers the pictures of each of fewer words: 0_cat, 1_cat, 0_dog, 1_dog.
    """
    usual = _taken(pictures, _first)
    others = [each for way in _ways(pictures) if _tells_classes(each := _taken(pictures, way))]
    found = next((each for each in others if _is_counted_in(usual, each)), None)
    if found is None:
        found = usual if _tells_classes(usual) else next(iter(others), None)
    if found is not None:
        return found
    numbers = set(usual.values())
    return {} if len(numbers) > _SERIAL and all(map(str.isdecimal, numbers)) else usual


def _is_counted_in(numbers: Labels, words: Labels) -> bool:
    """Whether numbers count the pictures of each word, none twice, and are more than there are words.

    All ten digits are more likely what people wrote, 7_anna, each once.
    """
    if set(numbers.values()) == set("0123456789") and len(numbers) == 10 * len(set(words.values())):
        return False
    if not all(map(str.isdecimal, numbers.values())) or any(map(str.isdecimal, words.values())):
        return False
    both = {(number, words.get(path)) for path, number in numbers.items()}
    return len(both) == len(numbers) == len(words) and len(set(numbers.values())) > len(set(words.values()))


def _tells_classes(labels: Labels) -> bool:
    return 2 <= len(set(labels.values())) <= len(labels) // 2


def _taken(pictures: Sequence[Path], way: Callable[[str], str]) -> Labels:
    return {path: label for path in pictures if (label := way(path.stem))}


def _first(stem: str) -> str:
    match = _LABELLED.fullmatch(stem)
    return (match[1] or match[2]) if match else ""


def _ways(pictures: Sequence[Path]) -> Iterator[Callable[[str], str]]:
    """Other places of a class: the parts between signs, where all names have as many; letters ahead."""
    counts = {len(_parts(path.stem)) for path in pictures}
    if len(counts) == 1:
        places = range(counts.pop())
        for place in (*places[:1], *places[:0:-1]):
            yield lambda stem, place=place: _parts(stem)[place]  # type: ignore[misc]
    yield lambda stem: match[1] if (match := re.fullmatch(r"([^\W\d_]+)\d+", stem)) else ""


def _parts(stem: str) -> list[str]:
    return re.split(r"[-_. ]+", stem)
