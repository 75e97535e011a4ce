"""Whether ink is one digit, several that touch, or a piece that a wrong cut left: told by a small network.

It was trained on MNIST's training digits, alone and pushed together, by `scripts/make_odds.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.photo.shapes.small_net import fitted, told

Floats = NDArray[np.float32]

ROWS, COLUMNS = 20, 40  # of what the network reads; what is wider than two of its heights is squeezed
ONE, SEVERAL, PIECE = range(3)  # its answers
WEIGHTS = Path(__file__).with_name("odds.npz")


def seen_small(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly, as the network reads it: (ROWS, COLUMNS) 0..1, in the middle."""
    height, width = ink.shape
    wide = min(COLUMNS, max(1, round(width * ROWS / height)))
    return fitted(ink, (ROWS, wide), (ROWS, COLUMNS))


def odds(inks: Floats) -> Floats:
    """Logarithms of the probabilities (n, 3) of ONE, SEVERAL and PIECE for (n, ROWS, COLUMNS) seen small."""
    return told(inks, WEIGHTS)
