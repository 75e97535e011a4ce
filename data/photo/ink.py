"""Ink told from paper: a grey picture of digits, drawn or photographed, becomes a map of each one's ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import NoInkError
from data.photo.clean import known_ink
from data.photo.groups import Box, in_reading_order
from data.photo.pixels.morphology import Cut, blur, border_of, closing, reduce
from data.photo.shapes.noughts import is_bold_nought
from data.photo.strokes import LEAST_SCORE, WIDEST_STROKE, Found, Part, narrower, otsu, slenderness, strokes

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FAINT = "no ink found; give one digit that is clearly darker or lighter than its ground"
COARSE_SIDE = 256  # where the digit is, is looked for in at most so many pixels
LEAST_AT_BORDER = 0.08  # photographed digits cut out tightly score more; the edges of shadows mostly less
CLEAR = 0.35  # ink that runs together with a shadow scores less
NARROWER = (0.14, 0.07)  # of the longer side: the widest stroke that is looked for in a shadow's midst then
CLEARER = 1.25  # times the score: so much clearer is a digit without the shadow
LEAST_CLOSER = 0.1
STRIP = 4  # times as long as it is wide: a picture that is longer is a strip
GRAINY = 0.4  # of the clearer ink's score: which of two so much alike it is, is told by a smoothed copy
ALIKE = 0.25  # of the step between both inks: so near to the border's light is the paper's
EVEN = 0.95  # of the border is so
SLENDER = 0.9  # strokes on known paper, of which what they enclose is too; a sheet's edges are less
LARGE = 80  # pixels: in smaller pictures noise and grain are as wide as strokes
NOISY = 0.02  # a picture with more noise than this is smoothed first


@dataclass(frozen=True, eq=False)
class Sighting:
    """Where digits are in a picture: grey (h, w) 0..1, and what a search found in a copy of it.

    The copy is so many times smaller. digits are in reading order, in the copy's pixels.
    """

    grey: Floats
    step: int
    first: Found
    digits: tuple[Box, ...]
    clean: bool = False  # whether the paper is known to be white, and all else ink

    @property
    def certain(self) -> bool:
        """Whether the picture itself was looked at, on paper that is known: nothing runs together then."""
        return self.step == 1 and self.first.known

    def ink(self, number: int = 0) -> Floats:
        """The ink of the digit of that number, from 0 on, cut out tightly: (h', w') 0..1."""
        at = self.digits[number] if len(self.digits) > 1 else None
        digit = (
            self.first if at is None else _search(reduce(self.grey, self.step), self.clean, at) or self.first
        )
        if self.step > 1:
            rows, columns = digit.box()
            top, left = digit.top, digit.left
            box = Box(top + rows.start, left + columns.start, top + rows.stop, left + columns.stop)
            digit = search_around(self.grey, box, self.step, self.clean, at) or digit
        return digit.cut_out()


def search_around(grey: Floats, box: Box, step: int, clean: bool, at: Box | None) -> Found | None:
    """A digit's ink looked at closer; None where that would be no closer than step, or nothing is found.

    grey: the whole picture; box, at: where the digit is, and which of several, in a copy step times smaller.
    """
    margin = max(box.height, box.width) // 2 + 2
    above, before = max(0, box.top - margin), max(0, box.left - margin)
    below, behind = box.bottom + margin, box.right + margin
    part = grey[above * step : below * step, before * step : behind * step]
    finer = max(1, round(max(part.shape) / COARSE_SIDE))
    if finer >= step > 1:
        return None
    if at is not None:
        there = at.from_place(above, before)
        scale = step / finer
        at = Box(*(round(side * scale) for side in (there.top, there.left, there.bottom, there.right)))
    return _search(reduce(part, finer), clean, at)


def sight(grey: Floats, clean: bool = False) -> Sighting:
    """Find the digits in grey (h, w) 0..1. DataError: no ink.

    Ink may be darker or lighter than its ground. The paper's brightness is estimated at each place, so
    gradients and shadows go. Ruled lines, frames, specks and what only touches the border go too. Looks in a
    coarse copy; a digit's ink is then looked at closer. clean: the paper
    is known to be white, and all else ink.
    """
    step = max(1, round(_side(grey) / COARSE_SIDE))
    found = _search(reduce(grey, step), clean)
    if found is None or (not clean and found.score < LEAST_AT_BORDER and _at_border(found, grey, step)):
        raise NoInkError(FAINT)
    return Sighting(grey, step, found, tuple(in_reading_order(list(found.digits))), clean)


def _side(grey: Floats) -> int:
    """The longer side; of a strip no more than tells how large a digit on it may be."""
    height, width = grey.shape
    return int(min(max(height, width), STRIP * min(height, width)))


def _at_border(found: Found, grey: Floats, step: int) -> bool:
    rows, columns = found.box()
    height, width = (-(-side // step) for side in grey.shape)
    top, left = rows.start + found.top, columns.start + found.left
    bottom, right = rows.stop + found.top, columns.stop + found.left
    return bool(top == 0 or left == 0 or bottom == height or right == width)


def _search(grey: Floats, clean: bool, at: Box | None = None) -> Found | None:
    """Dark ink or light ink: the one that looks more like strokes, long for their area.

    The wrong choice sees what the strokes enclose, or the sheet that they are on: blobs, which score low.
    """
    if clean and (grey == grey[0, 0]).all():
        return None
    if clean:
        white = np.ones_like(grey)
        best = strokes(Part(grey, white, border_of(grey), Cut(0, 0, *grey.shape), at), white - grey, 0.0)
        return best if best.score > 0 else None
    dark, light = known_ink(grey, at)
    even = True  # no shadow falls on paper that is known, nor on such that most of the picture is exactly
    if dark is None or light is None:
        alike = int(np.count_nonzero(grey == grey[0, 0]))
        if alike == grey.size:
            return None
        even = 2 * alike > grey.size
        grey = _without_noise(grey)
        # Shadows are on the paper, so dark ink is measured as a share of the light; light ink is not.
        dark, light = dark or _dark_ink(grey, 0.25, at), light or _dark_ink(1 - grey, 1.0, at)
    best = _clearer_ink(grey, dark, light, at)
    for share in NARROWER if best.score < CLEAR and not even else ():
        # A hand's shadow looks like a stroke as wide as it is, or what it leaves lit like light ink.
        closer = _ink_narrower(grey, share * _side(grey), 0.25, at)
        best = closer if closer.score > max(LEAST_CLOSER, CLEARER * best.score) else best
    return best if best.score > LEAST_SCORE else None


def _clearer_ink(grey: Floats, dark: Found, light: Found, at: Box | None) -> Found:
    """Which of both has the higher score; of two alike, one that is as the border is has it smoothed too.

    The grain of pencil and chalk lends edges to what strokes enclose.
    """
    best, other = (dark, light) if dark.score >= light.score else (light, dark)
    if _is_its_hole(best, other, grey.shape):
        return other
    fine = other.known and other.score > 0 and slenderness(other.mask) > SLENDER
    if fine and _is_paper(best, other, grey):
        return other
    if best.known or other.score < GRAINY * best.score:
        return best
    paper_is_light = bool(np.median(border_of(grey)) > (float(grey.min()) + float(grey.max())) / 2)
    if paper_is_light != (best is light):
        return best
    if _is_paper(best, other, grey):
        return other
    smooth = _smooth(grey)
    return dark if _dark_ink(smooth, 0.25, at).score >= _dark_ink(1 - smooth, 1.0, at).score else light


def _is_paper(best: Found, other: Found, grey: Floats) -> bool:
    """Whether what looks clearest is as the border is: paper between strokes that are fine or blurred."""
    masks = [_whole(found, grey.shape) for found in (best, other)]
    if not all(mask.any() for mask in masks):
        return False
    middle, ink = (float(np.median(grey[mask])) for mask in masks)
    return bool(np.mean(np.abs(border_of(grey) - middle) < ALIKE * abs(middle - ink)) > EVEN)


def _is_its_hole(best: Found, other: Found, shape: tuple[int, ...]) -> bool:
    """Whether what looks clearest is the slit that a bold nought leaves."""
    if not 0 < other.score < best.score:
        return False
    hole, ring = (_whole(found, shape) for found in (best, other))
    return is_bold_nought(hole | ring, hole)


def _whole(found: Found, shape: tuple[int, ...]) -> Mask:
    """The mask (h, w) in its whole picture, without its soft edge."""
    out = np.zeros(shape, np.bool_)
    height, width = found.mask.shape
    out[found.top : found.top + height, found.left : found.left + width] = found.mask & (found.ink > 0.5)
    return out


def _smooth(grey: Floats) -> Floats:
    return blur(grey, 2 if min(grey.shape) >= LARGE else 1)


def _without_noise(grey: Floats) -> Floats:
    """Smoothed as much as its noisiest quarter needs; in small pictures that would be the strokes."""
    if min(grey.shape) < LARGE:
        return grey
    noise = float(np.quantile(np.abs(grey - blur(grey, 1)), 0.75))
    if noise < NOISY:
        return grey
    return blur(grey, 1) if noise < 3 * NOISY else blur(blur(grey, 1), 2)


def _dark_ink(grey: Floats, unit: float, at: Box | None = None) -> Found:
    side = _side(grey)
    ink = _ink_narrower(grey, WIDEST_STROKE * side, unit, at)
    widest = narrower(ink, side)
    if widest is None:
        return ink
    closer = _ink_narrower(grey, widest, unit, at)
    return closer if closer.score > 0 else ink


def _ink_narrower(grey: Floats, widest: float, unit: float, at: Box | None) -> Found:
    """Dark ink in strokes not wider than widest pixels; its contrast is a share of the paper or of unit."""
    paper = closing(grey, widest)
    contrast = np.asarray((paper - grey) / np.maximum(paper, unit), np.float32)
    middle, noise = _ground(contrast)
    contrast -= middle
    light = np.asarray(np.maximum(paper, unit), np.float32)
    return strokes(Part(grey, light, border_of(grey), Cut(0, 0, *grey.shape), at), contrast, noise)


def _ground(contrast: Floats) -> tuple[float, float]:
    """Middle and standard deviation of the paper's contrast; where ink covers much, of the rest."""
    paper = contrast.reshape(-1)
    level = otsu(paper)
    if (paper > level).mean() > 0.3:
        paper = paper[paper <= level]
    middle = float(np.median(paper))
    return middle, 1.4826 * float(np.median(np.abs(paper - middle)))
