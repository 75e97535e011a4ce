"""A whole digit of 28x28 for nets whose input is smaller: its middle, or all of it at their size."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.arrays import Array, Shape

DIGIT = (28, 28)
"""Height and width of a whole digit."""
INK = 20
"""Pixels of a digit's longest side, as MNIST's are (LeCun et al., 1998): an input of fewer would cut it."""


def framing_of(shape: Shape, told: str = "") -> str:
    """What a net of this input shape is shown of a digit, of `engine.task.FRAMINGS`; "": all of it, as it is.

    told: as the net says; "": as is usual at its size. Inputs of 20 pixels or more each way see the middle.
    To fewer the digit is brought by the mean over each pixel's area: to 14x14, 7x7 and the like from all of
    the 28x28, whose blocks these are; to any other, such as 8x8, from the square of 20x20 that its ink fills,
    as the sets of such sizes have it (UCI's 8x8, USPS' 16x16).
    """
    if len(shape) != 3 or shape[:2] == DIGIT or max(shape[:2]) > DIGIT[0]:
        return ""
    if told:
        return told
    if min(shape[:2]) >= INK:
        return "middle"
    return "whole" if all(DIGIT[0] % side == 0 for side in shape[:2]) else "ink"


def as_seen(images: Array, shape: Shape, told: str = "") -> Array:
    """Whole digits (B, 28, 28, ...) at the size of an input (h, w, channels); anything else as it is.

    told: see `framing_of`. Ink that is larger than its square, such as a shirt's, is taken from all of the
    digit. uint8 stays uint8.
    """
    framing = framing_of(shape, told)
    whole = images.shape[1:3] == DIGIT and (images.dtype == np.uint8 or images.dtype.kind == "f")
    if not whole or not framing:
        return images
    high, wide = shape[:2]
    if framing == "middle":
        above, before = (DIGIT[0] - high) // 2, (DIGIT[1] - wide) // 2
        return images[:, above : above + high, before : before + wide]
    if framing == "whole" or not len(images):
        return _means(images, high, wide)
    top, left, fits = _squares(images)
    squares = np.lib.stride_tricks.sliding_window_view(images, (INK, INK), (1, 2))
    cut = np.moveaxis(squares[np.arange(len(images)), top, left], (-2, -1), (1, 2))
    seen = _means(cut, high, wide)
    if not fits.all():
        seen[~fits] = _means(images[~fits], high, wide)
    return seen


def _squares(images: Array) -> tuple[Array, Array, Array]:
    """Row and column (B,) where the square around each image's ink begins, and whether it holds all of it."""
    flat = images.reshape(*images.shape[:3], -1)
    inked = (flat > flat.min(axis=(1, 2, 3), keepdims=True)).any(axis=3)
    begins, fits = [], np.ones(len(images), bool)
    for axis in (2, 1):
        line = inked.any(axis=axis)
        first, last = line.argmax(axis=1), line.shape[1] - line[:, ::-1].argmax(axis=1)
        fits &= last - first <= INK
        begins.append(np.clip((first + last - INK) // 2, 0, DIGIT[0] - INK))
    return begins[0], begins[1], fits


def _means(images: Array, high: int, wide: int) -> Array:
    """Images (B, h, w, ...) at another size, each pixel the mean over its area."""
    kind = np.float32 if images.dtype == np.uint8 else images.dtype
    rows, columns = (
        _areas(*sides).astype(kind) for sides in zip(images.shape[1:3], (high, wide), strict=True)
    )
    seen: Array = np.einsum("ih,bhw...,jw->bij...", rows, images.astype(kind), columns, optimize=True)
    return np.rint(seen).astype(np.uint8) if images.dtype == np.uint8 else seen


@lru_cache(maxsize=32)
def _areas(count: int, fewer: int) -> Array:
    """(fewer, count): which share of each of `fewer` equal stretches each of `count` pixels covers."""
    edges = np.arange(fewer + 1) * (count / fewer)
    ends = np.minimum(edges[1:, None], np.arange(1, count + 1))
    covered = np.maximum(ends - np.maximum(edges[:-1, None], np.arange(count)), 0)
    return np.asarray(covered * (fewer / count))
