"""Arrays that are seldom wanted, written to a file and read back when somebody asks for one.

The file has no name: nobody else can open it, and it goes with the process, however that ends.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import IO

import numpy as np

from engine.arrays import Array, ArrayMap
from engine.errors import EngineError

_SETTINGS = ("TMPDIR", "TEMP", "TMP")  # of a person who wants temporary files elsewhere
_ON_DISK = Path("/var/tmp")  # what lies in /tmp is in memory on many systems
_LEFT = 1 << 30  # bytes of the disk that others are left


class Spill:
    """A temporary file of arrays, made once one is written; threads may share it. folder: its place."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._turn = Lock()
        self._end = 0  # bytes that the file has
        self._gaps: dict[int, int] = {}  # its places that are free, and their sizes
        # Told by whatever thread lets go of arrays, amid a turn of its own, too.
        self._freed = deque[tuple[int, int]]()

    @property
    def size(self) -> int:
        """Bytes that the file has."""
        return self._end

    def write(self, arrays: Mapping[str, Array]) -> SpilledArrays | None:
        """Write arrays of any dtype and shape; None where they cannot be, as on a disk nearly full."""
        size = nbytes(arrays)
        with self._turn:
            self._tidy()
            start = self._place(size)
            try:
                file = self._opened()
                self._check_room(size)
                file.seek(start)
                for array in arrays.values():
                    _write(file, array)
            except OSError:
                self._freed.append((start, size))
                self._tidy()
                return None
        return SpilledArrays(self, start, arrays)

    def read(self, start: int, arrays: Mapping[str, Array]) -> None:
        """Fill arrays with what was written from byte `start` on, in that order; EngineError where unread."""
        with self._turn:
            try:
                file = self._opened()
                file.seek(start)
                for array in arrays.values():
                    _read(file, array)
            except OSError as error:
                reason = error.strerror or str(error)
                raise EngineError(f"what was kept in a temporary file cannot be read: {reason}") from error

    def free(self, start: int, size: int) -> None:
        """Let others have `size` bytes of the file, from `start` on; at any time, in any thread."""
        self._freed.append((start, size))

    def tidy(self) -> None:
        """Give what is free at the file's end back to the disk."""
        if self._freed:
            with self._turn:
                self._tidy()

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            # Closed with the last arrays in it.
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._folder or _folder())  # noqa: SIM115
            weakref.finalize(self, self._file.close)
        return self._file

    def _check_room(self, size: int) -> None:
        """OSError where the disk would be as good as full."""
        if shutil.disk_usage(self._folder or _folder() or tempfile.gettempdir()).free < size + _LEFT:
            raise OSError(errno.ENOSPC, "the disk is nearly full")

    def _place(self, size: int) -> int:
        """A place of so many bytes: the first gap that is large enough, else the end."""
        for start, room in sorted(self._gaps.items()):
            if room >= size:
                del self._gaps[start]
                if room > size:
                    self._gaps[start + size] = room - size
                return start
        self._end += size
        return self._end - size

    def _tidy(self) -> None:
        """Make one gap of those that touch, and cut off one that is the end."""
        while self._freed:
            start, size = self._freed.popleft()
            if size:  # another's place begins where nothing was
                self._gaps[start] = size
        joined: dict[int, int] = {}
        last = end = -1
        for start, size in sorted(self._gaps.items()):
            if start == end:
                joined[last] += size
            else:
                joined[last := start] = size
            end = start + size
        if joined and end == self._end:
            self._end -= joined.pop(last)
            if self._file is not None:
                self._file.truncate(self._end)
        self._gaps = joined


class SpilledArrays(ArrayMap):
    """Arrays that lie in a file: read when one is asked for, and then in memory until `let_go`."""

    def __init__(self, spill: Spill, start: int, arrays: Mapping[str, Array]) -> None:
        self._spill, self._start = spill, start
        self._kinds = {name: (array.shape, array.dtype) for name, array in arrays.items()}
        self._held: dict[str, Array] | None = None
        self._size = nbytes(arrays)
        weakref.finalize(self, spill.free, start, self._size).atexit = False

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self._size

    @property
    def in_memory(self) -> bool:
        """Whether they are in memory, too."""
        return self._held is not None

    def let_go(self) -> None:
        """Have them in the file alone; who holds one of them keeps it."""
        self._held = None

    @property
    def _arrays(self) -> dict[str, Array]:  # type: ignore[override]
        held = self._held  # another thread may let go meanwhile
        if held is None:
            held = {name: np.empty(shape, dtype) for name, (shape, dtype) in self._kinds.items()}
            self._spill.read(self._start, held)
            for array in held.values():
                array.flags.writeable = False
            self._held = held
        return held


def nbytes(arrays: Mapping[str, Array]) -> int:
    """Bytes of arrays, of which none is read for that."""
    if isinstance(arrays, SpilledArrays):
        return arrays.nbytes
    return sum(array.nbytes for array in arrays.values())


def spilled(arrays: Mapping[str, Array], spill: Spill) -> Mapping[str, Array]:
    """The same arrays in a file alone, where they can be written to it; else as they are."""
    away = arrays if isinstance(arrays, SpilledArrays) else spill.write(arrays)
    if away is None:
        return arrays
    away.let_go()
    return away


def _write(file: IO[bytes], array: Array) -> None:
    left = _bytes(np.ascontiguousarray(array))
    while left:
        left = left[file.write(left) or 0 :]


def _read(file: IO[bytes], array: Array) -> None:
    left = _bytes(array)
    while left:
        count = file.readinto(left)  # type: ignore[attr-defined]
        if not count:
            raise OSError("it is cut short")
        left = left[count:]


def _bytes(array: Array) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8).data)


def _folder() -> str | None:
    """Where temporary files are on a disk, if anywhere; None for where they usually are."""
    wished = any(os.environ.get(name) for name in _SETTINGS)
    return str(_ON_DISK) if not wished and os.access(_ON_DISK, os.W_OK) else None
