"""Planes: a picture as most video has it, BT.709 in limited range, with colours for every 2 x 2 pixels.

ITU-R BT.709-6, 3.2 to 3.5: luma is 0.2126 R + 0.7152 G + 0.0722 B, and what blue and red have beyond it are
the colours; in 8 bits black is 16, white 235, no colour 128. A colour is the mean of its four pixels.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from scenes.kernels.compile import fixed, jit
from scenes.kernels.values import Bytes

_RED, _BLUE = 0.2126, 0.0722
_one, _two, _three, _four, _five, _six = map(np.uint64, range(1, 7))
_word = np.int32(16)  # bits of the fixed point


def _weights(red: float, green: float, blue: float, levels: int, pixels: int = 1) -> list[np.int32]:
    """Of red, green and blue, in 65,536ths, for a sum over so many pixels."""
    return [np.int32(round(65536 * each * levels / 255 / pixels)) for each in (red, green, blue)]


# Grey comes out without colour: each three of the colours' weights make nothing together.
_YR, _YG, _YB = _weights(_RED, 1 - _RED - _BLUE, _BLUE, 219)
_UR, _UG, _UB = _weights(-_RED / 2 / (1 - _BLUE), -(1 - _RED - _BLUE) / 2 / (1 - _BLUE), 0.5, 224, 4)
_VR, _VG, _VB = _weights(0.5, -(1 - _RED - _BLUE) / 2 / (1 - _RED), -_BLUE / 2 / (1 - _RED), 224, 4)
_BLACK, _GREY = (np.int32((level << 16) + (1 << 15)) for level in (16, 128))  # and a half, to round


def planes(picture: Bytes, out: Bytes) -> None:
    """Write a picture, uint8 (h, w, 3), of even sides, as uint8 (3h / 2, w): luma, then both colours.

    Each colour, blue's and then red's, is (h / 2, w / 2), row after row.
    """
    high, wide = picture.shape[:2]
    luma, colours = out[:high], out[high:].reshape(2, high // 2, wide // 2)
    _planes(fixed(np.ascontiguousarray(picture).reshape(high, -1)), luma, *colours)


@jit
def _planes(picture: Bytes, luma: Bytes, blue: Bytes, red: Bytes) -> None:
    for y in range(len(luma)):
        row, line = picture[y], luma[y]
        for x in range(np.uint64(len(line))):
            i = _three * x
            r, g, b = np.int32(row[i]), np.int32(row[i + _one]), np.int32(row[i + _two])
            line[x] = np.uint8((r * _YR + g * _YG + b * _YB + _BLACK) >> _word)
    for y in range(len(blue)):
        above, below, some, more = picture[2 * y], picture[2 * y + 1], blue[y], red[y]
        for x in range(np.uint64(len(some))):
            # Of four pixels each; written out: the compiler then works on many at once.
            i = _six * x
            r = np.int32(above[i]) + above[i + _three] + below[i] + below[i + _three]
            g = np.int32(above[i + _one]) + above[i + _four] + below[i + _one] + below[i + _four]
            b = np.int32(above[i + _two]) + above[i + _five] + below[i + _two] + below[i + _five]
            some[x] = np.uint8((r * _UR + g * _UG + b * _UB + _GREY) >> _word)
            more[x] = np.uint8((r * _VR + g * _VG + b * _VB + _GREY) >> _word)


LOOPS: tuple[Any, ...] = (_planes,)


def preparing() -> list[Callable[[], object]]:
    """What compiles the loop, as it is used, or loads it from disk."""
    return [partial(planes, np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2), np.uint8))]
