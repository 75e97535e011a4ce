"""Compiled search among many products; float32 only. Like `engine.kernels`, import it late."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.kernels.compile import fixed, serial


def top(
    arrays: tuple[Array, Array, Array, Array, Array, Array], last: Array, k: int, floor: float
) -> tuple[Array, Array]:
    """The k largest |value[i] (table[row[i], j] factor[i]) other[place[i], j] last[i]| that are not 0.

    arrays: value (n,), row int64 (n,), table (r, m), factor (n,), place int64 (n,), other (p, m). last (n,).
    All float32 but for row and place, multiplied in this order. What lies below floor is left out. Their
    numbers i m + j, ascending, and the products; of equals those of the lower numbers. k: above 0.
    """
    # What can be written is of another type to the compiler, and would have all compiled again.
    value, row, table, factor, place, other = map(fixed, arrays)
    width = table.shape[1]
    room = min(len(value) * width, 2 * k + width)
    numbers, products = np.empty(room, np.int64), np.empty(room, np.float32)
    peaks, last = np.empty(len(value), np.float32), fixed(last)
    least = np.float32(floor)  # as NumPy compares it with such numbers
    count = _top(value, row, table, factor, place, other, last, k, least, peaks, numbers, products)
    # Not as parts of room for more: they may be kept for long.
    return numbers[:count].copy(), products[:count].copy()


def prepare() -> None:
    """Compile it, or load it from disk."""
    real, whole = np.zeros((1, 1), np.float32), np.zeros(1, np.int64)
    top((real[0], whole, real, real[0], whole, real), real[0], 1, 1.0)


@serial
def _edge(sizes: Array, count: int, k: int) -> int:
    """The bits of the k-th largest |number| of the first `count`; 0 where fewer are not 0."""
    # Bits of numbers >= 0 are in order as they are; halving their range, all are compared side by side.
    low, high = 0, 0x7FFFFFFF
    bits = sizes.view(np.int32)
    while low < high:
        middle = np.int32(low + (high - low + 1) // 2)
        found = np.int32(0)
        for j in range(count):
            found += np.int32((bits[j] & np.int32(0x7FFFFFFF)) >= middle)
        if found >= k:
            low = int(middle)
        else:
            high = int(middle) - 1
    return low


@serial
def _keep(numbers: Array, products: Array, count: int, k: int) -> tuple[int, np.float32]:
    """Move the k largest |products| of the first `count` to the front: how many there are, and the least."""
    if count < k:
        return count, np.float32(0)
    edge = np.int32(_edge(products, count, k)).view(np.float32)
    equal = k
    for j in range(count):
        equal -= int(abs(products[j]) > edge)
    kept = 0
    for j in range(count):
        size = abs(products[j])
        if size > edge or (size == edge and equal > 0):
            equal -= int(size == edge)
            numbers[kept], products[kept] = numbers[j], products[j]
            kept += 1
    return kept, edge


@serial
def _top(
    value: Array,
    row: Array,
    table: Array,
    factor: Array,
    place: Array,
    other: Array,
    last: Array,
    k: int,
    least: np.float32,
    peaks: Array,
    numbers: Array,
    products: Array,
) -> int:
    count, width = 0, table.shape[1]
    for i in range(len(value)):
        first, second, one, two = value[i], factor[i], table[row[i]], other[place[i]]
        most = np.int32(0)
        for j in range(width):
            # A largest whole number is found side by side, a largest fraction is not.
            most = max(most, np.float32(abs(first * (one[j] * second) * two[j])).view(np.int32))
        # Rounding keeps order: the largest times a number is the largest of all times it.
        peaks[i] = np.int32(most).view(np.float32) * abs(last[i])
    # The largest product of each of k is a product too: the k-th largest of them bounds the k-th of all.
    least = max(least, np.int32(_edge(peaks, len(peaks), k)).view(np.float32))
    for i in range(len(value)):
        if peaks[i] < least or peaks[i] == 0:
            continue
        if count + width > len(numbers):
            count, edge = _keep(numbers, products, count, k)
            least = max(least, edge)
        first, second, third, one, two = value[i], factor[i], last[i], table[row[i]], other[place[i]]
        for j in range(width):
            product = first * (one[j] * second) * two[j] * third
            if product != 0 and abs(product) >= least:
                numbers[count] = i * width + j
                products[count] = product
                count += 1
    return _keep(numbers, products, count, k)[0] if count > k else count
