"""The errors that the engine raises for a caller's mistake."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np

from guarding import in_a_line

JOINERS = "\u200c\u200d"
"""Between letters of Persian or Hindi, and the parts of an emoji: not seen, but part of a word."""


_NAMED = 12  # names that an error lists


class EngineError(ValueError):
    """A mistake in what the engine was given: one line with the thing, the value and the fix.

    statement: the place, from 0, of the one that is wrong among those of a text that mutates a net.
    """

    statement: int | None = None


class UnknownNameError(EngineError, KeyError):
    """A name that a mapping has no value under: a KeyError too, as `get` of a mapping needs it.

    name: what was asked for. known: the names that there are.
    """

    def __init__(self, name: object, known: Iterable[str]):
        super().__init__(name, tuple(known))

    def __str__(self) -> str:
        # Not before it is read: `get` of a mapping reads none.
        name, names = self.args
        near = get_close_matches(str(name), names, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        there = f"there are {', '.join(names[:_NAMED])}{more}" if names else "there are none"
        return f"no {in_a_line(name)}: {hint}{there}"


def check_text(value: object, what: str, example: str) -> str:
    """The value where it is text; EngineError says that `what` is text such as the example."""
    if not isinstance(value, str):
        raise EngineError(f"{what} is text such as {example!r}, got {in_a_line(value)}")
    return value


def check_kind(value: object, kind: type, what: str, example: str) -> None:
    """EngineError where a value is not of a kind: it says what is needed and what gives such a one."""
    if not isinstance(value, kind):
        raise EngineError(f"{what} is needed, such as {example} gives, got {in_a_line(value)}")


def check_generator(rng: object) -> None:
    """EngineError where random numbers are to be drawn from anything but a generator, such as from a seed."""
    check_kind(rng, np.random.Generator, "a generator of random numbers", "np.random.default_rng(0)")


def check_whole(value: object, what: str, least: int) -> int:
    """The value as a whole number of `least` or more; EngineError says that `what` is one."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number < least:
        raise EngineError(f"{what} is a whole number of {least} or more, got {in_a_line(value)}")
    return number


def check_pair(value: Any, what: str) -> tuple[Any, Any]:
    """Images and labels of a pair, or of what has both, as a data set; EngineError where it has not."""
    if hasattr(value, "images") and hasattr(value, "labels"):
        return value.images, value.labels
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise EngineError(f"{what} is a pair (images, labels), or a data set, got {in_a_line(value)}")
    return value[0], value[1]


def float_type(dtype: Any) -> np.dtype[Any]:
    """A type of floats; EngineError where it is none."""
    try:
        known: np.dtype[Any] | None = None if dtype is None else np.dtype(dtype)
    except (TypeError, ValueError):
        known = None
    if known is None or known.kind != "f":
        raise EngineError(f"a type of floats is needed, such as np.float32, got {in_a_line(dtype)}")
    return known


def check_several(layers: object) -> None:
    """EngineError where names of layers are to be told and it is no list of names."""
    if isinstance(layers, str) or not isinstance(layers, Iterable):
        raise EngineError(f"layers are several names, such as ['hidden1'], got {in_a_line(layers)}")


def check_class(value: object, classes: int) -> int:
    """The number of a class of so many; EngineError where there is none such."""
    try:
        # What is true is 1 to Python, never to us.
        label = -1 if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        label = -1
    if not 0 <= label < classes:
        raise EngineError(f"no class {in_a_line(value)}: the classes are 0..{classes - 1}")
    return label


def harmless(text: str) -> str:
    r"""A text of a stranger as it may be shown: what a terminal would obey is written out, such as \x1b.

    Those are control characters, and those that turn the direction of writing; spaces of any kind are one.
    """
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(
        c if c.isprintable() or c in JOINERS else c.encode("unicode_escape").decode() for c in line
    )


def shortened(text: str, most: int) -> str:
    """A text cut in its middle where it has more characters than that."""
    if len(text) <= most:
        return text
    end = most // 4
    return f"{text[: most - end - 1]}…{text[len(text) - end :]}"


class DivergedError(EngineError):
    """Training met NaN or infinity, first in `layer` ("" where only the loss shows it), at step `step`."""

    def __init__(self, step: int, layer: str, lr: float):
        self.step = step
        self.layer = layer
        what = layer or "the loss"
        super().__init__(
            f"training diverged at step {step}: {what} is no longer finite; try lr below {lr:g}, or a warmup"
        )
