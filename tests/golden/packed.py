"""Archives of PyTorch and Keras as small as they can be, one by one or many in one file."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

SHAPE = (2, 7, 6)
"""Channels, height and width of images for which it matters how maps are padded and turned."""


def packed(path: Path) -> None:
    """Write an archive anew with its entries packed, without what only a debugger reads."""
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist() if not name.endswith(".debug_pkl")}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)


def unpacked(content: bytes) -> bytes:
    """An archive whose entries are not packed: all of them are packed together."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as file:
        for name in old.namelist():
            file.writestr(name, old.read(name))
    return new.getvalue()


def bundled(path: Path, files: Mapping[str, bytes]) -> None:
    """Write many files, by name, as one."""
    with tarfile.open(path, "w:xz", preset=9) as file:
        # Alike beside alike packs best.
        for name, content in sorted(files.items(), key=lambda each: Path(each[0]).suffix):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            file.addfile(entry, io.BytesIO(content))
