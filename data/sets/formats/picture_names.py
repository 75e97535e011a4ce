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
    """
    usual = _taken(pictures, _first)
    others = (_taken(pictures, way) for way in _ways(pictures))
    found = next((each for each in (usual, *others) if _tells_classes(each)), None)
    if found is not None:
        return found
    numbers = set(usual.values())
    return {} if len(numbers) > _SERIAL and all(map(str.isdecimal, numbers)) else usual


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
