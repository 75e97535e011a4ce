"""Zip archives of other programs, held to sizes before a byte is unpacked."""

from __future__ import annotations

import zipfile

from engine.errors import EngineError

MOST_BYTES = 1 << 28
"""No file of a digit reader comes near: the largest preset has 540,000 numbers."""
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_archive(archive: zipfile.ZipFile) -> None:
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


def entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one entry; EngineError where there is none of that name."""
    try:
        return archive.read(name)
    except KeyError:
        raise EngineError(f"it has no entry {name!r:.60}: save it again") from None
