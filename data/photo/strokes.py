"""The digit's strokes among all that stands out from the paper, and how much they look like strokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from data.photo.morphology import Cut, box_of, dilate, maximum, minimum
from data.photo.pieces import Piece, label_pieces
from data.photo.ruled_paper import without_rules

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
A = TypeVar("A", Floats, Mask)

WIDEST_STROKE = 0.4  # of the picture's longer side; what is wider is paper, shadow or desk
FAINTEST = 0.06  # least share of the paper's light that ink takes away
LEAST_SCORE = 0.001  # ten times less than a digit in faint pencil has
DIGITS_SHARE = 0.4  # of all that looks like ink; in noise and cloth the heaviest piece has 0.3 and less
SMALLEST = 4  # least length of a digit's longer side, in pixels


@dataclass(frozen=True)
class Found:
    """Ink 0..1 (h, w), the mask of the digit in it, and how clear and how slender its strokes are.

    top, left: where the two begin in the picture, if they are a part of it.
    """

    ink: Floats
    mask: Mask
    score: float
    top: int = 0
    left: int = 0

    def box(self, least: float = 0.0) -> tuple[slice, slice]:
        """Rows and columns of the digit's ink above least."""
        return box_of(self.mask & (self.ink > least))


def strokes(grey: Floats, light: Floats, contrast: Floats, noise: float, border: Floats, cut: Cut) -> Found:
    """The digit's dark strokes in grey (h, w) 0..1.

    contrast is what grey lacks of its paper, in units of light (h, w), the paper's own middle taken off;
    noise is its standard deviation on the paper. All may be cut out of a picture, with at least four pixels
    of plain paper around what is on it, or as many as there are; border (n,) is grey at the picture's border.
    """
    some = contrast[contrast > max(3 * noise, 0.5 * FAINTEST)]
    full = float(np.quantile(some[some > otsu(some)], 0.6)) if some.size else 0.0
    if full < max(FAINTEST, 4 * noise):
        return Found(contrast, np.zeros(contrast.shape, np.bool_), 0.0)
    floor = min(2.5 * noise, 0.4 * full)
    ink = np.clip((contrast - floor) / (full - floor), 0, 1)
    mask = _digit_only(ink > 0.25, ink, cut)
    if not mask.any():
        return Found(ink, mask, 0.0)
    height = np.asarray(full * light, np.float32)
    score = full**2 * _slenderness(mask) * _support(mask, grey, height) ** 3
    score *= 0.3 + 0.7 * _paper_at_border(mask, grey, border)
    return Found(ink, dilate(mask, 1), score, cut.top, cut.left)  # grown: the soft edge belongs to the stroke


def narrower(ink: Found, side: int) -> float | None:
    """The widest stroke, in pixels, that a second search should allow; None where it would tell no more.

    ink is what the first search gave; side is the picture's longer side in pixels.
    """
    if ink.score <= 0:
        return None
    widest = 8 * np.count_nonzero(ink.mask) / outline_length(ink.mask)
    return float(max(widest, 0.08 * side)) if widest < 0.7 * WIDEST_STROKE * side else None


def least_size(side: int) -> float:
    """Pixels that a digit's piece is long at least, in a picture of this longer side."""
    return max(SMALLEST, 0.03 * side)


def border_of(values: A) -> A:
    """The values along the four sides of (h, w): (2 h + 2 w,)."""
    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])


def otsu(values: Floats) -> float:
    """Threshold that parts values, clipped to 0..1, into the two classes farthest apart (Otsu, 1979)."""
    # 256 is a power of two, so the product is exact, and so is the class.
    count = np.bincount((np.clip(values, 0, 1) * 256).astype(np.int64), minlength=257)
    count[255] += count[256]
    count, edges = count[:256], np.arange(256) / 256
    below, sums = np.cumsum(count).astype(float), np.cumsum(count * edges)
    apart = below * (below[-1] - below)
    between = np.divide((sums[-1] * below / below[-1] - sums) ** 2, apart, out=np.zeros(256), where=apart > 0)
    return float(edges[int(between.argmax())])


def _slenderness(mask: Mask) -> float:
    """How much a mask looks like strokes, 0..1, by its length over its strokes' width.

    Measured: MNIST's digits are 3 to 10 strokes long, what they enclose, shadows and sheets less than 2.5.
    """
    height, width = (side.stop - side.start for side in box_of(mask))
    length, area = max(height, width), np.count_nonzero(mask)
    if area > 0.7 * height * width and min(height, width) > 0.5 * length:
        return 0.02  # a sheet
    stroke = 4 * area / outline_length(mask)
    return float(np.clip((length / stroke - 1.2) / 2, 0.02, 1))


def _support(mask: Mask, grey: Floats, step: Floats) -> float:
    """Share of the mask's outline 0..1 that lies on edges of the picture at least half as high as step.

    Where a wrong choice of ink was cut off by the widest stroke, its outline lies on nothing.
    """
    part = box_of(mask, 2)
    grey, mask = grey[part], mask[part]
    outline = mask & dilate(~mask, 1)
    edge = (maximum(grey, 2) - minimum(grey, 2))[outline]
    return float(np.clip(edge / np.maximum(0.5 * step[part][outline], 1e-6), 0, 1).mean())


def _paper_at_border(mask: Mask, grey: Floats, border: Floats) -> float:
    """Share of the picture's border 0..1 that is more like what surrounds the mask than what is in it."""
    part = box_of(mask, 4)
    mask, grey = mask[part], grey[part]
    near = dilate(mask, 2)
    around = dilate(near, 2) & ~near
    if not around.any():
        return 0.0
    inside = grey[mask]
    if border.min() > (inside.max() + grey.max()) / 2:  # whatever the medians are
        return 1.0
    return float((border > (np.median(inside) + np.median(grey[around])) / 2).mean())


def outline_length(mask: Mask) -> int:
    """Length of the mask's outline in pixel sides; the picture's border counts."""
    part = mask[box_of(mask)]
    inside = np.count_nonzero(part[1:] != part[:-1]) + np.count_nonzero(part[:, 1:] != part[:, :-1])
    return int(inside + np.count_nonzero(border_of(part)))


def _digit_only(mask: Mask, ink: Floats, cut: Cut) -> Mask:
    """The mask without ruled lines, specks and what only touches the border; empty where all is texture."""
    mask = without_rules(mask, cut)
    shape = cut.height, cut.width
    # Strong ink tells more than much faint: a desk's noise must not outweigh a digit.
    labels, pieces = label_pieces(mask, np.maximum(ink[mask] - 0.4, 0.02), cut.top, cut.left)
    least = least_size(max(shape))
    keep = _pieces_of_digit([piece for piece in pieces if piece.size >= least], shape)
    mass = sum(piece.mass for piece in keep)
    # A desk or a shadow at the border may weigh more than a digit.
    rest = sum(piece.mass for piece in pieces if piece.mass <= mass or not piece.touches(shape))
    if mass < DIGITS_SHARE * rest:
        return np.zeros_like(mask)
    if len(keep) == len(pieces):
        return mask
    only = np.zeros_like(mask)
    only[mask] = np.isin(labels, [piece.label for piece in keep])
    return only


def _pieces_of_digit(pieces: list[Piece], shape: tuple[int, ...]) -> list[Piece]:
    """The heaviest piece, one inside the picture rather than one at its border, and its near neighbours."""
    if not pieces:
        return []
    main = max(pieces, key=lambda piece: piece.mass * (0.2 if piece.touches(shape) else 1.0))

    def belongs(piece: Piece) -> bool:
        inside = main.touches(shape) or not piece.touches(shape)
        return inside and piece.mass > 0.06 * main.mass and piece.gap(main) < 0.25 * main.size

    return [piece for piece in pieces if piece is main or belongs(piece)]
