"""A table as text, such as Kaggle's: a row for each example, a column for its label, all else numbers."""

from __future__ import annotations

import csv
import re
import warnings
from contextlib import suppress
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.dataset import Inputs, Labelled, Parts, numbered, one_of

LABELS = ("label", "labels", "class", "target", "species", "y", "category")
SEPARATORS = ",;\t"
MOST_BYTES = 1 << 30
"""Of a file: numbers take about as much room in memory as in text."""
MOST_COLUMNS = 16_384
_PIXEL = re.compile(r"(pixel|px|p)?_?\d+([x_]\d+)?", re.I)
_EXACT = 1 << 24  # whole numbers below this are exact in float32
_LINE = 1 << 20  # characters


def read_table(path: Path, test: Path | None = None) -> Parts:
    """The set in a table, and in another of the same columns for testing. DataError names file and place.

    The label stands in a column of that name (or class, target, species...), else in the last one. Whole
    numbers 0 to 255 whose columns are named as pixels, or are as many as a square of 8 pixels or more a side
    has, are images; all else are rows of numbers.
    """
    tables = [_read(each) for each in (path, test) if each is not None]
    if test is not None and tables[0][0] != tables[1][0]:
        raise DataError(f"{test} has other columns than {path}: give tables of one set")
    columns = tables[0][0]
    labels, classes = numbered([each[2] for each in tables])
    values = [each[1] for each in tables]
    side = _side(columns, values)
    inputs: list[Inputs] = list(values)
    if side:
        inputs = [each.astype(np.uint8).reshape(-1, side, side) for each in values]
    pairs: list[Labelled] = list(zip(inputs, labels, strict=True))
    return Parts(
        name=_called(path),
        title=_called(path),
        kind="a table",
        noun=one_of(classes, bool(side)),
        train=pairs[0],
        test=pairs[1] if len(pairs) > 1 else None,
        classes=classes,
        columns=() if side else columns,
    )


def _called(path: Path) -> str:
    """The table's name; that of its folder where it is but called train."""
    return path.resolve().parent.name if path.stem.lower() in ("train", "training", "data") else path.stem


def columns_of(path: Path) -> list[str]:
    """The words of a table's first line. DataError where it is no table."""
    return _first(path)[0]


def _first(path: Path) -> tuple[list[str], str]:
    """The words of a table's first line, and what parts them."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path}: more than 1 GB: give a table with fewer rows")
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(_LINE)
        separator = max(SEPARATORS, key=first.count)
        words = next(csv.reader([first], delimiter=separator), [])
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text: give a table as text, its columns parted by commas") from None
    except (OSError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error}): check the file") from None
    if not 2 <= len(words) <= MOST_COLUMNS:
        raise DataError(
            f"{path}: its first line has {len(words):,} columns: give a label and 1 to {MOST_COLUMNS - 1:,} "
            "numbers, parted by commas"
        )
    return [word.strip() for word in words], separator


def _read(path: Path) -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.generic]]:
    """Names of the columns but the label's, their numbers float32 (N, D), and the labels (N,)."""
    words, separator = _first(path)
    headed = not all(_is_number(word) for word in words[:-1])
    names = tuple(words) if headed else tuple(map(str, range(len(words))))
    place = _label_place(names, headed)
    rest = [column for column in range(len(names)) if column != place]
    if headed and names[rest[0]].lower() in ("", "id", "index"):
        rest = rest[1:]  # a number of the row, which says nothing of it
    if not rest:
        raise DataError(f"{path}: there is nothing but a label: give columns of numbers beside it")
    values, labels = _parted(path, separator, headed, rest, place)
    if not len(values):
        raise DataError(f"{path}: there is no row of numbers: give a line for each example")
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise DataError(
            f"{path}: row {row + 1} has no number in column {names[rest[column]]}: fill it in, or leave the "
            "row out"
        )
    return tuple(names[column] for column in rest), values, labels


def _parted(
    path: Path, separator: str, headed: bool, rest: list[int], place: int
) -> tuple[NDArray[np.float32], NDArray[np.generic]]:
    """Numbers and labels: of one reading, where the labels are numbers that float32 holds, else of two."""
    with suppress(DataError):
        every = _loaded(path, separator, headed, [*rest, place], "f4")
        labels = every[:, -1]
        if (labels == np.rint(labels)).all() and np.abs(labels).max(initial=0) < _EXACT:
            return every[:, :-1], labels.astype(np.int64)
    return _loaded(path, separator, headed, rest, "f4"), _labels(path, separator, headed, place)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _label_place(names: tuple[str, ...], headed: bool) -> int:
    lower = [name.lower() for name in names]
    named = [lower.index(word) for word in LABELS if word in lower] if headed else []
    return named[0] if named else len(names) - 1


def _loaded(path: Path, separator: str, headed: bool, columns: list[int], kind: str) -> NDArray[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of no rows, which is told of later
            return np.loadtxt(
                path,
                kind,
                delimiter=separator,
                skiprows=int(headed),
                usecols=columns,
                ndmin=2,
                comments=None,
                quotechar='"',
                encoding="utf-8-sig",
            )
    except (ValueError, IndexError) as error:
        reason = " ".join(str(error).split()).rstrip(".")[:160]
        raise DataError(f"{path}: {reason}: give numbers, as many in each row, and one label") from None


def _labels(path: Path, separator: str, headed: bool, place: int) -> NDArray[np.generic]:
    """The labels, as whole numbers where all of them are such, else as words."""
    words = _loaded(path, separator, headed, [place], "U64")[:, 0]
    words = np.char.strip(words)
    try:
        numbers = words.astype(np.float64)
    except ValueError:
        return words
    whole = np.isfinite(numbers).all() and (numbers == np.rint(numbers)).all()
    if not whole or np.abs(numbers).max(initial=0) >= 1 << 31:
        odd = [*numbers[numbers != np.rint(numbers)], numbers.max()][0]
        raise DataError(f"{path}: labels such as {odd:g} name no classes: give whole numbers or words")
    return numbers.astype(np.int64)


def _side(columns: tuple[str, ...], values: list[NDArray[np.float32]]) -> int:
    """The side of the square images that rows of numbers are; 0 where they are none."""
    side = isqrt(len(columns))
    if side * side != len(columns) or side < 2:
        return 0
    if side < 8 and not all(_PIXEL.fullmatch(name) and not name.isdecimal() for name in columns):
        return 0
    whole = all(
        ((each >= 0) & (each <= 255) & (each == np.rint(each))).all() and each.max(initial=0) > 1
        for each in values
    )
    return side if whole else 0
