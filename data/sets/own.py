"""What a file or a folder of one's own holds: it is looked at, read, and parted into training and test."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from data.errors import DataError
from data.sets.dataset import DIGITS, Dataset, Parts
from data.sets.digit_names import digits_named
from data.sets.formats.array_names import are_parted
from data.sets.formats.arrays import read_arrays
from data.sets.formats.cifar import find_batches, read_batches
from data.sets.formats.columns import columns_of, table_in
from data.sets.formats.idx_folder import lone_in, pairs, read_idx_folder
from data.sets.formats.listed import find_listed
from data.sets.formats.pictures import find_pictures, read_pictures
from data.sets.formats.table import read_table
from data.sets.formats.unread import unread_in, way_round
from data.sets.holdout import held_out, in_turns
from data.sets.known import RELATIVES, relative_of
from data.sets.mnist import INSIDE
from data.sets.names import shown, with_names
from guarding import in_a_line

TABLES = (".csv", ".tsv")
_MOST_DEPTH = 3
_DARK = 16
"""No picture in 256 greys is as dark as this at its brightest."""
_LOOKED_AT = 100  # names in a folder
_PACKED = tuple(f"{ending}.gz" for ending in TABLES)
UNORDERED = ("a folder of pictures", "a small set")
"""Kinds of sets whose order nobody has in mind."""
TURNS = (
    "its examples stand class by class: they are taken in turns, one of each class, and --sample counts so"
)
KINDS = (
    "IDX files, pictures in a folder for each class or named label_name.png, a table (.csv), or a .npz with "
    "x and y"
)


def of_parts(parts: Parts, split: str) -> Dataset:
    """One split of a set, "train" or "test". DataError lists them where it is another."""
    if split not in ("train", "test"):
        raise DataError(f"unknown split {in_a_line(split)} of {parts.name}: known are train, test")
    whole = held_out(parts)
    images, labels = whole.train if split == "train" or whole.test is None else whole.test
    origins, said = whole.origins[split == "test"], whole.said
    order = in_turns(labels)
    if order is not None:
        images, labels = images[order], labels[order]
        origins = None if origins is None else origins.taken(order)
        if whole.kind not in UNORDERED:
            said = (*said, TURNS)
    return Dataset(
        whole.name,
        split,
        images,
        labels,
        classes=whole.classes,
        called=whole.title,
        noun=whole.noun,
        columns=whole.columns,
        said=said,
        origins=origins,
    )


def own(path: Path) -> Parts:
    """The data set in a file or folder, or of those files in a folder whose names begin so.

    What was read last is kept until it changes: both splits are of one reading. DataError in one line names
    what is wrong, or says what can be read.
    """
    return _kept(path, _stamp(path))


@lru_cache(maxsize=1)
def _kept(path: Path, stamp: tuple[int, ...]) -> Parts:  # noqa: ARG001
    return _read(path)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes with the files that are read."""
    try:
        there = path if path.exists() else path.parent
        inside = sorted(there.iterdir()) if there.is_dir() else [there]
        return tuple(each.stat().st_mtime_ns for each in [there, *inside[:10_000]])
    except OSError:
        return ()


def _read(path: Path) -> Parts:
    try:
        found = _found(path)
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}: check the place") from None
    if len(found.classes) < 2:
        only = shown(found.classes[0])
        way = ", or name the column with the classes label" if found.kind == "a table" else ""
        raise DataError(f"{path}: all examples are of one class, {only:.40}: give two or more{way}")
    return digits_named(_relative(path, _brightened(with_names(path, found))))


def _relative(path: Path, parts: Parts) -> Parts:
    """The same with the classes of Fashion-MNIST or Kuzushiji-MNIST, where files are named so.

    As tables and arrays they number their classes as MNIST does: else garments would be called digits.
    """
    if parts.classes != DIGITS or parts.noun != "digit":
        return parts
    inside = [each.name for each in islice(path.iterdir(), _LOOKED_AT)] if path.is_dir() else []
    known = RELATIVES.get(relative_of(" ".join([*path.resolve().parts[-2:], *inside]), ""))
    if known is None:
        return parts
    said = f"by its name it is {known.title}, whose classes are {', '.join(known.classes[:3])} and so on"
    named = replace(parts, classes=known.classes, noun=known.noun, title=known.title)
    return replace(named, said=(said, *parts.said))


def _brightened(parts: Parts) -> Parts:
    """The same with images of few steps, such as masks of 0 and 1 or greys to 16, brought to 0..255."""
    halves = [half for half in (parts.train, parts.test) if half is not None]
    if halves[0][0].ndim < 3:
        return parts
    most = max(int(images.max(initial=0)) for images, _ in halves)
    if not 0 < most <= _DARK:
        return parts
    steps = (np.arange(most + 1) * 255 / most).round().astype(np.uint8)
    said = f"its pixels run from 0 to {most}: they were brought to 0..255"
    train, *test = ((steps[images], labels) for images, labels in halves)
    return replace(parts, train=train, test=test[0] if test else None, said=(*parts.said, said))


def _found(path: Path, depth: int = 0) -> Parts:
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        if path.parent.is_dir() and path.name in pairs(path.parent):
            return read_idx_folder(path.parent, path.name)
        raise DataError(f"{path}: there is no such file or folder; give {KINDS}")
    for inside in INSIDE:
        place = path / inside
        if place.is_dir() and (sets := pairs(place)):
            return _idx(place, list(sets))
    return _batches_or_listed(path) or _pictures_or_files(path, depth)


def _batches_or_listed(path: Path) -> Parts | None:
    """CIFAR's batches, or pictures that a table names; None where a folder holds neither."""
    if batches := find_batches(path):
        return read_batches(path, batches)
    listed = find_listed(path)
    if listed is None:
        return None
    table, files = listed
    parts = read_pictures(path, files)
    return replace(parts, said=(*parts.said, f"the labels of its pictures are those of {table.name}"))


def _pictures_or_files(path: Path, depth: int) -> Parts:
    pictures = find_pictures(path)
    there = [each for each in path.iterdir() if not each.name.startswith((".", "__"))]
    if len(there) == 1 and there[0].is_dir() and depth < _MOST_DEPTH:
        # As archives are mostly packed; but one folder of pictures without labels is a class.
        inner = find_pictures(there[0])
        if inner or not pictures:
            return _found(there[0], depth + 1)
    if pictures:
        return read_pictures(path, pictures)
    return _files(path)


def _idx(folder: Path, stems: list[str]) -> Parts:
    if len(stems) > 1:
        named = ", ".join(str(folder / stem) for stem in stems[:6] if stem)
        raise DataError(f"{folder} holds {len(stems)} sets: name one: {named}")
    return read_idx_folder(folder, stems[0])


def _file(path: Path) -> Parts:
    if _is_text_table(path) or path.name.lower().endswith((*TABLES, *_PACKED, ".data")):
        return read_table(path)
    if path.suffix.lower() == ".npz":
        return read_arrays(path)
    if path.suffix.lower() == ".zip" and _is_packed_table(path):
        return read_table(path)
    if way := way_round(path.name):
        raise DataError(f"{path} is {way}")
    raise DataError(f"{path}: its ending names no data set; give {KINDS}")


def _is_packed_table(path: Path) -> bool:
    """Whether an archive holds one table and nothing else."""
    with suppress(zipfile.BadZipFile, NotImplementedError, ValueError), zipfile.ZipFile(path) as archive:
        return table_in(archive) is not None
    return False


def _is_text_table(path: Path) -> bool:
    """Whether a text without a table's ending is one."""
    with suppress(DataError):
        return path.suffix.lower() == ".txt" and len(columns_of(path)) > 1
    return False


def _files(folder: Path) -> Parts:
    """The one file of a folder, or its tables for training and testing."""
    known = (*TABLES, *_PACKED, ".npz")
    files = [path for path in sorted(folder.iterdir()) if path.name.lower().endswith(known)]
    if len(files) == 1:
        return _file(files[0])
    tables = [path for path in files if path.suffix.lower() != ".npz"]
    train = [path for path in tables if "train" in path.stem.lower()]
    test = [path for path in tables if "test" in path.stem.lower()]
    if len(train) == 1 and len(test) == 1:
        if len(columns_of(test[0])) < len(columns_of(train[0])):  # Kaggle's, whose labels are not given away
            parts = read_table(train[0])
            return replace(parts, said=(*parts.said, f"{test[0].name} has no labels: it is left alone"))
        return read_table(train[0], test[0])
    arrays = [path.stem for path in files if path.suffix.lower() == ".npz"]
    if len(arrays) == len(files) and are_parted(arrays):
        return read_arrays(folder)
    if files:
        raise DataError(f"{folder} holds {len(files)} tables and arrays: name one, such as {files[0]}")
    if len(list(folder.glob("*.npy"))) > 1:
        return read_arrays(folder)
    if lone := lone_in(folder):
        raise DataError(f"{folder}: {lone}")
    inside = [each for place in (folder, *folder.glob("data")) if place.is_dir() for each in place.iterdir()]
    if way := unread_in(inside):
        raise DataError(f"{folder}: {way}")
    raise DataError(f"{folder} holds no data set; give {KINDS}")
