"""Lines around, under and beside a digit: frames, cells, tables, underlines are told from its strokes."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut, box_of, dilate, spanned
from data.photo.pixels.pieces import Piece, alone_of, label_pieces
from data.photo.rules.broken_frames import (
    RUN,
    THICKEST,
    broken_frame,
    dashed_frame,
    lines_of,
    sided_frame,
)
from data.photo.rules.holes import holes_among
from data.photo.rules.hull import hull_area
from data.photo.rules.segments import digits_of_bars
from data.photo.rules.underlines import COMB, underline_of, underlines, usual_run

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

STRAIGHT = 0.7  # share of a piece that lies on lines, above which it is nothing else
BAND = 0.07  # of a piece's height: so far off goes a line that is askew
SPANS = 0.9  # of its width has a line
LONGER = 1.2  # times as high as the digit: an upright line beside it
NARROW = 8  # times as high as it is wide
THINNER = 0.75  # of the digit's strokes
INNER = 8  # pixels: what is smaller beside a line or in a frame is a bit of a broken stroke and no digit
IN_ROW = 0.35  # of a row of cells' height: so tall is what stands in one of them
COVERED = 0.4  # of its box, at most, by a drawn frame or ring
IN_CELL = 0.04  # of a table's longer side: so large is what stands in a cell of it
CONVEX = 0.92  # of the least convex shape around it is a frame's or ring's hole; of an outlined eight's less
SPANNED = 0.88  # of its box spans a nought at most; a cell with a leaning one in it more
RING = 30  # pixels: a smaller one is a digit's eye
ROUND = 0.2  # of a ring's radius: so near to it is its ink
ON_RING = 0.95  # of its ink, at least
AROUND = 0.85  # of all directions that it goes
ACROSS = 0.4  # of a ring's height: the stroke that crosses out a nought
SLANT = 0.58  # of its height goes it to the side, at least; a one in a circle stands more upright
NOUGHT = 0.75  # of its height is its width: so narrow a ring is a nought, in which a slash may stand steeper
STEEP = 0.2
BEND = 0.08  # of its height: so far off is a straight stroke's ink from its middle, in the mean


def lines_around(mask: Mask, labels: Ints, pieces: list[Piece], cut: Cut, least: float) -> Mask | None:
    """Which of the mask's pixels (h, w) are lines that are not the digit's; None where there are none.

    A frame goes round another piece. Lines of a table run off the picture, and a digit stands beside them. An
    underline is flat and below, a page's holes stand along its edge. labels (n,) and pieces as label_pieces
    gives them; least: a digit's size.
    """
    worthy = [piece for piece in pieces if piece.size >= least and not piece.flat]
    if not worthy or digits_of_bars(pieces):
        return None
    line = underline_of(mask, labels, max(worthy, key=lambda each: each.mass), cut)
    if line is None:
        line = dashed_frame(mask, labels, pieces, cut)
    if line is not None:
        return line
    if len(pieces) < 2:
        return broken_frame(mask, labels, pieces, worthy, cut)
    gone = underlines(mask, labels, pieces, worthy)
    # A frame's lowest side, between gaps in two others, looks like one.
    if gone and (frame := sided_frame(mask, pieces, worthy, cut)) is not None:
        return frame
    gone += holes_among(mask, labels, pieces, cut)
    gone += _upright_lines(mask, labels, worthy)
    gone += _around_others(mask, labels, worthy, cut)
    if not gone:
        return broken_frame(mask, labels, pieces, worthy, cut)
    lines = np.zeros_like(mask)
    lines[mask] = np.isin(labels, [piece.label for piece in gone])
    return lines


def _around_others(mask: Mask, labels: Ints, worthy: list[Piece], cut: Cut) -> list[Piece]:
    """Rings, frames and tables around other pieces, lines that run off beside them, slashes in noughts."""
    shape, gone = (cut.height, cut.width), list[Piece]()
    suspects = [piece for piece in worthy if _has_room_inside(piece, worthy, IN_CELL) or piece.touches(shape)]
    for piece in suspects:
        others = [
            each for each in worthy if each is not piece and each.size >= INNER and not each.touches(shape)
        ]
        if not others:
            continue
        alone = alone_of(mask, labels, piece)
        if _is_open_ring(alone, piece, others):
            gone.append(piece)
        elif _is_ring(alone, piece, others, cut):
            inner = [each for each in others if _has_room_inside(piece, [each])]
            bent = spanned(alone) < SPANNED * piece.area
            slashed = (
                bent and len(inner) == 1 and _is_slash(alone_of(mask, labels, inner[0]), inner[0], piece)
            )
            gone.append(inner[0] if slashed else piece)
        elif _straight_share(alone, piece) > STRAIGHT and (
            (piece.touches(shape) and _is_ruled(alone[box_of(alone)]))
            or any(_stands_around(alone, piece, each, cut) for each in others)
            or any(_stands_in_a_cell(alone, piece, each, cut) for each in others)
        ):
            gone.append(piece)
    return gone


def _upright_lines(mask: Mask, labels: Ints, worthy: list[Piece]) -> list[Piece]:
    """What is upright beside the digit, longer than that, with a thinner pen: margins."""
    main = max(worthy, key=lambda each: each.mass)
    height = main.bottom - main.top
    long = [
        each
        for each in worthy
        if each.bottom - each.top > max(LONGER * height, NARROW * (each.right - each.left))
    ]
    if not long or main in long:
        return []
    usual = usual_run(alone_of(mask, labels, main))
    return [each for each in long if usual_run(alone_of(mask, labels, each)) < THINNER * usual]


def _has_room_inside(piece: Piece, others: list[Piece], share: float = 0.15) -> bool:
    """Whether another piece, no mere speck, stands in its box; of a row of cells, in one of them.

    share: of its size is what is no speck.
    """
    wide, height = piece.right - piece.left, piece.bottom - piece.top
    least = IN_ROW * height if wide > COMB * height else share * piece.size
    return any(
        each is not piece
        and each.size > least
        and piece.top <= each.top
        and piece.left <= each.left
        and piece.bottom >= each.bottom
        and piece.right >= each.right
        for each in others
    )


def _is_ring(alone: Mask, piece: Piece, others: list[Piece], cut: Cut) -> bool:
    """Whether the piece is drawn around another: a thin one, that lies in a hole of it.

    What runs off the picture may be the paper around a hole; a sheet covers most of its box.
    """
    shape = cut.height, cut.width
    if piece.touches(shape) or np.count_nonzero(alone) >= COVERED * piece.area:
        return False
    within = [each for each in others if each.size > 0.25 * piece.size and _has_room_inside(piece, [each])]
    return any(_hole_is_convex(alone, each, cut) for each in within)


def _is_open_ring(alone: Mask, piece: Piece, others: list[Piece]) -> bool:
    """Whether the piece is a ring that does not close, as a pen goes round a digit, drawn around another."""
    height, width = piece.bottom - piece.top, piece.right - piece.left
    if min(height, width) < RING or width > 1.6 * height or height > 1.6 * width:
        return False
    if not any(each.size > 0.25 * piece.size and _has_room_inside(piece, [each]) for each in others):
        return False
    ys, xs = np.nonzero(alone)
    y, x = (ys - ys.min() + 0.5) / height * 2 - 1, (xs - xs.min() + 0.5) / width * 2 - 1
    far, turn = np.hypot(y, x), np.arctan2(y, x)
    seen = np.count_nonzero(np.bincount(((turn / np.pi + 1) * 18).astype(np.int64), minlength=36)[:36])
    return bool(seen >= AROUND * 36 and np.mean((far > 1 - ROUND) & (far < 1 + ROUND)) > ON_RING)


def _hole_is_convex(alone: Mask, other: Piece, cut: Cut) -> bool | None:
    """Whether the hole of a piece in which another lies is that of a frame or ring; None: it lies in none.

    An outlined nine has a bent hole around the outline of its eye.
    """
    hole = _hole_with(alone, other, cut)
    return None if hole is None else bool(np.count_nonzero(hole) >= CONVEX * hull_area(hole))


def _hole_with(alone: Mask, other: Piece, cut: Cut) -> Mask | None:
    """What a piece encloses around another, (h + 2, w + 2); None where the other lies in nothing closed."""
    # Wider, so that nothing leaks between two pixels that touch at corners.
    ground = ~np.pad(dilate(alone, 1), 1)
    labels, _ = label_pieces(ground, np.ones(np.count_nonzero(ground), np.float32))
    grounds = np.zeros(ground.shape, np.int64)
    grounds[ground] = labels
    y, x = (other.top + other.bottom) // 2 - cut.top + 1, (other.left + other.right) // 2 - cut.left + 1
    return None if grounds[y, x] in (0, grounds[0, 0]) else np.asarray(grounds == grounds[y, x])


def _stands_in_a_cell(alone: Mask, piece: Piece, other: Piece, cut: Cut) -> bool:
    """Whether the piece is a table of several cells, and another stands in one of them, not much lower."""
    if not _has_room_inside(piece, [other], IN_CELL) or not _is_ruled(alone[box_of(alone)]):
        return False
    hole = _hole_with(alone, other, cut)
    if hole is None or np.count_nonzero(hole) > 0.5 * piece.area:
        return False
    return bool(other.bottom - other.top >= IN_ROW * (box_of(hole)[0].stop - box_of(hole)[0].start))


def _is_slash(alone: Mask, piece: Piece, ring: Piece) -> bool:
    """Whether a piece crosses out a nought: straight, slanting, and nearly as high as the ring's inside."""
    height, width = piece.bottom - piece.top, piece.right - piece.left
    high, wide = ring.bottom - ring.top, ring.right - ring.left
    if height < ACROSS * high or width < (STEEP if wide < NOUGHT * high else SLANT) * height:
        return False
    ys, xs = np.nonzero(alone)
    middle = np.polyval(np.polyfit(ys, xs, 1), ys)
    return bool(np.abs(xs - middle).mean() < BEND * height)


def _stands_around(alone: Mask, piece: Piece, other: Piece, cut: Cut) -> bool:
    """Whether the piece has ink on three sides of another that stands in its box, and is not its outline."""
    if not _has_room_inside(piece, [other]):
        return False
    top, bottom = other.top - cut.top, other.bottom - cut.top
    left, right = other.left - cut.left, other.right - cut.left
    y, x = (top + bottom) // 2, (left + right) // 2
    sides = alone[:top, x], alone[bottom:, x], alone[y, :left], alone[y, right:]
    return sum(bool(side.any()) for side in sides) >= 3 and _hole_is_convex(alone, other, cut) is not False


def _is_ruled(part: Mask) -> bool:
    """Whether a mask cut out tightly lies on lines from side to side, as no curve of a thin pen does."""
    lines = np.zeros_like(part)
    for ink, out in ((part, lines), (part.T, lines.T)):
        band = min(len(ink), max(2, round(BAND * len(ink))))
        covered = sliding_window_view(ink, band, 0).any(-1).mean(1) >= SPANS
        for row in np.flatnonzero(covered):
            out[row : row + band] = True
    return bool(np.count_nonzero(part & lines) > STRAIGHT * np.count_nonzero(part))


def _straight_share(alone: Mask, piece: Piece) -> float:
    """Share of a piece that lies on thin lines, upright or lying, a few degrees askew."""
    # On a strip, the paper above and below a digit is not as thin as lines are.
    side = min(piece.size, 2 * (piece.bottom - piece.top), 2 * (piece.right - piece.left))
    thick, run = max(3 if side < piece.size else 2, round(THICKEST * side)), max(6, round(RUN * side))
    lines = alone & dilate(lines_of(alone, thick, run), thick)  # where lines cross, neither is thin
    return np.count_nonzero(lines) / np.count_nonzero(alone)
