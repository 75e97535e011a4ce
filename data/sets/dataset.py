"""What a data set is: images or rows of numbers, their labels, and what its classes are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.numerals import place_of_class

DIGITS = tuple("0123456789")
TITLES = {"mnist": "MNIST", "digits": "UCI digits"}

Inputs = NDArray[Any]
Labels = NDArray[np.integer[Any]]
Labelled = tuple[Inputs, Labels]


@dataclass(frozen=True, eq=False)
class Origins:
    """Where examples stand in what was read.

    numbers (N,): of each, from 0. names: of the file or the row with such a number; where that is None, "#"
    and the number are its name.
    """

    numbers: NDArray[np.int64]
    names: Sequence[str] | None = None

    def taken(self, places: NDArray[np.integer[Any]]) -> Origins:
        """The origins of the examples at some places (n,), in that order."""
        return Origins(self.numbers[places], self.names)

    def told(self, place: int) -> str:
        """Where the example at a place stands; empty where its place tells that already."""
        number = int(self.numbers[place])
        if self.names is None:
            return "" if number == place else f"#{number} in the file"
        return self.names[number]


class Rows(Sequence[str]):
    """Names of a table's rows, which are counted from 1 without the line of names: row 1, row 2 ..."""

    def __init__(self, count: int):
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: Any) -> Any:
        return f"row {range(1, self._count + 1)[number]}"


@dataclass(frozen=True, eq=False)
class Parts:
    """A data set as it was found, before any of it is held out.

    train, test: inputs and labels each, as in Dataset; test is None where there is none of its own. kind:
    what it was found as, such as "a table". said: what was done to it on the way, a sentence each. origins:
    where the examples of train and of test stand in what was read, where that is known.
    """

    name: str
    title: str
    kind: str
    noun: str
    train: Labelled
    test: Labelled | None
    classes: tuple[str, ...]
    columns: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    origins: tuple[Origins | None, Origins | None] = (None, None)


@dataclass(frozen=True, repr=False)
class Dataset:
    """Labelled inputs of one split.

    images: uint8 (N, h, w), or (N, h, w, 3) in red, green and blue; of what is no image float32 (N, D), as
    they were found. labels (N,): places in classes. name is what they truly are ("mnist", "digits", a
    file's name); note says in one line why they are not what was asked for. called: a title, unless the name
    has one. noun: what one of them is. columns: names of D numbers, empty where they have none. said: what
    was done to them on the way here, a sentence each. origins: where each stands in what was read.
    """

    name: str
    split: str
    images: Inputs
    labels: Labels
    note: str = ""
    classes: tuple[str, ...] = DIGITS
    called: str = ""
    noun: str = "digit"
    columns: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    origins: Origins | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        what = f"images {'x'.join(map(str, self.images.shape[1:]))}" if self.pictures else "rows of numbers"
        return f"<Dataset {self.name} {self.split}: {len(self):,} {what}, {len(self.classes)} classes>"

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def title(self) -> str:
        """What a heading calls it, such as "MNIST"."""
        return self.called or TITLES.get(self.name, self.name)

    @property
    def pictures(self) -> bool:
        """Whether they are images, and not rows of numbers."""
        return self.images.ndim > 2

    def class_of(self, text: str) -> int:
        """The place of a class by its name, its number or another name of its digit; DataError if none."""
        if (place := place_of_class(text, self.classes)) is not None:
            return place
        known = ", ".join(self.classes[:12]) + (" ..." if len(self.classes) > 12 else "")
        raise DataError(f"{self.title} has no class {text}: known are {known}")

    def example(self, digit: int, watch: Mapping[str, Sequence[int]] | None = None) -> int:
        """Number of the image to show for a class: the one that watch names, else the first.

        watch: image numbers, one for each class, by data set and split, such as "mnist:test"; one that is no
        image of the class here is passed over. DataError where the data set has no image of the class.
        """
        named = (watch or {}).get(f"{self.name}:{self.split}", ())[digit : digit + 1]
        for number in named:
            if 0 <= number < len(self) and self.labels[number] == digit:
                return number
        places = np.flatnonzero(self.labels == digit)
        if not len(places):
            called = self.classes[digit] if 0 <= digit < len(self.classes) else digit
            raise DataError(f"{self.name} {self.split} has no image of a {called}: take another {self.noun}")
        return int(places[0])


def one_of(classes: tuple[str, ...], inputs: Inputs) -> str:
    """What one of a set's inputs is called by its classes: a digit, a letter, an image, an example.

    Pictures in colour with ten numbered classes may be of anything.
    """
    if inputs.ndim < 3:
        return "example"
    if classes == DIGITS:
        return "digit" if inputs.ndim == 3 else "image"
    return "letter" if all(len(name) == 1 and name.isalpha() for name in classes) else "image"


def as_labels(values: Inputs, classes: int) -> Labels:
    """Whole numbers 0 .. classes - 1 in as few bytes as hold them."""
    return values.astype(np.uint8 if classes <= 256 else np.uint16 if classes <= 1 << 16 else np.int64)


def numbered(values: Sequence[NDArray[Any]]) -> tuple[list[Labels], tuple[str, ...]]:
    """Labels (N,) of several parts, numbers or words, as places in one list of classes, and that list.

    Whole numbers are in the order of numbers, and words in that of words. Where the numbers begin with 0 and
    are no more than twice as many as the classes found, those between that have no example are classes too.
    """
    every = np.concatenate([np.unique(part) for part in values])
    names = np.unique(every)
    if names.dtype.kind in "iu":
        low, high = int(names[0]), int(names[-1])
        if low == 0 and high < 2 * len(names):
            names = np.arange(high + 1, dtype=names.dtype)
    classes = tuple(str(name) for name in names.tolist())
    return [as_labels(np.searchsorted(names, part), len(classes)) for part in values], classes
