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


def above(
    arrays: tuple[Array, Array, Array, Array, Array, Array], last: Array, some: Array, floor: float
) -> tuple[Array, Array]:
    """The same products, each times last[i], of some i that are not below floor and not 0.

    arrays: as `peaks` is given them; last float32 (n,); some int64 (s,), ascending. The numbers i m + j,
    ascending, and the products.
    """
    value, row, table, factor, place, other = map(fixed, arrays)
    size = len(some) * table.shape[1]
    numbers, products = np.empty(size, np.int64), np.empty(size, np.float32)
    least = np.float32(floor)  # as NumPy compares it with such numbers
    count = _above(
        value, row, table, factor, place, other, fixed(last), fixed(some), least, numbers, products
    )
    return numbers[:count], products[:count]


def prepare() -> None:
    """Compile both, or load them from disk."""
    real, whole = np.zeros((1, 1), np.float32), np.zeros(1, np.int64)
    peaks(real[0], whole, real, real[0], whole, real)
    above((real[0], whole, real, real[0], whole, real), real[0], whole, 1.0)


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


@serial
def _above(
    value: Array,
    row: Array,
    table: Array,
    factor: Array,
    place: Array,
    other: Array,
    last: Array,
    some: Array,
    least: np.float32,
    numbers: Array,
    products: Array,
) -> int:
    count, width = 0, table.shape[1]
    for i in some:
        first, second, third, one, two = value[i], factor[i], last[i], table[row[i]], other[place[i]]
        for j in range(width):
            product = first * (one[j] * second) * two[j] * third
            if product != 0 and abs(product) >= least:
                numbers[count] = i * width + j
                products[count] = product
                count += 1
    return count
