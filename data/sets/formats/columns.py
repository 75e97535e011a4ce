"""The columns of a table: what parts them, what they are called, and which of them is the label."""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.names import is_text

LABELS = ("label", "labels", "class", "target", "species", "y", "category")
SEPARATORS = ",;\t|"
_INDEX = ("", "id", "index", "unnamed: 0")
"""What a column is called that numbers the rows, and so says nothing of them."""
MOST_BYTES = 1 << 30
"""Of a file: numbers take about as much room in memory as in text."""
MOST_UNPACKED = 1 << 28
"""Of a table in an archive, which is unpacked in memory."""
MOST_TIMES = 100
"""By which a packed table of some size may grow: numbers grow five to twenty times, mostly noughts more."""
_SMALL = 1 << 24  # bytes to which any may grow
MOST_COLUMNS = 16_384
MOST_LINES = 2_000_000
"""Each is read as a row, which takes far longer than its few bytes do."""
_LINE = 1 << 20  # characters
_CHANCE = 7  # numbers of an example that may follow each other
_LOOKED_AT = 200  # rows, for the label's place


def columns_of(path: Path) -> list[str]:
    """The words of a table's first line. DataError where it is no table."""
    return first_line(path)[0]


def first_line(path: Path) -> tuple[list[str], str]:
    """The words of a table's first line, and what parts them."""
    with readable(path):
        size = _size(path)
        if size > MOST_BYTES:
            raise DataError(f"{path}: more than 1 GB: give a table with fewer rows")
        if size > _most_unpacked(path):
            raise DataError(
                f"{path}: it grows more than {MOST_TIMES} times as it is unpacked, as hardly a table of "
                "examples does: if it is one, unpack it, and give the table"
            )
        _check_lines(path, size)
        with opened(path) as file:
            for _ in range(skipped(path)):
                file.readline(_LINE)
            first = file.readline(_LINE)
        separator = max(SEPARATORS, key=first.count)
        separator = separator if separator in first else " "
        words = next(_parted([first], separator), [])
    if not all(map(is_text, words)):
        raise DataError(f"{path} is no table: its first line has characters that no text has")
    if len(words) > 2 and not words[-1].strip():
        words.pop()  # a comma behind the last one
    if not words:
        raise DataError(f"{path} is empty: give a line for each example, a label and numbers")
    if not 2 <= len(words) <= MOST_COLUMNS:
        raise DataError(
            f"{path}: its first line has {len(words):,} column{'s' * (len(words) != 1)}: give a label and 1 "
            f"to {MOST_COLUMNS - 1:,} numbers, parted by commas"
        )
    return [word.strip() for word in words], separator


def _check_lines(path: Path, size: int) -> None:
    """DataError where there are more than MOST_LINES; size: of the table, unpacked, in bytes."""
    if size <= MOST_LINES:  # a line is a byte at least
        return
    count = 0
    with opened(path) as file:
        while part := file.read(_LINE):
            count += part.count("\n")
            if count > MOST_LINES:
                raise DataError(
                    f"{path}: more than {MOST_LINES:,} rows: give a part of them, "
                    f"such as head -n {MOST_LINES} keeps"
                )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What goes wrong in a table's text, as a DataError that names the file."""
    try:
        yield
    except UnicodeDecodeError:
        raise DataError(
            f"{path} is no text in UTF-8: save it as CSV (UTF-8), its columns by commas"
        ) from None
    except csv.Error:
        raise DataError(
            f"{path}: a quotation mark is opened and never closed: close it, or leave it out"
        ) from None
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path}: cannot be read ({error}): check the file") from None


def opened(path: Path) -> TextIO:
    """A table as text, unpacked where it is packed."""
    if path.suffix.lower() == ".zip":
        return TextIOWrapper(BytesIO(_of_zip(path)), "utf-8-sig", newline="")
    opened: Any = gzip.open if path.suffix.lower() == ".gz" else open
    return opened(path, "rt", encoding="utf-8-sig", newline="")  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _unpacked(path: Path, changed: int) -> bytes:  # noqa: ARG001
    with zipfile.ZipFile(path) as archive:
        table = _table(path, archive)
        if table.file_size > MOST_UNPACKED:
            raise DataError(
                f"{path}: more than {MOST_UNPACKED >> 20} MB in it: unpack it, and give the table"
            )
        with archive.open(table) as file:
            return file.read(table.file_size)  # no more is unpacked, whatever is packed


def _table(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    name = table_in(archive)
    if name is None:
        raise DataError(f"{path} is an archive: unpack it, and give the folder")
    return archive.getinfo(name)


def _of_zip(path: Path) -> bytes:
    """The table in an archive, which is read once until the archive changes."""
    return _unpacked(path, path.stat().st_mtime_ns)


def table_in(archive: zipfile.ZipFile) -> str | None:
    """The name of the one table that an archive holds, and nothing else, as Kaggle packs one; else None."""
    names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and name[-1:] != "/"]
    return names[0] if len(names) == 1 and names[0].lower().endswith((".csv", ".tsv")) else None


def skipped(path: Path) -> int:
    """How many lines stand ahead of a table: empty ones, and remarks behind a #."""
    with opened(path) as file:
        lines = iter(lambda: file.readline(_LINE), "")
        for count, line in enumerate(islice(lines, _LOOKED_AT)):
            if line.strip() and not line.startswith("# "):
                return count
    return 0


def _most_unpacked(path: Path) -> int:
    """Bytes that a table may come to, if it is packed: its rows take several times as much in memory."""
    packed = path.suffix.lower() in (".zip", ".gz")
    return max(MOST_TIMES * path.stat().st_size, _SMALL) if packed else MOST_BYTES


def _size(path: Path) -> int:
    """Bytes of a table, of a packed one those that are in it, as far as it matters how many."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            return min(_table(path, archive).file_size, MOST_BYTES)
    if path.suffix.lower() != ".gz":
        return path.stat().st_size
    total, most = 0, min(MOST_BYTES, _most_unpacked(path))
    with gzip.open(path, "rb") as file:
        while total <= most and (part := file.read(1 << 20)):
            total += len(part)
    return total


def is_number(word: str) -> bool:
    """Whether a word is a number, written with a point."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def are_names(words: Sequence[str]) -> bool:
    """Whether the first line's words name columns, and are no example of their own.

    They are not numbers, but for one word at most; or they count on, 0, 1, 2 or 1, 2, 3, as pandas names what
    has no names; or they are one name again and again with a number behind it, 0, 0.1, 0.2, as it then reads.
    """
    if not (all(map(is_number, words[:-1])) or all(map(is_number, words[1:]))):
        return True
    own = [word for word in words if is_number(word)]
    if len(own) < 3:
        return False
    counted = [str(place) for place in range(len(own) + 1)]
    again = [own[0], *(f"{own[0]}.{place}" for place in range(1, len(own)))]
    # A first example may well be 1, 2, 3 or 1, 1.1, 1.2: many columns that go on so are no chance.
    return own == counted[:-1] or (len(own) > _CHANCE and own in (counted[1:], again))


def is_index(name: str) -> bool:
    """Whether a column of this name numbers the rows."""
    return name.lower() in _INDEX


def label_place(names: tuple[str, ...], path: Path, separator: str) -> int:
    """The column called label or the like; else the only one of words, else the last."""
    lower = [name.lower() for name in names]
    # Of more columns than x and y, which is then what is asked for, both are places.
    places = "x" in lower and len(names) > 2 and lower[-1] != "y"
    named = [lower.index(word) for word in LABELS if word in lower and not (places and word == "y")]
    if named:
        return named[0]
    if sum(map(is_number, names)) >= len(names) - 1:
        return likely_place(path, separator, len(names), names)
    rows = first_rows(path, separator, len(names))[1:]
    words = [place for place in range(len(names)) if any(_is_word(row[place].strip()) for row in rows)]
    return words[0] if len(words) == 1 else len(names) - 1


def one_hot(values: NDArray[np.uint8] | NDArray[np.float32], labels: NDArray[np.generic]) -> int:
    """How many of the last columns of (N, D) are, with the labels (N,) behind them, a class each; else 0.

    Then one of them is 1 in each row, and 0 are the others. A column is left for what is learned from.
    """
    if labels.dtype.kind not in "iu" or not np.isin(labels, (0, 1)).all():
        return 0
    total = labels.astype(np.float64)
    for kinds in range(1, values.shape[1]):
        column = values[:, -kinds]
        if not np.isin(column, (0, 1)).all():
            return 0
        total += column
        if (total == 1).all():
            return kinds
    return 0


def _is_word(text: str) -> bool:
    """Whether a cell tells a class in words: a gap does not, nor does NaN or a number with a comma."""
    return not is_number(text) and re.search(r"[^\W\d_]{2}|^[^\W\d_]$", text) is not None


def first_rows(path: Path, separator: str, count: int) -> list[list[str]]:
    """The first rows of a table that have as many words as there are columns."""
    with readable(path), opened(path) as file:
        for _ in range(skipped(path)):
            file.readline(_LINE)
        return [row for row in islice(_parted(file, separator), _LOOKED_AT) if len(row) >= count]


def _parted(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The words of lines; where spaces part them, several are as good as one."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator == " ")


def likely_place(path: Path, separator: str, count: int, names: Sequence[str] = ()) -> int:
    """The column with the label, first or last, of a table without names: words, else the fewest numbers.

    A column that says the same in every row is no label, and one with a fraction neither. names: the first
    line's words where they are numbers that name columns.
    """
    rows = first_rows(path, separator, count)[int(bool(names)) :]
    begin = int(bool(names) and is_index(names[0]))
    first, last = ([row[place].strip() for row in rows] for place in (begin, count - 1))
    if not all(map(is_number, last)) or not all(map(is_number, first)):
        return begin if all(map(is_number, last)) else count - 1

    def likely(words: list[str]) -> tuple[bool, int]:
        numbers = {float(word) for word in words}
        whole = all(number.is_integer() for number in numbers) and len(numbers) > 1
        return (not whole, len(numbers))

    return begin if likely(first) < likely(last) else count - 1
