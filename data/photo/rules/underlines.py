"""Lines below a digit, loose ones and such as it stands on, told by their ends; and a two's loose foot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut, box_of, runs, surrounded
from data.photo.pixels.pieces import Piece, alone_of, label_pieces

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

LOW = 0.7  # of the piece's height: above there the ends have no ink
THICKEST = 0.12  # of the piece's height
OUT = 0.25  # of the digit's width: so far both ends stick out, at least
LONGEST_LEAN = 0.1  # rows a column
FORKED = 0.2  # of its ends' columns, at most, have more than a line: a two's stem runs down to its foot there
STRAIGHT = 0.02  # of the piece's height: so far off is a line's middle in the mean
RASTER = 0.4  # pixels: so far off is a straight one's; in the smallest pictures a two's waved foot has more
STEM = 0.28  # of a two's width: so far left its stem comes down
FROM = 0.25  # of its width: so near to there its foot begins
UNDER = 0.14  # of its height: so near below it
TO = (0.6, 1.25)  # of its width: there it ends
PEN = (0.5, 2.0)  # times the width of its strokes is the foot's
HOOK = 0.4  # of its height and of its width: there, above on the left, a two has ink, and a slanting one none
BEGINS = 0.1  # of its height: so far below its top a two's hook begins; a seven's bar mostly begins higher
EYE = 0.005  # of its box: what is smaller is a gap in its ink
ENDS = 0.08  # of its width: so much on both sides is left out, where a seven may have a tick
ARCH = 0.08  # of its height: so high a two's top rises above its ends; a seven's roof is straight
COMB = 2.5  # times the digit's width
COVERED = 0.4  # of its box: what covers more is paper
CLOCK = 0.3  # of their height is the width of a clock's digit, at least, its one aside
BARS_NEAR, BARS_WIDE = 1.5, 1.4  # its bars' gaps in their thicknesses; their thickness where it varies
BARS_LOOSE = 0.05  # of its ink lies elsewhere, at most


def underlines(mask: Mask, labels: Ints, pieces: list[Piece], worthy: list[Piece]) -> list[Piece]:
    """Flat pieces, labelled as label_pieces does, that are no strokes: a two's loose foot may be one."""
    flat = [piece for piece in pieces if _is_underline(piece, worthy)]
    if flat and _are_bars(mask, labels, flat, worthy):
        return []
    main = max(worthy, key=lambda each: each.mass)
    if len(flat) != 1 or flat[0].top < main.bottom:
        return flat
    foot, digit = (alone_of(mask, labels, piece) for piece in (flat[0], main))
    return [] if is_loose_foot(foot, digit) else flat


def _are_bars(mask: Mask, labels: Ints, flat: list[Piece], worthy: list[Piece]) -> bool:
    """Whether flat pieces are bars of a clock's digit, some of which touch: as wide, near.

    All ink lies on both sides, above, below and in the middle of the box around them, and none slants.
    """
    pen = float(np.median([each.bottom - each.top for each in flat]))
    top, bottom = min(each.top for each in worthy), max(each.bottom for each in worthy)
    wide = max(each.right for each in worthy) - min(each.left for each in worthy)
    if wide < CLOCK * (bottom - top) or any(
        each.right - each.left > wide + pen or min(each.gap(other) for other in worthy) > BARS_NEAR * pen
        for each in flat
    ):
        return False
    ink = np.zeros_like(mask)
    ink[mask] = np.isin(labels, [piece.label for piece in (*flat, *worthy)])
    part, edge = ink[box_of(ink)], round(BARS_WIDE * pen)
    middle = slice(max(0, len(part) // 2 - edge), len(part) // 2 + edge)
    part = part.copy()
    whole = np.count_nonzero(part)
    for band in (part[:edge], part[-edge:], part[middle], part[:, :edge], part[:, -edge:]):
        band[:] = False
    return bool(np.count_nonzero(part) <= BARS_LOOSE * whole)


def _is_underline(piece: Piece, worthy: list[Piece]) -> bool:
    """Whether a flat piece is below the digit, beside it, or so far above or so long that it is no stroke."""
    if not piece.flat:
        return False
    main = max(worthy, key=lambda each: each.mass)
    height, width = main.bottom - main.top, main.right - main.left
    long = piece.right - piece.left
    paper = piece.bottom - piece.top > height and piece.mass > COVERED * piece.area
    if paper or piece.size < 0.3 * width:
        return False
    if piece.right <= main.left or piece.left >= main.right:
        return True
    if (piece.top + piece.bottom) / 2 >= main.bottom:
        return piece.top - main.bottom >= 0.02 * height or long > 1.2 * width
    # A comb's teeth may stand on both sides of the digit, a row of cells all around it.
    if main.bottom <= piece.bottom and long > COMB * width:
        return True
    above = main.top - piece.bottom
    return above > max(2, 0.15 * height) or (above >= 0 and long > 1.5 * width)


def is_loose_foot(foot: Mask, digit: Mask) -> bool:
    """Whether a flat line below a digit, both (h, w) in one picture, is a two's foot that misses its stem.

    It begins where the stem comes down on the left, is as wide as the rest, and drawn with the same pen. An
    underline mostly sticks out on the left, and other digits come down farther right, have a straight roof or
    go round paper.
    """
    (rows, columns), (under, along) = box_of(digit), box_of(foot)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if under.start - rows.stop > UNDER * height or along.start < columns.start - FROM * width / 2:
        return False
    part = digit[rows, columns]
    stem = float(np.flatnonzero(part[-max(1, height // 16) :].any(0)).mean())
    starts, ends = along.start - columns.start, along.stop - columns.start
    if stem > STEM * width or abs(starts - stem) > FROM * width:
        return False
    if not TO[0] * width <= ends <= TO[1] * width or not _has_hook(part):
        return False
    if _arch(part[: height // 2]) < ARCH * height or _has_eye(part):
        return False
    pens = [min(usual_run(each), usual_run(each.T)) for each in (foot, digit)]
    return bool(PEN[0] * pens[1] <= pens[0] <= PEN[1] * pens[1])


def _has_hook(part: Mask) -> bool:
    """Whether ink, cut to its box (h, w), begins above on the left as a two does, not as a seven or a one."""
    height, width = part.shape
    hook = part[: int(HOOK * height), : int(HOOK * width)]
    if not hook.any():
        return False
    left = int(hook.any(0).argmax())
    outermost = hook[:, left : left + max(1, int(BEGINS * width))].any(1)
    return bool(outermost.argmax() >= BEGINS * height)


def _arch(upper: Mask) -> float:
    """Rows that the top of a digit's upper half (h, w) rises, at most, above the line between its ends."""
    columns = np.flatnonzero(upper.any(0))
    columns = columns[int(ENDS * len(columns)) : -int(ENDS * len(columns)) or None]
    tops = upper[:, columns].argmax(0)
    return float((np.interp(columns, columns[[0, -1]], tops[[0, -1]]) - tops).max())


def _has_eye(digit: Mask) -> bool:
    """Whether ink (h, w) goes round paper, as a nine's does."""
    paper = ~surrounded(digit, 1)
    _, pieces = label_pieces(paper, np.ones(np.count_nonzero(paper), np.float32))
    return sum(piece.mass > EYE * digit.size for piece in pieces) > 1


def usual_run(mask: Mask) -> float:
    """Median length, in pixels, of what rows of a mask (h, w) have without a gap."""
    starts, ends, _ = runs(mask)
    return float(np.median(ends - starts))


def underline_of(mask: Mask, labels: Ints, piece: Piece, cut: Cut) -> Mask | None:
    """Which pixels of a piece of the mask (h, w) are a line that it stands on; None where there is none.

    labels (n,) and piece as label_pieces gives them. A two's own foot sticks out on one side alone; a one
    that loses its foot is still a one.
    """
    rows = slice(piece.top - cut.top, piece.bottom - cut.top)
    columns = slice(piece.left - cut.left, piece.right - cut.left)
    height, width = piece.bottom - piece.top, piece.right - piece.left
    high = np.logical_or.reduce(mask[rows, columns][: int(LOW * height)], 0)
    if high[0] or high[-1] or not high.any():  # nearly always: no digit is widest at its foot alone
        return None
    part = alone_of(mask, labels, piece)[rows, columns]
    first, end = _core(part, height)
    core = end - first
    if core <= 0 or min(first, width - end) < max(5, OUT * core):
        return None
    line = _straight_line(part, np.r_[:first, end:width])
    if line is None:
        return None
    out = np.zeros_like(mask)
    out[rows, columns] = part & line
    return out


def _core(part: Mask, height: int) -> tuple[int, int]:
    """First column that has more than a line's ink, and the one after the last."""
    thick = np.count_nonzero(part, 0) > max(2, THICKEST * height)
    thick |= part[: int(LOW * height)].any(0)
    there = np.flatnonzero(thick)
    return (int(there[0]), int(there[-1]) + 1) if there.size else (0, 0)


def _straight_line(part: Mask, ends: Ints) -> Mask | None:
    """The band (h, w) that goes on between both ends; None where they are not of one straight line."""
    height, width = part.shape
    counts = part[:, ends].sum(0)
    first, last = part[:, ends].argmax(0), height - 1 - part[::-1, ends].argmax(0)
    if np.mean(last - first > counts) > FORKED:
        return None
    there = np.arange(height)[:, None]
    middles = (part[:, ends] * there).sum(0) / np.maximum(counts, 1)
    lean, level = np.polyfit(ends, middles, 1)
    off = float(np.abs(middles - lean * ends - level).mean())
    if abs(lean) > LONGEST_LEAN or off > max(RASTER, STRAIGHT * height):
        return None
    reach = float(np.quantile(counts, 0.9)) / 2 + 0.75
    return np.asarray(np.abs(there - (lean * np.arange(width) + level)) <= reach)
