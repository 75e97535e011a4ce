"""What an array of numbers holds: images, as bytes, or rows."""

from __future__ import annotations

import math
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets.dataset import Inputs

MOST_SIDE = 1024
_PIECE = 1 << 22  # pixels that are brought to bytes at a time
_CIFAR = 32
_UCI = 8


def inputs_of(path: Path, x: NDArray[np.generic]) -> Inputs:
    """Images uint8 or rows of numbers float32, as a Dataset has them."""
    if x.dtype.kind not in "biuf" or x.ndim not in (2, 3, 4) or not x.size:
        raise DataError(f"{path}: x is {x.dtype} {x.shape}: give numbers (N, h, w), (N, h, w, 3) or (N, D)")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise DataError(f"{path}: x holds NaN or infinity: fill that in, or leave the rows out")
    if x.ndim == 2:
        return _rows(path, x)
    if x.ndim == 4 and x.shape[3] not in (1, 3) and x.shape[1] in (1, 3):
        x = np.moveaxis(x, 1, 3)
    if x.ndim == 4 and x.shape[3] not in (1, 3):
        more = ": leave out how transparent they are, x[..., :3]" * (x.shape[3] == 4)
        raise DataError(f"{path}: x is {x.shape}: images have 1 or 3 channels, (N, h, w, 3){more}")
    if x.ndim == 4 and x.shape[3] == 1:
        x = x[..., 0]
    if max(x.shape[1:3]) > MOST_SIDE:
        raise DataError(f"{path}: x is {x.shape}: give images of at most {MOST_SIDE} pixels a side")
    return pixels_of(path, x)


def _rows(path: Path, x: NDArray[np.generic]) -> Inputs:
    """Rows (N, D): pixels row by row where D is a square and they run as pixels do, else numbers."""
    side = isqrt(x.shape[1])
    if side * side == x.shape[1]:
        if x.dtype == np.uint8 and side >= 8:
            return np.ascontiguousarray(x.reshape(-1, side, side), np.uint8)
        if side >= 16 and _like_pixels(x):
            return pixels_of(path, x.reshape(-1, side, side))
    whole = x.shape[1] == _UCI**2 and bool((x == np.rint(x)).all())
    if whole and float(x.min()) == 0 and float(x.max()) == 2 * _UCI:  # as scikit-learn has its digits
        return np.ascontiguousarray(x.reshape(-1, _UCI, _UCI), np.uint8)
    if x.dtype == np.uint8 and x.shape[1] == 3 * _CIFAR**2:
        return np.ascontiguousarray(np.moveaxis(x.reshape(-1, 3, _CIFAR, _CIFAR), 1, 3)).view(np.uint8)
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(x, np.float32)
    if not np.isfinite(numbers).all():
        most = float(np.abs(x[~np.isfinite(numbers)]).max())
        raise DataError(f"{path}: x has a number of size {most:g}, at most 3.4e38 are taken: scale it down")
    return numbers


def _like_pixels(x: NDArray[np.generic]) -> bool:
    """Whether numbers run from 0 to 1, or are whole ones from 0 to 255, as OpenML has MNIST's in floats."""
    low, high = float(x.min()), float(x.max())
    if low < 0 or high > 255 or x.dtype.kind == "b":
        return False
    if x.dtype.kind == "f" and high <= 1:
        return True
    return high > 16 and (x.dtype.kind in "iu" or bool((x == np.rint(x)).all()))


def pixels_of(path: Path, x: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Pixels 0..255, 0..1, -1..1 or of 12 or 16 bits as bytes. DataError where they run otherwise."""
    low, high = float(x.min()), float(x.max())
    if x.dtype.kind == "f" and -1 <= low < 0 and high <= 1:
        return _scaled(x, 127.5, 127.5)
    if x.dtype.kind in "iu" and x.dtype.itemsize == 2 and low >= 0 and high > 255:
        return _scaled(x, 255 / (4095 if high < 4096 else 65535), rounds=False)
    if low < 0 or high > 255:
        raise DataError(f"{path}: pixels run from {low:g} to {high:g}: give 0..255, 0..1 or -1..1")
    if x.dtype.kind == "b":
        return x.view(np.uint8) * np.uint8(255)
    if x.dtype.kind == "f":
        return _scaled(x, 255 if high <= 1 else 1)
    return np.ascontiguousarray(x, np.uint8)


def _scaled(
    x: NDArray[np.generic], times: float, plus: float = 0.0, rounds: bool = True
) -> NDArray[np.uint8]:
    """The numbers times x + plus as bytes, some images after others, not floats of all of them at once."""
    made = np.empty(x.shape, np.uint8)
    step = max(1, _PIECE // max(1, math.prod(x.shape[1:])))
    for start in range(0, len(x), step):
        some = x[start : start + step].astype(np.float32) * np.float32(times) + np.float32(plus)
        made[start : start + step] = np.rint(some) if rounds else some
    return made
