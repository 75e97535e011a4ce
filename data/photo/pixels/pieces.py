"""Connected pieces of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import box_of, runs

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

FLAT = 4  # times as wide as it is tall


@dataclass(frozen=True)
class Piece:
    """A connected piece of a mask: its label, its box (bottom and right excluded), the weight in it."""

    label: int
    top: int
    left: int
    bottom: int
    right: int
    mass: float

    @property
    def size(self) -> int:
        """Longer side of the box."""
        return max(self.bottom - self.top, self.right - self.left)

    @property
    def area(self) -> int:
        """Pixels in the box."""
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def flat(self) -> bool:
        """Whether the box is so wide that it holds a line and no digit."""
        return self.right - self.left >= FLAT * (self.bottom - self.top)

    def touches(self, shape: tuple[int, ...]) -> bool:
        """Whether the box reaches the border of a picture of this shape."""
        return self.top == 0 or self.left == 0 or self.bottom == shape[0] or self.right == shape[1]

    def gap(self, other: Piece) -> int:
        """Pixels between the two boxes, 0 where they overlap."""
        down = max(self.top - other.bottom, other.top - self.bottom, 0)
        across = max(self.left - other.right, other.left - self.right, 0)
        return max(down, across)


def label_pieces(mask: Mask, weight: Floats, top: int = 0, left: int = 0) -> tuple[Ints, list[Piece]]:
    """Label the 8-connected pieces of a mask (h, w) of n pixels from 1 on: int (n,) and the pieces in order.

    Labels and weight (n,) are in the order of the mask's pixels; weight is summed into each piece's mass.
    top, left: where the mask begins in its picture, in which the pieces' boxes are.
    """
    rows, columns = part = box_of(mask)
    starts, ends, lines = runs(mask[part])
    number, count = _join(starts, ends, lines, columns.stop - columns.start)
    labels = np.repeat(number + 1, ends - starts)
    mass = np.bincount(labels, weight, minlength=count + 1)[1:].tolist()
    if count == 1:
        return labels, [
            Piece(1, rows.start + top, columns.start + left, rows.stop + top, columns.stop + left, mass[0])
        ]
    lines, starts, ends = lines + rows.start + top, starts + columns.start + left, ends + columns.start + left
    box = np.empty((4, count), np.int64)
    box[:2], box[2:] = np.iinfo(np.int64).max, 0
    np.minimum.at(box[0], number, lines)
    np.minimum.at(box[1], number, starts)
    np.maximum.at(box[2], number, lines + 1)
    np.maximum.at(box[3], number, ends)
    sides = zip(*box.tolist(), mass, strict=True)
    return labels, [Piece(i + 1, *side) for i, side in enumerate(sides)]


def alone_of(mask: Mask, labels: Ints, piece: Piece) -> Mask:
    """The pixels of a mask (h, w), labels (n,) as label_pieces gives them, that are one piece's."""
    alone = np.zeros_like(mask)
    alone[mask] = labels == piece.label
    return alone


def _join(starts: Ints, ends: Ints, rows: Ints, width: int) -> tuple[Ints, int]:
    """Number the runs by piece, 0..count-1; touching runs of neighbouring rows are one piece (union-find)."""
    above = (rows - 1) * (width + 1)
    here = above + width + 1
    # The runs above that touch a run: neither wholly before it nor wholly after; ends are excluded, so
    # corners touch.
    first = np.searchsorted(here + ends, above + starts, "left")
    last = np.searchsorted(here + starts, above + ends, "right")
    # A run belongs to its first neighbour above, and so on up; what has none above is a top.
    top = np.where(last > first, first, np.arange(len(starts)))
    if np.count_nonzero(last == first) == 1:
        return np.zeros_like(top), 1
    while not np.array_equal(top, further := top[top]):
        top = further
    parent = np.arange(len(starts)).tolist()

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j in np.flatnonzero(last - first > 1).tolist():  # where strokes that came down meet
        for i in range(first[j] + 1, last[j]):
            parent[root(int(top[j]))] = root(int(top[i]))
    tops = np.flatnonzero(top == np.arange(len(top)))
    roots, joined = np.unique([root(i) for i in tops.tolist()], return_inverse=True)
    number = np.empty(len(top), np.int64)
    number[tops] = joined
    return number[top], len(roots)
