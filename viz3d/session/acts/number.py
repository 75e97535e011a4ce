"""The act that changes one of the numbers that a network reads, where its input is no picture."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from viz3d.command.choice.digits import Digit
from viz3d.command.errors import UserError
from viz3d.session.images import Images
from viz3d.session.state import State
from viz3d.session.traced_digit import TracedDigit

_CHANGED = ", changed"
_MOST_TOLD = 8  # columns that an error names


@dataclass(frozen=True)
class SetNumber:
    """Change one number of the input: of a column by its name, or of an input neuron such as input:3."""

    word: ClassVar[str] = "number"
    where: str
    value: float

    @classmethod
    def read(cls, text: str) -> "SetNumber":
        """The act that a script line asks for; text: the line after its first word."""
        where, equals, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not equals or not where.strip() or not math.isfinite(number):
            raise UserError(f"number {text}: write it like number petal width = 0.2, or number input:3 = 0.2")
        return cls(where.strip(), number)

    @property
    def told(self) -> str:
        """What it does, in words."""
        return f"{self.where} = {self.value!r}"

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"number {self.told}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        place = _number(self.where)
        found = f"net.task.columns.index({self.where!r})" if place is None else str(place)
        return "image, label = image.copy(), None", f"image[{found}] = {self.value!r}"

    def after(self, state: State, images: Images) -> State:  # noqa: ARG002
        """The same network reads the changed numbers; nobody has said what they are meant as."""
        return state.reading(changed(state.traced, place_of(state.traced, self.where), self.value), self)


def changed(traced: TracedDigit, place: int, value: float) -> Digit:
    """What is read, with the number at a place changed; UserError where float32 does not hold it."""
    digit = traced.digit
    numbers = np.array(digit.image, np.float32)
    if abs(value) > float(np.finfo(np.float32).max):
        raise UserError(f"{value:g} is too large a number: give one that float32 holds")
    numbers[place] = value
    source = digit.source if digit.source.endswith(_CHANGED) else digit.source + _CHANGED
    return replace(digit, image=numbers, label=None, source=source)


def place_of(traced: TracedDigit, where: str) -> int:
    """The place of a number by its column's name or its neuron's address; UserError where there is none."""
    names = [name for name, _ in traced.numbers]
    if not names:
        raise UserError(f"number {where}: {traced.net.name} reads a picture here: draw, or paint its pixels")
    place = _number(where)
    if where in names and place is None:
        return names.index(where)
    if place is not None and place < len(names):
        return place
    told = ", ".join(names[:_MOST_TOLD]) + (" ..." if len(names) > _MOST_TOLD else "")
    raise UserError(
        f"number {where}: there is no such number: give one of {told}, or input:0 to input:{len(names) - 1}"
    )


def naming(traced: TracedDigit, place: int) -> str:
    """How a line names the number at a place: by its column, where a line can."""
    columns = traced.net.task.columns if traced.net.task is not None else ()
    name = columns[place] if columns else ""
    plain = (
        name and name == " ".join(name.split()) and not set(name) & set("=#;'\"") and columns.count(name) == 1
    )
    return name if plain and _number(name) is None else f"input:{place}"


def _number(where: str) -> int | None:
    """The place in an address of an input neuron; None where it is none."""
    layer, colon, place = where.partition(":")
    return int(place) if layer == "input" and colon and place.isdecimal() and len(place) < 8 else None
