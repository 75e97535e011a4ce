"""What stands where a file is to be written, and whether a file may take its place."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def obstacle(path: Path, *, folder: bool = False) -> str | None:
    """Why no file (or folder) may take the place of what stands at `path`, in words; None where one may.

    That is where there is nothing yet, or a regular file (a folder), behind links too. A file that is written
    whole takes its place by its name: a device, a pipe or a socket would be gone.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        # Whatever else is wrong is told by whoever writes.
        return "its links lead in a circle" if error.errno == errno.ELOOP else None
    kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "no file")
    if kind == ("a folder" if folder else "a file"):
        return None
    return f"it is a link to {kind}" if path.is_symlink() else f"it is {kind}"
