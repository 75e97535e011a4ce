"""A file's or a folder's name as a caller gives it: text or a Path."""

from __future__ import annotations

import os
from pathlib import Path

from data.errors import DataError
from guarding import in_a_line, no_path

FilePath = str | os.PathLike[str]


def path_of(place: FilePath) -> Path:
    """The path of a file or folder; DataError where what is given names none."""
    if not isinstance(place, str | os.PathLike) or isinstance(name := os.fspath(place), bytes):
        raise DataError(f"{in_a_line(place)} names no file or folder: give its name as text, or a Path")
    if why := no_path(name):
        raise DataError(f"{in_a_line(name)} names no file or folder: {why}")
    return Path(name)
