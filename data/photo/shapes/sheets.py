"""A sheet of paper on a desk, a disc or a label that is written on: all around it becomes like its paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import any_of_blocks, blur, border_of, box_of, dilate, reduce, spanned
from data.photo.pixels.pieces import Piece, label_pieces
from data.photo.rules.hull import hull_area
from data.photo.shapes.noughts import is_bold_nought, is_straight
from data.photo.strokes import otsu, slenderness

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

COARSE = 120  # pixels: a sheet is looked for in about so many
LEAST_SIDE = 60  # pixels: in smaller pictures a sheet's border is as wide as strokes are
LEAST = 0.15  # of the picture's pixels
MOST = 0.97
STEP = 0.12  # of black to white between sheet and desk
CONVEX = 0.95  # of the least convex shape around it is filled by a sheet; a digit's holes count as filled
TALL = 0.08  # of the sheet's longer side: something on it is at least so large
SLENDER = 0.6  # and so slender, see `slenderness`
BROAD = 0.65  # more slender may be a bold nought, or what large writing leaves of a sheet
BENT = 0.65  # of the least convex shape around it fills a digit's stroke, and a nought's hole more
CUT = 0.98  # of the least convex shape around it fills what was cut or printed, and a bold nought less
DENTED = 0.82  # of the same fills a digit on such a one, its eyes counted
BLANK = 0.45  # of its longer side squared is covered by a sheet with nothing on it; a bold one is narrower
DUST = 0.005  # of the sheet
CLEARER = 1.2  # times what a shadow stands out does the ink beside it
CELL = 0.25  # of what is around it is as light: a blank sheet is then a table's empty cell
ROUND = 0.75  # of its box at least is covered by a badge with what is on it
FULL = 0.9  # of its box: no slender nought is so square
UPRIGHT = 0.9  # of its height: what is as slender may be a nought, bold or with a dot in it
HOLE = 0.9  # of the least convex shape around it is filled by what such a nought encloses
WRITTEN = 0.04  # of it at least is what is on it
EVEN = 0.992  # of the least convex shape around it: of a hundred bold noughts one or two fill more


def sheet_alone(colours: Floats, grey: Floats) -> Floats:
    """Colours (h, w, c) with the sheet's own paper carried on around it, cut out; as they are where
    there is none.

    grey: the same (h, w) 0..1. A sheet is lighter or darker than all around it, convex, and blank or has
    strokes on it.
    """
    step = max(1, round(max(grey.shape) / COARSE))
    if min(grey.shape) < LEAST_SIDE or _is_sparse(grey, step):
        return colours
    coarse = reduce(grey, step)
    level = otsu(coarse.reshape(-1)) + 1 / 256
    sheets = [_sheet(coarse > level, coarse), _sheet(coarse <= level, coarse)]
    found = max((each for each in sheets if each is not None), key=np.count_nonzero, default=None)
    return colours if found is None else _carried_on(colours, found, step)


def off_badge(ink: Floats) -> Floats | None:
    """What is written on ink (h, w) 0..1 that is no digit but a small disc or label: grey; None: it is none.

    ink is cut out tightly. Such badges are too small a part of their picture to be looked for as sheets.
    """
    mask = ink > 0.5
    height, width = mask.shape
    filled = spanned(mask)
    if filled < ROUND * mask.size or np.count_nonzero(mask) > (1 - WRITTEN) * filled:
        return None
    if width < UPRIGHT * height and filled < FULL * mask.size and _has_a_round_hole(mask):
        return None
    if spanned(mask.T) < filled - height - width:
        return None
    # The least shape goes along pixels' corners: half a pixel at each step is no dent.
    if filled + (height + width) / 2 < EVEN * hull_area(mask):
        return None
    times = -(-LEAST_SIDE // min(height, width))
    grey = 1 - ink.repeat(times, 0).repeat(times, 1)
    colours = np.pad(grey, max(8, max(grey.shape) // 8), constant_values=1)[:, :, None]
    alone = sheet_alone(colours, colours[:, :, 0])
    return None if alone is colours else alone[:, :, 0]


def _has_a_round_hole(mask: Mask) -> bool:
    """Whether what a mask (h, w) leaves open within its rows is convex, but for what stands in it."""
    ahead = np.logical_or.accumulate(mask, 1) & np.logical_or.accumulate(mask[:, ::-1], 1)[:, ::-1]
    hole = ahead & ~mask
    return bool(spanned(hole) + sum(hole[box_of(hole)].shape) / 2 >= HOLE * hull_area(hole))


def _is_sparse(grey: Floats, step: int) -> bool:
    """Whether a picture on black, as a pad's, has ink in fewer blocks of step x step than a sheet has."""
    if border_of(grey).any():
        return False
    height, width = grey.shape
    inked, least = grey != 0, LEAST * (-(-height // step) * -(-width // step))
    rows, columns = box_of(inked)
    across = slice(columns.start // step * step, columns.stop)
    ink = inked[rows.start // step * step : rows.stop, across]
    blocks = any_of_blocks(ink, step) if ink.size else ink
    return bool(np.count_nonzero(blocks) < least)


def _sheet(mask: Mask, coarse: Floats) -> Mask | None:
    """The largest piece of a mask (h, w) with its holes, if it is a sheet; None: it is not."""
    if mask[0, 0] or mask[0, -1] or mask[-1, 0] or mask[-1, -1]:
        return None
    if not LEAST * mask.size <= np.count_nonzero(mask) <= MOST * mask.size:
        return None
    labels, pieces = label_pieces(mask, np.ones(np.count_nonzero(mask), np.float32))
    largest = max(pieces, key=lambda piece: piece.mass)
    alone = np.zeros_like(mask)
    alone[mask] = labels == largest.label
    sheet = alone | _holes(alone)
    area = np.count_nonzero(sheet)
    if area < LEAST * mask.size or area < CONVEX * hull_area(sheet):
        return None
    ink = sheet & ~mask
    blank = area >= BLANK * largest.size**2 and np.count_nonzero(ink) < DUST * area
    others = mask & ~sheet
    if blank and np.count_nonzero(others) > CELL * np.count_nonzero(~sheet):
        return None
    is_one = (
        not _is_written_beside(others, alone, coarse, largest)
        if blank
        else _is_written_on(ink, sheet, largest, slenderness(alone) > BROAD)
    )
    if not is_one:
        return None
    rim = dilate(sheet, 2) & ~sheet
    apart = abs(float(np.median(coarse[alone])) - float(np.median(coarse[rim]))) if rim.any() else 0.0
    return sheet if apart >= STEP else None


def _holes(alone: Mask) -> Mask:
    """What a piece encloses (h, w)."""
    ground = np.pad(~alone, 1, constant_values=True)
    labels, _ = label_pieces(ground, np.ones(np.count_nonzero(ground), np.float32))
    holes = np.zeros_like(ground)
    holes[ground] = labels != labels[0]
    return holes[1:-1, 1:-1]


def _is_written_on(ink: Mask, whole: Mask, sheet: Piece, slender: bool) -> bool:
    """Whether ink (h, w) on a sheet has strokes in it; a bold nought's hole is none, and convex if long."""
    labels, pieces = label_pieces(ink, np.ones(np.count_nonzero(ink), np.float32))
    even = np.count_nonzero(whole) > CUT * hull_area(whole)
    for piece in pieces:
        if piece.size >= TALL * sheet.size:
            stroke = np.zeros_like(ink)
            stroke[ink] = labels == piece.label
            bent = np.count_nonzero(stroke) < BENT * hull_area(stroke)
            if slenderness(stroke) < SLENDER:
                continue
            bent = bent or (even and np.count_nonzero(stroke | _holes(stroke)) < DENTED * hull_area(stroke))
            if bent or is_straight(whole, stroke) or not (slender or is_bold_nought(whole, stroke)):
                return True
    return False


def _is_written_beside(others: Mask, alone: Mask, coarse: Floats, sheet: Piece) -> bool:
    """Whether what is beside a blank sheet is ink, which stands out more: then the sheet is a shadow."""
    if not others.any():
        return False
    labels, pieces = label_pieces(others, np.ones(np.count_nonzero(others), np.float32))
    written = [piece for piece in pieces if piece.size >= TALL * sheet.size and not piece.flat]
    if not written:
        return False
    ground = float(np.median(coarse[~(alone | others)]))
    heaviest = max(written, key=lambda piece: piece.mass).label
    ink, shade = float(np.median(coarse[others][labels == heaviest])), float(np.median(coarse[alone]))
    return bool((ground - ink) * np.sign(ground - shade) > CLEARER * abs(ground - shade))


def _carried_on(colours: Floats, sheet: Mask, step: int) -> Floats:
    """The sheet cut out, its rim and what is around it filled with its paper's own light from nearby."""
    rows, columns = np.flatnonzero(sheet.any(1)), np.flatnonzero(sheet.any(0))
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inner = ~dilate(np.pad(~sheet[part], 1, constant_values=True), 2)[1:-1, 1:-1]
    cut = colours[part[0].start * step : part[0].stop * step, part[1].start * step : part[1].stop * step]
    inside = np.repeat(np.repeat(inner, step, 0), step, 1)[: cut.shape[0], : cut.shape[1]]
    channels = []
    for channel in np.moveaxis(cut, 2, 0):
        small = reduce(np.ascontiguousarray(channel), step)
        paper = _spread_out(small, inner & _is_paper(small, inner))
        large = np.repeat(np.repeat(paper, step, 0), step, 1)[: cut.shape[0], : cut.shape[1]]
        channels.append(np.where(inside, channel, blur(large, step)))
    return np.stack(channels, 2).astype(np.float32)


def _is_paper(grey: Floats, inner: Mask) -> Mask:
    """Which pixels (h, w) are not ink: near the middle of what is inside."""
    middle = float(np.median(grey[inner]))
    return np.asarray(np.abs(grey - middle) <= 2 * float(np.median(np.abs(grey[inner] - middle))) + 0.03)


def _spread_out(grey: Floats, known: Mask) -> Floats:
    """Grey (h, w) where it is known, elsewhere the mean of what is known around it, the nearer the better."""
    out, radius = np.where(known, grey, np.float32(grey[known].mean())), 2
    there = known.astype(np.float32)
    fills = []
    while radius < 2 * max(grey.shape):
        weight = blur(there, radius)
        fills.append((blur(grey * there, radius), weight))
        radius *= 2
    for sums, weight in reversed(fills):
        out = np.where(weight > 1e-4, sums / np.maximum(weight, 1e-4), out)
    return np.asarray(np.where(known, grey, out), np.float32)
