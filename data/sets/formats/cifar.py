"""CIFAR's binary version: rows of one or two labels and 3,072 bytes, red, green and blue.

Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and its page.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.errors import DataError
from data.sets.dataset import Labelled, Parts, as_labels

_SIDE = 32
_PIXELS = 3 * _SIDE * _SIDE
_MOST_BYTES = 1 << 30


def find_batches(folder: Path) -> dict[str, list[Path]]:
    """The batches of a folder by part, "train" and "test"; empty where there are none."""
    train = sorted(folder.glob("data_batch_*.bin")) or sorted(folder.glob("train.bin"))
    test = sorted(folder.glob("test_batch.bin")) or sorted(folder.glob("test.bin"))
    return {"train": train, **({"test": test} if test else {})} if train else {}


def read_batches(folder: Path, found: dict[str, list[Path]]) -> Parts:
    """The set that `find_batches` has found. DataError names the batch that is wrong."""
    fine = found["train"][0].name == "train.bin"  # CIFAR-100: a coarse label and then a fine one
    sizes = sum(path.stat().st_size for paths in found.values() for path in paths)
    if sizes > _MOST_BYTES:
        raise DataError(f"{folder}: its batches have {sizes:,} bytes, the limit is {_MOST_BYTES:,}")
    names = _names(folder / ("fine_label_names.txt" if fine else "batches.meta.txt"), 100 if fine else 10)
    parts = {part: _part(paths, 2 if fine else 1, len(names)) for part, paths in found.items()}
    title = "CIFAR-100" if fine else "CIFAR-10"
    return Parts(
        name=folder.resolve().name,
        title=title,
        kind="CIFAR's binary version",
        noun="image",
        train=parts["train"],
        test=parts.get("test"),
        classes=names,
    )


def _names(path: Path, count: int) -> tuple[str, ...]:
    """The names of the classes, a line each; their numbers where no such file lies there."""
    usual = tuple(map(str, range(count)))
    if not path.is_file() or path.stat().st_size > 1 << 16:
        return usual
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    names = tuple(line.strip() for line in lines if line.strip() and line.isprintable())
    return names if len(names) == count == len(set(names)) else usual


def _part(paths: list[Path], ahead: int, classes: int) -> Labelled:
    """Images uint8 (N, 32, 32, 3) and labels of batches. ahead: bytes of labels, of which the last counts."""
    rows = []
    for path in paths:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        if not content.size or content.size % (ahead + _PIXELS):
            raise DataError(f"{path}: {content.size:,} bytes are no whole number of images: get it again")
        rows.append(content.reshape(-1, ahead + _PIXELS))
    every = np.concatenate(rows)
    labels = every[:, ahead - 1]
    if labels.max() >= classes:
        raise DataError(f"{paths[0].parent}: a label is {labels.max()}, of {classes} classes: get it again")
    images = every[:, ahead:].reshape(-1, 3, _SIDE, _SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), as_labels(labels, classes)
