"""What the format of another system declares of itself, and a file as its formats look at it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.pickles import shown
from engine.foreign.told import Told
from engine.net import Net

MOST_BYTES = 1 << 28
"""No file of a digit reader comes near: the largest preset has 540,000 numbers."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class ForeignFile:
    """The content of a file of another system, and where it is a zip archive, that."""

    content: bytes
    archive: zipfile.ZipFile | None = None
    folder: Path | None = None
    told: Told = field(default_factory=Told)

    @classmethod
    def of(cls, content: bytes, folder: Path | None = None, told: Told = Told()) -> ForeignFile:  # noqa: B008
        """The file of this content; EngineError where its archive is too large or oddly packed.

        folder: where it lies, for formats of several files. told: what it leaves open.
        """
        if not content.startswith(b"PK"):
            return cls(content, None, folder, told)
        archive = zipfile.ZipFile(io.BytesIO(content))
        _check_archive(archive)
        return cls(content, archive, folder, told)

    def beside(self, name: str) -> bytes:
        """The content of a file that this one names; EngineError where it does not lie in the same folder."""
        if self.folder is None:
            raise EngineError(f"it keeps its numbers in {shown(name)}, and lies in no folder")
        if not name:
            raise EngineError("it keeps its numbers in a file that it does not name: save it again")
        path = self.folder / name
        if not name.isprintable() or not path.resolve().is_relative_to(self.folder.resolve()):
            raise EngineError(f"it names {shown(name)}, which is outside its folder: nothing else is read")
        if not path.is_file():
            raise EngineError(f"it keeps its numbers in {shown(name)}: put that file beside it")
        if path.stat().st_size > MOST_BYTES:
            raise EngineError(f"{shown(name)} has {path.stat().st_size:,} bytes, the limit is {MOST_BYTES:,}")
        return path.read_bytes()

    @property
    def entries(self) -> list[str]:
        """The names of the archive's entries; none where it is no archive."""
        return [] if self.archive is None else self.archive.namelist()

    def entry(self, name: str, most: int = MOST_BYTES) -> bytes:
        """The content of one entry of the archive; EngineError where there is none, or more than so much."""
        try:
            if self.archive is not None:
                if (size := self.archive.getinfo(name).file_size) > most:
                    raise EngineError(f"its {name!r:.60} has {size:,} bytes, the limit is {most:,}")
                return self.archive.read(name)
        except KeyError:
            pass
        raise EngineError(f"it has no entry {name!r:.60}: save it again")


@dataclass(frozen=True)
class Format:
    """A file format of another system.

    name: what such a file is, in words. system: whose it is. endings: of its files' names. recognises:
    whether a file is of this format, by its content alone. read: EngineError says what in the file is wrong.
    bare: whether such files hold weights alone, so that what they leave open can be told.
    write: the content of a file with a net, EngineError where it cannot hold that; None: such files are only
    read.
    """

    name: str
    system: str
    endings: tuple[str, ...]
    recognises: Callable[[ForeignFile], bool]
    read: Callable[[ForeignFile], Imported]
    bare: bool = False
    write: Callable[[Net], bytes] | None = None


@dataclass(frozen=True)
class Unread:
    """Files that are recognised and not read: why not, and what to do instead."""

    recognises: Callable[[ForeignFile], bool]
    reason: str


def _check_archive(archive: zipfile.ZipFile) -> None:
    """EngineError where the archive would unpack to too much, or is packed in an odd way."""
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise EngineError(f"it would unpack to {total:,} bytes, the limit is {MOST_BYTES:,}")
    if len({entry.filename for entry in entries}) < len(entries):
        raise EngineError("two of its entries have the same name: save it again")
    for entry in entries:
        if entry.compress_type not in _PLAIN or entry.flag_bits & 1:
            raise EngineError(
                f"its entry {entry.filename!r:.60} is packed in a way that is not read: save it again"
            )
