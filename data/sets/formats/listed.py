"""Pictures whose labels stand in a table beside them: a column of their names, and one of labels."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from data.errors import DataError
from data.sets.formats.columns import LABELS
from data.sets.formats.pictures import MOST_FILES, Files, is_picture

_MOST_TABLES, _MOST_BYTES = 8, 1 << 26
_LOOKED_AT = 50


def find_listed(folder: Path) -> tuple[Path, dict[str, Files]] | None:
    """The table that names a folder's pictures, and these with their labels; None where there is none.

    The pictures lie in the folder or in those inside it; the table may leave out their endings. DataError
    names the picture that is missing.
    """
    tables = [path for path in sorted(folder.glob("*.csv")) if path.stat().st_size <= _MOST_BYTES]
    if not tables or len(tables) > _MOST_TABLES:
        return None
    places = [folder, *(each for each in sorted(folder.iterdir()) if each.is_dir())]
    pictures = [path for place in places for path in sorted(place.iterdir()) if is_picture(path)]
    if not pictures or len(pictures) > MOST_FILES:
        return None
    names = {key: path for path in reversed(pictures) for key in _keys(path, folder)}
    for table in tables:
        rows = _rows(table)
        columns = _columns(rows, names)
        if columns is not None:
            return table, {"train": _files(table, rows[1:], names, *columns)}
    return None


def _keys(path: Path, folder: Path) -> tuple[str, ...]:
    """The ways in which a table may name a picture."""
    inside = path.relative_to(folder).as_posix()
    return (inside, path.name, path.stem, inside.removesuffix(path.suffix))


def _rows(table: Path) -> list[list[str]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            return list(islice(csv.reader(file), MOST_FILES + 1))
    except (UnicodeDecodeError, csv.Error):
        return []


def _columns(rows: list[list[str]], names: dict[str, Path]) -> tuple[int, int] | None:
    """The columns of names and of labels; None where the table names no pictures."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    few = [row for row in rows[1 : _LOOKED_AT + 1] if len(row) >= len(rows[0])]
    counts = [sum(row[column].strip() in names for row in few) for column in range(len(rows[0]))]
    named = max(range(len(counts)), key=counts.__getitem__)
    if not few or counts[named] < max(2, len(few) // 2):
        return None
    heads = [word.strip().lower() for word in rows[0]]
    known = [heads.index(word) for word in LABELS if word in heads and heads.index(word) != named]
    other = [column for column in range(len(heads)) if column != named]
    return named, (known or other)[0]


def _files(table: Path, rows: list[list[str]], names: dict[str, Path], named: int, labelled: int) -> Files:
    files: Files = []
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        name, label = (row[place].strip() if len(row) > place else "" for place in (named, labelled))
        if name not in names:
            raise DataError(f"{table}: line {number} has {name[:60]!r}, no picture of which lies here")
        if not label:
            raise DataError(f"{table}: line {number} has no label for {name[:60]}: write one")
        files.append((names[name], label))
    return files
