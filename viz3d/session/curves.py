"""What a run of training has measured, as values, and as bytes of a file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz3d.command.errors import UserError

_ROWS = (5, 3, 2)  # of curve, validation and rolling
_NUMBER = np.dtype("<f8")
_FURTHEST, _LARGEST = 1e15, 1e100  # a step and a value that no run comes to, nor any chart can show


@dataclass(frozen=True, eq=False)
class Curves:
    """What a run has measured up to a step, float64: all that is kept of one that is over.

    Attributes:
        curve: (5, steps) each step's number, loss, loss smoothed, accuracy, accuracy smoothed.
        validation: (3, k) step, accuracy and loss of the test images.
        rolling: (2, k) step and accuracy of the last test images that were read while it ran.
    """

    curve: NDArray[np.float64]
    validation: NDArray[np.float64]
    rolling: NDArray[np.float64]

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many points each has: with these and the bytes it is made again."""
        return tuple(each.shape[1] for each in (self.curve, self.validation, self.rolling))

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.curve.size + self.validation.size + self.rolling.size

    def to_bytes(self) -> bytes:
        """Its numbers one after the other, least byte first."""
        return b"".join(
            each.astype(_NUMBER).tobytes() for each in (self.curve, self.validation, self.rolling)
        )

    @classmethod
    def from_bytes(cls, written: bytes, lengths: Sequence[int]) -> "Curves":
        """What `to_bytes` wrote; UserError where it is not of these lengths, or what no run has measured."""
        sizes = [rows * length for rows, length in zip(_ROWS, lengths, strict=True)]
        whole = all(type(length) is int and length >= 0 for length in lengths)
        if not whole or sum(sizes) * _NUMBER.itemsize != len(written):
            raise UserError(f"the curves of a training have {len(written):,} bytes, told are others")
        parts = np.split(np.frombuffer(written, _NUMBER).astype(np.float64), np.cumsum(sizes)[:-1])
        shaped = [part.reshape(rows, -1) for part, rows in zip(parts, _ROWS, strict=True)]
        if not all(map(_is_measured, shaped)):
            raise UserError("the curves of a training have steps or values that no run comes to")
        return cls(*shaped)


def _is_measured(points: NDArray[np.float64]) -> bool:
    """Whether a run can have measured points (1 + k, n): steps, and values, some of them no number."""
    finite = np.isfinite(points[1:])
    steps = points[0, finite.any(axis=0)]
    if not ((steps >= 0) & (steps <= _FURTHEST)).all() or (np.diff(steps) < 0).any():
        return False
    return not finite.any() or float(np.abs(points[1:][finite]).max()) <= _LARGEST
