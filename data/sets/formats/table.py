"""A table as text, such as Kaggle's: a row for each example, a column for its label, all else numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import nullcontext, suppress
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.dataset import Inputs, Labelled, Origins, Parts, Rows, numbered, one_of
from data.sets.formats.columns import (
    LABELS,
    are_names,
    first_line,
    first_rows,
    is_index,
    is_number,
    label_place,
    likely_place,
    one_hot,
    opened,
    readable,
    skipped,
)

_PIXEL = re.compile(r"(pixel|px|p)?_?\d+([x_]\d+)?", re.I)
_EXACT = 1 << 24  # whole numbers below this are exact in float32


def read_table(path: Path, test: Path | None = None) -> Parts:
    """The set in a table, and in another of the same columns for testing. DataError names file and place.

    The label stands in a column of that name (or class, target, species...), else in the last one; where no
    line names the columns, in the first or last, whichever looks like it. Or the last columns are a class
    each, with a 1 in one of them and 0 in the others. Whole numbers 0 to 255, or numbers 0 to 1, whose
    columns are named as pixels, or are as many as a square of 8 pixels (of 0 to 1: 16) or more
    a side has, are images; all else are rows of numbers. A file may be packed (.gz, or alone in a .zip).
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
        inputs = [_images(np.rint(each * scale).astype(np.uint8), side) for each in values]
    pairs: list[Labelled] = list(zip(inputs, labels, strict=True))
    return Parts(
        name=_called(path),
        title=_called(path),
        kind="a table",
        noun=one_of(classes, inputs[0]),
        train=pairs[0],
        test=pairs[1] if len(pairs) > 1 else None,
        classes=classes,
        columns=() if side else columns,
        said=(first,) if tables[0][3] else (),
        origins=(_rows(inputs[0]), _rows(inputs[-1])),
    )


def _rows(inputs: Inputs) -> Origins:
    return Origins(np.arange(len(inputs)), Rows(len(inputs)))


def _called(path: Path) -> str:
    """The table's name; where it is but called train that of its folder, if that is not where one works."""
    stem = path.name.partition(".")[0]
    if stem.lower() not in ("train", "training", "data"):
        return stem
    folder = path.resolve().parent
    return path.name if folder == Path.cwd() else folder.name or path.name


def _read(path: Path) -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.generic], bool]:
    """Names of the columns but the label's, their numbers float32 (N, D), and the labels (N,).

    And whether these were taken from the first column, though nothing names it.
    """
    words, separator = first_line(path)
    headed = are_names(words)
    names = tuple(words) if headed else tuple(map(str, range(len(words))))
    place = label_place(names, path, separator) if headed else likely_place(path, separator, len(words))
    if headed and _are_pixels(names):
        raise DataError(
            f"{path}: all its columns are pixels, {names[0]} to {names[-1]}, and none is a label: add "
            "one called label, or give the table that is to be learned from"
        )
    rest = [column for column in range(len(names)) if column != place]
    if headed and rest and is_index(names[rest[0]]):
        rest = rest[1:]  # a number of the row, which says nothing of it
    if not rest:
        raise DataError(f"{path}: there is nothing but a label: give columns of numbers beside it")
    _check_lengths(path, separator, len(names))
    values, labels = _parted(path, separator, names if headed else (), rest, place)
    if not len(values):
        raise DataError(f"{path}: there is no row of numbers: give a line for each example")
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise DataError(
            f"{path}: row {row + 1} has no number in column {names[rest[column]]}: fill it in, or leave the "
            "row out"
        )
    told = headed and not is_number(names[place])
    columns = tuple(names[column] for column in rest)
    if told and place == len(names) - 1 and names[place].lower() not in LABELS:
        kinds = one_hot(values, labels)
        if kinds:
            marked = np.column_stack([values[:, -kinds:], labels]).argmax(axis=1)
            labels = np.array([*columns[-kinds:], names[place]])[marked]
            columns, values = columns[:-kinds], values[:, :-kinds]
    return columns, values, labels, not told and place < len(names) - 1


def _check_lengths(path: Path, separator: str, count: int) -> None:
    """DataError where one of the first rows has more words than there are columns."""
    for row in first_rows(path, separator, count):
        if any(word.strip() for word in row[count:]):
            begin = separator.join(row[:3])
            raise DataError(
                f"{path}: the row {begin:.40}... has {len(row):,} columns, and the first one {count:,}: give "
                "as many in each row"
            )


def _parted(
    path: Path, separator: str, headed: tuple[str, ...], rest: list[int], place: int
) -> tuple[NDArray[np.float32], NDArray[np.generic]]:
    """Numbers and labels: of one reading, where the labels are numbers that float32 holds, else of two."""
    if separator != "," and _has_commas(path, separator, rest):
        return _loaded(path, separator, headed, rest, "f4", _with_comma), _labels(
            path, separator, headed, place
        )
    with suppress(DataError):
        every = _loaded(path, separator, headed, [*rest, place], "f4")
        labels = every[:, -1]
        if (labels == np.rint(labels)).all() and np.abs(labels).max(initial=0) < _EXACT:
            return every[:, :-1], labels.astype(np.int64)
    return _loaded(path, separator, headed, rest, "f4"), _labels(path, separator, headed, place)


def _loaded(
    path: Path,
    separator: str,
    headed: tuple[str, ...],
    columns: list[int],
    kind: str,
    number: Callable[[str], float] | None = None,
) -> NDArray[Any]:
    """Some columns of all rows. headed: the names of all columns, where the first line has them.

    number: how a word is read, where it is not as usual.
    """
    try:
        with readable(path), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of no rows, which is told of later
            with opened(path) if path.suffix.lower() == ".zip" else nullcontext(path) as source:
                return np.loadtxt(
                    source,
                    kind,
                    delimiter=None if separator == " " else separator,
                    skiprows=skipped(path) + bool(headed),
                    usecols=columns,
                    ndmin=2,
                    comments=None,
                    quotechar='"',
                    converters=number,
                    encoding="utf-8-sig",
                )
    except (ValueError, IndexError) as error:
        raise DataError(f"{path}: {_plain(str(error), headed)}") from None


def _has_commas(path: Path, separator: str, columns: list[int]) -> bool:
    """Whether numbers are written with a comma, 0,5, as half the world does."""
    rows = first_rows(path, separator, max(columns) + 1)
    return any(re.fullmatch(r"\s*-?\d+,\d+\s*", row[place]) for row in rows for place in columns)


def _with_comma(word: str) -> float:
    return float(word.replace(",", "."))


def _plain(problem: str, headed: tuple[str, ...]) -> str:
    """What NumPy says of a table, in plain words."""
    if short := re.match(r"invalid column index \d+ at row (\d+) with (\d+) columns", problem):
        return f"row {short[1]} has {short[2]} columns, fewer than the others: give as many in each row"
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
    if not words.all():
        row = int(np.flatnonzero(words == "")[0]) + 1
        raise DataError(f"{path}: row {row} has no label: write one, or leave the row out")
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
    """The side of the square images that rows of numbers are, 0 where they are none; and their scale.

    Three times as many columns as a square has, all named as pixels, are images in colour.
    """
    named = _are_named(columns)
    side = isqrt(len(columns))
    if named and side * side != len(columns) and len(columns) % 3 == 0:
        side = isqrt(len(columns) // 3)
    if side < 2 or len(columns) not in (side * side, 3 * side * side):
        return 0, 1.0
    if side < 8 and not named:
        return 0, 1.0
    most = max(float(each.max(initial=0)) for each in values)
    if any((each < 0).any() for each in values) or most > 255:
        return 0, 1.0
    if most <= 1:
        return (side, 255.0) if side >= 16 or (named and side >= 8) else (0, 1.0)
    return (side, 1.0) if all((each == np.rint(each)).all() for each in values) else (0, 1.0)


def _are_named(columns: tuple[str, ...]) -> bool:
    """Whether all columns are named as pixels, by more than a number."""
    return all(_PIXEL.fullmatch(name) and not name.isdecimal() for name in columns)


def _are_pixels(names: tuple[str, ...]) -> bool:
    """Whether columns are a square's pixels, of 8 a side or more, and nothing beside them: no label."""
    return _are_named(names) and any(
        len(names) == colours * isqrt(len(names) // colours) ** 2 >= 64 for colours in (1, 3)
    )


def _images(rows: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Rows of pixels as images (N, side, side), in colour (N, side, side, 3).

    Colours stand pixel by pixel or one behind another: in the way in which neighbours differ less.
    """
    if rows.shape[1] == side * side:
        return rows.reshape(-1, side, side)
    mixed = rows.reshape(-1, side, side, 3)
    apart = np.moveaxis(rows.reshape(-1, 3, side, side), 1, 3)
    steps = [np.abs(np.diff(each[:100].astype(np.int16), axis=2)).mean() for each in (mixed, apart)]
    return np.ascontiguousarray(mixed if steps[0] <= steps[1] else apart)
