"""What is done to a picture once it is rendered: parting what the driver tells, bloom, veil, text, and video.

Each but the last does, number for number, what the slower ways in scenes/vtk do.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.kernels import glow, spill
from scenes.kernels import planes as video
from scenes.kernels.compile import fixed, is_compiled, jit
from scenes.kernels.lattice import bare
from scenes.kernels.values import Bytes, f

planes = video.planes
_one, _two, _three, _byte = np.uint64(1), np.uint64(2), np.uint64(3), np.uint32(8)


@jit
def part(rgba: Bytes, least: int, rgb: Bytes, kept: Bytes) -> None:
    """Part a picture, uint8 (h, 4w), the bottom row first, into (h, 3w) and (h, w), the top row first.

    least: the alpha, 0..255, from which `kept` is 255 and not 0.
    """
    rows, width = kept.shape
    for y in range(rows):
        one, other, mark = rgba[rows - 1 - y], rgb[y], kept[y]
        for x in range(width):
            other[3 * x], other[3 * x + 1], other[3 * x + 2] = one[4 * x], one[4 * x + 1], one[4 * x + 2]
        for x in range(width):
            mark[x] = 255 if one[4 * x + 3] >= least else 0


@jit
def veil(pixels: Bytes, add: NDArray[np.uint16], keep: NDArray[np.uint16], first: int) -> None:
    """Mix rows of a picture, uint8 (H, 3W), from the first on: 256ths kept of each (h,); added (h, 3W)."""
    for y in range(len(keep)):
        row, more, share = pixels[first + y], add[y], np.uint32(keep[y])
        for x in range(len(row)):
            row[x] = np.uint8((np.uint32(row[x]) * share + np.uint32(more[x])) >> np.uint32(8))


def lay(pixels: Bytes, colour: Bytes, mask: Bytes, left: int, top: int, alpha: int) -> None:
    """Lay colour over pixels (H, W, 3) at (left, top), by mask (h, w) times alpha 0..256.

    colour: (h, w, 3), or one row or column, or one pixel, for all of them.
    """
    _lay(pixels, fixed(colour), fixed(mask), left, top, alpha)


@jit
def _lay(pixels: Bytes, colour: Bytes, mask: Bytes, left: int, top: int, alpha: int) -> None:
    down, aside = min(colour.shape[0], 2) - 1, min(colour.shape[1], 2) - 1
    first, last = max(0, -left), min(mask.shape[1], pixels.shape[1] - left)
    count = np.uint64(max(last - first, 0))
    # A row's bytes, three a pixel: what colour lies over them, and how much of it. All at once, the dark ones
    # too, is three times as fast as those alone that change.
    ink, share = np.empty(_three * count, np.uint8), np.empty(_three * count, np.uint8)
    filled = False
    for y in range(max(0, -top), min(mask.shape[0], pixels.shape[0] - top)):
        row, covers = pixels[top + y, left + first : left + last].reshape(-1), mask[y, first:last]
        some = np.uint8(0)
        for x in range(count):
            i, part = _three * x, np.uint8((np.uint32(covers[x]) * np.uint32(alpha)) >> _byte)
            share[i] = share[i + _one] = share[i + _two] = part
            some |= part
        if not some:
            continue
        if down or not filled:
            filled = True
            for x in range(count):
                for k in range(3):
                    ink[_three * x + np.uint64(k)] = colour[down * y, aside * (first + x), k]
        for j in range(_three * count):
            cover = np.uint32(share[j])
            mixed = np.uint32(row[j]) * (np.uint32(255) - cover) + np.uint32(ink[j]) * cover + np.uint32(128)
            # A 255th, rounded, of what is less than 65,536, exactly.
            row[j] = np.uint8((mixed + ((mixed - np.uint32(1)) >> _byte)) >> _byte)


_LOOPS: tuple[Any, ...] = (part, bare, *glow.LOOPS, *spill.LOOPS, *video.LOOPS, _lay, veil)


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
    picture, dot = np.zeros((8, 24), np.uint8), np.zeros((1, 1, 3), np.uint8)
    return [
        *spill.preparing(),
        *glow.preparing(),
        *video.preparing(),
        partial(lay, picture.reshape(8, 8, 3), dot, dot[0, :, :1], 0, 0, 0),
        partial(veil, picture, np.zeros((8, 24), np.uint16), np.zeros(8, np.uint16), 0),
        partial(bare, np.zeros((1, 1), np.uint8), np.eye(3), np.zeros(4, np.int64), *np.zeros((2, 1, 2), f)),
        partial(part, picture, 1, np.zeros((8, 18), np.uint8), np.zeros((8, 6), np.uint8)),
    ]
