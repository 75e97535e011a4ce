"""Bloom: light that spills from what is bright, by loops; number for number what scenes/vtk/bloom does.

Pictures lie flat here, uint8 (h, 3w), three bytes a pixel, and are read with numbers without a sign: others
might count from the end, which the compiler asks at each step.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from scenes.kernels.compile import fixed, jit
from scenes.kernels.spill import mix, widen
from scenes.kernels.values import Bytes, f

_two, _three = np.uint64(2), np.uint64(3)


@jit
def quarter(pixels: Bytes, curve: Bytes, small: Bytes) -> None:
    """Means of 4 x 4 pixels, through a curve: uint8 (4h, 12w) to (h, 3w), each three bytes a pixel."""
    rows, width = small.shape[0], small.shape[1] // 3
    sums = np.empty(12 * width, np.uint16)
    for y in range(rows):
        a, b, c, d = pixels[4 * y], pixels[4 * y + 1], pixels[4 * y + 2], pixels[4 * y + 3]
        for x in range(12 * width):
            sums[x] = np.uint16(a[x]) + np.uint16(b[x]) + np.uint16(c[x]) + np.uint16(d[x])
        for x in range(width):
            for k in range(3):
                i = 12 * x + k
                total = np.int32(sums[i]) + sums[i + 3] + sums[i + 6] + sums[i + 9]
                small[y, 3 * x + k] = curve[(total + 8) >> 4]


def half(picture: Bytes) -> Bytes:
    """A picture, uint8 (h, 3w), at half of its size, rounded up."""
    small = np.empty(((len(picture) + 1) // 2, 3 * ((picture.shape[1] // 3 + 1) // 2)), np.uint8)
    halve(picture, small)
    return small


@jit
def halve(picture: Bytes, small: Bytes) -> None:
    """Means of 2 x 2 pixels: uint8 (h, 3w) to half of that, rounded up; at odd ends means of those there."""
    rows, width = picture.shape[0], picture.shape[1] // 3
    for y in range(small.shape[0]):
        above, below = picture[2 * y], picture[min(2 * y + 1, rows - 1)]
        for x in range(small.shape[1] // 3):
            left, right = 6 * x, 3 * min(2 * x + 1, width - 1)
            for k in range(3):
                total = np.int32(above[left + k]) + above[right + k] + below[left + k] + below[right + k]
                small[y, 3 * x + k] = (total + 2) >> 2


@jit
def down(picture: Bytes, out: Bytes, reach: int, whole: int, part: int) -> None:
    """Blur the columns of a picture, uint8 (h, 3w), once, into another, see `soften`."""
    rows, length = picture.shape
    total = np.empty(length, np.uint32)
    each, ends = np.uint32(whole), np.uint32(part)
    for y in range(rows):
        for i in range(length):
            total[i] = picture[y, i]
        for d in range(1, reach + 1):
            above, below = max(y - d, 0), min(y + d, rows - 1)
            for i in range(length):
                total[i] += np.uint32(picture[above, i]) + picture[below, i]
        above, below = max(y - reach - 1, 0), min(y + reach + 1, rows - 1)
        for i in range(length):
            far = np.uint32(picture[above, i]) + picture[below, i]
            total[i] = total[i] * each + far * ends + np.uint32(1 << 23)
        for i in range(length):
            out[y, i] = total[i] >> np.uint32(24)


@jit
def across(picture: Bytes, out: Bytes, reach: int, whole: int, part: int) -> None:
    """Blur the rows of a picture, uint8 (h, 3w), three times, into another, see `soften`."""
    rows, length = picture.shape[0], np.uint64(picture.shape[1])
    rim = np.uint64(3 * (reach + 1))
    end = rim + length
    # A row, and beyond its ends what is there as far as a box reaches.
    line, total = np.empty(length + _two * rim, np.uint8), np.empty(length, np.uint32)
    each, ends = np.uint32(whole), np.uint32(part)
    for y in range(rows):
        for i in range(length):
            line[rim + i] = picture[y, i]
        for _ in range(3):
            for i in range(rim):
                line[i], line[end + i] = line[rim + i % _three], line[end - _three + i % _three]
            for i in range(length):
                total[i] = line[rim + i]
            for d in range(1, reach + 1):
                aside = np.uint64(3 * d)
                for i in range(length):
                    total[i] += np.uint32(line[rim - aside + i]) + line[rim + aside + i]
            for i in range(length):
                far = np.uint32(line[i]) + line[rim + rim + i]
                total[i] = total[i] * each + far * ends + np.uint32(1 << 23)
            for i in range(length):
                line[rim + i] = total[i] >> np.uint32(24)
        for i in range(length):
            out[y, i] = line[rim + i]


def soften(picture: Bytes, radius: float) -> Bytes:
    """Blur a picture, uint8 (h, 3w): three boxes that come to a Gaussian, as Pillow's filter has it.

    Gwosdek et al., Theoretical Foundations of Gaussian Convolution by Extended Box Filtering (2011): a box
    reaches over whole pixels and a part of the next, in fixed point of 24 bits; each is rounded to a byte.
    """
    sizes = box(radius)
    one, other = np.empty_like(picture), np.empty_like(picture)
    across(picture, one, *sizes)
    down(one, other, *sizes)
    down(other, one, *sizes)
    down(one, other, *sizes)
    return other


def box(radius: float) -> tuple[int, int, int]:
    """Of one of three boxes: whole pixels to each side, and the weights of each and of the next, of 2**24."""
    variance = f(radius) * f(radius) / f(3)
    length = f(np.sqrt(12.0 * float(variance) + 1.0))
    whole = f(np.floor((float(length) - 1.0) / 2.0))
    more = f(2) * whole + f(1)
    rest = more * (whole * (whole + f(1)) - f(3) * variance)
    reach = whole + rest / (f(6) * (variance - (whole + f(1)) * (whole + f(1))))
    each = int(f(1 << 24) / (f(2) * reach + f(1)))
    return int(reach), each, ((1 << 24) - (2 * int(reach) + 1) * each) // 2


def heap(coarse: Bytes, fine: Bytes, dimmed: Bytes) -> None:
    """Dim a picture, uint8 (2h, 6w), by a table of 256, and add one of half its size, (h, 3w), enlarged.

    Each pixel of that is mixed of the four around it.
    """
    # What can be written is of another type to the compiler, and would have loops compiled again.
    _heap(fixed(coarse), fine, dimmed)


@jit
def _heap(coarse: Bytes, fine: Bytes, dimmed: Bytes) -> None:
    rows, length = len(coarse), np.uint64(coarse.shape[1])
    even, odd = np.empty((rows, length), np.uint8), np.empty((rows, length), np.uint8)
    for y in range(rows):
        widen(coarse[y], np.uint64(0), length, even[y], odd[y])
    one, two = np.empty(length, np.uint8), np.empty(length, np.uint8)
    for y in range(2 * rows):
        here = y // 2
        other = min(max(here + 2 * (y % 2) - 1, 0), rows - 1)
        mix(even[here], even[other], one)
        mix(odd[here], odd[other], two)
        row = fine[y]
        for x in range(length // _three):
            for k in range(_three):
                i, j = _three * x + k, _two * _three * x + k
                row[j] = np.uint8(min(np.int32(dimmed[row[j]]) + np.int32(one[i]), np.int32(255)))
                j += _three
                row[j] = np.uint8(min(np.int32(dimmed[row[j]]) + np.int32(two[i]), np.int32(255)))


LOOPS: tuple[Any, ...] = (quarter, halve, across, down, _heap)


def preparing() -> list[Callable[[], object]]:
    """What compiles the loops one by one, as they are used, or loads them from disk."""
    picture, small = np.zeros((8, 24), np.uint8), np.ones((2, 6), np.uint8)
    table = np.zeros(256, np.uint8)
    return [
        partial(heap, small, np.zeros((4, 12), np.uint8), table),
        partial(soften, picture, 1.0),
        partial(half, picture),
        partial(quarter, picture, table, small.copy()),
    ]
