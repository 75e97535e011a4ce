"""MNIST's relatives by name: found in a folder or the cache, or fetched from where they are published."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from data.errors import DataError
from data.sets import download
from data.sets.dataset import Dataset, Parts
from data.sets.formats.idx_folder import pairs, read_idx_folder
from data.sets.known import PAIRS, RELATIVES, Relative
from data.sets.mnist import cache_folder
from data.sets.own import of_parts

_ARCHIVE_WITHIN = 7200.0  # seconds for a file of half a gigabyte


def relative(
    name: str,
    split: str,
    folder: Path | None = None,
    may_download: bool = True,
    notify: Callable[[str], None] | None = None,
    progress: download.Progress | None = None,
) -> Dataset:
    """One split of a relative of MNIST; see `data.load`. DataError where it is nowhere, or damaged."""
    known = RELATIVES[name]
    if folder is not None:
        return of_parts(_read(name, folder), split)
    place = cache_folder(name)
    if not _holds(place, name):
        if not may_download:
            raise DataError(f"{known.title} was not found in {place}; give the folder of its files")
        try:
            _fetch(name, known, place, notify, progress)
        except download.DownloadError as error:
            told = f"{known.title} could not be downloaded: {error}"
            raise DataError(f"{told}; give its folder with --data DIR") from None
    return of_parts(_read(name, place), split)


def _stem(name: str) -> str:
    return name if RELATIVES[name].archive else ""


def _holds(folder: Path, name: str) -> bool:
    return folder.is_dir() and len(pairs(folder).get(_stem(name), {})) == 2


def _read(name: str, folder: Path) -> Parts:
    if not folder.is_dir() or not pairs(folder).get(_stem(name)):
        raise DataError(f"{folder} has no files of {RELATIVES[name].title}: give the folder that holds them")
    return read_idx_folder(folder, _stem(name))


def _fetch(
    name: str,
    known: Relative,
    folder: Path,
    notify: Callable[[str], None] | None,
    progress: download.Progress | None,
) -> None:
    """Put the four files of a set into a folder. DownloadError where no mirror gives them."""
    source = download.Source(mirrors=known.mirrors, files=known.files)
    if not known.archive:
        names = [file for pair in PAIRS.values() for file in pair]
        download.fetch_files(names, folder, known.title, source, notify, progress)
        return
    source = download.Source(mirrors=known.mirrors, files=known.files, file_within=_ARCHIVE_WITHIN)
    title = f"all of EMNIST, for {known.title}"
    download.fetch_files([known.archive], folder, title, source, notify, progress)
    _unpack(folder / known.archive, name)


def _unpack(archive: Path, name: str) -> None:
    """Take a set's files out of the zip of all sets, each whole or not at all, and take the zip away.

    Its checksum was right, so nothing in it is larger than it says.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            for member in packed.namelist():
                file = Path(member).name
                if file.startswith(f"{name}-") and "ubyte" in file:
                    part = archive.with_name(f".{file}.part")
                    with packed.open(member) as source, part.open("wb") as target:
                        shutil.copyfileobj(source, target)
                    part.replace(archive.with_name(file))
    except (zipfile.BadZipFile, OSError) as error:
        raise download.DownloadError(f"{archive} cannot be unpacked ({error})") from None
    if not _holds(archive.parent, name):
        raise download.DownloadError(f"{archive} holds no files of {name}")
    archive.unlink()
