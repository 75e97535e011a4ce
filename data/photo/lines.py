"""Lines that are no digit's, those around and beside it and those of ruled paper, out of a whole picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.photo.pixels.morphology import Cut
from data.photo.pixels.pieces import label_pieces
from data.photo.rules.frames import lines_around
from data.photo.rules.ruled_paper import without_rules
from data.photo.strokes import least_size

Mask = NDArray[np.bool_]


def without_lines(ink: Mask) -> Mask:
    """The ink (h, w) without frames, cells, underlines and rules.

    What is around the digit goes first: of a row of open cells the rules' search would leave the teeth.
    """
    cut = Cut(0, 0, *ink.shape)
    unlined = _without_lines_around(ink, cut)
    unruled = without_rules(unlined, cut)
    if unlined is ink and np.array_equal(unruled, ink):
        return ink
    return _without_lines_around(unruled, cut)


def _without_lines_around(ink: Mask, cut: Cut) -> Mask:
    labels, pieces = label_pieces(ink, np.ones(np.count_nonzero(ink), np.float32))
    lines = lines_around(ink, labels, pieces, cut, least_size(max(ink.shape)))
    return ink if lines is None else ink & ~lines
