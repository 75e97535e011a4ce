"""A whole digit of 28x28 for nets of another input: its middle, all of it at their size, or padded to it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.arrays import Array, Shape

DIGIT = (28, 28)
"""Height and width of a whole digit."""
INK = 20
"""Pixels of a digit's longest side, as MNIST's are (LeCun et al., 1998): an input of fewer would cut it."""
LARGEST = 64
"""Pixels of the longest side to which a digit is padded or enlarged."""


def framings_of(shape: Shape) -> tuple[str, ...]:
    """What a net of this input shape may be shown of a digit, of `engine.task.FRAMINGS`, the usual one first.

    None where it reads a digit as it is, or none at all. A net of 20 pixels or more each way sees the middle.
    To fewer the digit is brought by the mean over each pixel's area: to 14x14, 7x7 and the like from all of
    the 28x28, whose blocks these are; to any other, such as 8x8, from the square of 20x20 that its ink fills,
    as the sets of such sizes have it (UCI's 8x8, USPS' 16x16). For more than 28 it is padded, as LeNet-5's
    32x32 is (LeCun et al., 1998), or enlarged. In colour its three are alike.
    """
    if len(shape) != 3 or shape[2] not in (1, 3) or max(shape[:2]) > LARGEST:
        return ()
    if shape[:2] == DIGIT:
        return ("whole",) if shape[2] == 3 else ()
    if max(shape[:2]) > DIGIT[0]:
        return ("padded", "whole", "ink") if min(shape[:2]) >= DIGIT[0] else ("whole", "ink")
    if min(shape[:2]) >= INK:
        return ("middle", "ink", "whole")
    blocks = all(DIGIT[0] % side == 0 for side in shape[:2])
    return ("whole", "ink", "middle") if blocks else ("ink", "whole", "middle")


def framing_of(shape: Shape, told: str = "") -> str:
    """What a net of this input shape is shown of a digit, of `framings_of`; "": all of it, as it is.

    told: as the net says; "": the usual one of an input of less than 28x28. What is larger, or in colour,
    reads digits only where the net says so.
    """
    may = framings_of(shape)
    if told in may:
        return told
    small = len(shape) == 3 and shape[:2] != DIGIT and max(shape[:2]) <= DIGIT[0]
    return may[0] if may and small else ""


def as_seen(images: Array, shape: Shape, told: str = "") -> Array:
    """Whole digits (B, 28, 28, ...) at the size of an input (h, w, channels); anything else as it is.

    told: see `framing_of`; for an input in colour grey digits become (B, h, w, 3). Ink that is larger than
    its square, such as a shirt's, is taken from all of the digit. uint8 stays uint8.
    """
    framing = framing_of(shape, told)
    whole = images.shape[1:3] == DIGIT and (images.dtype == np.uint8 or images.dtype.kind == "f")
    if not whole or not framing:
        return images
    seen = _framed(images, shape[0], shape[1], framing)
    grey = bool(told) and seen.ndim == len(shape) and shape[2] == 3
    return np.repeat(seen[..., None], 3, axis=-1) if grey else seen


def _framed(images: Array, high: int, wide: int, framing: str) -> Array:
    if framing in ("middle", "padded"):
        above, before = (abs(side - own) // 2 for side, own in zip((high, wide), DIGIT, strict=True))
        if framing == "middle":
            return images[:, above : above + high, before : before + wide]
        seen = np.zeros((len(images), high, wide, *images.shape[3:]), images.dtype)
        seen[:, above : above + DIGIT[0], before : before + DIGIT[1]] = images
        return seen
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
    """Images (B, h, w, ...) at another size: each pixel the mean over its area, above 28 bilinear."""
    kind = np.float32 if images.dtype == np.uint8 else images.dtype
    rows, columns = (
        _areas(*sides).astype(kind) for sides in zip(images.shape[1:3], (high, wide), strict=True)
    )
    seen: Array = np.einsum("ih,bhw...,jw->bij...", rows, images.astype(kind), columns, optimize=True)
    return np.rint(seen).astype(np.uint8) if images.dtype == np.uint8 else seen


@lru_cache(maxsize=32)
def _areas(count: int, made: int) -> Array:
    """(made, count): which share of each of `made` equal stretches each of `count` pixels covers.

    Where they are more than a digit has: between the middles of the two pixels that are nearest, as PyTorch's
    and Pillow's bilinear have it.
    """
    if made > DIGIT[0]:
        middles = (np.arange(made)[:, None] + 0.5) * (count / made) - 0.5
        return np.asarray(np.maximum(1 - np.abs(np.clip(middles, 0, count - 1) - np.arange(count)), 0))
    edges = np.arange(made + 1) * (count / made)
    ends = np.minimum(edges[1:, None], np.arange(1, count + 1))
    covered = np.maximum(ends - np.maximum(edges[:-1, None], np.arange(count)), 0)
    return np.asarray(covered * (made / count))
