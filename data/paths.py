"""A file's or a folder's name as a caller gives it: text or a Path."""

from __future__ import annotations

import os
from pathlib import Path

from data.errors import DataError, in_a_line

FilePath = str | os.PathLike[str]


def path_of(place: FilePath) -> Path:
    """The path of a file or folder; DataError where what is given names none."""
    if not isinstance(place, str | os.PathLike) or isinstance(name := os.fspath(place), bytes):
        raise DataError(f"{in_a_line(place)} names no file or folder: give its name as text, or a Path")
    if not name:  # which Path makes the folder that one is in
        raise DataError('"" names no file or folder: give its name')
    return Path(name)
