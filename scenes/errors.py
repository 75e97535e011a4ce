"""The error that a scene raises, and the checks of arrays and sizes that many of its functions are given."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from guarding import in_a_line


class SceneError(ValueError):
    """Something that cannot be drawn: one line that names the thing, the value and the fix."""


class NoSuchFieldError(SceneError, TypeError):
    """A keyword that no picture has: Python's own error for it, as well."""


def shaped(value: Any, what: str, *shape: int) -> NDArray[Any]:
    """The value as an array of numbers of that shape, -1 for any length; SceneError says what is needed."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # its rows are not of one length
        array = np.empty(0, object)
    fits = array.dtype.kind in "biuf" and array.ndim == len(shape)
    if not fits or any(side not in (-1, length) for side, length in zip(shape, array.shape, strict=True)):
        sides = ", ".join("any" if side < 0 else str(side) for side in shape)
        given = f"{array.shape}" if array.dtype.kind in "biuf" else in_a_line(value)
        raise SceneError(f"{what} is an array of numbers ({sides}), got {given}")
    return array


def check_sides(size: tuple[int, int]) -> None:
    """SceneError where a picture has no width or no height."""
    width, height = size
    if not (width > 0 and height > 0):
        raise SceneError(f"size {in_a_line(size)}: give width and height in pixels, such as (1280, 720)")
