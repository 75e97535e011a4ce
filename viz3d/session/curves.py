"""What a run of training has measured, as values, and as bytes of a file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz3d.command.errors import UserError

_ROWS = (5, 3, 2)  # of curve, validation and rolling
_NUMBER = np.dtype("<f8")


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

    def to_bytes(self) -> bytes:
        """Its numbers one after the other, least byte first."""
        return b"".join(
            each.astype(_NUMBER).tobytes() for each in (self.curve, self.validation, self.rolling)
        )

    @classmethod
    def from_bytes(cls, written: bytes, lengths: Sequence[int]) -> "Curves":
        """What `to_bytes` wrote; UserError where it is not of these lengths."""
        sizes = [rows * length for rows, length in zip(_ROWS, lengths, strict=True)]
        whole = all(type(length) is int and length >= 0 for length in lengths)
        if not whole or sum(sizes) * _NUMBER.itemsize != len(written):
            raise UserError(f"the curves of a training have {len(written):,} bytes, told are others")
        parts = np.split(np.frombuffer(written, _NUMBER).astype(np.float64), np.cumsum(sizes)[:-1])
        return cls(*(part.reshape(rows, -1) for part, rows in zip(parts, _ROWS, strict=True)))
