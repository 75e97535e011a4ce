"""Files that are dropped in the browser: kept in a folder of their own until the window has gone."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock

MOST_FILE, MOST_FILES = 1 << 26, 1 << 28  # bytes of one file, and of all that are kept
_PIECE = 1 << 20  # bytes that are read at once
_LONGEST = 80  # characters of a name


class Dropped:
    """Takes files into a folder; of too many the oldest go. The same file again is the one that is there."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._kept: dict[tuple[str, bytes], tuple[Path, int]] = {}
        self._count = 0

    def take(self, name: str, length: int, read: Callable[[int], bytes]) -> Path | None:
        """Store what is read under a name; None where less comes than was said. OSError: it has no room."""
        with self._lock:
            self._count += 1
            place = self._folder / str(self._count)
        place.mkdir()
        file, left, digest = place / plain_name(name), length, hashlib.sha256()
        with file.open("xb") as out:
            while left and (piece := read(min(left, _PIECE))):
                out.write(piece)
                digest.update(piece)
                left -= len(piece)
        if left:
            shutil.rmtree(place, ignore_errors=True)
            return None
        return self._keep(file, length, (file.name, digest.digest()))

    def _keep(self, file: Path, length: int, mark: tuple[str, bytes]) -> Path:
        with self._lock:
            if there := self._kept.get(mark):
                # A picture of several digits tells the next one each time that it is opened.
                shutil.rmtree(file.parent, ignore_errors=True)
                return there[0]
            while self._kept and sum(size for _, size in self._kept.values()) + length > MOST_FILES:
                oldest, _ = self._kept.pop(next(iter(self._kept)))
                shutil.rmtree(oldest.parent, ignore_errors=True)
            self._kept[mark] = file, length
            return file


def plain_name(name: str) -> str:
    """The last part of a file's name, without what is no letter in it; its ending stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter if letter.isprintable() else "_" for letter in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    room = _LONGEST - len(ending) - 1
    return (f"{stem[:room]}.{ending}" if dot and len(ending) < 16 else kept[:_LONGEST]) or "file"
