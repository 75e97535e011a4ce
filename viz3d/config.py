"""What one export is asked to do: the command line, checked and completed, as one frozen value."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from viz3d.errors import UserError
from viz3d.writers import kind_of

SIZES = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
    "portrait": (1080, 1920),
    "square": (1080, 1080),
    "gif": (640, 360),
}
SMALLEST, LARGEST = 64, 7680  # pixels of a side
SMALL = 640 * 480  # pixels of a small picture
FASTEST = {".gif": 50}  # frames a second; a GIF counts in hundredths and players slow down shorter ones
PRESET = "mlp"
CUSTOM = "custom"  # the name of a network of the user's own design
SECONDS = 10.5
SPLITS = {"mnist": ("train", "test"), "digits": ("train", "test", "all")}


@dataclass(frozen=True)
class Wanted:
    """Which digit: at most one of `digit`, `sample` and `image`; a seven where none is given.

    `label` is the truth of an `image`; `data` is a data set's name or the folder of the MNIST files.
    """

    digit: int | None = None
    sample: str | None = None
    image: Path | None = None
    label: int | None = None
    data: str = "mnist"

    def __post_init__(self) -> None:
        given = [f"--{name}" for name in ("digit", "sample", "image") if getattr(self, name) is not None]
        if len(given) > 1:
            raise UserError(f"{' and '.join(given)} each choose a digit: give one of them")
        if self.label is not None and self.image is None:
            raise UserError("--label is the truth of an --image; samples bring their own: leave it out")
        if self.sample is not None:
            parse_sample(self.sample)
        within("--digit", self.digit, 0, 9)
        within("--label", self.label, 0, 9)

    @property
    def name(self) -> str:
        """A short name for files."""
        if self.image is not None:
            return self.image.stem
        return self.sample.replace(":", "-") if self.sample else str(7 if self.digit is None else self.digit)


@dataclass(frozen=True)
class Config:
    """One export.

    Attributes:
        out: the file or folder to write; `kind` follows from its ending.
        preset, model: the network's name, and the file of a network of one's own.
        mutate: edits to make first, as text; beside: whether to show the network without and with them.
        wanted: which digit.
        size: width and height in pixels.
        seconds, fps: length of the film and frames a second.
        at: the moment in seconds that a still shows.
        theme: "dark" or "light".
        synapses: about how many to draw; None leaves it to the scene.
        workers: processes that draw; None chooses by the machine.
        supersample: each pixel is drawn as this many squared.
    """

    out: str
    size: tuple[int, int]
    fps: int
    supersample: int
    wanted: Wanted
    preset: str | None = None
    model: Path | None = None
    mutate: str | None = None
    beside: bool = False
    seconds: float = SECONDS
    at: float | None = None
    theme: str = "dark"
    synapses: int | None = None
    workers: int | None = None
    show_image: Path | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        for side in self.size:
            within("--size", side, SMALLEST, LARGEST, "pixels a side")
        within("--fps", self.fps, 1, FASTEST.get(self.kind, 120), "frames a second for this ending")
        within("--seconds", self.seconds, 1, 600)
        within("--at", self.at, 0, self.seconds, "seconds; --seconds makes the film longer")
        within("--supersample", self.supersample, 1, 4)
        within("--workers", self.workers, 1, 64)
        within("--synapses", self.synapses, 0, 1_000_000)
        among("--theme", self.theme, ("dark", "light"))
        if self.at is not None and self.kind != ".png":
            raise UserError(f"--at makes a still, and {self.out} is none: give an --out that ends in .png")

    @property
    def kind(self) -> str:
        """The kind of output, one of viz3d.writers.KINDS."""
        return kind_of(self.out)

    @property
    def times(self) -> list[float]:
        """The moments to draw, in seconds: one for a still, else evenly from the start."""
        if self.kind == ".png":
            return [self.seconds if self.at is None else self.at]
        return [number / self.fps for number in range(max(1, round(self.seconds * self.fps)))]


def parse_size(text: str | None, kind: str) -> tuple[int, int]:
    """Return (width, height) from "1280x720" or one of the names in SIZES; by `kind` where none is given."""
    if text is None:
        return SIZES["gif" if kind == ".gif" else "1080p"]
    if text.lower() in SIZES:
        return SIZES[text.lower()]
    match = re.fullmatch(r"(\d{1,6})[x×X](\d{1,6})", text.strip())
    if not match:
        raise UserError(f"--size {text}: give WIDTHxHEIGHT, such as 1280x720, or one of {', '.join(SIZES)}")
    return int(match[1]), int(match[2])


def default_supersample(size: tuple[int, int], kind: str) -> int:
    """Return 2 for a still, and for a picture so small that its thin lines would break up; else 1."""
    return 2 if kind == ".png" or size[0] * size[1] <= SMALL else 1


def parse_sample(text: str) -> tuple[str, str, int]:
    """Return (set, split, number) from "mnist:test:1166" or "digits:17"."""
    words = text.split(":")
    if len(words) == 2:
        words.insert(1, "test")
    known = len(words) == 3 and words[1] in SPLITS.get(words[0], ())
    if not (known and re.fullmatch("[0-9]{1,9}", words[2])):
        raise UserError(f"--sample {text}: give SET:SPLIT:NUMBER, such as mnist:test:1166 or digits:17")
    return words[0], words[1], int(words[2])


def within(name: str, value: float | None, low: float, high: float, unit: str = "") -> None:
    """Raise UserError where `value` is given and is not a number from `low` to `high`."""
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        given, least, most = (_plain(number) for number in (value, low, high))
        raise UserError(f"{name} {given} is out of range: give {least} to {most} {unit}".rstrip())


def _plain(number: float) -> str:
    """A number as it is typed: whole ones to the last digit."""
    return str(number) if isinstance(number, int) else f"{number:g}"


def among(name: str, value: str, known: Collection[str]) -> None:
    """Raise UserError where `value` is none of the `known` words."""
    if value not in known:
        raise UserError(f"{name} {value} is not known: give one of {', '.join(known)}")
