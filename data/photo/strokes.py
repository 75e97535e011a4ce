"""The digit's strokes among all that stands out from the paper, and how much they look like strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo.groups import Box, box_around, digits_among, is_as_tall
from data.photo.pixels.morphology import Cut, border_of, box_of, dilate, extended, grown
from data.photo.pixels.pieces import label_pieces
from data.photo.rules.blots import blot_in, may_be_blotted
from data.photo.rules.frames import lines_around
from data.photo.rules.ruled_paper import without_rules

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WIDEST_STROKE = 0.4  # of the picture's longer side; what is wider is paper, shadow or desk
FAINTEST = 0.06  # least share of the paper's light that ink takes away
LEAST_SCORE = 0.0045  # a digit in faint pencil has five times as much; shadows and blocks of text have less
DIGITS_SHARE = 0.4  # of all that looks like ink; in noise and cloth the heaviest piece has 0.3 and less
SHEET = 0.93  # of the least box around it; a bold nought has less
ASKEW = np.deg2rad(np.arange(-14, 15, 2))
FULL = 0.6  # of the ink above Otsu's threshold: the contrast of ink that covers all is not above it
SMALLEST = 4  # least length of a digit's longer side, in pixels


@dataclass(frozen=True)
class Found:
    """Ink 0..1 (h, w), the mask of the digit in it, and how clear and how slender its strokes are.

    top, left: where the two begin in the picture, if they are a part of it. digits: where each digit is in
    the picture, that of the mask first. known: whether its paper was known, and not estimated.
    """

    ink: Floats
    mask: Mask
    score: float
    top: int = 0
    left: int = 0
    digits: tuple[Box, ...] = ()
    known: bool = False

    def box(self, least: float = 0.0) -> tuple[slice, slice]:
        """Rows and columns of the digit's ink above least."""
        return box_of(self.mask & (self.ink > least))

    def cut_out(self) -> Floats:
        """The digit's ink alone, cut out tightly: (h', w') 0..1."""
        return (self.ink * self.mask)[self.box(0.15)]


@dataclass(frozen=True)
class Part:
    """What strokes are looked for in: a part of a picture, with what is known of it.

    grey (h, w) 0..1; light (h, w) of its paper; border (n,): grey at the picture's border. All but border may
    be cut out of a picture, with at least four pixels of plain paper around what is on it, or as many as
    there are. at: the place of the digit that is wanted, in the whole picture.
    """

    grey: Floats
    light: Floats
    border: Floats
    cut: Cut
    at: Box | None = None


def strokes(part: Part, contrast: Floats, noise: float) -> Found:
    """The digit's dark strokes in a part of a picture.

    contrast (h, w) is what grey lacks of its paper, in units of light, the paper's own middle taken off;
    noise is its standard deviation on the paper.
    """
    full = full_ink(contrast, max(3 * noise, 0.5 * FAINTEST))
    if full < max(FAINTEST, 4 * noise):
        return Found(contrast, np.zeros(contrast.shape, np.bool_), 0.0)
    floor = min(2.5 * noise, 0.4 * full)
    ink = np.clip((contrast - floor) / (full - floor), 0, 1)
    mask, lines, digits = _digit_only(ink > 0.25, ink, part.cut, part.at)
    if lines is not None:  # lines may be much darker than the digit, which is measured anew
        return strokes(part, np.where(dilate(lines, 2), np.float32(0), contrast), noise)
    if not mask.any():
        return Found(ink, mask, 0.0)
    height, box = np.asarray(full * part.light, np.float32), box_of(mask)
    slender = 0.02 if _is_sheet(mask[box]) else slenderness(mask[box])
    inked = contrast[mask]
    if may_be_blotted(inked) and (blot := blot_in(mask, contrast, _middle(inked))) is not None:
        shadow, shade = blot
        lighter = np.where(shadow, np.maximum(contrast - shade, 0), contrast)
        return strokes(part, np.asarray(lighter, np.float32), noise)
    score = full**2 * slender * _support(mask, box, part.grey, height) ** 3
    score *= 0.3 + 0.7 * _paper_at_border(mask, box, part.grey, part.border)
    soft = dilate(mask, 1)  # the soft edge belongs to the stroke
    return Found(ink, soft, score, part.cut.top, part.cut.left, digits)


def _middle(contrast: Floats) -> float:
    """The contrast that parts (n,) into the two classes farthest apart; it may be greater than 1."""
    most = max(float(contrast.max()), 1e-6)
    return otsu(np.asarray(contrast / most, np.float32)) * most


def full_ink(contrast: Floats, least: float) -> float:
    """The contrast (h, w) of ink that covers all, of what has more than least; 0 where nothing has."""
    greatest = contrast.max()
    if greatest <= least:
        return 0.0
    # Whatever part of it Otsu's threshold leaves, the greatest are in it, and are more of it than before.
    count, as_great = np.count_nonzero(contrast > least), np.count_nonzero(contrast == greatest)
    if _is_greatest(int(count), int(as_great), FULL):
        return float(greatest)
    some = contrast[contrast > least]
    return high_quantile(some[some > otsu(some)], FULL)


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


def high_quantile(values: Floats, share: float) -> float:
    """np.quantile of values (n,); known at once where more of them are the greatest than lie above it."""
    greatest = values.max()
    if _is_greatest(values.size, int(np.count_nonzero(values == greatest)), share):
        return float(greatest)
    return float(np.quantile(values, share))


def _is_greatest(count: int, greatest: int, share: float) -> bool:
    """Whether the quantile of so many values is their greatest, if so many of them are as great."""
    return int(share * (count - 1)) > count - greatest


def slenderness(mask: Mask) -> float:
    """How much a mask looks like strokes, 0..1, by its length over its strokes' width.

    Measured: MNIST's digits are 3 to 10 strokes long, what they enclose, shadows and sheets less than 2.5.
    """
    part = mask[box_of(mask)]
    stroke = 4 * np.count_nonzero(part) / _outline_length(part)
    length = max(part.shape)
    return float(np.clip((length / stroke - 1.2) / 2, 0.02, 1))


def _is_sheet(part: Mask) -> bool:
    """Whether a mask, cut out tightly, fills its box, or one that is askew with what it encloses."""
    height, width = part.shape
    share = np.count_nonzero(part) / part.size
    if min(height, width) <= 0.5 * max(height, width) or share <= 0.5:
        return False
    if share > 0.7:
        return True
    first, last = part.argmax(1), width - part[:, ::-1].argmax(1)
    x, y = np.concatenate([first, last]), np.tile(np.arange(height), 2)
    turned = ((np.cos(each), np.sin(each)) for each in ASKEW)
    boxes = [np.ptp(c * x + s * y) * np.ptp(c * y - s * x) for c, s in turned]
    return bool((last - first).sum() > SHEET * min(boxes))


def _support(mask: Mask, box: tuple[slice, slice], grey: Floats, step: Floats) -> float:
    """Share of the mask's outline 0..1 that lies on edges of the picture at least half as high as step.

    box: that of the mask.

    Where a wrong choice of ink was cut off by the widest stroke, its outline lies on nothing.
    """
    part = grown(box, 2)
    grey, mask = grey[part], mask[part]
    outline = mask & dilate(~mask, 1)
    near = _near(grey, outline, 2)
    edge = near.max(0) - near.min(0)
    return float(np.clip(edge / np.maximum(0.5 * step[part][outline], 1e-6), 0, 1).mean())


def _near(grey: Floats, chosen: Mask, radius: int) -> Floats:
    """What lies within radius pixels of chosen ones in all eight directions, (area, n); borders go on."""
    wide = extended(grey, radius)
    across, side = wide.shape[1], 2 * radius + 1
    rows, columns = np.divmod(np.flatnonzero(chosen), grey.shape[1])
    off = (np.arange(side)[:, None] * across + np.arange(side)).reshape(-1, 1)
    return np.asarray(wide.reshape(-1)[off + (rows * across + columns)])


def _paper_at_border(mask: Mask, box: tuple[slice, slice], grey: Floats, border: Floats) -> float:
    """Share of the picture's border 0..1 that is more like what surrounds the mask than what is in it."""
    (rows, columns), (height, width) = box, mask.shape
    room = max(rows.start, columns.start, height - rows.stop, width - columns.stop)
    part = grown(box, 4)
    mask, grey = mask[part], grey[part]
    inside = grey[mask]
    other = border.min() > (inside.max() + grey.max()) / 2  # whatever the medians are
    if other and room > 2:  # then something surrounds it
        return 1.0
    near = dilate(mask, 2)
    around = dilate(near, 2) & ~near
    if not around.any():
        return 0.0
    if other:
        return 1.0
    return float((border > (np.median(inside) + np.median(grey[around])) / 2).mean())


def outline_length(mask: Mask) -> int:
    """Length of the mask's outline in pixel sides; the picture's border counts."""
    return _outline_length(mask[box_of(mask)])


def _outline_length(part: Mask) -> int:
    """The same of a mask that was cut out tightly."""
    inside = np.count_nonzero(part[1:] != part[:-1]) + np.count_nonzero(part[:, 1:] != part[:, :-1])
    return int(inside + np.count_nonzero(border_of(part)))


def _digit_only(
    mask: Mask, ink: Floats, cut: Cut, at: Box | None
) -> tuple[Mask, Mask | None, tuple[Box, ...]]:
    """The mask of one digit, lines to take away first if there are any, and where each digit is.

    Without ruled lines, specks and what only touches the border; empty where all is texture.
    """
    shape = cut.height, cut.width
    least = least_size(max(shape))
    # Strong ink tells more than much faint: a desk's noise must not outweigh a digit.
    weights = np.maximum(ink - 0.4, 0.02)
    labels, pieces = label_pieces(mask, weights[mask], cut.top, cut.left)
    if (lines := lines_around(mask, labels, pieces, cut, least)) is not None:
        return mask, lines, ()
    unruled = without_rules(mask, cut)
    if unruled is not mask and not np.array_equal(unruled, mask):
        mask = unruled
        labels, pieces = label_pieces(mask, weights[mask], cut.top, cut.left)
        if (lines := lines_around(mask, labels, pieces, cut, least)) is not None:
            return mask, lines, ()
    groups = digits_among([piece for piece in pieces if piece.size >= least], shape, at)
    # Of texture, what is smaller than the heaviest piece speaks for no digit.
    mass = sum(piece.mass for group in groups if is_as_tall(group, groups[0]) for piece in group)
    # A desk or a shadow at the border may weigh more than a digit.
    rest = sum(piece.mass for piece in pieces if piece.mass <= mass or not piece.touches(shape))
    if not groups or (at is None and mass < DIGITS_SHARE * rest):
        return np.zeros_like(mask), None, ()
    digits = tuple(box_around(group) for group in groups)
    if len(groups[0]) == len(pieces):
        return mask, None, digits
    only = np.zeros_like(mask)
    only[mask] = np.isin(labels, [piece.label for piece in groups[0]])
    return only, None, digits
