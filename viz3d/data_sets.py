"""`python -m viz3d data`: what a folder or file of one's own data holds, and how to train on it."""

import json as to_json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viz3d.command.option import argument, switch
from viz3d.command.signature import command

if TYPE_CHECKING:
    from data import Dataset

_LISTED = 30
"""Classes that are told one by one."""


@dataclass(frozen=True)
class Asked:
    """Which data."""

    # fmt: off
    where: str = argument("NAME|DIR|FILE", "Data of your own, or a data set by name, as for --data.")
    json: bool = switch("For scripts: one JSON object.")
    # fmt: on


@command
def data_set(asked: Asked) -> None:
    """Tell what a folder or file holds: how many images of which size, which classes, what is tested on.

    python -m viz3d data my-pictures/

    Read are IDX files of any size and classes, as of MNIST, Fashion-MNIST, EMNIST and KMNIST; a folder of
    pictures, one sub-folder for each class or named label_name.png, under train/ and test/ where it has
    both; a table (.csv) with a column named label; and a .npz, or .npy files, with x and y. What has no test
    part gets one.
    """
    # Imported here so that help and wrong options answer at once.
    from viz3d.command.choice.digits import dataset  # noqa: PLC0415
    from viz3d.command.choice.lying import lying  # noqa: PLC0415
    from viz3d.command.cli import say  # noqa: PLC0415

    parts = [
        dataset(asked.where, split, None if asked.json or split == "test" else say)
        for split in ("train", "test")
    ]
    doubt = lying(parts[0])
    if asked.json:
        told = as_json(*parts)
        print(to_json.dumps(told | {"notes": [*told["notes"], *([doubt] if doubt else [])]}))
    else:
        if doubt:
            say(f"{parts[0].title}: {doubt}")
        print("\n".join(as_lines(asked.where, *parts)))


def as_json(train: "Dataset", test: "Dataset") -> dict[str, Any]:
    """What a data set holds, as JSON values."""
    return {
        "name": train.name,
        "title": train.title,
        "what": train.noun,
        "shape": list(train.images.shape[1:]),
        "classes": list(train.classes),
        "columns": list(train.columns),
        "train": _counts(train),
        "test": _counts(test),
        "notes": list(train.said),
    }


def as_lines(where: str, train: "Dataset", test: "Dataset") -> list[str]:
    """What a data set holds, in lines."""
    counts = _counts(train), _counts(test)
    lines = [
        f"{train.title}: {len(train):,} to learn from and {len(test):,} to test on, {shape_in_words(train)}",
        f"{len(train.classes):,} classes: " + "   ".join(_each(train.classes, *counts)),
    ]
    if train.columns:
        ranges = zip(
            train.columns[:_LISTED], train.images.min(axis=0), train.images.max(axis=0), strict=False
        )
        more = f"   and {len(train.columns) - _LISTED:,} more" if len(train.columns) > _LISTED else ""
        lines.append(
            "columns: " + "   ".join(f"{name} {low:g}..{high:g}" for name, low, high in ranges) + more
        )
    return [*lines, f"train on it: python -m viz3d train --data {where}"]


def shape_in_words(images: "Dataset") -> str:
    """The size of one example in words, such as "images of 28x28 pixels in 256 greys"."""
    shape = images.images.shape[1:]
    if not images.pictures:
        return f"rows of {shape[0]:,} number{'s' * (shape[0] != 1)}"
    colours = "in colour" if len(shape) == 3 else "in 256 greys"
    return f"images of {shape[0]}x{shape[1]} pixels (height x width) {colours}"


def _counts(images: "Dataset") -> list[int]:
    counts = [0] * len(images.classes)
    for label in images.labels.tolist():
        counts[label] += 1
    return counts


def _each(classes: tuple[str, ...], train: list[int], test: list[int]) -> list[str]:
    some = list(zip(classes, train, test, strict=True))[:_LISTED]
    told = [f"{name} {many:,}+{few:,}" for name, many, few in some]
    rest = len(classes) - len(some)
    return [*told, f"and {rest:,} more"] if rest else told
