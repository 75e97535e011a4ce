"""Acts that choose the digit: a test image, a sample, a picture's file; see `drawing` for what is in none."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from engine import EngineError, Net
from viz3d.command.choice.digits import Digit, pick_digit
from viz3d.command.choice.wanted import DIGIT_SETS, PIPE, SPLITS, Wanted, parse_sample
from viz3d.session import lines
from viz3d.session.acts.drawing import Drawing
from viz3d.session.images import Images
from viz3d.session.state import State, Take
from viz3d.session.traced_digit import TracedDigit


def take(wanted: Wanted, net: Net | None = None) -> Take:
    """The act that chooses the digit that a command line asks for; net: what reads one from a pipe."""
    if wanted.image is not None:
        if wanted.image == PIPE:  # what came through a pipe comes no second time
            piped = pick_digit(replace(wanted, label=None), Images().load, net)
            return Drawing.of(piped.image, _typed(wanted.label))
        return TakeImage(wanted.image, _typed(wanted.label), wanted.pick)
    if wanted.sample is not None:
        return TakeSample(wanted.sample)
    if wanted.of_class is not None:
        return TakeClass(wanted.of_class)
    if wanted.digit is None and not wanted.of_digits:
        return FIRST
    return TakeDigit(7 if wanted.digit is None else wanted.digit)


def take_label(net: Net, label: int) -> Take:
    """The act that chooses a test image of a class: of digits by number, of others by name."""
    return TakeDigit(label) if net.noun == "digit" else TakeClass(net.classes[label])


@dataclass(frozen=True)
class TakeDigit(Take):
    """The test image of a digit that the net keeps as worth watching; of a net that keeps none, the first.

    The net is that of the moment: a script that is played again has the same one there.
    """

    word: ClassVar[str] = "digit"
    label: int

    @classmethod
    def read(cls, text: str) -> "TakeDigit":
        """The act that a script line asks for; text: the line after its first word."""
        return cls(lines.read_digit(cls.word, text))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"digit {self.label}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        line = f"image, label = images.images[images.example({self.label}, net.watch)], {self.label}"
        return load_images("images", data, "test"), line

    def digit(self, data: str, images: Images, net: Net) -> Digit:
        """The digit."""
        return pick_digit(Wanted(digit=self.label, data=data), images.load, net)


@dataclass(frozen=True)
class TakeClass(Take):
    """A test image of a class, by its name or number: as TakeDigit has it of a digit."""

    word: ClassVar[str] = "class"
    name: str

    @classmethod
    def read(cls, text: str) -> "TakeClass":
        """The act that a script line asks for; text: the line after its first word."""
        return cls(text)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"class {self.name}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        label = f"label = images.class_of({self.name!r})"
        image = "image = images.images[images.example(label, net.watch)]"
        return load_images("images", data, "test"), label, image

    def digit(self, data: str, images: Images, net: Net) -> Digit:
        """The image."""
        return pick_digit(Wanted(of_class=self.name, data=data), images.load, net)


@dataclass(frozen=True)
class TakeSample(Take):
    """One image of a data set, such as "mnist:test:1166" or "digits:17"."""

    word: ClassVar[str] = "sample"
    where: str

    @classmethod
    def read(cls, text: str) -> "TakeSample":
        """The act that a script line asks for; text: the line after its first word."""
        parse_sample(text)
        return cls(text)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"sample {self.where}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        name, split, number = parse_sample(self.where)
        place = data if not name or (name == "mnist" and data not in SPLITS) else name
        line = f"image, label = images.images[{number}], int(images.labels[{number}])"
        return load_images("images", place, split), line

    def digit(self, data: str, images: Images, net: Net) -> Digit:
        """The digit."""
        return pick_digit(Wanted(sample=self.where, data=data), images.load_unsaid, net)


@dataclass(frozen=True)
class TakeImage(Take):
    """A photo or drawing in a file, what it is meant as, where that is known, and which of its digits."""

    word: ClassVar[str] = "image"
    path: Path
    label: int | str | None = None
    pick: int | None = None
    loaded: Digit | None = field(default=None, compare=False, repr=False)  # where it was read already

    @classmethod
    def read(cls, text: str) -> "TakeImage":
        """The act that a script line asks for; text: the line after its first word."""
        words, label = lines.read_label(text)
        name, pick = lines.read_pick(words)
        return cls(lines.read_file(name), label, pick)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        end = lines.write_pick(self.pick) + lines.write_label(self.label)
        return f"image {lines.write_file(self.path)}{end}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        pick = "" if self.pick is None else f", {self.pick}"
        label = lines.python_label(self.label)
        return (f"image, label = viz3d.read(net, {str(self.path)!r}{pick}), {label}",)

    def digit(self, data: str, images: Images, net: Net) -> Digit:
        """The digit."""
        if self.loaded is not None:
            return self.loaded
        label = None if self.label is None else str(self.label)
        wanted = Wanted(image=self.path, label=label, pick=self.pick, data=data)
        return pick_digit(wanted, images.load, net)

    def after(self, state: State, images: Images) -> State:
        """The same network reads it; another one may read it otherwise: it is not held for that."""
        return state.reading(self.digit(state.data, images, state.traced.net), replace(self, loaded=None))


def _typed(label: str | None) -> int | str | None:
    """A class as an act holds it: by number where it was typed as one, else by name."""
    return int(label) if label is not None and label.isdecimal() else label


def load_images(name: str, data: str, split: str) -> str:
    """The line of Python that loads a data set by its name, or from its file or folder."""
    if data in SPLITS:
        return f'{name} = data.load("{data}", "{split}")'
    return f'{name} = data.load_own(Path({data!r}), "{split}")'


FIRST = TakeSample("test:0")
"""What is taken of data that is no digits."""


def read_anew(net: Net, state: State, images: Images) -> TracedDigit:
    """What another network reads: the digit of a moment, or, where it takes none such, FIRST of its data set.

    Else nobody could go on with data of his own: the network before it takes none of these. Raises UserError,
    DataError or EngineError.
    """
    try:
        return TracedDigit.of(net, state.traced.digit)
    except EngineError:
        if state.data in DIGIT_SETS:
            raise
    return TracedDigit.of(net, FIRST.digit(state.data, images, net))
