"""A table as text, such as Kaggle's: a row for each example, a column for its label, all else numbers."""

from __future__ import annotations

import csv
import gzip
import re
import warnings
import zlib
from contextlib import suppress
from itertools import islice
from math import isqrt
from pathlib import Path
from typing import Any, TextIO

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
_LOOKED_AT = 200  # rows, for the label's place


def read_table(path: Path, test: Path | None = None) -> Parts:
    """The set in a table, and in another of the same columns for testing. DataError names file and place.

    The label stands in a column of that name (or class, target, species...), else in the last one; where no
    line names the columns, in the first or last, whichever looks like it. Whole numbers 0 to 255, or numbers
    0 to 1, whose columns are named as pixels, or are as many as a square of 8 pixels (of 0 to 1: 16) or more
    a side has, are images; all else are rows of numbers. A file may be packed (.gz).
    """
    tables = [_read(each) for each in (path, test) if each is not None]
    if test is not None and tables[0][0] != tables[1][0]:
        raise DataError(f"{test} has other columns than {path}: give tables of one set")
    columns = tables[0][0]
    first = "no line names its columns: its label is taken from the first one"
    labels, classes = numbered([each[2] for each in tables])
    values = [each[1] for each in tables]
    side, scale = _side(columns, values)
    inputs: list[Inputs] = list(values)
    if side:
        inputs = [np.rint(each * scale).astype(np.uint8).reshape(-1, side, side) for each in values]
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
        said=(first,) if tables[0][3] else (),
    )


def _called(path: Path) -> str:
    """The table's name; that of its folder where it is but called train."""
    stem = path.name.partition(".")[0]
    return path.resolve().parent.name if stem.lower() in ("train", "training", "data") else stem


def columns_of(path: Path) -> list[str]:
    """The words of a table's first line. DataError where it is no table."""
    return _first(path)[0]


def _first(path: Path) -> tuple[list[str], str]:
    """The words of a table's first line, and what parts them."""
    try:
        if _size(path) > MOST_BYTES:
            raise DataError(f"{path}: more than 1 GB: give a table with fewer rows")
        with _opened(path) as file:
            first = file.readline(_LINE)
        separator = max(SEPARATORS, key=first.count)
        words = next(csv.reader([first], delimiter=separator), [])
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text: give a table as text, its columns parted by commas") from None
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error}): check the file") from None
    if len(words) > 2 and not words[-1].strip():
        words.pop()  # a comma behind the last one
    if not 2 <= len(words) <= MOST_COLUMNS:
        raise DataError(
            f"{path}: its first line has {len(words):,} columns: give a label and 1 to {MOST_COLUMNS - 1:,} "
            "numbers, parted by commas"
        )
    return [word.strip() for word in words], separator


def _opened(path: Path) -> TextIO:
    """A table as text, unpacked where it is packed."""
    opened: Any = gzip.open if path.suffix.lower() == ".gz" else open
    return opened(path, "rt", encoding="utf-8-sig", newline="")  # type: ignore[no-any-return]


def _size(path: Path) -> int:
    """Bytes of a table, of a packed one those that are in it, as far as MOST_BYTES."""
    if path.suffix.lower() != ".gz":
        return path.stat().st_size
    total = 0
    with gzip.open(path, "rb") as file:
        while total <= MOST_BYTES and (part := file.read(1 << 20)):
            total += len(part)
    return total


def _read(path: Path) -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.generic], bool]:
    """Names of the columns but the label's, their numbers float32 (N, D), and the labels (N,).

    And whether these were taken from the first column, though nothing names it.
    """
    words, separator = _first(path)
    headed = not (all(map(_is_number, words[:-1])) or all(map(_is_number, words[1:])))
    names = tuple(words) if headed else tuple(map(str, range(len(words))))
    place = _label_place(names) if headed else _likely_place(path, separator, len(words))
    rest = [column for column in range(len(names)) if column != place]
    if headed and names[rest[0]].lower() in ("", "id", "index"):
        rest = rest[1:]  # a number of the row, which says nothing of it
    if not rest:
        raise DataError(f"{path}: there is nothing but a label: give columns of numbers beside it")
    values, labels = _parted(path, separator, names if headed else (), rest, place)
    if not len(values):
        raise DataError(f"{path}: there is no row of numbers: give a line for each example")
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise DataError(
            f"{path}: row {row + 1} has no number in column {names[rest[column]]}: fill it in, or leave the "
            "row out"
        )
    return tuple(names[column] for column in rest), values, labels, not headed and place == 0


def _parted(
    path: Path, separator: str, headed: tuple[str, ...], rest: list[int], place: int
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


def _label_place(names: tuple[str, ...]) -> int:
    lower = [name.lower() for name in names]
    named = [lower.index(word) for word in LABELS if word in lower]
    return named[0] if named else len(names) - 1


def _likely_place(path: Path, separator: str, count: int) -> int:
    """The column with the label, first or last, of a table without names: words, else the fewest numbers.

    A column that says the same in every row is no label, and one with a fraction neither.
    """
    with _opened(path) as file:
        rows = [row for row in islice(csv.reader(file, delimiter=separator), _LOOKED_AT) if len(row) >= count]
    first, last = ([row[place].strip() for row in rows] for place in (0, count - 1))
    if not all(map(_is_number, last)) or not all(map(_is_number, first)):
        return 0 if all(map(_is_number, last)) else count - 1

    def likely(words: list[str]) -> tuple[bool, int]:
        numbers = {float(word) for word in words}
        whole = all(number.is_integer() for number in numbers) and len(numbers) > 1
        return (not whole, len(numbers))

    return 0 if likely(first) < likely(last) else count - 1


def _loaded(
    path: Path, separator: str, headed: tuple[str, ...], columns: list[int], kind: str
) -> NDArray[Any]:
    """Some columns of all rows. headed: the names of all columns, where the first line has them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of no rows, which is told of later
            return np.loadtxt(
                path,
                kind,
                delimiter=separator,
                skiprows=int(bool(headed)),
                usecols=columns,
                ndmin=2,
                comments=None,
                quotechar='"',
                encoding="utf-8-sig",
            )
    except (ValueError, IndexError) as error:
        raise DataError(f"{path}: {_plain(str(error), headed)}") from None


def _plain(problem: str, headed: tuple[str, ...]) -> str:
    """What NumPy says of a table, in plain words."""
    match = re.match(r"could not convert string '(.*)' to float32 at row (\d+), column (\d+)", problem)
    if match is None:
        reason = " ".join(problem.split()).rstrip(".")[:160]
        return f"{reason}: give numbers, as many in each row, and one label"
    word, row, column = match[1], int(match[2]) + 1, int(match[3])
    name = headed[column - 1] if column <= len(headed) else f"number {column}"
    if not word.strip():
        return f"row {row} has no number in column {name}: fill it in, or leave the row out"
    comma = re.fullmatch(r"-?\d+,\d+", word)
    fix = "write 0.5 for 0,5" if comma else "write a number, or leave the column out"
    return f"row {row} has {word[:40]!r} in column {name}, which is no number: {fix}"


def _labels(path: Path, separator: str, headed: tuple[str, ...], place: int) -> NDArray[np.generic]:
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


def _side(columns: tuple[str, ...], values: list[NDArray[np.float32]]) -> tuple[int, float]:
    """The side of the square images that rows of numbers are, 0 where they are none; and their scale."""
    side = isqrt(len(columns))
    if side * side != len(columns) or side < 2:
        return 0, 1.0
    named = all(_PIXEL.fullmatch(name) and not name.isdecimal() for name in columns)
    if side < 8 and not named:
        return 0, 1.0
    most = max(float(each.max(initial=0)) for each in values)
    if any((each < 0).any() for each in values) or most > 255:
        return 0, 1.0
    if most <= 1:
        return (side, 255.0) if side >= 16 or (named and side >= 8) else (0, 1.0)
    return (side, 1.0) if all((each == np.rint(each)).all() for each in values) else (0, 1.0)
