"""Connected pieces of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo.morphology import runs

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


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

    def touches(self, shape: tuple[int, ...]) -> bool:
        """Whether the box reaches the border of a picture of this shape."""
        return self.top == 0 or self.left == 0 or self.bottom == shape[0] or self.right == shape[1]

    def gap(self, other: Piece) -> int:
        """Pixels between the two boxes, 0 where they overlap."""
        down = max(self.top - other.bottom, other.top - self.bottom, 0)
        across = max(self.left - other.right, other.left - self.right, 0)
        return max(down, across)


def label_pieces(mask: Mask, weight: Floats) -> tuple[Ints, list[Piece]]:
    """Label the 8-connected pieces of a mask from 1 on, 0 outside: int (h, w) and the pieces in that order.

    weight (h, w) is summed into each piece's mass.
    """
    starts, ends, rows = runs(mask)
    number, count = _join(starts, ends, rows, mask.shape[1])
    at = np.repeat(number + 1, ends - starts)  # the runs are in the mask's own order
    labels = np.zeros(mask.shape, np.int64)
    labels[mask] = at
    box = np.empty((4, count), np.int64)
    box[:2], box[2:] = max(mask.shape, default=0), 0
    np.minimum.at(box[0], number, rows)
    np.minimum.at(box[1], number, starts)
    np.maximum.at(box[2], number, rows + 1)
    np.maximum.at(box[3], number, ends)
    mass = np.bincount(at, weight[mask], minlength=count + 1)[1:]
    sides = zip(*box.tolist(), mass.tolist(), strict=True)
    return labels, [Piece(i + 1, *side) for i, side in enumerate(sides)]


def _join(starts: Ints, ends: Ints, rows: Ints, width: int) -> tuple[Ints, int]:
    """Number the runs by piece, 0..count-1; touching runs of neighbouring rows are one piece (union-find)."""
    above = (rows - 1) * (width + 1)
    here = above + width + 1
    # The runs above that touch a run: neither wholly before it nor wholly after; ends are excluded, so
    # corners touch.
    first = np.searchsorted(here + ends, above + starts, "left").tolist()
    last = np.searchsorted(here + starts, above + ends, "right").tolist()
    parent = list(range(len(starts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, (low, high) in enumerate(zip(first, last, strict=True)):
        for i in range(low, high):
            parent[root(j)] = root(i)
    roots, number = np.unique([root(i) for i in range(len(parent))], return_inverse=True)
    return number.astype(np.int64), len(roots)
