"""A table as text, such as Kaggle's: a row for each example, a column for its label, all else numbers."""

from __future__ import annotations

import re
from contextlib import suppress
from math import isqrt
from pathlib import Path

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
)
from data.sets.formats.table_rows import Numbers, numbers_and_last, numbers_of, words_of

_PIXEL = re.compile(r"(pixel|px|p)?_?\d+([x_]\d+)?", re.I)
# Columns without a name, at least, that mark a class each beside the last: two numbers may by chance.
_MARKED = 2
_WITH_COMMA = re.compile(r"\s*-?\d+(,\d+)?\s*")
_MANY, _FEW = re.compile(r"\s*[\d.]+(\s+[\d.]+)+\s*"), 8
"""A cell with several numbers, and so many of them that it is no date or place. FER2013 has its pixels so."""
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
    inputs: list[Inputs] = [
        each.astype(np.float32, copy=False) if not side else _images(each, scale, side) for each in values
    ]
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


def _read(path: Path) -> tuple[tuple[str, ...], Numbers, NDArray[np.generic], bool]:
    """Names of the columns but the label's, their numbers (N, D), and the labels (N,).

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
    _check_cells(path, separator, names)
    values, labels = _parted(path, separator, names if headed else (), rest, place)
    if not len(values):
        raise DataError(f"{path}: there is no row of numbers: give a line for each example")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        held = "no number" if np.isnan(values[row, column]) else "a number beyond 3.4e38"
        fix = "fill it in, or leave the row out" if held == "no number" else "scale it down"
        raise DataError(f"{path}: row {row + 1} has {held} in column {names[rest[column]]}: {fix}")
    told = headed and not is_number(names[place])
    columns = tuple(names[column] for column in rest)
    if told and place == len(names) - 1 and names[place].lower() not in LABELS:
        kinds = one_hot(values, labels)
        if kinds:
            marked = np.column_stack([values[:, -kinds:], labels]).argmax(axis=1)
            labels = np.array([*columns[-kinds:], names[place]])[marked]
            columns, values = columns[:-kinds], values[:, :-kinds]
    elif not headed and place == len(names) - 1 and (kinds := one_hot(values, labels)) >= _MARKED:
        labels = np.column_stack([values[:, -kinds:], labels]).argmax(axis=1)
        columns, values = columns[:-kinds], values[:, :-kinds]
    return columns, values, labels, not told and place < len(names) - 1


def _check_cells(path: Path, separator: str, names: tuple[str, ...]) -> None:
    """DataError where one of the first rows has more words than there are columns, or several in one."""
    count = len(names)
    for row in first_rows(path, separator, count):
        for name, cell in zip(names, row, strict=False):
            if (many := _MANY.fullmatch(cell)) and len(words := many[0].split()) > _FEW:
                raise DataError(
                    f"{path}: the column {name} has {len(words):,} numbers in one cell: give each a column "
                    "of its own, as with pandas table[NAME].str.split(expand=True), and name the label's "
                    "column label"
                )
        if any(word.strip() for word in row[count:]):
            begin = separator.join(row[:3])
            raise DataError(
                f"{path}: the row {begin:.40}... has {len(row):,} columns, and the first one {count:,}: give "
                "as many in each row"
            )


def _parted(
    path: Path, separator: str, headed: tuple[str, ...], rest: list[int], place: int
) -> tuple[Numbers, NDArray[np.generic]]:
    """Numbers and labels: of one reading, where the labels are numbers that float32 holds, else of two."""
    if separator != "," and _has_commas(path, separator, rest):
        rows = numbers_of(path, separator, headed, rest, _with_comma)
        return rows, _labels(path, separator, headed, place)
    with suppress(DataError):
        numbers, labels = numbers_and_last(path, separator, headed, [*rest, place])
        if (labels == np.rint(labels)).all() and np.abs(labels).max(initial=0) < _EXACT:
            return numbers, labels.astype(np.int64)
    return numbers_of(path, separator, headed, rest), _labels(path, separator, headed, place)


def _has_commas(path: Path, separator: str, columns: list[int]) -> bool:
    """Whether numbers are written with a comma, 0,5, as half the world does."""
    rows = first_rows(path, separator, max(columns) + 1)
    return any("," in row[place] and _WITH_COMMA.fullmatch(row[place]) for row in rows for place in columns)


def _with_comma(word: str) -> float:
    return float(word.replace(",", "."))


def _labels(path: Path, separator: str, headed: tuple[str, ...], place: int) -> NDArray[np.generic]:
    """The labels, as whole numbers where all of them are such, else as words."""
    words = words_of(path, separator, headed, place)
    if all(len(word) > 2 and word[0] == word[-1] == "'" for word in words):  # as Weka's and OpenML's tables
        words = np.array([word[1:-1] for word in words])
    if not words.all():
        row = int(np.flatnonzero(words == "")[0]) + 1
        raise DataError(f"{path}: row {row} has no label: write one, or leave the row out")
    try:
        numbers = words.astype(np.float64)
    except ValueError:
        if not all(_WITH_COMMA.fullmatch(word) for word in words):
            return words
        odd = next(word for word in words if "," in word)
        raise DataError(
            f"{path}: labels such as {odd} name no classes: give whole numbers or words, in a column "
            "called label"
        ) from None
    whole = np.isfinite(numbers).all() and (numbers == np.rint(numbers)).all()
    if not whole or np.abs(numbers).max(initial=0) >= 1 << 31:
        odd = [*numbers[numbers != np.rint(numbers)], numbers.max()][0]
        raise DataError(f"{path}: labels such as {odd:g} name no classes: give whole numbers or words")
    return numbers.astype(np.int64)


def _side(columns: tuple[str, ...], values: list[Numbers]) -> tuple[int, int]:
    """The side of the square images that rows of numbers are, 0 where they are none; and their scale.

    Three times as many columns as a square has, all named as pixels, are images in colour.
    """
    named = _are_named(columns)
    side = isqrt(len(columns))
    if named and side * side != len(columns) and len(columns) % 3 == 0:
        side = isqrt(len(columns) // 3)
    if side < 2 or len(columns) not in (side * side, 3 * side * side):
        return 0, 1
    if side < 8 and not named:
        return 0, 1
    most = max(float(each.max(initial=0)) for each in values)
    if min(float(each.min(initial=0)) for each in values) < 0 or most > 255:
        return 0, 1
    if most <= 1:
        return (side, 255) if side >= 16 or (named and side >= 8) else (0, 1)
    return (side, 1) if all(_are_whole(each) for each in values) else (0, 1)


def _are_whole(values: Numbers) -> bool:
    return values.dtype == np.uint8 or bool((values == np.rint(values)).all())


def _are_named(columns: tuple[str, ...]) -> bool:
    """Whether all columns are named as pixels, by more than a number."""
    return all(_PIXEL.fullmatch(name) and not name.isdecimal() for name in columns)


def _are_pixels(names: tuple[str, ...]) -> bool:
    """Whether columns are a square's pixels, of 8 a side or more, and nothing beside them: no label."""
    return _are_named(names) and any(
        len(names) == colours * isqrt(len(names) // colours) ** 2 >= 64 for colours in (1, 3)
    )


def _images(values: Numbers, scale: int, side: int) -> NDArray[np.uint8]:
    """Rows of pixels as images (N, side, side), in colour (N, side, side, 3).

    scale: by which they come to 0..255. Colours stand pixel by pixel or one behind another: in the way in
    which neighbours differ less.
    """
    # Bytes are taken as they are, or from 0 and 1: no floats are made of them.
    scaled = values * values.dtype.type(scale) if scale > 1 else values
    rows = (scaled if scaled.dtype == np.uint8 else np.rint(scaled)).astype(np.uint8, copy=False)
    if rows.shape[1] == side * side:
        return rows.reshape(-1, side, side)
    mixed = rows.reshape(-1, side, side, 3)
    apart = np.moveaxis(rows.reshape(-1, 3, side, side), 1, 3)
    steps = [np.abs(np.diff(each[:100].astype(np.int16), axis=2)).mean() for each in (mixed, apart)]
    return np.ascontiguousarray(mixed if steps[0] <= steps[1] else apart)
