"""A folder of IDX files of any classes and any size: MNIST's file names, EMNIST's, or others of that kind."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.errors import DataError
from data.sets.dataset import Inputs, Labelled, Origins, Parts, as_labels, numbered, one_of
from data.sets.formats.idx import idx_size, read_idx_images, read_idx_labels
from data.sets.known import EMNIST_CLASSES, RELATIVES, relative_of
from data.sets.mnist import INSIDE

_NAME = re.compile(
    r"(?P<stem>.*?)(?P<part>train|t10k|test)(?P<join>[-_.]?)images[-_.]?idx\d([-_.][a-z]+)?(\.gz)?", re.I
)
CLASSES = "classes.txt"
_TURNED = "EMNIST's images lie on their side in its files: rows and columns were exchanged"


@dataclass(frozen=True)
class Pair:
    """The files of one part of a set: images and labels."""

    images: Path
    labels: Path


def pairs(folder: Path) -> dict[str, dict[str, Pair]]:
    """The sets in a folder by the beginning of their files' names, each with its parts "train" and "test"."""
    found: dict[str, dict[str, Pair]] = {}
    files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    for name, path in files.items():
        match = _NAME.fullmatch(name)
        labels = match and _labels_of(files, match)
        if match and labels:
            part = "train" if match["part"].lower() == "train" else "test"
            found.setdefault(match["stem"].rstrip("-_. "), {})[part] = Pair(path, labels)
    return found


def lone_in(folder: Path) -> str:
    """What to say of a folder's file of images that has no labels beside it; "" where there is none."""
    for name in sorted(path.name for path in folder.iterdir() if path.is_file()):
        if match := _NAME.fullmatch(name):
            labels = f"{match['stem']}{match['part']}{match['join']}labels-idx1-ubyte"
            return f"{name} has no file of labels beside it: add {labels}, packed or not"
    return ""


def _labels_of(files: dict[str, Path], match: re.Match[str]) -> Path | None:
    start = f"{match['stem']}{match['part']}{match['join']}labels"
    return next((path for name, path in files.items() if name.startswith(start)), None)


def read_idx_folder(folder: Path, stem: str) -> Parts:
    """The set in a folder whose files' names begin with stem. DataError names the file that is wrong."""
    parts = pairs(folder)[stem]
    images = {part: read_idx_images(pair.images, None) for part, pair in parts.items()}
    labels = {part: read_idx_labels(pair.labels, None) for part, pair in parts.items()}
    for part, pair in parts.items():
        if len(images[part]) != len(labels[part]):
            raise DataError(
                f"{folder}: {len(images[part]):,} images but {len(labels[part]):,} labels; "
                f"{pair.images.name} and {pair.labels.name} do not belong together, fetch both again"
            )
    shapes = {array.shape[1:] for array in images.values()}
    if len(shapes) > 1:
        told = " and ".join("x".join(map(str, shape)) for shape in sorted(shapes))
        raise DataError(f"{folder}: training and test images are of sizes {told}: give files of one set")
    return _named(folder, stem, parts, images, labels)


def _named(
    folder: Path, stem: str, parts: dict[str, Pair], images: dict[str, Inputs], labels: dict[str, Inputs]
) -> Parts:
    """The set with its name and its classes."""
    said: tuple[str, ...] = ()
    known = stem.lower() if stem.lower() in EMNIST_CLASSES else recognised(folder, stem, parts)
    if known in EMNIST_CLASSES:
        images = {part: np.ascontiguousarray(array.swapaxes(1, 2)) for part, array in images.items()}
        said = (_TURNED,)
    own = names_in(folder / CLASSES)
    relative = RELATIVES.get(known)
    name = known or stem or folder.resolve().name
    classes = own or EMNIST_CLASSES.get(known) or (relative.classes if relative else ())
    if known == "emnist-letters" and not own:
        labels = {part: values - 1 for part, values in labels.items()}  # 0 becomes 255, and is told of
    if not classes:
        dense, classes = numbered(list(labels.values()))
        labels = dict(zip(labels, dense, strict=True))
    for part, values in labels.items():
        if len(values) and int(values.max()) >= len(classes):
            raise DataError(
                f"{parts[part].labels}: label {values.max()} is none of the {len(classes)} classes: "
                f"give their names in {CLASSES}, a line each"
            )
    split: dict[str, Labelled] = {
        part: (images[part], as_labels(labels[part], len(classes))) for part in images
    }
    only = split.get("train") or split["test"]
    return Parts(
        name=name,
        title=relative.title if relative else name.replace("emnist-", "EMNIST "),
        kind="IDX files",
        noun=relative.noun if relative else one_of(classes, only[0]),
        train=only,
        test=split.get("test") if "train" in split else None,
        classes=classes,
        said=said,
        origins=(Origins(np.arange(len(only[1]))), Origins(np.arange(len(split.get("test", only)[1])))),
    )


def recognised(folder: Path, stem: str, parts: dict[str, Pair]) -> str:
    """The name of a published set that these files are, as far as it can be told; see `relative_of`."""
    if stem:
        return ""
    name = ""
    for pair in parts.values():
        if pair.labels.stat().st_size < 1 << 20:
            digest = hashlib.md5(pair.labels.read_bytes(), usedforsecurity=False).hexdigest()
            name = name or relative_of(" ".join(folder.resolve().parts[-3:]), digest)
    return name


def holds_mnist(folder: Path) -> bool:
    """Whether a folder has MNIST's file names, and nothing tells that they hold another set.

    Another set has other sizes, more classes, a file with their names, or is known by checksum or folder.
    """
    for inside in INSIDE:
        place = folder / inside
        parts = pairs(place).get("") if place.is_dir() else None
        if parts is None:
            continue
        if "test" not in parts:  # of which a part is held out
            return False
        if (place / CLASSES).is_file() or recognised(place, "", parts):
            return False
        try:
            return all(_of_digits(pair) for pair in parts.values())
        except DataError:
            return True  # whose reader tells what is wrong
    return False


def _of_digits(pair: Pair) -> bool:
    labels = read_idx_labels(pair.labels, None)
    return idx_size(pair.images) == (28, 28) and (not len(labels) or int(labels.max()) <= 9)


def names_in(path: Path) -> tuple[str, ...]:
    """The names of classes in a file, a line each; none where there is no such file."""
    if not path.is_file():
        return ()
    if path.stat().st_size > 1 << 20:
        raise DataError(f"{path}: more than 1 MB: give the names of the classes, a line each")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text: give the names of the classes, a line each") from None
    names = tuple(line.strip() for line in lines if line.strip())
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise DataError(f"{path}: {twice} stands there twice: give each class a name of its own")
    return names
