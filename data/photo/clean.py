"""Drawings on clean paper, as a pad's: paper of one value, black or white, with nothing but ink on it.

What the general search estimates is known here: the closing is the paper itself, and it has no noise. So the
answer is the same to the bit, in a tenth of the time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.photo.groups import Box
from data.photo.pixels.morphology import (
    Cut,
    border_of,
    box_of,
    closing_fills,
    closing_grid,
    dilate,
    grown,
    valleys,
)
from data.photo.pixels.pieces import label_pieces
from data.photo.strokes import WIDEST_STROKE, Found, Part, least_size, narrower, strokes

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Slices = tuple[slice, slice]

CALM = 0.24  # less than a quarter of the pixels next to an edge: their noisiest quarter begins at none
NO_VALLEY = 0.003  # the faintest ink is a quarter of 0.06 of a quarter of the light


def known_ink(grey: Floats, at: Box | None = None) -> tuple[Found | None, Found | None]:
    """Dark ink and light ink of grey (h, w) 0..1 where clean paper tells them; None: to be searched for.

    at: the place of the digit that is wanted, where there are several.
    """
    paper = float(grey[0, 0])
    if paper not in (0.0, 1.0):
        return None, None
    inked = grey != paper
    box = box_of(inked)
    if not _is_calm(grey, inked, box):
        return None, None
    rows, columns = part = grown(box, 4)
    dark = grey[part] if paper == 1 else 1 - grey[part]
    border = border_of(grey) if paper == 1 else 1 - border_of(grey)
    cut = Cut(rows.start, columns.start, *grey.shape)
    ink = _ink_on_white(Part(dark, np.ones_like(dark), border, cut, at), inked, box)
    if ink is None:
        return None, None
    ink = replace(ink, known=True)
    other = None if _may_enclose_ink(dark, inked, ink) else Found(grey, inked, 0.0)
    return (ink, other) if paper == 1 else (other, ink)


def _is_calm(grey: Floats, inked: Mask, box: Slices) -> bool:
    """Whether most pixels are paper, and so few are next to an edge that no smoothing is needed.

    box: that of what is inked.
    """
    if not 0 < 2 * np.count_nonzero(inked) < inked.size - 2:
        return False
    if min(grey.shape) < 80:
        return True
    part = grown(box, 1)
    near = dilate(inked[part], 1)
    most = CALM * grey.size
    if np.count_nonzero(near) < most:
        return True
    solid = grey[part] == 1 - grey[0, 0]
    return int(np.count_nonzero(near & dilate(~solid, 1))) < most


def _ink_on_white(part: Part, inked: Mask, box: Slices) -> Found | None:
    """The ink as the general search finds it; None where strokes are so wide that it sees paper in them."""
    side = max(inked.shape)
    if not closing_fills(inked, WIDEST_STROKE * side, box):
        return None
    ink = strokes(part, 1 - part.grey, 0.0)
    widest = narrower(ink, side)  # the second search finds the same, if its closing is the paper as well
    return ink if widest is None or closing_fills(inked, widest, box) else None


def _may_enclose_ink(dark: Floats, inked: Mask, ink: Found) -> bool:
    """Whether what the strokes enclose may look more like a digit than they do, as a sheet's writing does.

    Not where the strokes score more than what they enclose can: 0.3, and 0.7 of the border's share that is
    not paper. Nor where a closing fills nothing in them that is as large as a digit's least piece.
    """
    side = max(inked.shape)
    step, reach = closing_grid(side, WIDEST_STROKE * side)
    at_border = float(border_of(inked).mean())
    height, width = (part.stop - part.start + 4 * step for part in box_of(inked))
    # In blocks, strokes may lie below their closing; where more is surely empty, the middle is not below 0.
    empty = inked.size - height * width > np.count_nonzero(inked)
    if ink.score > 0.3 + 0.7 * at_border and (step == 1 or empty):
        return False
    if step > 1 or at_border > 0:
        return True
    filled = valleys(1 - dark, reach)
    _, pieces = label_pieces(filled > NO_VALLEY, filled[filled > NO_VALLEY])
    return any(piece.size >= least_size(side) for piece in pieces)
