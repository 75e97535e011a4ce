"""Ink told from paper: a grey picture of one digit, drawn or photographed, becomes a map of ink 0..1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.photo.morphology import blur, closing, dilate, maximum, reduce
from data.photo.pieces import Piece, label_pieces
from data.photo.ruled_paper import without_rules

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

COARSE_SIDE = 256  # where the digit is, is looked for in at most so many pixels
WIDEST_STROKE = 0.4  # of the picture's longer side; what is wider is paper, shadow or desk
FAINTEST = 0.06  # least share of the paper's light that ink takes away
NOISY = 0.02  # a picture with more noise than this is smoothed first
DIGITS_SHARE = 0.4  # of all that looks like ink; in noise and cloth the heaviest piece has 0.3 and less
LEAST_SCORE = 0.001  # ten times less than a digit in faint pencil has
SMALLEST = 4  # least length of a digit's longer side, in pixels


@dataclass(frozen=True)
class Found:
    """Ink 0..1 (h, w), the mask of the digit in it, and how clear and how slender its strokes are."""

    ink: Floats
    mask: Mask
    score: float

    def box(self, least: float = 0.0) -> tuple[slice, slice]:
        """Rows and columns of the digit's ink above least."""
        there = self.mask & (self.ink > least)
        rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def find_ink(grey: Floats) -> Floats:
    """The digit's ink, cut out tightly: grey (h, w) 0..1 to ink (h', w') 0..1.

    Ink may be darker or lighter than its ground. The paper's brightness is estimated at each place, so
    gradients and shadows go. Ruled lines, specks and what only touches the border go too. Looks in a coarse
    copy, then closer at the place. DataError: no ink.
    """
    step = max(1, round(max(grey.shape) / COARSE_SIDE))
    found = _search(reduce(grey, step))
    if found is None:
        raise DataError("no ink found; give one digit that is clearly darker or lighter than its ground")
    if step > 1:
        found = _look_closer(grey, step, found) or found
    box = found.box(0.15)
    return (found.ink * found.mask)[box]


def _look_closer(grey: Floats, step: int, found: Found) -> Found | None:
    rows, columns = found.box()
    margin = max(rows.stop - rows.start, columns.stop - columns.start) // 2 + 2
    top, left = (max(0, side.start - margin) * step for side in (rows, columns))
    part = grey[top : (rows.stop + margin) * step, left : (columns.stop + margin) * step]
    finer = max(1, round(max(part.shape) / COARSE_SIDE))
    return _search(reduce(part, finer)) if finer < step else None


def _search(grey: Floats) -> Found | None:
    """Dark ink or light ink: the one that looks more like strokes, long for their area.

    Of dark strokes, the wrong choice sees what they enclose, or the sheet that they are on: blobs.
    """
    grey = _without_noise(grey)
    # Shadows are on the paper, so dark ink is measured as a share of the light; light ink is not.
    dark, light = _dark_ink(grey, 0.25), _dark_ink(1 - grey, 1.0)
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
    found = _ink_narrower(grey, WIDEST_STROKE * side, unit)
    if found.score > 0:  # once more for strokes of the width found: narrower shadows go as well
        widest = 8 * found.mask.sum() / _outline(found.mask)
        if widest < 0.7 * WIDEST_STROKE * side:
            closer = _ink_narrower(grey, max(widest, 0.08 * side), unit)
            return closer if closer.score > 0 else found
    return found


def _ink_narrower(grey: Floats, widest: float, unit: float) -> Found:
    """Dark ink in strokes not wider than widest pixels; its contrast is a share of the paper or of unit."""
    paper = closing(grey, widest)
    contrast = np.asarray((paper - grey) / np.maximum(paper, unit), np.float32)
    middle, noise = _ground(contrast)
    contrast -= middle
    some = contrast[contrast > max(3 * noise, 0.5 * FAINTEST)]
    full = float(np.quantile(some[some > _otsu(some)], 0.6)) if some.size else 0.0
    if full < max(FAINTEST, 4 * noise):
        return Found(contrast, np.zeros(contrast.shape, np.bool_), 0.0)
    floor = min(2.5 * noise, 0.4 * full)
    ink = np.clip((contrast - floor) / (full - floor), 0, 1)
    mask = _digit_only(ink > 0.25, ink)
    if not mask.any():
        return Found(ink, mask, 0.0)
    height = np.asarray(full * np.maximum(paper, unit), np.float32)
    score = full**2 * _slenderness(mask) * _support(mask, grey, height) ** 3
    score *= 0.3 + 0.7 * _paper_at_border(mask, grey)
    return Found(ink, dilate(mask, 1), score)  # grown: the soft edge belongs to the stroke


def _ground(contrast: Floats) -> tuple[float, float]:
    """Middle and standard deviation of the paper's contrast; where ink covers much, of the rest."""
    paper = contrast.reshape(-1)
    level = _otsu(paper)
    if (paper > level).mean() > 0.3:
        paper = paper[paper <= level]
    middle = float(np.median(paper))
    return middle, 1.4826 * float(np.median(np.abs(paper - middle)))


def _otsu(values: Floats) -> float:
    """Threshold that parts values, clipped to 0..1, into the two classes farthest apart (Otsu, 1979)."""
    count, edges = np.histogram(np.clip(values, 0, 1), bins=256, range=(0, 1))
    below, sums = np.cumsum(count).astype(float), np.cumsum(count * edges[:-1])
    apart = below * (below[-1] - below)
    between = np.divide((sums[-1] * below / below[-1] - sums) ** 2, apart, out=np.zeros(256), where=apart > 0)
    return float(edges[int(between.argmax())])


def _slenderness(mask: Mask) -> float:
    """How much a mask looks like strokes, 0..1, by its length over its strokes' width.

    Measured: MNIST's digits are 3 to 10 strokes long, what they enclose, shadows and sheets less than 2.5.
    """
    height, width = (int(np.ptp(np.flatnonzero(mask.any(axis)))) + 1 for axis in (1, 0))
    length, area = max(height, width), int(mask.sum())
    if area > 0.7 * height * width and min(height, width) > 0.5 * length:
        return 0.02  # a sheet
    stroke = 4 * area / _outline(mask)
    return float(np.clip((length / stroke - 1.2) / 2, 0.02, 1))


def _support(mask: Mask, grey: Floats, step: Floats) -> float:
    """Share of the mask's outline 0..1 that lies on edges of the picture at least half as high as step.

    Where a wrong choice of ink was cut off by the widest stroke, its outline lies on nothing.
    """
    outline = mask & dilate(~mask, 1)
    edge = maximum(grey, 2) + maximum(-grey, 2)
    return float(np.clip(edge[outline] / np.maximum(0.5 * step[outline], 1e-6), 0, 1).mean())


def _paper_at_border(mask: Mask, grey: Floats) -> float:
    """Share of the picture's border 0..1 that is more like what surrounds the mask than what is in it."""
    around = dilate(mask, 4) & ~dilate(mask, 2)
    middle = (np.median(grey[mask]) + np.median(grey[around])) / 2 if around.any() else np.inf
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return float((border > middle).mean())


def _outline(mask: Mask) -> int:
    """Length of the mask's outline in pixel sides; the picture's border counts."""
    mask = np.pad(mask, 1)
    return int((mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum())


def _digit_only(mask: Mask, ink: Floats) -> Mask:
    """The mask without ruled lines, specks and what only touches the border; empty where all is texture."""
    mask = without_rules(mask)
    # Strong ink tells more than much faint: a desk's noise must not outweigh a digit.
    labels, pieces = label_pieces(mask, np.maximum(ink - 0.4, 0.02))
    least = max(SMALLEST, 0.03 * max(mask.shape))
    keep = _pieces_of_digit([piece for piece in pieces if piece.size >= least], mask.shape)
    mass = sum(piece.mass for piece in keep)
    # A desk or a shadow at the border may weigh more than a digit.
    rest = sum(piece.mass for piece in pieces if piece.mass <= mass or not piece.touches(mask.shape))
    if mass < DIGITS_SHARE * rest:
        return np.zeros_like(mask)
    return np.isin(labels, [piece.label for piece in keep])


def _pieces_of_digit(pieces: list[Piece], shape: tuple[int, ...]) -> list[Piece]:
    """The heaviest piece, one inside the picture rather than one at its border, and its near neighbours."""
    if not pieces:
        return []
    main = max(pieces, key=lambda piece: piece.mass * (0.2 if piece.touches(shape) else 1.0))

    def belongs(piece: Piece) -> bool:
        inside = main.touches(shape) or not piece.touches(shape)
        return inside and piece.mass > 0.06 * main.mass and piece.gap(main) < 0.25 * main.size

    return [piece for piece in pieces if piece is main or belongs(piece)]
