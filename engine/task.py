"""Task: what a net is for, kept with it, so that new data is read as the data was that it learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.errors import JOINERS, EngineError
from guarding import in_a_line

MOST_NAME = 200  # characters
FRAMINGS = ("middle", "ink", "whole", "padded")
"""What an input of another size is shown of a digit: its middle, the square that its ink fills, all of it at
that size, or all of it with nothing around."""
ROW = 13  # numbers of a row that is no picture laid out flat


@dataclass(frozen=True)
class Task:
    """What one input of a net is, how its numbers are scaled, and what its classes are called.

    noun: what one input is called, such as "letter". data: the title of the data set that it learned from.
    classes: their names in order, empty where they are numbered. columns: names of the numbers of an input
    that is no image. low, span: of each of these; the net reads (number - low) / span, so that those of the
    data set lie in 0..1. Empty where numbers are read as they are. numbers: whether it gives numbers, each
    for itself, and chooses no class; `classes` are then what these are called. EngineError where they do
    not fit.
    """

    noun: str = "digit"
    data: str = ""
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    low: tuple[float, ...] = ()
    span: tuple[float, ...] = ()
    numbers: bool = False

    def __post_init__(self) -> None:
        named = len(self.columns) or len(self.low)
        if len(self.low) != len(self.span) or (self.low and named != len(self.low)):
            raise EngineError(f"{len(self.low)} numbers with {len(self.span)} spans: give one for each")
        numbers = np.array([self.low, self.span], float)
        if not np.isfinite(numbers).all() or not (numbers[1:] > 0).all():
            raise EngineError("the scale of an input is finite, its spans are above 0: make the file again")
        for name in (self.noun, self.data, *self.classes, *self.columns):
            if len(name) > MOST_NAME or not all(c.isprintable() or c in JOINERS for c in name):
                raise EngineError(f"{name[:20]!r} is no name: give up to {MOST_NAME} characters")
        if not all(name.strip() for name in self.classes):
            raise EngineError("a class has an empty name: give each one a name, or none of them")

    def scaled(self, numbers: Array, dtype: npt.DTypeLike) -> Array:
        """Inputs (B, D) as the net reads them."""
        low, span = np.array(self.low), np.array(self.span)
        return np.asarray((numbers.reshape(len(numbers), -1) - low) / span, dtype)


def scale_of(numbers: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The low and span of numbers (N, D): the least of each, and from it to the largest; 1 where alike.

    EngineError where they are no such array.
    """
    numbers = np.asarray(numbers)
    if numbers.ndim != 2 or not numbers.size or numbers.dtype.kind not in "biuf":
        raise EngineError(f"numbers are an array (N, D) with a row for each input, got {in_a_line(numbers)}")
    low, high = numbers.min(axis=0).astype(float), numbers.max(axis=0).astype(float)
    span = np.where(high > low, high - low, 1.0)
    return tuple(low.tolist()), tuple(span.tolist())


def usual_noun(shape: tuple[int, ...], outputs: int, framing: str = "") -> str:
    """What one input of a shape is called where no task says it: a digit, where it may be one.

    framing: what it is shown of digits, be they as large as other pictures, see `Net.framing`.
    """
    small = len(shape) == 3 and shape[2] == 1 and max(shape) <= 28
    digit = outputs == 10 and (small or shape == (784,) or framing)
    return "digit" if digit else "image" if len(shape) == 3 else "example"
