"""What is done to a picture once it is rendered: parting what the driver tells, bloom, text laid over it.

Each does, number for number, what the slower ways in scenes/vtk do.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from scenes.kernels.compile import fixed, inner, is_compiled, jit
from scenes.kernels.values import Bytes, f


@jit
def part(rgba: Bytes, least: int, rgb: Bytes, kept: Bytes) -> None:
    """Part a picture, uint8 (h, 4w), the bottom row first, into (h, 3w) and (h, w), the top row first.

    least: the alpha, 0..255, from which `kept` is 1 and not 0.
    """
    rows, width = kept.shape
    for y in range(rows):
        one, other, mark = rgba[rows - 1 - y], rgb[y], kept[y]
        for x in range(width):
            other[3 * x], other[3 * x + 1], other[3 * x + 2] = one[4 * x], one[4 * x + 1], one[4 * x + 2]
        for x in range(width):
            mark[x] = one[4 * x + 3] >= least


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


@jit
def turn(picture: Bytes, turned: Bytes) -> None:
    """Put the rows of a picture, uint8 (h, 3w), in the place of its columns: (w, 3h)."""
    for y in range(picture.shape[0]):
        for x in range(turned.shape[0]):
            for k in range(3):
                turned[x, 3 * y + k] = picture[y, 3 * x + k]


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


def soften(picture: Bytes, radius: float) -> Bytes:
    """Blur a picture, uint8 (h, w, 3): three boxes that come to a Gaussian, as Pillow's filter has it.

    Gwosdek et al., Theoretical Foundations of Gaussian Convolution by Extended Box Filtering (2011): a box
    reaches over whole pixels and a part of the next, in fixed point of 24 bits; each is rounded to a byte.
    """
    height, width = picture.shape[:2]
    sizes = box(radius)
    columns = np.empty((width, 3 * height), np.uint8)
    turn(picture.reshape(height, -1), columns)
    rows = np.empty((height, 3 * width), np.uint8)
    turn(_thrice(columns, sizes), rows)
    return _thrice(rows, sizes).reshape(picture.shape)


def _thrice(picture: Bytes, sizes: tuple[int, int, int]) -> Bytes:
    other = np.empty_like(picture)
    down(picture, other, *sizes)
    down(other, picture, *sizes)
    down(picture, other, *sizes)
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


@inner
def widen(row: Bytes, double: Bytes) -> int:
    """A row twice as wide, each pixel mixed of the two around it: uint8 (3w,) to (6w,); the sum of it."""
    width, total = len(row) // 3, 0
    for x in range(width):
        left, right = max(x - 1, 0), min(x + 1, width - 1)
        for k in range(3):
            here = 3 * np.int32(row[3 * x + k]) + 2
            p, q = (here + row[3 * left + k]) >> 2, (here + row[3 * right + k]) >> 2
            double[6 * x + k], double[6 * x + 3 + k] = p, q
            total += p + q
    return total


def enlarge(picture: Bytes, twice: Bytes) -> None:
    """A picture twice as large, each pixel mixed of the four around it: uint8 (h, 3w) to (2h, 6w)."""
    # What can be written is of another type to the compiler, and would have loops compiled again.
    _enlarge(fixed(picture), twice)


@jit
def _enlarge(picture: Bytes, twice: Bytes) -> None:
    rows, length = len(picture), twice.shape[1]
    wide = np.empty((rows, length), np.uint8)
    for y in range(rows):
        widen(picture[y], wide[y])
    for y in range(rows):
        above, below = max(y - 1, 0), min(y + 1, rows - 1)
        for x in range(length):
            here = 3 * np.int32(wide[y, x]) + 2
            twice[2 * y, x] = (here + wide[above, x]) >> 2
            twice[2 * y + 1, x] = (here + wide[below, x]) >> 2


@inner
def copy(row: Bytes, other: Bytes) -> None:
    """Write a row over another; an assignment of rows takes Numba more than a second to compile."""
    for x in range(len(row)):
        other[x] = row[x]


def spill(pixels: Bytes, glow: Bytes, left: int, top: int) -> None:
    """Add a glow, uint8 (h, 3w), four times as large to pixels, uint8 (H, 3W), and clip at white.

    It is enlarged smoothly to twice its size, and each of its pixels then serves for four. It begins at the
    pixel (left, top); what falls outside is cut.
    """
    _spill(pixels, fixed(glow), left, top)


@jit
def _spill(pixels: Bytes, glow: Bytes, left: int, top: int) -> None:
    rows, width = glow.shape[0], glow.shape[1] // 3
    length = min(12 * width, pixels.shape[1] - 3 * left)
    double = np.empty((3, 6 * width), np.uint8)
    lit = np.zeros(3, np.int64)
    lit[1] = widen(glow[0], double[1])
    copy(double[1], double[0])
    lit[0] = lit[1]
    wide = np.empty(12 * width, np.uint8)
    for y in range(rows):
        # The rows of the glow before this one, here and after it lie in turns in `double`.
        before, here, after = y % 3, (y + 1) % 3, (y + 2) % 3
        if y + 1 < rows:
            lit[after] = widen(glow[y + 1], double[after])
        else:
            copy(double[here], double[after])
            lit[after] = lit[here]
        for half in range(2):
            other = after if half else before
            if lit[here] + lit[other] == 0:
                continue
            for x in range(2 * width):
                for k in range(3):
                    mixed = (3 * np.int32(double[here, 3 * x + k]) + double[other, 3 * x + k] + 2) >> 2
                    wide[6 * x + k], wide[6 * x + 3 + k] = mixed, mixed
            first = top + 4 * y + 2 * half
            for line in range(first, min(first + 2, pixels.shape[0])):
                row = pixels[line, 3 * left : 3 * left + length]
                for x in range(length):
                    row[x] = np.uint8(min(np.uint16(row[x]) + np.uint16(wide[x]), np.uint16(255)))


def lay(pixels: Bytes, colour: Bytes, mask: Bytes, left: int, top: int, alpha: int) -> None:
    """Lay colour over pixels (H, W, 3) at (left, top), by mask (h, w) times alpha 0..256.

    colour: (h, w, 3), or one row or column, or one pixel, for all of them.
    """
    _lay(pixels, fixed(colour), fixed(mask), left, top, alpha)


@jit
def _lay(pixels: Bytes, colour: Bytes, mask: Bytes, left: int, top: int, alpha: int) -> None:
    down, aside = min(colour.shape[0], 2) - 1, min(colour.shape[1], 2) - 1
    first, last = max(0, -left), min(mask.shape[1], pixels.shape[1] - left)
    for y in range(max(0, -top), min(mask.shape[0], pixels.shape[0] - top)):
        row, covers = pixels[top + y, left + first : left + last], mask[y, first:last]
        for x in range(last - first):
            cover = (np.int32(covers[x]) * np.int32(alpha)) >> 8
            if cover:
                for k in range(3):
                    p = np.int32(row[x, k])
                    mixed = p * 255 + (np.int32(colour[down * y, aside * (first + x), k]) - p) * cover + 127
                    # A 255th, exactly, of what is less than 65,536.
                    row[x, k] = np.uint8((mixed + 1 + (mixed >> 8)) >> 8)


_LOOPS: tuple[Any, ...] = (part, quarter, turn, down, _enlarge, _spill, _lay)


def is_ready() -> bool:
    """Whether a picture can be finished at once: the loops are compiled, or were when first asked for."""
    # A loop's list of signatures is made anew each time.
    return all(loop.overloads for loop in _LOOPS) or _were_on_disk()


def look_again() -> bool:
    """Whether the loops are on disk by now, as another process compiled them; `is_ready` then knows it."""
    _were_on_disk.cache_clear()
    return _were_on_disk()


@cache
def _were_on_disk() -> bool:
    # Asked for each line of text.
    return all(map(is_compiled, _LOOPS))


def preparing() -> list[Callable[[], object]]:
    """What compiles the loops one by one, as they are used, or loads them from disk."""
    picture, glow, dot = (
        np.zeros((8, 24), np.uint8),
        np.zeros((2, 6), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
    )
    return [
        partial(spill, picture, glow, 0, 0),
        partial(lay, picture.reshape(8, 8, 3), dot, dot[0, :, :1], 0, 0, 0),
        partial(enlarge, glow, np.zeros((4, 12), np.uint8)),
        partial(soften, picture.reshape(8, 8, 3), 1.0),
        partial(part, picture, 1, np.zeros((8, 18), np.uint8), np.zeros((8, 6), np.uint8)),
        partial(quarter, picture, np.zeros(256, np.uint8), glow),
    ]
