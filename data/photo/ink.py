"""Ink told from paper: a grey picture of one digit, drawn or photographed, becomes a map of ink 0..1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.photo.clean import known_ink
from data.photo.morphology import Cut, blur, closing, reduce
from data.photo.strokes import LEAST_SCORE, WIDEST_STROKE, Found, border_of, narrower, otsu, strokes

Floats = NDArray[np.float32]

COARSE_SIDE = 256  # where the digit is, is looked for in at most so many pixels
NOISY = 0.02  # a picture with more noise than this is smoothed first


def find_ink(grey: Floats) -> Floats:
    """The digit's ink, cut out tightly: grey (h, w) 0..1 to ink (h', w') 0..1.

    Ink may be darker or lighter than its ground. The paper's brightness is estimated at each place, so
    gradients and shadows go. Ruled lines, specks and what only touches the border go too. Looks in a coarse
    copy, then closer at the place. DataError: no ink.
    """
    step = max(1, round(max(grey.shape) / COARSE_SIDE))
    digit = _search(reduce(grey, step))
    if digit is None:
        raise DataError("no ink found; give one digit that is clearly darker or lighter than its ground")
    if step > 1:
        digit = _look_closer(grey, step, digit) or digit
    box = digit.box(0.15)
    return (digit.ink * digit.mask)[box]


def _look_closer(grey: Floats, step: int, digit: Found) -> Found | None:
    rows, columns = digit.box()
    margin = max(rows.stop - rows.start, columns.stop - columns.start) // 2 + 2
    top, left = digit.top + rows.start, digit.left + columns.start
    bottom, right = digit.top + rows.stop, digit.left + columns.stop
    part = grey[
        max(0, top - margin) * step : (bottom + margin) * step,
        max(0, left - margin) * step : (right + margin) * step,
    ]
    finer = max(1, round(max(part.shape) / COARSE_SIDE))
    return _search(reduce(part, finer)) if finer < step else None


def _search(grey: Floats) -> Found | None:
    """Dark ink or light ink: the one that looks more like strokes, long for their area.

    The wrong choice sees what the strokes enclose, or the sheet that they are on: blobs, which score low.
    """
    if grey.min() == grey.max():
        return None
    dark, light = known_ink(grey)
    if dark is None or light is None:
        grey = _without_noise(grey)
        # Shadows are on the paper, so dark ink is measured as a share of the light; light ink is not.
        dark, light = dark or _dark_ink(grey, 0.25), light or _dark_ink(1 - grey, 1.0)
    best = dark if dark.score >= light.score else light
    return best if best.score > LEAST_SCORE else None


def _without_noise(grey: Floats) -> Floats:
    """Smoothed as much as its noisiest quarter needs; in small pictures that would be the strokes."""
    if min(grey.shape) < 80:
        return grey
    noise = float(np.quantile(np.abs(grey - blur(grey, 1)), 0.75))
    if noise < NOISY:
        return grey
    return blur(grey, 1) if noise < 3 * NOISY else blur(blur(grey, 1), 2)


def _dark_ink(grey: Floats, unit: float) -> Found:
    side = max(grey.shape)
    ink = _ink_narrower(grey, WIDEST_STROKE * side, unit)
    widest = narrower(ink, side)
    if widest is None:
        return ink
    closer = _ink_narrower(grey, widest, unit)
    return closer if closer.score > 0 else ink


def _ink_narrower(grey: Floats, widest: float, unit: float) -> Found:
    """Dark ink in strokes not wider than widest pixels; its contrast is a share of the paper or of unit."""
    paper = closing(grey, widest)
    contrast = np.asarray((paper - grey) / np.maximum(paper, unit), np.float32)
    middle, noise = _ground(contrast)
    contrast -= middle
    return strokes(grey, np.maximum(paper, unit), contrast, noise, border_of(grey), Cut(0, 0, *grey.shape))


def _ground(contrast: Floats) -> tuple[float, float]:
    """Middle and standard deviation of the paper's contrast; where ink covers much, of the rest."""
    paper = contrast.reshape(-1)
    level = otsu(paper)
    if (paper > level).mean() > 0.3:
        paper = paper[paper <= level]
    middle = float(np.median(paper))
    return middle, 1.4826 * float(np.median(np.abs(paper - middle)))
