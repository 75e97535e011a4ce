"""Images read at other places: where each new pixel looks in the old image, and the bilinear answer."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Images = NDArray[np.uint8]

CHUNK = 8  # images at a time: with more, memory goes back and forth to the system for each batch
_CERTAIN = 0.9999  # share of the variance of a random field that is kept


def mapped(maps: Floats, shift: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Places under affine maps: rows and columns (n, h * w) in the old images.

    maps (n, 2, 2) go from a place in the new image to that in the old, both from the centre; shift (n, 2) is
    added, in pixels, rows first.
    """
    height, width = shape
    row, column = (axis.reshape(-1).astype(np.float32) for axis in np.indices(shape))
    row -= (height - 1) / 2
    column -= (width - 1) / 2
    places = []
    for axis, centre in enumerate(((height - 1) / 2, (width - 1) / 2)):
        place = maps[:, axis, :1] * row
        place += maps[:, axis, 1:] * column
        place += shift[:, axis, None] + np.float32(centre)
        places.append(place)
    return places[0], places[1]


def smooth_fields(count: int, rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> Floats:
    """Random fields (count, h * w) of variance 1, as smooth as white noise after a Gaussian of sigma pixels.

    Such noise is Gaussian with covariance exp(-d^2 / 4 sigma^2), row part times column part. It is drawn from
    that covariance's few large components, so nothing is smoothed and borders move as much as the middle.
    """
    down, right = (_components(side, sigma) for side in shape)
    noise = rng.standard_normal((count, down.shape[1], right.shape[1]), np.float32)
    return np.asarray(down @ (noise @ right.T), np.float32).reshape(count, -1)


@cache
def _components(side: int, sigma: float) -> Floats:
    """A (side, few) with A @ A.T the covariance of smoothed noise along one axis."""
    at = np.arange(side)
    values, vectors = np.linalg.eigh(np.exp(-((at[:, None] - at) ** 2) / (4 * sigma**2)))
    values, vectors = values[::-1], vectors[:, ::-1]
    few = int(np.searchsorted(np.cumsum(values), _CERTAIN * values.sum())) + 1
    return np.asarray(vectors[:, :few] * np.sqrt(values[:few]), np.float32)


def read_at(images: Images, rows: Floats, columns: Floats) -> Images:
    """Images (n, h, w) read at rows and columns (n, h * w), bilinear, black outside.

    The places are overwritten.
    """
    count, height, width = images.shape
    # One black pixel around each image stands for all that lies outside.
    for place, side in ((rows, height), (columns, width)):
        np.add(place, 1, out=place)
        np.clip(place, 0, np.float32(side + 0.999), out=place)
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    rows -= top
    columns -= left
    stride = width + 2
    padded = np.zeros((count, height + 2, stride), np.float32)
    padded[:, 1:-1, 1:-1] = images
    flat = padded.reshape(-1)
    # A pixel and its right neighbour as one number of 8 bytes: two reads for a new pixel instead of four.
    pairs = np.zeros(flat.size, np.complex64)
    pairs.real = flat
    pairs.imag[:-1] = flat[1:]
    index = (top * stride + left + (np.arange(count, dtype=np.int32) * padded[0].size)[:, None]).astype(
        np.intp
    )
    upper, lower = pairs.take(index), pairs[stride:].take(index)
    lower -= upper
    lower *= rows
    lower += upper
    mixed = lower.imag - lower.real
    mixed *= columns
    mixed += lower.real
    mixed += np.float32(0.5)
    return np.asarray(mixed, np.uint8).reshape(images.shape)
