"""Texels: how finely the cells of a raster are drawn, and where in each its colour ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.space.raster import Raster

_SEAM = 0.22  # of a cell: the gap to the next patch, in the cells on both sides of a patch's border
_BORDERED = 12  # texels a side of a cell, from where on a line between it and the next is drawn
_FILL = 0.88  # share of a cell's width that its colour fills
_LEAST = 0.8  # of a cell's area, what it fills at least: of few texels a line is on one side alone


@dataclass(frozen=True, eq=False)
class Texels:
    """Parts of the cells of a raster.

    Attributes:
        high, wide: texels of a cell's height and width.
        below: float32 (rows, 2), from where to where, 0..1 from above to below, a cell has its colour.
        across: float32 (cols, 2), the same from left to right.
    """

    high: int
    wide: int
    below: NDArray[np.float32]
    across: NDArray[np.float32]


def texels_of(cells: Raster) -> Texels:
    """The texels of a raster: about 700 for its longer side."""
    high, wide = (int(np.clip(704 // n, 4, 24)) for n in (cells.rows, cells.cols))
    if cells.cell[0] == cells.cell[1]:
        high = wide = min(high, wide)
    # In cells of few texels a border would take most of the light.
    gap = max(1, round(high * (1 - _FILL) / 2)) if min(high, wide) >= _BORDERED else 0
    # Narrow cells are a row's; lines between them would darken it.
    aside = gap if wide == high else 0
    below, across = (_spans(cells, *of) for of in ((cells.rows, high, gap), (cells.cols, wide, aside)))
    return Texels(high, wide, below, across)


def _spans(cells: Raster, count: int, side: int, gap: int) -> NDArray[np.float32]:
    """From where to where, 0..1, each of `count` cells in a row, of so many texels, has its colour."""
    place = np.arange(count * side)
    before = gap if (side - 2 * gap) ** 2 >= _LEAST * side**2 else 0
    inked = (place % side >= before) & (place % side < side - gap)
    if cells.seam:
        # What lies between the patches that a picture is cut into.
        border = np.rint(place / (cells.seam * side)) * cells.seam * side
        near = (place >= border - _SEAM * side) & (place < border + _SEAM * side)
        inked &= ~(near & (border > 0) & (border < count * side))
    inked = inked.reshape(count, side)
    ends = inked.argmax(axis=1), side - inked[:, ::-1].argmax(axis=1)
    spans: NDArray[np.float32] = (np.stack(ends, axis=1) / side).astype(np.float32)
    return spans
