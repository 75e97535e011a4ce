"""Which digit: a test image, a sample by its number, or a drawing or photo of one's own."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

import data
from data import Dataset
from engine import Net
from engine.edits import meant
from viz3d.command.checks import no_address
from viz3d.command.choice.classes import class_of
from viz3d.command.choice.suiting import aligned, digits_alone, named
from viz3d.command.choice.wanted import PIPE, SPLITS, Wanted, parse_sample
from viz3d.command.errors import UserError, in_words_of_python
from viz3d.command.output import atomic_write

_WRITTEN = ("digit", "letter", "character")  # ink on paper
_ENLARGED = 10  # times that a pixel is enlarged where what a network sees is shown
_USES = {"train": "learn from", "test": "test on"}
MOST_BYTES = 1 << 28  # of a picture from a pipe

Notify = Callable[[str], None]
Progress = Callable[[str, int, int], None]  # a download: file name, bytes done, bytes in all
Load = Callable[[str, str], Dataset]  # the images of --data and a split


@dataclass(frozen=True, eq=False)
class Digit:
    """What a network is to read: a digit uint8 (28, 28), or another image or numbers as of a Dataset.

    label: its true class, where known; source: where it comes from, in words.
    """

    image: np.ndarray
    label: int | None
    source: str


def choose_digit(
    wanted: Wanted, notify: Notify, progress: Progress | None = None, net: Net | None = None
) -> Digit:
    """The digit that is `wanted`; `notify` hears where another data set stands in for MNIST.

    net: the network that reads it, which knows what is worth watching and has its own order of classes.

    Raises UserError or DataError.
    """
    # Of a sample, a data set that stands in for another is an error, and told as one.
    heard = notify if wanted.sample is None else None
    return pick_digit(wanted, lambda name, split: dataset(name, split, heard, progress), net)


def knowing(net: Net, wanted: Wanted) -> Net:
    """The network with the names of its classes, where it has none of its own and --data has them.

    Raises UserError or DataError.
    """
    named_already = net.task is not None and not net.task.numbers
    if named_already or wanted.image is not None or wanted.of_digits:
        return net
    return named(net, dataset(wanted.data, "test"))


def pick_digit(wanted: Wanted, load: Load, net: Net | None = None) -> Digit:
    """The digit that is `wanted`, of images that `load` finds. Raises UserError or DataError.

    net: as for `choose_digit`. Of one for a network that gives several numbers no label is known.
    """
    several = net is not None and net.gives_numbers and net.layers[-1].size > 1
    if several and wanted.label is not None:
        raise UserError(
            f"--label {wanted.label}: the network gives numbers and chooses no class: leave it out"
        )
    digit = _pick(wanted, load, net)
    return replace(digit, label=None) if several else digit


def _pick(wanted: Wanted, load: Load, net: Net | None) -> Digit:
    """The digit that is `wanted`, with its label where the images have one."""

    def fitting(name: str, split: str) -> Dataset:
        images = load(name, split)
        if net is None or (net.task is None and digits_alone(images)):
            return images
        return aligned(named(net, images), images, f"{net.name} does not read --data {name}")

    if wanted.image is not None:
        label = None if wanted.label is None else class_of("--label", wanted.label, net)
        return _pictured(wanted.image, wanted.pick, label, net)
    if wanted.sample is not None:
        return _sample(wanted.sample, wanted.data, fitting)
    images, watch = fitting(wanted.data, "test"), None if net is None else net.watch
    if wanted.of_class is not None:
        return _picked(images, images.example(images.class_of(wanted.of_class), watch))
    if wanted.digit is None and not digits_alone(images):
        return _picked(images, 0)
    digit = 7 if wanted.digit is None else wanted.digit
    label = images.classes.index(str(digit)) if str(digit) in images.classes else digit
    if label not in images.labels:
        raise UserError(f"--digit {digit}: {images.title} in --data {wanted.data} has no such image")
    return _picked(images, images.example(label, watch))


def read(net: Net, image: str | Path, pick: int | None = None) -> np.ndarray:
    """A picture's file as a network reads it, uint8, as `--image` does; from Python `viz3d.read`.

    For a network of digits its ink is found and brought to 28x28; for another it becomes the size, and the
    colours, of what the network learned from. pick: which digit, where the picture holds several.

    Raises UserError or DataError.
    """
    if not isinstance(net, Net):
        raise UserError(
            f"{type(net).__name__} is no net: give a net, such as engine.load(FILE), and a picture"
        )
    with in_words_of_python():
        return _pictured(data.path_of(image), pick, None, net).image


def dataset(name: str, split: str, notify: Notify | None = None, progress: Progress | None = None) -> Dataset:
    """The images that --data names: a set by its name, or the file or folder that holds one.

    `notify` hears what was done to them on their way.
    """
    check_data(name)
    if name in SPLITS:
        images = data.load(name, split, notify=notify, progress=progress)
    else:
        images = data.load_own(Path(name), split)
    if notify is not None:
        for sentence in images.said:
            notify(f"{images.title}: {sentence}")
    return images


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
    origins = None if images.origins is None else images.origins.taken(places)
    return replace(images, images=images.images[places], labels=images.labels[places], origins=origins)


def check_first(option: str, count: int | None) -> None:
    """UserError where an option asks for no image, or for fewer."""
    if count is not None and count < 1:
        raise UserError(f"{option} {count} is out of range: give 1 or more")


def first_of(option: str, images: Dataset, count: int | None) -> Dataset:
    """The first so many images, all for None; UserError where the option asks for more than there are."""
    have = len(images.labels)
    if count is not None and count > have:
        use = _USES[images.split]
        raise UserError(f"{option} {count}: {images.title} has {have:,} {many(images)} to {use}: give fewer")
    return first(images, count)


def title(images: Dataset) -> str:
    """A set of images in words."""
    first = "first " if images.split.startswith("first ") else ""
    split = images.split.removeprefix("first ")
    return f"the {first}{len(images.labels):,} {split} {many(images)} of {images.title}"


def many(images: Dataset) -> str:
    """What several of a set are called: images, or rows of numbers such as examples."""
    return "images" if images.pictures else f"{images.noun}s"


def check_data(name: str) -> None:
    """UserError where --data names no data set, and no file or folder."""
    path = Path(name)
    # A folder may hold several sets, each named by how its files' names begin. No name is no folder.
    there = path.exists() or (len(path.parts) > 1 and path.parent.is_dir())
    if not name or (name not in SPLITS and not there):
        no_address("--data", name)
        raise UserError(
            f"--data {name or 'names nothing'}: {meant(name, SPLITS)}give mnist, digits or another set by "
            "name, or the folder or file that holds one"
        )


def save_enlarged(image: np.ndarray, path: Path) -> None:
    """Write what the network sees, uint8 (H, W) or (H, W, C), as a PNG, each pixel 10 x 10."""
    if path.suffix.lower() != ".png":
        raise UserError(f"--show-image {path}: give a file that ends in .png")
    if image.ndim == 1:
        raise UserError(f"--show-image {path}: what the network reads is no image: leave it out")
    block = np.ones((_ENLARGED, _ENLARGED, 1)[: image.ndim], np.uint8)
    with atomic_write(path) as part:
        Image.fromarray(np.kron(image, block)).save(part, format="PNG")


def reads_writing(net: Net) -> bool:
    """Whether a picture is read as written: its ink is found, and brought to 28x28 as MNIST's digits were.

    A network of other sizes has learned from whole pictures, or sees the middle of such a 28x28, or what its
    framing tells.
    """
    shape = net.layers[0].shape
    if net.noun in _WRITTEN and net.framing:
        return True
    whole = net.task is None or len(shape) != 3 or shape[:2] == (28, 28)
    return net.noun in _WRITTEN and whole and (len(shape) != 3 or max(shape) <= 28)


def writes_letters(net: Net | None) -> bool:
    """Whether what a network reads as written may be no digit: no X is crossed out then, nothing is none."""
    return net is not None and net.noun != "digit"


def _pictured(image: Path, pick: int | None, label: int | None, net: Net | None) -> Digit:
    """A picture as a network reads it: what is written as a digit is, or else in its own form."""
    shape = () if net is None else net.layers[0].shape
    name = "piped picture" if image == PIPE else image.name
    source: Path | BytesIO = image
    if image == PIPE:
        source = _piped()
    else:
        _check_file(image)
    if net is not None and len(shape) == 3 and not reads_writing(net):
        return Digit(data.read_picture(source, (shape[0], shape[1]), shape[2] == 3), label, name)
    try:
        reading = data.read_digit(source, pick, writes_letters(net))
    except data.DoubtfulError as error:
        raise UserError(
            f"--image {image}: {error.what} in it {error.why}: --pick 1 reads it all the same"
        ) from None
    except data.SeveralDigitsError as error:
        choices = f"--pick 1 or --pick {error.count}" if error.count == 2 else f"--pick 1 to {error.count}"
        raise UserError(
            f"--image {image}: {error.seen}: choose one with {choices}, counted from left to "
            f"right, line by line{'; --pick 0 reads them as one' if error.touch else ''}"
        ) from None
    return Digit(reading.image, label, ", ".join(filter(None, (name, reading.place))))


def _check_file(image: Path) -> None:
    if image.is_dir():
        raise UserError(f"--image {image} is a folder: give one picture; --data {image} takes all in it")
    if not image.is_file():
        raise UserError(f"--image {image}: there is no such file")


def _piped() -> BytesIO:
    content = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(MOST_BYTES)
    if not content:
        raise UserError("--image -: nothing is piped in: give a file, or cat my-four.png | ... --image -")
    return BytesIO(content)


def _sample(text: str, where: str, load: Load) -> Digit:
    name, split, number = parse_sample(text)
    images = load(where if not name or (name == "mnist" and where not in SPLITS) else name, split)
    if name and images.name != name:
        raise UserError(
            f"--sample {text}: MNIST was not found: give its folder with --data DIR, or take digits:17"
        )
    if not len(images.labels):
        raise UserError(f"--sample {text}: {images.title} has no {split} images: take one of the other split")
    if number >= len(images.labels):
        last = len(images.labels) - 1
        raise UserError(f"--sample {text}: {images.title} {split} has images 0 to {last}")
    return _picked(images, number)


def origin_of(images: Dataset, number: int) -> str:
    """Where an example stands in what was read, in parentheses: " (row 22)"; empty where nothing is known."""
    origin = "" if images.origins is None else images.origins.told(number)
    return f" ({origin})" if origin else ""


def _picked(images: Dataset, number: int) -> Digit:
    word = "image" if images.pictures else images.noun
    source = f"{images.title} {images.split} {word} #{number}{origin_of(images, number)}"
    return Digit(images.images[number], int(images.labels[number]), source)
