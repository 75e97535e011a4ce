"""A notebook's holes along the edge of its page, and those of a punch: dark dots in a row, and no digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut, spanned
from data.photo.pixels.pieces import Piece

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ROUND = 1.5  # times as high as wide at most, or as wide as high
FILLED = 0.62  # of its box; a disc fills 0.79
SOLID = 0.97  # of what it spans; a bold eight or nought leaves more paper
LEAST = 3  # pixels across: smaller is dust
ALIKE = 0.3  # of the usual size: so far from it is another hole's
STRAIGHT = 0.35  # of a hole's size: so far from their line is the middle of each
ASKEW = 0.2  # of its length goes their line to the side, at most
EDGE = 0.16  # of the page's width or height: so near to the edge are all of them
SPAN = 0.3  # of the edge's length, at least, is that from the first hole to the last
ROW = 4  # holes, at least, of a notebook
APART = 2.5  # times their size: so far apart, at least, are the two of a punch
LARGER = 1.4  # times a hole's size is something else on the page
MOST = 200  # pieces: more are texture


def holes_among(mask: Mask, labels: Ints, pieces: list[Piece], cut: Cut) -> list[Piece]:
    """The pieces that are holes along one edge of the page; none where there are fewer than two.

    mask (h, w), labels (n,) and pieces as label_pieces gives them.
    """
    if not 3 <= len(pieces) <= MOST:
        return []
    counts = np.bincount(labels, minlength=len(pieces) + 1)
    dots = [piece for piece in pieces if _is_disc(piece, int(counts[piece.label]))]
    if len(dots) < 2 or len(dots) == len(pieces):
        return []
    sides = ((False, False), (False, True), (True, False), (True, True))
    rows = [_along(dots, cut, upright, far) for upright, far in sides]
    holes = [piece for piece in max(rows, key=len) if _is_solid(mask, labels, piece)]
    if len(holes) < 2:
        return []
    others = [piece for piece in pieces if piece not in holes]
    size = max(piece.size for piece in holes)
    return holes if max(piece.size for piece in others) >= LARGER * size else []


def _is_disc(piece: Piece, count: int) -> bool:
    height, width = piece.bottom - piece.top, piece.right - piece.left
    alike = height <= ROUND * width <= ROUND**2 * height
    return alike and min(height, width) >= LEAST and count >= FILLED * height * width


def _is_solid(mask: Mask, labels: Ints, piece: Piece) -> bool:
    """Whether a piece leaves no paper between its ends, as the eyes of a bold digit do."""
    alone = np.zeros_like(mask)
    alone[mask] = labels == piece.label
    return bool(np.count_nonzero(alone) >= SOLID * max(spanned(alone), spanned(alone.T)))


def _along(dots: list[Piece], cut: Cut, upright: bool, far: bool) -> list[Piece]:
    """Of dots those in a straight row along the left edge, or the right one if far; or top or bottom."""
    height, width = (cut.height, cut.width) if upright else (cut.width, cut.height)
    middles = np.array([_middle(piece, upright) for piece in dots])
    away = width - middles[:, 1] if far else middles[:, 1]
    near = away < EDGE * width
    if np.count_nonzero(near) < 2:
        return []
    sizes = np.array([float(piece.size) for piece in dots])
    usual = float(np.median(sizes[near]))
    near &= np.abs(sizes - usual) <= ALIKE * usual + 1
    chosen = np.flatnonzero(near)
    if len(chosen) < 2:
        return []
    along, across = middles[chosen].T
    if np.ptp(along) < SPAN * height:
        return []
    slope, start = np.polyfit(along, across, 1)
    off = np.abs(across - slope * along - start)
    if abs(slope) > ASKEW or off.max() > max(1.0, STRAIGHT * usual):
        return []
    # Two alone may be a colon; a punch's are far apart.
    apart = float(np.diff(np.sort(along)).min())
    return [dots[k] for k in chosen] if len(chosen) >= ROW or apart > APART * usual else []


def _middle(piece: Piece, upright: bool) -> tuple[float, float]:
    """Where a piece is along an edge and across it, that edge being upright or level."""
    y, x = (piece.top + piece.bottom) / 2, (piece.left + piece.right) / 2
    return (y, x) if upright else (x, y)
