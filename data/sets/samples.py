"""Digits that a person drew and named: kept in a folder of their own, as IDX files that `load` reads.

Of five, one is kept for testing, the first one first: a folder that trains a network tests it too. A single
digit stands in both parts until the second one comes.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.formats.idx import MOST_IMAGES, idx_bytes, read_idx_images, read_idx_labels
from data.sets.mnist import file_of, names_of

VARIABLE = "VIZ3D_SAMPLES"
_TESTS = 5  # every so many digits, one is for testing
Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True)
class Kept:
    """Where digits are kept, how many are for training and for testing, and whether this one is new."""

    folder: Path
    train: int
    test: int
    new: bool


def samples_folder() -> Path:
    """Where drawn digits are kept: the folder that VIZ3D_SAMPLES names, else one of the user's own data."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("viz3d")) / "samples"


def keep_sample(image: NDArray[np.uint8], label: int, folder: Path | None = None) -> Kept:
    """Add a digit, uint8 (28, 28), to those that are kept, or leave all as it was.

    Each file is replaced whole; a pair of images and labels that a crash has left uneven is made even. A
    digit that is there already, with that label, is not added again. DataError where the folder cannot be
    written, or holds what was not kept here.
    """
    folder = samples_folder() if folder is None else folder
    if image.shape != (28, 28) or image.dtype != np.uint8 or not 0 <= label <= 9:
        raise DataError(f"a sample is uint8 (28, 28) and 0..9, got {image.dtype} {image.shape} and {label}")
    train, test = _read(folder, "train"), _read(folder, "test")
    if _holds(train, image, label) or _holds(test, image, label):
        return Kept(folder, len(train[1]), len(test[1]), new=False)
    if len(train[1]) == len(test[1]) == 1 and _holds(train, test[0][0], int(test[1][0])):
        train = train[0][:0], train[1][:0]  # the lonely first digit's copy
    count = len(train[1]) + len(test[1])
    if len(test[1]) != -(-count // _TESTS) or count >= MOST_IMAGES:
        raise DataError(
            f"{folder}: its {count:,} digits were not kept by viz3d, or no more fit: name another folder "
            f"with {VARIABLE}"
        )
    if count % _TESTS:
        train = _with(train, image, label)
    else:
        test = _with(test, image, label)
    _write(folder, {"test": test, "train": train if len(train[1]) else test})
    return Kept(folder, max(len(train[1]), 1), len(test[1]), new=True)


def _read(folder: Path, split: str) -> Digits:
    """The digits of a split, as many as have both image and label."""
    images_path, labels_path = (file_of(folder, name) for name in names_of(split))
    if images_path is None or labels_path is None:
        return np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8)
    images, labels = read_idx_images(images_path), read_idx_labels(labels_path)
    count = min(len(images), len(labels))
    return images[:count], labels[:count]


def _holds(digits: Digits, image: NDArray[np.uint8], label: int) -> bool:
    images, labels = digits
    return bool(((images == image).all(axis=(1, 2)) & (labels == label)).any())


def _with(digits: Digits, image: NDArray[np.uint8], label: int) -> Digits:
    images, labels = digits
    return np.concatenate([images, image[None]]), np.append(labels, np.uint8(label))


def _write(folder: Path, splits: dict[str, Digits]) -> None:
    """Write files that have changed: first all beside their places, then each to its place, or none."""
    wanted = {
        folder / name: idx_bytes(values)
        for split, digits in splits.items()
        for name, values in zip(names_of(split), digits, strict=True)
    }
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
