"""Which digit a command is to show, as it was typed."""

import re
from dataclasses import dataclass
from pathlib import Path

from viz3d.command.checks import no_address, within
from viz3d.command.completing import one_of
from viz3d.command.errors import UserError
from viz3d.command.option import option
from viz3d.command.options import DATA, DIGIT, IMAGES

PIPE = Path("-")
_NAMED = ("mnist", "digits", "fashion-mnist", "kmnist", "emnist-letters", "emnist-balanced", "xor")
DIGIT_SETS = ("mnist", "digits")
_SCIKIT = ("iris", "wine", "breast-cancer", "digits-8x8")
SPLITS = {name: ("train", "test", *(["all"] if name == "digits" else [])) for name in (*_NAMED, *_SCIKIT)}
"""The data sets that have a name, and what each is parted into."""


@dataclass(frozen=True)
class Wanted:
    """Which digit: at most one of `digit`, `of_class`, `sample` and `image`.

    Where none is given, a seven; of other data than digits the first test image. `label` is the truth of an
    `image`; `data` is a data set's name, or the file or folder that holds one. `typed` is a digit, or a
    class: it becomes `digit` or `of_class`.
    """

    # fmt: off
    typed: str | None = option(
        "0..9", "A test image of this digit: one on which the network hesitates and is right, where it comes "
        "with viz3d or was trained by it, else the first; 7 unless a digit is chosen. Of other --data: a "
        "class, as --class.", DIGIT, spelled="digit")
    of_class: str | None = option(
        "NAME", "A test image of this class of --data, by its name or number.", DIGIT, spelled="class")
    sample: str | None = option("SET:SPLIT:INDEX", "One image of a data set, such as mnist:test:1166 or "
        "digits:17; of --data: test:17.", DIGIT, completed=one_of(*SPLITS, "train", "test", "all"))
    image: Path | None = option(
        "FILE", "A photo or drawing of one digit, dark on light or light on dark: a PNG, JPEG, GIF, BMP, "
        "TIFF or WebP, or a NumPy array (.npy); - reads it from a pipe.", DIGIT)
    pick: int | None = option(
        "N", "Which digit of an --image that holds several, counted from left to right, line by line; "
        "0 reads those that touch as one; 1 reads one that seems crossed out, or none.", DIGIT)
    label: str | None = option(
        "CLASS", "What the --image truly is, a class by its name or number, so that the picture can say "
        "whether the answer is right.", DIGIT)
    data: str = option(DATA, IMAGES, DIGIT, default="mnist", completed=one_of(*SPLITS))
    # fmt: on
    digit: int | None = None

    def __post_init__(self) -> None:
        if self.typed is not None:
            self._take(self.typed)
        choices = {"digit": "--digit", "of_class": "--class", "sample": "--sample", "image": "--image"}
        given = [spelled for name, spelled in choices.items() if getattr(self, name) is not None]
        if len(given) > 1:
            raise UserError(f"{' and '.join(given)} each choose a digit: give one of them")
        if self.label is not None and self.image is None:
            raise UserError("--label is the truth of an --image; samples bring their own: leave it out")
        if self.pick is not None and self.image is None:
            raise UserError(
                f"--pick {self.pick} chooses among an --image's digits: give one, or leave it out"
            )
        if self.image is not None:
            no_address("--image", self.image)
        if self.sample is not None:
            parse_sample(self.sample)
        within("--digit", self.digit, 0, 9)
        within("--pick", self.pick, 0, 9999)

    def _take(self, typed: str) -> None:
        """What --digit was given: a digit, or a class of other data by its name or number."""
        if re.fullmatch(r"\s*[-+]?[0-9]+\s*", typed):
            number = int(typed)
            if self.of_digits or 0 <= number <= 9:
                object.__setattr__(self, "digit", number)
                return
        elif self.of_digits:
            raise UserError(
                f"--digit {typed}: give one digit, 0 to 9; a class of other data goes with its --data"
            )
        if self.of_class is not None:
            raise UserError("--digit and --class each choose a digit: give one of them")
        object.__setattr__(self, "of_class", typed)
        object.__setattr__(self, "typed", None)

    @property
    def name(self) -> str:
        """A short name for files."""
        if self.image is not None:
            stem = "piped" if self.image == PIPE else self.image.stem
            return stem if self.pick is None else f"{stem}-{self.pick}"
        if self.sample or self.of_class:
            return re.sub(r"[^\w.-]+", "-", self.sample or self.of_class or "")
        first = self.digit is None and not self.of_digits
        return "test-0" if first else str(7 if self.digit is None else self.digit)

    @property
    def chosen(self) -> bool:
        """Whether an image was asked for at all."""
        return any((self.digit is not None, self.of_class, self.sample, self.image))

    @property
    def of_digits(self) -> bool:
        """Whether the data is known to be handwritten digits before it is read."""
        return self.data in DIGIT_SETS


def parse_sample(text: str) -> tuple[str, str, int]:
    """(set, split, number) of "mnist:test:1166" or "digits:17"; of "test:17" or "17" the set is ""."""
    words = text.split(":")
    if len(words) == 1:
        words.insert(0, "test")
    if len(words) == 2 and words[0] in ("train", "test"):
        words.insert(0, "")
    if len(words) == 2:
        words.insert(1, "test")
    known = len(words) == 3 and words[1] in SPLITS.get(words[0], ("train", "test") if not words[0] else ())
    if not (known and re.fullmatch("[0-9]{1,9}", words[2])):
        raise UserError(
            f"--sample {text}: give SET:SPLIT:NUMBER, such as mnist:test:1166 or digits:17, or "
            "test:17 of what --data names"
        )
    return words[0], words[1], int(words[2])
