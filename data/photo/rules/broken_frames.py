"""Frames with gaps: marks at the corners, dashes, and sides that run into the digit that they are around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut, dilate, long_runs
from data.photo.pixels.pieces import Piece, alone_of, label_pieces

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

THICKEST = 0.035  # of the longer side: what is thicker is no line
RUN = 0.1  # of it: a line is made of runs so long, however it is askew by some degrees
ASKEW = 0.07  # of the longer side: so near to a side of its box is all of a frame's line
COVERED = 0.7  # of a side, at least: the rest are gaps
SIDES = 3  # of four, at least, that have a line
PARTS = 40  # of a frame, what is in it, and dust, at most: more are texture
FREE = 2  # sides, at least, that the digit does not touch: one drawn as an outline reaches them all
INSIDE = 0.35  # of the frame's height: so tall is a digit in it
LARGE = 30  # pixels: a smaller box may be a nought of a pen of one pixel
PEN = 0.1  # of its longer side is the pen of a frame with nothing in it, at most
BROAD = 1.6  # times as long as wide: so square it is then
CORNER = 3  # pixels from each corner of its box there is ink
SQUARE = 0.7  # of its height is its width, at least
CORNERS = 2  # at least: one alone may be a digit, such as a seven's
ABOVE = 0.3  # of the digit's height: so far above a comb's tooth it may end
BESIDE = 0.05  # of its height: so much wider on both sides is that then
ARM = 0.85  # of a corner's box that each of its arms covers
THIN = 0.3  # of a corner's shorter side is its pen, at most
ON_ARMS = 0.9  # of a corner's ink that lies on its arms
DASHES = 8  # at least: fewer may be a text's
EACH = 2  # of them on a side, at least


def straight_lines(mask: Mask, side: int) -> Mask:
    """The pixels of a mask (h, w) on thin lines, upright or lying, a few degrees askew.

    side: of what the lines are, in pixels: so long lines are thin and made of runs in proportion.
    """
    thick, run = max(2, round(THICKEST * side)), max(6, round(RUN * side))
    return lines_of(mask, thick, run)


def lines_of(mask: Mask, thick: int, run: int) -> Mask:
    """The same with lines at most so many pixels thick, of runs at least so long."""
    lines = np.zeros_like(mask)
    wider = dilate(mask, 1)  # a line that is askew goes on in the next row
    for here, there, out in ((mask, wider, lines), (mask.T, wider.T, lines.T)):
        thin = here & ~long_runs(here, thick + 1)
        np.logical_or(out, thin & long_runs(there.T, run).T, out=out)
    return lines


def broken_frame(mask: Mask, labels: Ints, pieces: list[Piece], worthy: list[Piece], cut: Cut) -> Mask | None:
    """Which pixels of the mask (h, w) are a frame with gaps around the digit; None where there is none.

    labels (n,) and pieces as label_pieces gives them; worthy: those large enough to tell something.
    """
    inside = [piece for piece in worthy if not piece.touches((cut.height, cut.width))]
    if not inside:
        return None
    if len(pieces) > PARTS:
        return None
    if (corners := _corners(mask, labels, inside, cut)) is not None:
        return corners
    # Before two sides are looked for: gaps at two corners leave such, and the digit may hang on the others.
    if (sides := sided_frame(mask, pieces, worthy, cut)) is not None:
        return sides
    flat = [piece for piece in pieces if piece.flat and not piece.touches((cut.height, cut.width))]
    return _two_sides(mask, labels, inside, flat, cut)


def sided_frame(mask: Mask, pieces: list[Piece], worthy: list[Piece], cut: Cut) -> Mask | None:
    """The same of a frame that has four sides, or three and the digit's ink along the fourth."""
    free = [piece for piece in pieces if not piece.touches((cut.height, cut.width))]
    if not free or len(pieces) > PARTS:
        return None
    least = INSIDE * max(piece.size for piece in free)
    # A low frame's lowest side may be a flat piece.
    told = [piece for piece in free if piece in worthy or (piece.flat and piece.size > least)]
    return _sides(mask, told, cut) if told else None


def is_empty_frame(mask: Mask) -> bool:
    """Whether a mask cut out tightly is four straight lines that meet in corners, around nothing.

    A nought is round there, but for one of a pen of one pixel in few pixels.
    """
    height, width = mask.shape
    if max(mask.shape) < LARGE or width < SQUARE * height:
        return False
    if mask[height // 4 : height - height // 4].mean() > 0.5:
        return False
    square = max(mask.shape) <= BROAD * min(mask.shape)  # a broad one of a wide pen may be a stretched nought
    near = max(4, round(PEN * max(mask.shape))) if square else max(3, round(THICKEST * max(mask.shape)))
    inner = mask[near:-near, near:-near]
    if _lined(mask, near) < 4 or np.count_nonzero(inner) > (1 - ON_ARMS) * np.count_nonzero(mask):
        return False
    ends = slice(0, CORNER), slice(-CORNER, None)
    if not all(mask[rows, columns].any() for rows in ends for columns in ends):
        return False
    lines = lines_of(mask, near, max(6, round(RUN * max(mask.shape))))
    return bool(np.count_nonzero(lines) >= ON_ARMS * np.count_nonzero(mask))


def _sides(mask: Mask, pieces: list[Piece], cut: Cut) -> Mask | None:
    """Thin lines along three sides or more of the box around all pieces, with something tall within.

    Along the fourth there may be strokes of the digit.
    """
    top, left, bottom, right = _around(pieces)
    box = slice(top - cut.top, bottom - cut.top), slice(left - cut.left, right - cut.left)
    part = mask[box]
    side = max(part.shape)
    near = max(3, min(round(ASKEW * side), (min(part.shape) - 1) // 4))  # a one's frame is slim
    if min(part.shape) <= 4 * near or _lined(part, near) < 4:
        return None
    thick, run = max(2, round(THICKEST * side)) + 1, max(6, round(RUN * side))  # more where it is blurred
    lines = lines_of(part, thick, run)
    within = np.zeros_like(part)
    within[near:-near, near:-near] = True
    lines &= ~within
    if _lined(lines, near) < SIDES:
        return None
    rest = part & ~lines
    _, left_over = label_pieces(rest, np.ones(np.count_nonzero(rest), np.float32))
    tallest = max(
        (each for each in left_over if not each.flat), key=lambda each: each.bottom - each.top, default=None
    )
    if tallest is None or tallest.bottom - tallest.top < INSIDE * len(part):
        return None
    height, width = part.shape
    room = tallest.top, tallest.left, height - tallest.bottom, width - tallest.right
    if sum(each > near for each in room) < FREE:
        return None
    out = np.zeros_like(mask)
    out[box] = lines
    return out


def _lined(part: Mask, near: int) -> int:
    """How many sides of a mask (h, w) have ink along most of them, so near to the border."""
    bands = part[:near].any(0), part[-near:].any(0), part[:, :near].any(1), part[:, -near:].any(1)
    return sum(bool(band.mean() >= COVERED) for band in bands)


def _corners(mask: Mask, labels: Ints, pieces: list[Piece], cut: Cut) -> Mask | None:
    """Marks of a frame's corners, two or more, and what lies on the lines between them."""
    if len(pieces) <= CORNERS:
        return None
    main = max(pieces, key=lambda piece: piece.mass)
    corners = [piece for piece in pieces if piece is not main and _is_corner(mask, labels, piece, main, cut)]
    if len(corners) < CORNERS or not _is_within(main, corners):
        return None
    labelled = [piece.label for piece in corners]
    for piece in pieces:
        if piece is not main and piece.label not in labelled and _is_between(piece, corners):
            labelled.append(piece.label)
    out = np.zeros_like(mask)
    out[mask] = np.isin(labels, labelled)
    return out


def _two_sides(mask: Mask, labels: Ints, pieces: list[Piece], flat: list[Piece], cut: Cut) -> Mask | None:
    """Two sides of a frame that meet in a corner, where the others were cut off, or the three of a comb's
    tooth, open above: the digit stands between, or above it. A low tooth is among the flat pieces.
    """
    for piece in (*pieces, *flat):
        within = [each for each in pieces if each is not piece and _stands_in(each, piece)]
        main = max(within, key=lambda each: each.mass, default=None)
        if main is None or main.bottom - main.top < INSIDE * (piece.bottom - piece.top):
            continue
        part = _cut_out(mask, labels, piece, cut)
        alone = labels == piece.label
        bent = any(_is_bent(part[::down, ::right]) for down in (1, -1) for right in (1, -1))
        if (bent and _is_within(main, [piece])) or _is_tooth(part):
            out = np.zeros_like(mask)
            out[mask] = alone
            return out
    return None


def dashed_frame(mask: Mask, labels: Ints, pieces: list[Piece], cut: Cut) -> Mask | None:
    """Which pixels of the mask are thin dashes, or dots, along three sides or more of their box, with the
    heaviest piece in it; None where there are none. Two that meet in a corner are one bent piece.
    """
    if len(pieces) <= DASHES:
        return None
    main = max(pieces, key=lambda piece: piece.mass)
    rest = [piece for piece in pieces if piece is not main]
    if not _is_within(main, rest):
        return None
    top, left, bottom, right = _around(rest)
    side = max(bottom - top, right - left)
    near, thin = max(3, round(ASKEW * side)), max(3, round(THICKEST * side))
    small = [piece for piece in rest if piece.size < INSIDE * side]
    dashes = [p for p in small if min(p.bottom - p.top, p.right - p.left) <= thin]
    bent = [p for p in small if p not in dashes and _is_corner(mask, labels, p, main, cut)]
    along = [
        [p for p in dashes if p.bottom <= top + near] + [p for p in bent if p.top <= top + near],
        [p for p in dashes if p.top >= bottom - near] + [p for p in bent if p.bottom >= bottom - near],
        [p for p in dashes if p.right <= left + near] + [p for p in bent if p.left <= left + near],
        [p for p in dashes if p.left >= right - near] + [p for p in bent if p.right >= right - near],
    ]
    there = {piece.label for each in along for piece in each}
    if len(there) < max(DASHES, ON_ARMS * len(rest)) or sum(len(each) >= EACH for each in along) < SIDES:
        return None
    out = np.zeros_like(mask)
    out[mask] = np.isin(labels, list(there))
    return out


def _is_corner(mask: Mask, labels: Ints, piece: Piece, main: Piece, cut: Cut) -> bool:
    """Whether a piece beside the digit is two thin arms that meet at the corner away from it."""
    height, width = piece.bottom - piece.top, piece.right - piece.left
    aside = piece.right <= main.left or piece.left >= main.right
    beyond = piece.bottom <= main.top or piece.top >= main.bottom
    if not (aside or beyond) or min(height, width) < 4 or max(height, width) > 4 * min(height, width):
        return False
    part = _cut_out(mask, labels, piece, cut)
    # As if it were the upper left one.
    part = part[::-1] if piece.top + piece.bottom > main.top + main.bottom else part
    part = part[:, ::-1] if piece.left + piece.right > main.left + main.right else part
    return _is_bent(part)


def _cut_out(mask: Mask, labels: Ints, piece: Piece, cut: Cut) -> Mask:
    """A piece alone, (h, w), in its box."""
    alone = alone_of(mask, labels, piece)
    return alone[piece.top - cut.top : piece.bottom - cut.top, piece.left - cut.left : piece.right - cut.left]


def _is_bent(part: Mask) -> bool:
    """Whether a mask cut out tightly is two thin arms along its upper and its left side."""
    count = np.count_nonzero(part)
    pen = count / sum(part.shape)
    if pen > THIN * min(part.shape):
        return False
    near = round(1.3 * pen + 0.05 * max(part.shape)) + 1
    arms = part[:near].any(0).mean(), part[:, :near].any(1).mean()
    return bool(min(arms) >= ARM and np.count_nonzero(part[near:, near:]) <= (1 - ON_ARMS) * count)


def _is_tooth(part: Mask) -> bool:
    """Whether a mask cut out tightly is a thin line below, with one that goes up from each of its ends."""
    count = np.count_nonzero(part)
    pen = count / (2 * len(part) + part.shape[1])
    near = round(1.3 * pen + 0.03 * max(part.shape)) + 1
    if min(part.shape) <= 3 * near:
        return False
    arms = part[-near:].any(0).mean(), part[:, :near].any(1).mean(), part[:, -near:].any(1).mean()
    inner = np.count_nonzero(part[:-near, near:-near])
    return bool(min(arms) >= ARM and inner <= (1 - ON_ARMS) * count)


def _stands_in(piece: Piece, other: Piece) -> bool:
    """Whether a piece lies in the box of another, sticks out of it above, or ends a little above it."""
    room = min(piece.left - other.left, other.right - piece.right)
    height = piece.bottom - piece.top
    # Of a clock's digit the lower half is as wide as the upper one.
    above = ABOVE * height if room > BESIDE * height else 0.0
    return room >= 0 and other.top - above < piece.bottom <= other.bottom


def _is_within(piece: Piece, others: list[Piece]) -> bool:
    """Whether a piece lies in the box around others."""
    top, left, bottom, right = _around(others)
    return top <= piece.top and left <= piece.left and bottom >= piece.bottom and right >= piece.right


def _around(pieces: list[Piece]) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the box around pieces."""
    return (
        min(piece.top for piece in pieces),
        min(piece.left for piece in pieces),
        max(piece.bottom for piece in pieces),
        max(piece.right for piece in pieces),
    )


def _is_between(piece: Piece, corners: list[Piece]) -> bool:
    """Whether a piece lies wholly in the band of one side of the frame whose corners are marked."""
    top, left, bottom, right = _around(corners)
    band = max(3, round(ASKEW * max(bottom - top, right - left)))
    on_level = piece.bottom <= top + band or piece.top >= bottom - band
    upright = piece.right <= left + band or piece.left >= right - band
    return on_level or upright
