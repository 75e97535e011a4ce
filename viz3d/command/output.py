"""Output that appears whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from viz3d.command.errors import UserError


@contextmanager
def atomic_write(path: Path, *, folder: bool = False) -> Iterator[Path]:
    """Yield an empty temporary file (or folder) beside `path`; it becomes `path` when the block ends well.

    A link stays, and what it points to is written. Whatever stood there before stays until then, and for good
    when the block fails.
    Raises UserError where the place cannot be written.
    """
    target = check_place(path, folder=folder, option="place")
    # Imported here so that help and wrong options answer at once.
    from engine.files.places import part_beside  # noqa: PLC0415

    part = part_beside(target)
    try:
        if folder:
            part.mkdir()
        else:
            part.touch(exist_ok=False)
        yield part
        if folder and target.is_dir():
            target.rmdir()
        elif not folder:
            _flush(part)
        part.replace(target)
    except OSError as error:
        if not _of_output(error, target):
            raise
        raise UserError(cannot_write(path, error)) from error
    finally:
        remove(part)


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target` for as long as the block lasts; what a kill leaves is swept."""
    # Imported here so that help and wrong options answer at once.
    from engine.files.places import part_beside  # noqa: PLC0415

    scratch = part_beside(target)
    scratch.mkdir()
    try:
        yield scratch
    finally:
        remove(scratch)


def _of_output(error: OSError, target: Path) -> bool:
    """Whether an error is of what is written, and not of another file that the block opened or started."""
    from engine.files.places import is_part  # noqa: PLC0415

    if not isinstance(error.filename, str | os.PathLike):
        return True
    about = Path(error.filename)
    return about == target or any(is_part(each.name) for each in (about, *about.parents))


def check_place(path: Path, *, folder: bool = False, option: str = "--out") -> Path:
    """What is to become a file (or folder), links followed; UserError where it cannot.

    option: what gave it, as it is told: an option, or what a window asks for, such as "the name".
    """
    # Imported here so that help and wrong options answer at once.
    from engine.files.places import obstacle  # noqa: PLC0415

    another = f"another {option.removeprefix('the ')}"
    if path == Path() and not folder:
        raise UserError(f"{option} names no file: give the name of one")
    if reason := obstacle(path, folder=folder):
        fix = f"choose {another}"
        if folder and path.is_file():
            fix = "name a new folder for the frames, or a film.mp4"
        elif path.is_dir():
            fix = "give the name of a file in it"
        raise UserError(f"cannot write {path}: {reason}: {fix}")
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UserError(cannot_write(path, error)) from None
    target = path.resolve()
    if not target.parent.exists():
        raise UserError(
            f"cannot write {path}: there is no folder {path.parent}: make it, or choose {another}"
        )
    if not target.parent.is_dir():
        raise UserError(f"cannot write {path}: {path.parent} is a file, not a folder: choose {another}")
    if folder and target.is_dir() and any(target.iterdir()):
        raise UserError(f"cannot write {path}: the folder is not empty: name a new one for the frames")
    return target


def check_apart(**paths: Path | str | None) -> None:
    """UserError where two options name one file, such as `image` and `out`: no photo is written over."""
    taken: dict[str, Path] = {}
    for name, given in paths.items():
        if given is None:
            continue
        option, path = f"--{name.replace('_', '-')}", Path(given)
        for other, before in taken.items():
            if _one_file(path, before):
                raise UserError(f"{option} {path} is {other}'s file too: give each a name of its own")
        taken[option] = path


def _one_file(first: Path, second: Path) -> bool:
    """Whether two paths are one file: by their names, links followed, or two names of what is there."""
    if os.path.realpath(first) == os.path.realpath(second):
        return True
    try:
        return first.samefile(second)
    except (OSError, ValueError):
        return False


def cannot_write(path: Path, error: OSError) -> str:
    """One line that says why `path` could not be written and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path)
    reason = (error.strerror or str(error)).lower()
    return f"cannot write {path}: {reason}: choose another place"


def disk_full(path: Path) -> str:
    """The line for a disk without room for `path`."""
    return f"cannot write {path}: the disk is full: free some space or choose another place"


def remove(path: Path) -> None:
    """Remove a temporary file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    # Opened for writing: Windows flushes nothing else.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def check_out(path: Path, suffix: str, what: str, option: str = "--out") -> None:
    """UserError where `path` cannot be written; better to learn now than after an hour."""
    # Imported here so that help and wrong options answer at once.
    from engine.files.places import part_beside  # noqa: PLC0415

    target = check_place(path, option=option)
    if path.suffix.lower() != suffix:
        raise UserError(f"{option} {path}: {what} is saved as a {suffix} file: end its name in {suffix}")
    try:
        probe = part_beside(target)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UserError(cannot_write(path, error)) from error
