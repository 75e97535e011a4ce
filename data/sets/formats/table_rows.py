"""The rows of a table, read a piece after another: no more is held than the numbers, in as few bytes as fit.

Read whole, the text of numbers takes several times the room that they do.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.formats.columns import opened, readable, skipped

Numbers = NDArray[np.uint8] | NDArray[np.float32]
"""(N, D): uint8 where all of them are whole ones from 0 to 255, else float32."""
Number = Callable[[str], float]
_PIECE = 1 << 21  # numbers that are read at a time
_MOST_ROWS = 1 << 16  # and rows
_MOST_LABEL = 200  # characters


def numbers_of(
    path: Path, separator: str, headed: tuple[str, ...], columns: list[int], number: Number | None = None
) -> Numbers:
    """Some columns of all rows as numbers (N, D). DataError names the row and column of what is none.

    headed: the names of all columns, where the first line has them. number: how a word is read, where it is
    not as usual.
    """
    gathered = _Gathered(len(columns))
    for piece in _pieces(path, separator, headed, columns, "f4", number):
        gathered.add(piece)
    return gathered.whole()


def numbers_and_last(
    path: Path, separator: str, headed: tuple[str, ...], columns: list[int]
) -> tuple[Numbers, NDArray[np.float32]]:
    """The same but for the last of these columns, and that one (N,)."""
    gathered = _Gathered(len(columns) - 1)
    last = [np.empty(0, np.float32)]
    for piece in _pieces(path, separator, headed, columns, "f4"):
        gathered.add(piece[:, :-1])
        last.append(piece[:, -1].copy())
    return gathered.whole(), np.concatenate(last)


def words_of(path: Path, separator: str, headed: tuple[str, ...], column: int) -> NDArray[np.str_]:
    """One column of all rows as words (N,), without spaces around them."""
    parts = [np.empty(0, "U1")]
    for piece in _pieces(path, separator, headed, [column], f"U{_MOST_LABEL + 1}"):
        words = np.char.strip(piece[:, 0])
        longest = int(np.char.str_len(words).max(initial=1))
        if longest > _MOST_LABEL:  # cut, it might be the name of another class
            long = str(words[np.char.str_len(words) > _MOST_LABEL][0])
            raise DataError(
                f"{path}: the label {long[:20]}... is longer than {_MOST_LABEL} letters: shorten it"
            )
        parts.append(words.astype(f"U{max(longest, 1)}"))
    return np.concatenate(parts)


class _Gathered:
    """Rows of numbers that come in pieces, kept as bytes as long as all of them are such."""

    def __init__(self, columns: int):
        self._rows: NDArray[Any] = np.empty((0, columns), np.uint8)
        self._count = 0

    def add(self, piece: NDArray[np.float32]) -> None:
        if self._rows.dtype == np.uint8 and not _are_bytes(piece):
            self._rows = self._rows.astype(np.float32)
        end = self._count + len(piece)
        if end > len(self._rows):
            # An eighth more than is needed: what grows row by row is copied again and again.
            self._rows.resize((end + end // 8, self._rows.shape[1]), refcheck=False)
        self._rows[self._count : end] = piece
        self._count = end

    def whole(self) -> Numbers:
        self._rows.resize((self._count, self._rows.shape[1]), refcheck=False)
        return self._rows


def _are_bytes(piece: NDArray[np.float32]) -> bool:
    with np.errstate(invalid="ignore"):
        return bool((piece.astype(np.uint8) == piece).all())


def _pieces(
    path: Path,
    separator: str,
    headed: tuple[str, ...],
    columns: list[int],
    kind: str,
    number: Number | None = None,
) -> Iterator[NDArray[Any]]:
    """Some columns of so many rows at a time."""
    count = min(_MOST_ROWS, max(1, _PIECE // len(columns)))
    done = 0
    with readable(path), opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of no rows, which is told of later
        ahead = skipped(path) + bool(headed)
        while True:
            try:
                piece = np.loadtxt(
                    file,
                    kind,
                    delimiter=None if separator == " " else separator,
                    skiprows=ahead,
                    usecols=columns,
                    ndmin=2,
                    comments=None,
                    quotechar='"',
                    converters=number,
                    max_rows=count,
                )
            except (ValueError, IndexError) as error:
                raise DataError(f"{path}: {_plain(str(error), headed, done)}") from None
            if len(piece):
                yield piece
            done += len(piece)
            if len(piece) < count:
                return
            ahead = 0


def _plain(problem: str, headed: tuple[str, ...], before: int) -> str:
    """What NumPy says of a table, in plain words. before: rows that were read before those that it counts."""
    if short := re.match(r"invalid column index \d+ at row (\d+) with (\d+) columns", problem):
        row, count = int(short[1]) + before, short[2]
        return f"row {row} has {count} columns, fewer than the others: give as many in each row"
    match = re.match(r"could not convert string '(.*)' to float32 at row (\d+), column (\d+)", problem)
    if match is None:
        reason = " ".join(problem.split()).rstrip(".")[:160]
        return f"{reason}: give numbers, as many in each row, and one label"
    word, row, column = match[1], int(match[2]) + 1 + before, int(match[3])
    name = headed[column - 1] if column <= len(headed) else f"number {column}"
    if not word.strip():
        return f"row {row} has no number in column {name}: fill it in, or leave the row out"
    comma = re.fullmatch(r"-?\d+,\d+", word)
    fix = "write 0.5 for 0,5" if comma else "write a number, or leave the column out"
    return f"row {row} has {word[:40]!r} in column {name}, which is no number: {fix}"
