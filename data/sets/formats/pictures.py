"""A folder of pictures: one sub-folder for each class, or files named label_name.png."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.errors import DataError
from data.paths import FilePath, path_of
from data.sets.dataset import Labelled, Origins, Parts, as_labels, one_of
from data.sets.formats.picture_names import labelled
from data.sets.formats.picture_pixels import Size, read_pixels, sizes_of
from data.sets.names import shown
from guarding import in_a_line

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
TRAIN = ("train", "training", "training_set", "train_set", "seg_train")
TEST = ("test", "testing", "test_set", "seg_test", "val", "valid", "validation", "validation_set")
LARGEST = 64
"""Pixels of a side: larger pictures are made smaller."""
MOST_BYTES = 1 << 30
"""Of all pictures as they are read."""
MOST_FILES = 1_000_000
DAMAGED = 20
"""One picture in so many may be damaged, and is left out."""
_MOST_DEPTH, _MOST_FOLDERS = 2, 50
_LUMA = np.array((0.299, 0.587, 0.114))  # of ITU-R BT.601
Files = list[tuple[Path, str]]
Arrays = dict[str, NDArray[np.uint8]]


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its name."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()


def find_pictures(folder: Path) -> dict[str, Files]:
    """Pictures with their class's name by part, "train" and "test"; empty where there are none."""
    parts = _folders(folder)
    if parts:
        named = {part: _of_classes(place) for part, place in parts.items()}
    else:
        named = {"train": _of_classes(folder)}
    return {part: files for part, files in named.items() if files}


def _folders(folder: Path) -> dict[str, Path]:
    """The sub-folders that hold the parts of a set; none where the sub-folders are classes."""
    found: dict[str, Path] = {}
    for place in sorted(folder.iterdir()):
        for part, names in (("train", TRAIN), ("test", TEST)):
            if place.is_dir() and place.name.lower() in names:
                found.setdefault(part, place)
    return found if "train" in found else {}


def _of_classes(folder: Path) -> Files:
    """Pictures in one sub-folder for each class; else those that are named label_name.png."""
    files: Files = []
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith((".", "__")):
            files += [(path, place.name) for path in _inside(place)]
    if not files:
        files = [*labelled([path for path in sorted(folder.iterdir()) if is_picture(path)]).items()]
    if len(files) > MOST_FILES:
        raise DataError(f"{folder}: more than {MOST_FILES:,} pictures: give a folder with fewer")
    return files


def _inside(place: Path, depth: int = 0) -> list[Path]:
    """The pictures of a class: in its folder, else in those inside that, unless these part a set.

    Where there are too many folders to be those of one class, none is looked into.
    """
    there = sorted(place.iterdir())
    pictures = [path for path in there if is_picture(path)]
    inside = [path for path in there if path.is_dir() and not path.name.startswith((".", "__"))]
    many = depth == _MOST_DEPTH or len(inside) > _MOST_FOLDERS
    if pictures or many or any(path.name.lower() in TRAIN for path in inside):
        return pictures
    return [picture for each in inside for picture in _inside(each, depth + 1)]


def read_pictures(folder: Path, found: dict[str, Files]) -> Parts:
    """The set that `find_pictures` has found. DataError names the picture that is wrong."""
    every = [path for files in found.values() for path, _ in files]
    # Mostly all are of one size: each is then read once.
    size = _brought_to(next(sizes_of(every), (LARGEST, LARGEST)))
    if not _fits(len(every), size):
        size = _common(folder, Counter(sizes_of(every)))
    found, arrays, sizes, said = _readable(folder, found, size)
    right = _common(folder, sizes)
    if right != size:
        size = right
        arrays, _, _ = _all(found, size)
    classes = _in_order({name for files in found.values() for _, name in files})
    parts: dict[str, Labelled] = {
        part: (arrays[part], as_labels(np.array([classes.index(name) for _, name in files]), len(classes)))
        for part, files in found.items()
    }
    return Parts(
        name=folder.resolve().name,
        title=folder.resolve().name,
        kind="a folder of pictures",
        noun=one_of(classes, next(iter(arrays.values()))),
        train=parts.get("train") or parts["test"],
        test=parts.get("test") if "train" in parts else None,
        classes=classes,
        origins=(_named(folder, found.get("train") or found["test"]), _named(folder, found.get("test", []))),
        said=(*said, *_resized(sizes, size), *_chosen(folder, found)),
    )


def _named(folder: Path, files: Files) -> Origins:
    """Where the pictures of a part stand: their files, as seen from the folder."""
    names = [str(path.relative_to(folder) if path.is_relative_to(folder) else path) for path, _ in files]
    return Origins(np.arange(len(files)), tuple(map(shown, names)))


def _resized(sizes: Counter[Size], size: Size) -> tuple[str, ...]:
    """What is to be said where pictures were made larger or smaller."""
    if list(sizes) == [size]:
        return ()
    wide, high = sizes.most_common(1)[0][0]
    had = (
        f"{len(sizes)} sizes, most {wide} wide and {high} high" if len(sizes) > 1 else f"{wide}x{high} pixels"
    )
    return (f"the pictures have {had}: all were made {size[0]} wide and {size[1]} high",)


def _chosen(folder: Path, found: dict[str, Files]) -> Iterator[str]:
    """What is to be said of where the classes stand, and of folders that are not read."""
    every = [each for files in found.values() for each in files]
    late = [each for each in every if each[0].parent == folder and not each[0].name.startswith(each[1])]
    if late:
        yield f"the classes are told by the pictures' names, such as {late[0][1]} by {late[0][0].name}"
    for place in sorted(folder.iterdir()) if "test" in found or _folders(folder) else ():
        named = place.is_dir() and place.name.lower() in (*TRAIN, *TEST)
        if named and not any(path.is_relative_to(place) for path, _ in every):
            yield f"its folder {place.name} is left alone"
    for name in _without_pictures(folder, {name for _, name in every}):
        yield f"its folder {name} holds no picture that is read: there is no such class"


def _without_pictures(folder: Path, classes: set[str]) -> list[str]:
    """Names of sub-folders that would be classes beside these, and of which no picture came."""
    names = {
        place.name
        for root in _folders(folder).values() or (folder,)
        for place in root.iterdir()
        if place.is_dir()
        and not place.name.startswith((".", "__"))
        and place.name.lower() not in TRAIN + TEST
    }
    return sorted(names - classes) if names & classes else []


def read_picture(source: FilePath | BinaryIO, size: tuple[int, int], colour: bool) -> NDArray[np.uint8]:
    """One picture as those of a folder are read: uint8 (h, w), or (h, w, 3) in colour; size: (h, w).

    source: its file, or what can be read as one. Nothing is cut off: it is made larger or smaller. DataError
    names the file that is no picture.
    """
    # What is neither is refused as a name.
    place = cast("BinaryIO", source) if hasattr(source, "read") else path_of(source)
    if isinstance(place, Path) and not place.exists():
        raise DataError(f"{shown(str(place))}: there is no such file")
    high, wide = _checked(size)
    pixels, _ = read_pixels(place, (wide, high))
    return pixels if colour else np.asarray((pixels @ _LUMA).round(), np.uint8)


def resized(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture, uint8 (h, w) or (h, w, 3), as `read_picture` reads it of a file: uint8 of `size`, (h, w).

    DataError where it is no such picture, or has no pixel, or the size is none.
    """
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or not picture.size:
        told = f"{picture.dtype} {picture.shape}" if isinstance(picture, np.ndarray) else in_a_line(picture)
        raise DataError(f"a picture is uint8 (h, w) or (h, w, 3), got {told}")
    if picture.shape[:2] == size:
        return picture
    high, wide = _checked(size)
    return np.asarray(Image.fromarray(picture).resize((wide, high), Image.Resampling.BILINEAR))


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    """Height and width; DataError where they are none."""
    if isinstance(size, tuple | list) and len(size) == 2:
        high, wide = size
        if all(isinstance(side, int | np.integer) and side > 0 for side in (high, wide)):
            return int(high), int(wide)
    raise DataError(f"a size is height and width in pixels, such as (28, 28), got {in_a_line(size)}")


def _in_order(names: set[str]) -> tuple[str, ...]:
    """Names of classes: numbers in the order of numbers, else in that of words."""
    if all(name.isdecimal() for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


def _readable(
    folder: Path, found: dict[str, Files], size: Size
) -> tuple[dict[str, Files], Arrays, Counter[Size], tuple[str, ...]]:
    """The pictures without the few that are damaged, what `_all` reads of the rest, and what is to be said.

    DataError of the first where more than one in DAMAGED are, or where a part would lose a class with them.
    """
    arrays, sizes, faults = _all(found, size)
    if not faults:
        return found, arrays, sizes, ()
    path, fault = next(iter(faults.items()))
    left = {part: [each for each in files if each[0] not in faults] for part, files in found.items()}
    every = sum(map(len, found.values()))
    if DAMAGED * len(faults) > every or any(
        {name for _, name in left[part]} != {name for _, name in files} for part, files in found.items()
    ):
        raise fault
    rows = {part: [each[0] not in faults for each in files] for part, files in found.items()}
    arrays = {part: pixels[rows[part]] for part, pixels in arrays.items()}
    named = path.relative_to(folder) if path.is_relative_to(folder) else path
    told = f"{named}, which cannot be read as a picture, is left out"
    if len(faults) > 1:
        told = f"{len(faults)} pictures that cannot be read are left out, the first of them {named}"
    return left, arrays, sizes, (told,)


def _all(found: dict[str, Files], size: Size) -> tuple[Arrays, Counter[Size], dict[Path, DataError]]:
    """All pixels by part, brought to a size: uint8 (N, h, w), in colour (N, h, w, 3); the sizes before.

    And what is wrong with those that cannot be read, which are black.
    """
    grey = True
    arrays: Arrays = {}
    sizes: Counter[Size] = Counter()
    faults: dict[Path, DataError] = {}
    for part, files in found.items():
        pixels = np.zeros((len(files), size[1], size[0], 3), np.uint8)
        for place, (path, _) in enumerate(files):
            try:
                pixels[place], had = read_pixels(path, size)
            except DataError as error:
                faults[path] = error
                continue
            sizes[had] += 1
        grey = grey and bool((pixels == pixels[..., :1]).all())
        arrays[part] = pixels
    if grey:
        arrays = {part: np.ascontiguousarray(pixels[..., 0]) for part, pixels in arrays.items()}
    return arrays, sizes, faults


def _common(folder: Path, sizes: Counter[Size]) -> Size:
    """The size that pictures of these sizes are brought to; DataError where that takes too much memory."""
    size = _brought_to(sizes.most_common(1)[0][0])
    if not _fits(sizes.total(), size):
        raise DataError(
            f"{folder}: {sizes.total():,} pictures of {size[0]}x{size[1]} are more than 1 GB: give fewer"
        )
    return size


def _brought_to(size: Size) -> Size:
    """The same, or a smaller one of the same shape where a side has more than LARGEST pixels."""
    scale = min(1.0, LARGEST / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _fits(count: int, size: Size) -> bool:
    return count * size[0] * size[1] * 3 <= MOST_BYTES
