"""The folders in which windows keep their sessions: one for each window, locked while it is open."""

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths

from viz3d.command.errors import UserError
from viz3d.session.files.stored import LIST, Peek, peek
from viz3d.session.images import Notify, hush

_MOST = 8  # folders that nobody asked for again


@dataclass(frozen=True, eq=False)
class LockedFolder:
    """A folder that this process has locked.

    told: what it holds, in words; "" where it is new. remark: what who goes on with it is to know, or "".
    """

    folder: Path
    lock: QLockFile
    told: str = ""
    remark: str = ""

    def let_go(self) -> None:
        """Leave the folder to the next start."""
        self.lock.unlock()

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.unlock()


def state_folder() -> Path:
    """Where this person's windows keep their sessions."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericStateLocation)
    return Path(place) / "viz3d" / "live"


def new_place(root: Path) -> LockedFolder | None:
    """A folder for a window that opens, locked; None where there is no place to write."""
    folder = root / f"{os.getpid()}-{secrets.token_hex(4)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    lock = _lock(folder)
    return LockedFolder(folder, lock) if lock.tryLock(0) else None


def left_behind(root: Path, notify: Notify = hush) -> LockedFolder | None:
    """The newest session that a window left behind, locked; those without an act and old ones go.

    One that cannot be read stays, a later viz3d may have kept it: `notify` hears why, in a line.
    """
    found: LockedFolder | None = None
    for file in root.glob("*.lock"):
        if not file.with_suffix("").exists() and (alone := _lock(file.with_suffix(""))).tryLock(0):
            alone.unlock()  # of a window that was killed ahead of its first act: this removes it
    lists = sorted(root.glob(f"*/{LIST}"), key=_time, reverse=True) if root.is_dir() else []
    for place, file in enumerate(lists):
        lock = _lock(file.parent)
        if not lock.tryLock(0):
            continue  # of a window that is open
        kept, held = LockedFolder(file.parent, lock), _seen(file.parent, notify)
        if place >= _MOST or (held is not None and held.done + held.undone < 1):
            kept.remove()
        elif held is None:
            kept.let_go()
        elif found is None:
            changes = "1 change" if held.done == 1 else f"{held.done} changes"
            told = f"{held.net.partition(' ')[2]}, {changes}, {_when(file)}"
            found = LockedFolder(file.parent, lock, told, _remark(held))
        else:
            kept.let_go()
    return found


def _seen(folder: Path, notify: Notify) -> Peek | None:
    try:
        return peek(folder)
    except UserError as error:
        notify(f"a session was left behind that cannot be restored: {error}")
        return None


def _lock(folder: Path) -> QLockFile:
    lock = QLockFile(f"{folder}.lock")
    # Only that of a process which has gone is stale, however long a window stays open.
    lock.setStaleLockTime(0)
    return lock


def _remark(held: Peek) -> str:
    return "" if held.back is None else f"Step {held.back:,} of its run was shown: Undo goes back there"


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0  # another window has removed it just now


def _when(file: Path) -> str:
    then = datetime.fromtimestamp(_time(file))
    today = then.date() == datetime.now().date()
    return f"{then:%H:%M}" if today else f"{then:%d %B, %H:%M}"
