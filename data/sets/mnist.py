"""Where MNIST's four files are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pooch

from data.errors import DataError
from data.paths import FilePath, path_of
from guarding import in_a_line

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
VARIABLE = "VIZ3D_DATA"
INSIDE = (".", "MNIST/raw")  # where PyTorch's downloader puts them


def find_mnist(folder: FilePath | None = None, split: str | None = None) -> Path | None:
    """The folder that holds MNIST's files (of one split, or all four), or None; never downloads.

    Looks in folder if given, else in the folder that VIZ3D_DATA names if set, else in the user's cache. A
    folder that was asked for (given, or by VIZ3D_DATA) but lacks the files is a DataError: falling through
    would hide a slip of the pen.
    """
    names = names_of(split) if split else FILES["train"] + FILES["test"]
    if folder is not None:
        return _asked_for(path_of(folder), "the data folder", names)
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return _asked_for(Path(named).expanduser(), f"the folder that {VARIABLE} names", names)
    return _holding(cache_folder(), names)


def cache_folder(name: str = "mnist") -> Path:
    """The user's cache for a data set; it may not exist yet."""
    return Path(pooch.os_cache("viz3d")) / name


def names_of(split: str) -> tuple[str, str]:
    """File names (images, labels) of a split, without .gz; DataError lists the known splits."""
    if split not in FILES:
        raise DataError(f"unknown split {in_a_line(split)} of mnist: known are {', '.join(FILES)}")
    return FILES[split]


def file_of(folder: Path, name: str) -> Path | None:
    """The file in folder, gz or plain, spelt `images-idx3` or `images.idx3`; None if absent."""
    spellings = (name, name.replace("-idx", ".idx"))
    candidates = (folder / f"{spelling}{ending}" for spelling in spellings for ending in (".gz", ""))
    return next((path for path in candidates if path.is_file()), None)


def _asked_for(folder: Path, what: str, names: tuple[str, ...]) -> Path:
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise DataError(f"{folder}, {what}, {problem}; it should hold {names[0]}.gz and the like")
    place = _holding(folder, names)
    if place is None:
        absent = next(name for name in names if file_of(folder, name) is None)
        raise DataError(
            f"{folder}, {what}, has no {absent}(.gz); put MNIST's files there or leave the folder out"
        )
    return place


def _holding(folder: Path, names: tuple[str, ...]) -> Path | None:
    places = (folder / inside for inside in INSIDE)
    return next((place for place in places if all(file_of(place, name) for name in names)), None)
