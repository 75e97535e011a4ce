"""Spill: a glow of a quarter of a picture's size added to it, by loops; as scenes/vtk/bloom has it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import fixed, inner, jit
from scenes.kernels.values import Bytes, Number

Box = tuple[int, int, int, int]
_one, _two, _three, _four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
_byte, _word = np.uint32(8), np.uint32(16)  # bits


@inner
def widen(row: Bytes, first: Number, length: Number, even: Bytes, odd: Bytes) -> Number:
    """Of a row twice as wide, each pixel mixed of the two around it, every other pixel each; the sum of it.

    It is made of uint8 (length,) from the first on.
    """
    last, total = length - _three, np.uint32(0)
    for i in range(length):
        here = row[first + i]
        even[i] = odd[i] = here
        total += np.uint32(here)
    for i in range(_three, length):
        even[i] = np.uint8((np.int32(3) * np.int32(row[first + i]) + row[first + i - _three] + 2) >> 2)
    for i in range(last):
        odd[i] = np.uint8((np.int32(3) * np.int32(row[first + i]) + row[first + i + _three] + 2) >> 2)
    return total


@inner
def mix(here: Bytes, other: Bytes, mixed: Bytes) -> None:
    """Three parts of a row and one of another."""
    for i in range(np.uint64(len(mixed))):
        mixed[i] = np.uint8((np.int32(3) * np.int32(here[i]) + other[i] + 2) >> 2)


@inner
def _pixel(row: Bytes, i: Number) -> Number:
    """Three bytes of a row as one number."""
    low, high = np.uint32(row[i]) | (np.uint32(row[i + _one]) << _byte), np.uint32(row[i + _two])
    return low | (high << _word)


@inner
def _stretch(one: Bytes, two: Bytes, more: NDArray[np.uint32]) -> None:
    """The pixels of two rows in turns, each of them twice, as four bytes at once: a quarter of the stores."""
    for x in range(np.uint64(len(more)) // _three):
        i = _three * x
        a, b = _pixel(one, i), _pixel(two, i)
        more[i] = a | (a << (_byte + _word))
        more[i + _one] = (a >> _byte) | (b << _word)
        more[i + _two] = (b >> _word) | (b << _byte)


@inner
def _limit(one: Bytes, two: Bytes, part: Any, shares: NDArray[np.uint16], most: NDArray[np.uint64]) -> None:
    """By the brightest colour of the same pixels, as `_stretch` lays them out: the share of their light.

    part: of the rows, from where to where in pixels; shares: by brightness.
    """
    for x in range(part[0], part[1]):
        i = _three * x
        a = np.uint64(shares[max(one[i], one[i + _one], one[i + _two])])
        b = np.uint64(shares[max(two[i], two[i + _one], two[i + _two])])
        low, high = a | (a << np.uint64(_word)), b | (b << np.uint64(_word))
        most[x] = low | (high << np.uint64(_word + _word))


@inner
def _brighten(row: Bytes, more: Bytes) -> None:
    """Add light to a row of pixels and clip at white."""
    for i in range(np.uint64(len(row))):
        here = row[i]
        total = np.uint8(here + more[i])  # one that is less has gone round
        row[i] = np.uint8(255) if total < here else total


@inner
def _spare(
    row: Bytes, more: Bytes, marks: Bytes, most: NDArray[np.uint16], share: NDArray[np.uint16]
) -> None:
    """The same where pixels keep their colours: each gets the less light the more of it is marked.

    marks: uint8 (n,), 0..255; share: room for as many. most: what one that is all marked gets of the light,
    256ths: its red, green and blue lessen alike, and it keeps its hue.
    """
    count = np.uint64(len(marks))
    for x in range(count):
        least = np.uint32(65280) - np.uint32(marks[x]) * np.uint32(np.uint32(256) - np.uint32(most[x]))
        # A 255th, exactly, of what is less than 65,536.
        share[x] = np.uint16((least + np.uint32(1) + (least >> _byte)) >> _byte)
    for x in range(count):
        # Written out: the compiler then works on many at once.
        i, j, k, part = _three * x, _three * x + _one, _three * x + _two, np.uint32(share[x])
        a = np.uint32(row[i]) + ((np.uint32(more[i]) * part) >> _byte)
        b = np.uint32(row[j]) + ((np.uint32(more[j]) * part) >> _byte)
        c = np.uint32(row[k]) + ((np.uint32(more[k]) * part) >> _byte)
        row[i] = np.uint8(min(a, np.uint32(255)))
        row[j] = np.uint8(min(b, np.uint32(255)))
        row[k] = np.uint8(min(c, np.uint32(255)))


def lit(picture: Bytes) -> Box:
    """The part of a picture (h, w) that is not 0: left, top, right and bottom; nothing where none is."""
    rows = np.flatnonzero(picture.max(axis=1, initial=0))
    if not len(rows):
        return 0, 0, 0, 0
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    cols = np.flatnonzero(picture[top:bottom].max(axis=0))
    return int(cols[0]), top, int(cols[-1]) + 1, bottom


def spill(
    pixels: Bytes,
    glow: Bytes,
    kept: Bytes | None = None,
    least: int = 0,
    within: NDArray[np.int64] | None = None,
) -> None:
    """Add a glow, uint8 (h, 3w), four times as large to pixels, uint8 (H, 3W), and clip at white.

    It is enlarged smoothly to twice its size, and each of its pixels then serves for four; what falls outside
    is cut. What is kept of each pixel, uint8 (H, W), gets no more than `least` of its light.

    within: int64 (4,), left, top, right and bottom of what is kept at most; all of the picture is looked
        through without.
    """
    left, top, right, bottom = lit(glow)
    if top < bottom:
        mask = np.zeros((0, 0), np.uint8) if kept is None else kept
        spared = _spared(mask, within)
        where = np.array([3 * (left // 3), top, 3 * ((right + 2) // 3), bottom, *spared], np.int64)
        _spill(pixels, fixed(glow), fixed(mask), where, least)


def _spared(kept: Bytes, within: NDArray[np.int64] | None) -> Box:
    if within is None:
        return lit(kept)
    # Who drew the cells and who tells of them may round apart.
    x, y = (max(int(side) - 1, 0) for side in within[:2])
    left, top, right, bottom = lit(kept[y : int(within[3]) + 1, x : int(within[2]) + 1])
    return x + left, y + top, x + right, y + bottom


@jit
def _spill(pixels: Bytes, glow: Bytes, kept: Bytes, where: NDArray[np.int64], least: int) -> None:
    left, top, bottom = np.uint64(where[0]), where[1], where[3]
    length, start = np.uint64(where[2] - where[0]), np.uint64(4 * where[0])
    end = np.uint64(min(4 * where[2], pixels.shape[1]))
    # Where pixels are kept: in columns from `low` to `high`.
    low = min(max(np.uint64(3 * where[4]), start), end)
    high = min(max(np.uint64(3 * where[6]), low), end)
    even, odd = np.empty((3, length), np.uint8), np.empty((3, length), np.uint8)
    one, two, words = np.empty(length, np.uint8), np.empty(length, np.uint8), np.empty(length, np.uint32)
    packed, share = np.zeros(length // _three, np.uint64), np.empty(_four * (length // _three), np.uint16)
    more, most, shares = words.view(np.uint8), packed.view(np.uint16), np.empty(256, np.uint16)
    for k in range(256):
        shares[k] = 256 if k <= least else 256 * least // k
    first, last = (low - start) // _three, (high - start) // _three
    part = first // _four, (last + _three) // _four
    light = np.zeros(3, np.uint32)
    for y in range(top, bottom):
        # The rows of the glow before this one, here and after it lie in turns.
        before, here, after = (y - top) % 3, (y - top + 1) % 3, (y - top + 2) % 3
        if y == top:
            light[here] = widen(glow[y], left, length, even[here], odd[here])
            light[before] = widen(glow[y], left, length, even[before], odd[before])
        light[after] = widen(glow[min(y + 1, bottom - 1)], left, length, even[after], odd[after])
        for half in range(2):
            other, line = after if half else before, 4 * y + 2 * half
            if light[here] + light[other] == 0:
                continue
            mix(even[here], even[other], one)
            mix(odd[here], odd[other], two)
            _stretch(one, two, words)
            if line + 2 > where[5] and line < where[7]:
                _limit(one, two, part, shares, packed)
            for v in range(line, min(line + 2, pixels.shape[0])):
                row = pixels[v]
                if v < where[5] or v >= where[7]:
                    _brighten(row[start:end], more)
                    continue
                _brighten(row[start:low], more)
                marks = kept[v, low // _three : high // _three]
                _spare(row[low:high], more[low - start :], marks, most[first:], share)
                _brighten(row[high:end], more[high - start :])


LOOPS: tuple[Any, ...] = (_spill,)


def preparing() -> list[Callable[[], object]]:
    """What compiles the loop, as it is used, or loads it from disk."""
    return [partial(spill, np.zeros((8, 24), np.uint8), np.ones((2, 6), np.uint8))]
