"""Single pixels far from all around them, salt and pepper, become like their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FAR = 0.3  # of black to white
SHARE = 0.003  # of the pixels: fewer are dust, and done with as such
CALM = 0.05  # of black to white: where neighbours differ more, all is noise
SMALLEST = 24  # pixels: in smaller pictures a single one may be a stroke's


def without_impulses(grey: Floats) -> Floats:
    """Grey (h, w) 0..1 with salt and pepper taken out; as it is where there is hardly any.

    What has two or more neighbours like it may be a stroke of one pixel, and stays.
    """
    if min(grey.shape) < SMALLEST:
        return grey
    if np.median(np.abs(np.diff(grey[:: len(grey) // SMALLEST]))) > CALM:
        return grey
    inner = grey[1:-1, 1:-1]
    shifts = slice(None, -2), slice(1, -1), slice(2, None)
    beside = [grey[down, right] for down in shifts for right in shifts]
    del beside[4]
    low, high = np.minimum.reduce(beside), np.maximum.reduce(beside)
    alone = np.count_nonzero((inner < low - FAR) | (inner > high + FAR))
    if alone <= SHARE * grey.size:
        return grey
    for _ in range(2):
        grey = _step(grey)
    return grey


def _step(grey: Floats) -> Floats:
    height, width = grey.shape
    wide = np.pad(grey, 1, mode="edge")
    places = [(down, right) for down in range(3) for right in range(3)]
    around = np.stack([wide[down : down + height, right : right + width] for down, right in places])
    like = (np.abs(around - grey) < FAR).sum(0) - 1
    middle = np.median(around, axis=0)
    return np.where((like <= 1) & (np.abs(grey - middle) >= FAR), middle, grey).astype(np.float32)
