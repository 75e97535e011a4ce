"""Pictures that a person drew and named: kept in a folder of their own, as IDX files that `load` reads.

Of five, one is kept for testing, the first one first: a folder that trains a network tests it too. A single
digit stands in both parts until the second one comes. Pictures of other sizes or classes have a folder for
each kind, with the names of the classes beside them.
"""

from __future__ import annotations

import os
import re
import secrets
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.formats.idx import MOST_IMAGES, idx_bytes, read_idx_images, read_idx_labels
from data.sets.formats.idx_folder import CLASSES
from data.sets.mnist import file_of, names_of
from guarding import in_a_line

VARIABLE = "VIZ3D_SAMPLES"
_TESTS = 5  # every so many digits, one is for testing
Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True)
class Kept:
    """Where digits are kept, how many are for training and for testing, and whether this one is new.

    was: the label that it was kept with before, None where it was not, or with the same.
    """

    folder: Path
    train: int
    test: int
    new: bool
    was: int | None = None


def samples_folder() -> Path:
    """Where drawn digits are kept: the folder that VIZ3D_SAMPLES names, else one of the user's own data."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("viz3d")) / "samples"


def folder_of_kind(shape: tuple[int, ...], classes: Sequence[str]) -> Path:
    """Where pictures of a size (h, w) or (h, w, 3) and of these classes are kept."""
    told = re.sub(r"[^\w]+", "-", "-".join(classes)).strip("-")[:32]
    mark = zlib.crc32("\n".join(classes).encode())
    return samples_folder() / f"{'x'.join(map(str, shape))}-{told}-{mark:08x}"


def keep_sample(
    image: NDArray[np.uint8], label: int, folder: Path | None = None, classes: Sequence[str] = ()
) -> Kept:
    """Add a digit, uint8 (28, 28), to those that are kept, or leave all as it was.

    classes: where it is another picture, uint8 (h, w) or (h, w, 3), the names of what it may be, of which
    label is one. Its folder is then that of its kind.

    Each file is replaced whole; a pair of images and labels that a crash has left uneven is made even. A
    digit that is there already is not added again; with another label it has this one from then on, for
    nobody means one picture as two. DataError where the folder cannot be written, or holds what was not kept
    here.
    """
    _check(image, label, classes)
    if folder is None:
        folder = folder_of_kind(image.shape, classes) if classes else samples_folder()
    train, test = (_read(folder, split, image.shape) for split in ("train", "test"))
    before = {int(other) for each in (train, test) for other in _labels(each, image)}
    if before == {label}:
        return Kept(folder, len(train[1]), len(test[1]), new=False)
    if not before and len(train[1]) == len(test[1]) == 1 and test[1][0] in _labels(train, test[0][0]):
        train = train[0][:0], train[1][:0]  # the lonely first digit's copy
    count = len(train[1]) + len(test[1])
    if len(test[1]) != -(-count // _TESTS) or count >= MOST_IMAGES:
        raise DataError(
            f"{folder}: its {count:,} digits were not kept by viz3d, or no more fit: name another folder "
            f"with {VARIABLE}"
        )
    if before:
        train, test = (_renamed(each, image, label) for each in (train, test))
        _write(folder, {"test": test, "train": train}, classes)
        return Kept(folder, len(train[1]), len(test[1]), new=False, was=min(before - {label}))
    if count % _TESTS:
        train = _with(train, image, label)
    else:
        test = _with(test, image, label)
    _write(folder, {"test": test, "train": train if len(train[1]) else test}, classes)
    return Kept(folder, max(len(train[1]), 1), len(test[1]), new=True)


def _check(image: NDArray[np.uint8], label: int, classes: Sequence[str]) -> None:
    """DataError where a picture or its label cannot be kept."""
    if not isinstance(image, np.ndarray) or not isinstance(label, int | np.integer):
        raise DataError(f"a sample is an array and a number, got {in_a_line(image)} and {in_a_line(label)}")
    known = len(classes) or 10
    picture = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if image.dtype != np.uint8 or not 0 <= label < min(known, 256) or not (picture and image.size):
        told = f"got {image.dtype} {image.shape} and {label}"
        size = "(h, w) or (h, w, 3)" if classes else "(28, 28)"
        raise DataError(f"a sample is uint8 {size} and 0..{known - 1}, {told}")
    if not classes and image.shape != (28, 28):
        raise DataError(f"a digit that is kept is 28x28, got {image.shape}: give the names of the classes")


def _read(folder: Path, split: str, shape: tuple[int, ...]) -> Digits:
    """The pictures of a split, as many as have both image and label."""
    images_path, labels_path = (file_of(folder, name) for name in names_of(split))
    if images_path is None or labels_path is None:
        return np.empty((0, *shape), np.uint8), np.empty(0, np.uint8)
    images, labels = read_idx_images(images_path, None), read_idx_labels(labels_path, None)
    if images.shape[1:] != shape:
        here, told = ("x".join(map(str, each)) for each in (images.shape[1:], shape))
        raise DataError(f"{folder} keeps pictures of {here}, not {told}: name another folder with {VARIABLE}")
    count = min(len(images), len(labels))
    return images[:count], labels[:count]


def _labels(digits: Digits, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The labels with which a picture is there."""
    images, labels = digits
    found: NDArray[np.uint8] = labels[(images == image).all(axis=tuple(range(1, images.ndim)))]
    return found


def _renamed(digits: Digits, image: NDArray[np.uint8], label: int) -> Digits:
    """The digits, a picture among them with another label."""
    images, labels = digits
    same = (images == image).all(axis=tuple(range(1, images.ndim)))
    return images, np.where(same, np.uint8(label), labels)


def _with(digits: Digits, image: NDArray[np.uint8], label: int) -> Digits:
    images, labels = digits
    return np.concatenate([images, image[None]]), np.append(labels, np.uint8(label))


def _write(folder: Path, splits: dict[str, Digits], classes: Sequence[str]) -> None:
    """Write files that have changed: first all beside their places, then each to its place, or none."""
    wanted = {
        folder / name: idx_bytes(values)
        for split, digits in splits.items()
        for name, values in zip(names_of(split), digits, strict=True)
    }
    if classes:
        wanted[folder / CLASSES] = "".join(f"{name}\n" for name in classes).encode()
    done: dict[Path, bytes | None] = {}
    parts: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = {path: path.read_bytes() if path.is_file() else None for path in wanted}
        for path, content in wanted.items():
            if content != before[path]:
                parts[path] = _part(path, content)
        for path, part in parts.items():
            part.replace(path)
            done[path] = before[path]
    except OSError as error:
        for path, old in done.items():
            with suppress(OSError):
                path.unlink() if old is None else _part(path, old).replace(path)
        reason = (error.strerror or str(error)).lower()
        raise DataError(
            f"cannot keep the digit in {folder}: {reason}: name another folder with {VARIABLE}"
        ) from error
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _part(path: Path, content: bytes) -> Path:
    """A new file beside `path` that holds the content, safe on the disk."""
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}.part")
    with part.open("xb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            part.unlink(missing_ok=True)
            raise
    return part
