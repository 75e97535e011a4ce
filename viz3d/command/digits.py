"""Which digit: a test image, a sample by its number, or a drawing or photo of one's own."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

import data
from data import Dataset
from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write
from viz3d.command.wanted import PIPE, SPLITS, Wanted, parse_sample

_USES = {"train": "learn from", "test": "test on"}
MOST_BYTES = 1 << 28  # of a picture from a pipe
TITLES = {"mnist": "MNIST", "digits": "UCI digits"}

Notify = Callable[[str], None]
Progress = Callable[[str, int, int], None]  # a download: file name, bytes done, bytes in all
Load = Callable[[str, str], Dataset]  # the images of --data and a split
Watch = Mapping[str, tuple[int, ...]]  # image numbers, one for each digit, see Dataset.example


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit to show: uint8 (28, 28), its true label where known, and where it comes from in words."""

    image: np.ndarray
    label: int | None
    source: str


def choose_digit(
    wanted: Wanted, notify: Notify, progress: Progress | None = None, watch: Watch | None = None
) -> Digit:
    """Return the digit that is `wanted`; `notify` hears where another data set stands in for MNIST.

    watch: which image of a digit is worth watching, as the network that reads it keeps them.

    Raises UserError or DataError.
    """
    # Of a sample, a data set that stands in for another is an error, and told as one.
    heard = notify if wanted.sample is None else None
    return pick_digit(wanted, lambda name, split: dataset(name, split, heard, progress), watch)


def pick_digit(wanted: Wanted, load: Load, watch: Watch | None = None) -> Digit:
    """Return the digit that is `wanted`, of images that `load` finds. Raises UserError or DataError.

    watch: as for `choose_digit`.
    """
    if wanted.image is not None:
        return _pictured(wanted.image, wanted.pick, wanted.label)
    if wanted.sample is not None:
        return _sample(wanted.sample, wanted.data, load)
    digit = 7 if wanted.digit is None else wanted.digit
    images = load(wanted.data, "test")
    if digit not in images.labels:
        raise UserError(f"--digit {digit}: {TITLES[images.name]} in --data {wanted.data} has no such image")
    return _picked(images, images.example(digit, watch))


def dataset(name: str, split: str, notify: Notify | None = None, progress: Progress | None = None) -> Dataset:
    """Return the images that --data names: "mnist", "digits" or the folder of the MNIST files."""
    check_data(name)
    if name in SPLITS:
        return data.load(name, split, notify=notify, progress=progress)
    return data.load("mnist", split, folder=Path(name), notify=notify, progress=progress)


def first(images: Dataset, count: int | None) -> Dataset:
    """The first so many of the images; all, where that is None or more than there are."""
    if count is None or count >= len(images.labels):
        return images
    some = slice(count)
    # The split is how reports call them.
    split = f"first {images.split}"
    return replace(images, split=split, images=images.images[some], labels=images.labels[some])


def balanced(images: Dataset, most: int) -> Dataset:
    """The first images of each digit, at most so many of it, in the order in which they stand."""
    each = [np.flatnonzero(images.labels == digit)[:most] for digit in np.unique(images.labels)]
    places = np.sort(np.concatenate(each)) if each else np.arange(0)
    return replace(images, images=images.images[places], labels=images.labels[places])


def check_first(option: str, count: int | None) -> None:
    """UserError where an option asks for no image, or for fewer."""
    if count is not None and count < 1:
        raise UserError(f"{option} {count} is out of range: give 1 or more")


def first_of(option: str, images: Dataset, count: int | None) -> Dataset:
    """The first so many images, all for None; UserError where the option asks for more than there are."""
    have = len(images.labels)
    if count is not None and count > have:
        use = _USES[images.split]
        raise UserError(f"{option} {count}: {TITLES[images.name]} has {have:,} images to {use}: give fewer")
    return first(images, count)


def title(images: Dataset) -> str:
    """A set of images in words."""
    first = "first " if images.split.startswith("first ") else ""
    split = images.split.removeprefix("first ")
    return f"the {first}{len(images.labels):,} {split} images of {TITLES[images.name]}"


def check_data(name: str) -> None:
    """UserError where --data names no data set and no folder."""
    if name not in SPLITS and not Path(name).is_dir():
        raise UserError(f"--data {name}: give mnist, digits, or the folder that holds the MNIST files")


def save_enlarged(image: np.ndarray, path: Path, scale: int = 10) -> None:
    """Write what the network sees as a PNG, each pixel `scale` x `scale`."""
    if path.suffix.lower() != ".png":
        raise UserError(f"--show-image {path}: give a file that ends in .png")
    with atomic_write(path) as part:
        Image.fromarray(np.kron(image, np.ones((scale, scale), np.uint8))).save(part, format="PNG")


def _pictured(image: Path, pick: int | None, label: int | None) -> Digit:
    source: data.Source = image
    if image == PIPE:
        source = _piped()
    elif not image.is_file():
        raise UserError(f"--image {image}: there is no such file")
    try:
        reading = data.read_digit(source, pick)
    except data.SeveralDigitsError as error:
        choices = f"--pick 1 or --pick {error.count}" if error.count == 2 else f"--pick 1 to {error.count}"
        raise UserError(
            f"--image {image}: {error.count} digits are seen in it: choose one with {choices}, counted from "
            "left to right, line by line"
        ) from None
    name = "piped picture" if image == PIPE else image.name
    return Digit(reading.image, label, ", ".join(filter(None, (name, reading.place))))


def _piped() -> BytesIO:
    if sys.stdin is None or sys.stdin.isatty():
        raise UserError("--image -: nothing is piped in: give a file, or cat my-four.png | ... --image -")
    return BytesIO(sys.stdin.buffer.read(MOST_BYTES))


def _sample(text: str, where: str, load: Load) -> Digit:
    name, split, number = parse_sample(text)
    images = load(where if name == "mnist" and where not in SPLITS else name, split)
    if images.name != name:
        raise UserError(
            f"--sample {text}: MNIST was not found: give its folder with --data DIR, or take digits:17"
        )
    if number >= len(images.labels):
        last = len(images.labels) - 1
        raise UserError(f"--sample {text}: {TITLES[name]} {split} has images 0 to {last}")
    return _picked(images, number)


def _picked(images: Dataset, number: int) -> Digit:
    source = f"{TITLES[images.name]} {images.split} image #{number}"
    return Digit(images.images[number], int(images.labels[number]), source)
