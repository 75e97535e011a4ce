"""Files that are dropped in the browser: kept in a folder of their own until the window has gone."""

import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Lock

MOST_FILE, MOST_FILES = 1 << 26, 1 << 28  # bytes of one file, and of all that are kept
_PIECE = 1 << 20  # bytes that are read at once
_LONGEST = 80  # characters of a name


class Dropped:
    """Takes files into a folder; of too many the oldest go."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._kept: deque[tuple[Path, int]] = deque()
        self._count = 0

    def take(self, name: str, length: int, read: Callable[[int], bytes]) -> Path | None:
        """Store what is read under a name; None where less comes than was said. OSError: it has no room."""
        with self._lock:
            self._count += 1
            place = self._folder / str(self._count)
            while self._kept and sum(size for _, size in self._kept) + length > MOST_FILES:
                shutil.rmtree(self._kept.popleft()[0], ignore_errors=True)
            self._kept.append((place, length))
        place.mkdir()
        file, left = place / plain_name(name), length
        with file.open("xb") as out:
            while left and (piece := read(min(left, _PIECE))):
                out.write(piece)
                left -= len(piece)
        if left:
            shutil.rmtree(place, ignore_errors=True)
            return None
        return file


def plain_name(name: str) -> str:
    """The last part of a file's name, without what is no letter in it; its ending stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter if letter.isprintable() else "_" for letter in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    room = _LONGEST - len(ending) - 1
    return (f"{stem[:room]}.{ending}" if dot and len(ending) < 16 else kept[:_LONGEST]) or "file"
