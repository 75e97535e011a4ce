"""MNIST's geometry: longest side to 20 pixels, centre of mass to the centre of 28x28 (LeCun et al., 1998).

But what is wider than nearly all of MNIST's digits is squeezed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data.photo.pixels.morphology import box_of, grow, surrounded
from data.photo.strokes import high_quantile

Floats = NDArray[np.float32]

SIDE, BOX = 28, 20
CENTRE = 14.5  # MNIST's centres of mass lie between 14 and 15, where the first pixel is 0 to 1
FINE = 4 * BOX  # pixels: in fewer, strokes can't be made thicker or thinner by a little
THICKEST = 3.7  # one of forty of MNIST's digits is thicker
THINNED = 2.8  # what is thicker becomes a little wider than most of MNIST, so that its holes open
WIDEST = 1.1  # times as wide as high: one of 13 of MNIST's is wider, and such read as well squeezed to that
HARD = 1.5  # strokes of one pixel are 1 to 1.1 wide on a slant
THINNEST = 2.2  # stroke width in pixels of 28x28; most of MNIST lies between 1.7 and 3.7, half below 2.4


def place(ink: Floats) -> NDArray[np.uint8]:
    """Ink (h, w) 0..1, cut out tightly, to uint8 (28, 28); strokes that would fade are thickened first.

    Strokes so wide that they nearly close a digit's holes are thinned; a stretched digit is squeezed.
    """
    given = _fine(ink)
    ink = thickened(given, THINNEST / BOX)
    scale = BOX / max(ink.shape)
    if ink is given and (width := stroke_width(ink) * scale) > THICKEST:
        ink = _thinned(ink, (width - THINNED) / 2 / scale)
    small = _resize(ink)
    peak = high_quantile(small[small > 0.3 * small.max()], 0.8)
    small = np.clip(small / max(peak, 1e-6), 0, 1)
    out = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (_start(small.sum(axis)) for axis in (1, 0))
    out[top : top + small.shape[0], left : left + small.shape[1]] = np.round(small * 255)
    return out


def thickened(ink: Floats, share: float) -> Floats:
    """Ink (h, w), in pixels enough, with strokes at least as wide as this share of its longer side.

    The same array where it has both.
    """
    ink = _fine(ink)
    side = max(ink.shape)
    lacks = share * side - stroke_width(ink)
    return grow(ink, min(lacks / 2, 0.06 * side)) if lacks > 0 else ink


def is_mnist_like(grey: Floats) -> bool:
    """Whether grey (h, w) already is of MNIST's kind: 28x28, white on black, in its box and centred."""
    if grey.shape != (SIDE, SIDE) or grey.max() < 0.7:
        return False
    if _is_hard(grey) and stroke_width(grey) < HARD:
        return False
    there = grey > 0.02
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    if rows[0] < 1 or columns[0] < 1 or rows[-1] > SIDE - 2 or columns[-1] > SIDE - 2:
        return False
    longest = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    at = np.arange(SIDE) + 0.5
    off = max(abs(float(grey.sum(axis) @ at / grey.sum()) - CENTRE) for axis in (0, 1))
    return bool(BOX - 3 <= longest <= BOX + 1 and off < 1.5)


def stroke_width(ink: Floats) -> float:
    """Mean stroke width in pixels: twice the area over the outline's length."""
    padded = surrounded(ink, 1)
    corner = padded[:-1, :-1]
    down, right = padded[1:, :-1] - corner, padded[:-1, 1:] - corner
    steep = np.hypot(down, right, out=np.zeros_like(down), where=(down != 0) | (right != 0))
    return float(2 * padded.sum() / max(float(steep.sum()), 1e-6))


def _is_hard(grey: Floats) -> bool:
    """Whether nearly all is black or white, as a pencil of one pixel leaves it; MNIST's edges are soft."""
    return bool(np.count_nonzero((grey > 0.1) & (grey < 0.9)) < 0.1 * np.count_nonzero(grey > 0.1))


def _fine(ink: Floats) -> Floats:
    """Ink (h, w) in pixels enough for its strokes to be made a little wider or narrower."""
    return ink if max(ink.shape) >= FINE else _enlarged(ink, -(-FINE // max(ink.shape)))


def _enlarged(ink: Floats, times: int) -> Floats:
    height, width = (side * times for side in ink.shape)
    large = Image.fromarray(np.ascontiguousarray(ink, np.float32)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return np.clip(np.asarray(large, np.float32), 0, 1)


def _thinned(ink: Floats, radius: float) -> Floats:
    """Ink thinner by radius pixels on all sides, cut out tightly; as it is where nothing would be left."""
    reach = int(np.ceil(radius))
    paper = 1 - surrounded(ink, 1)
    thin = 1 - np.maximum(grow(paper, radius)[reach:-reach, reach:-reach], paper)
    box = box_of(thin > 0.15)
    return thin[box] if thin.max() > 0.5 else ink


def _resize(ink: Floats) -> Floats:
    """Longest side to 20, by area, and no wider than a digit is."""
    sides = ink.shape[0], min(ink.shape[1], WIDEST * ink.shape[0])
    height, width = (max(1, round(side * BOX / max(sides))) for side in sides)
    small = Image.fromarray(np.ascontiguousarray(ink, np.float32)).resize(
        (width, height), Image.Resampling.BOX
    )
    return np.clip(np.asarray(small, np.float32), 0, 1)


def _start(profile: Floats) -> int:
    """Where a run of pixels begins in 28, its centre of mass in the middle and nothing cut off."""
    centre = float(profile @ (np.arange(len(profile)) + 0.5) / profile.sum())
    return min(max(round(CENTRE - centre), 0), SIDE - len(profile))
