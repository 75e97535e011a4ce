"""Files by their names: whether one may take the place of what stands there, and what grows beside it."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

from engine.errors import EngineError, harmless
from guarding import in_a_line, no_path

_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def path_of(place: str | os.PathLike[str]) -> Path:
    """The path that a caller names, as text or as a Path; EngineError where what is given names no file."""
    if not isinstance(place, str | os.PathLike) or isinstance(name := os.fspath(place), bytes):
        raise EngineError(f"{in_a_line(place)} names no file: give its name as text, or a Path")
    if why := no_path(name):
        raise EngineError(f"{in_a_line(name)} names no file: {why}")
    return Path(name)


def unreadable(path: Path, error: OSError) -> str:
    """What to say of a file that cannot be read, and what mends it where it is not there."""
    told = f"cannot read {harmless(str(path))}: {error.strerror or error}"
    if not isinstance(error, FileNotFoundError):
        return told
    away = "" if path.is_absolute() else f", or its whole path: it is looked for in {Path.cwd()}"
    return f"{told}: give the name of a file that is there{away}"


def obstacle(path: Path, *, folder: bool = False) -> str | None:
    """Why no file (or folder) may take the place of what stands at `path`, in words; None where one may.

    That is where there is nothing yet, or a regular file (a folder) that may be written, behind links too. A
    file that is written whole takes its place by its name: a device, a pipe or a socket would be gone, and
    that a file is read-only would be passed over.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        # Whatever else is wrong is told by whoever writes.
        return "its links lead in a circle" if error.errno == errno.ELOOP else None
    except ValueError:
        return "no name holds a NUL"
    kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "no file")
    if kind == ("a folder" if folder else "a file"):
        # Its own bits: an administrator, whom nothing is denied, set them too.
        return None if mode & _WRITABLE or folder else "it is read-only"
    return f"it is a link to {kind}" if path.is_symlink() else f"it is {kind}"


_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_PART = re.compile(r"\.viz3d-(?:([0-9a-f]{6})-(\d{1,10})-)?[0-9a-f]{8}\.part")
_DAY = 86_400.0


def part_beside(target: Path) -> Path:
    """A new name for what becomes `target` when it is whole; beside it, so that the rename is atomic.

    The name tells the machine and the process that writes it. What processes that were killed have left there
    is removed.
    """
    sweep(target.parent)
    return target.parent / f".viz3d-{_machine()}-{os.getpid()}-{secrets.token_hex(4)}.part"


def is_part(name: str) -> bool:
    """Whether a name is one that `part_beside` gives."""
    return _PART.fullmatch(name) is not None


def sweep(folder: Path) -> None:
    """Remove what was left half written in a folder: by a process that is gone, or more than a day ago."""
    with suppress(OSError):
        for path in folder.iterdir():
            match = _PART.fullmatch(path.name)
            if match is not None and _left(path, match[1], match[2]):
                _remove(path)


def _left(path: Path, machine: str | None, process: str | None) -> bool:
    with suppress(OSError):
        if time.time() - path.lstat().st_mtime > _DAY:
            return True
    # Of another machine's processes, and of Windows' without harm to them, nothing can be known.
    if machine != _machine() or process is None or sys.platform == "win32":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _machine() -> str:
    return hashlib.blake2b(platform.node().encode(), digest_size=3).hexdigest()
