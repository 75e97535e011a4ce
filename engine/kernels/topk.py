"""Compiled search among many products; float32 only. Like `engine.kernels`, import it late."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.kernels.compile import fixed, serial


def peaks(value: Array, row: Array, table: Array, factor: Array, place: Array, other: Array) -> Array:
    """For each i the largest |value[i] (table[row[i], j] factor[i]) other[place[i], j]| over j: (n,).

    value, factor float32 (n,), row, place int64 (n,), table float32 (r, m), other float32 (p, m). Multiplied
    in this order.
    """
    out = np.empty(len(value), np.float32)
    # What can be written is of another type to the compiler, and would have all compiled again.
    value, row, table = fixed(value), fixed(row), fixed(table)
    _peaks(value, row, table, fixed(factor), fixed(place), fixed(other), out)
    return out


def prepare() -> None:
    """Compile it, or load it from disk."""
    real, whole = np.zeros((1, 1), np.float32), np.zeros(1, np.int64)
    peaks(real[0], whole, real, real[0], whole, real)


@serial
def _peaks(
    value: Array, row: Array, table: Array, factor: Array, place: Array, other: Array, out: Array
) -> None:
    for i in range(len(value)):
        first, second, one, two = value[i], factor[i], table[row[i]], other[place[i]]
        most = np.int32(0)
        for j in range(one.shape[0]):
            # Bits of numbers >= 0 are in order as they are, and a largest whole number is found side by side.
            most = max(most, np.float32(abs(first * (one[j] * second) * two[j])).view(np.int32))
        out[i] = np.int32(most).view(np.float32)
