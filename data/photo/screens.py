"""A sheet of exactly one colour, such as a paint program's canvas in a screenshot, is cut out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import border_of
from data.photo.pixels.pieces import label_pieces

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Slices = tuple[slice, slice]

LEAST = 0.1  # of the picture: a smaller sheet is a button
ALIKE = 0.97  # of a sheet's border has its colour
OWN = 0.85  # of the picture's own border: then it is the sheet itself
INKED = 0.001  # of the sheet: less is dust
STEP = 4  # every so many pixels are looked at for common colours
COMMON = 3  # colours are tried


def sheet_in(colours: Floats) -> Floats:
    """The innermost sheet with something on it: colours (h, w, c) to a part of them, or the same.

    A photo has no colour that is so exactly everywhere; a picture that is one sheet itself stays as it is.
    """
    codes = _coded(colours)
    border = border_of(codes)
    # Of one colour, as a pad's is, it is told at once: a median takes ten times as long.
    if border.min() == border.max() or np.count_nonzero(border == np.median(border)) > OWN * border.size:
        return colours
    while (box := _sheet(codes)) is not None:
        codes, colours = codes[box], colours[box]
    return colours


def _coded(colours: Floats) -> Floats:
    """A number for each colour (h, w), the same for the same alone."""
    if colours.shape[2] == 1:
        return colours[:, :, 0]
    return np.asarray(np.round(255 * colours) @ (256.0 ** np.arange(colours.shape[2])), np.float64)


def _sheet(codes: Floats) -> Slices | None:
    """Rows and columns of the largest sheet in a picture (h, w) of coded colours; None: there is none."""
    values, counts = np.unique(codes[::STEP, ::STEP], return_counts=True)
    common = np.argsort(counts)[::-1][:COMMON]
    needed = LEAST / 2 * counts.sum()
    boxes = [_box_of_sheet(codes == values[i], LEAST * codes.size) for i in common if counts[i] > needed]
    sheets = [box for box in boxes if box is not None]
    return max(sheets, key=lambda box: codes[box].size, default=None)


def _box_of_sheet(mask: Mask, least: float) -> Slices | None:
    """The box of a mask's largest piece, if it is a rectangle of that size with something on it."""
    labels, pieces = label_pieces(mask, np.ones(np.count_nonzero(mask), np.float32))
    piece = max(pieces, key=lambda each: each.mass)
    box = slice(piece.top, piece.bottom), slice(piece.left, piece.right)
    alone = np.zeros_like(mask)
    alone[mask] = labels == piece.label
    alone = alone[box]
    if alone.size < least or alone.size == mask.size or border_of(alone).mean() < ALIKE:
        return None
    return box if np.count_nonzero(~alone) >= INKED * alone.size else None
