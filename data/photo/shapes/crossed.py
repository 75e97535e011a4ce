"""Whether a digit is crossed out, by lines through it, an X, a zigzag or scribble: told by a small network.

It was trained on MNIST's training digits by `scripts/make_crossed.py`. A barred seven, a slashed nought and
a four's long bar are none of it, and were among what it learned to leave alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.photo.canvas import BOX, THINNEST, thickened
from data.photo.shapes.small_net import fitted, told

Floats = NDArray[np.float32]

PAGE = 32  # rows and columns of what the network reads
PLAIN, CROSSED = range(2)  # its answers
WEIGHTS = Path(__file__).with_name("crossed.npz")
SMALLEST = 14  # pixels: in less no stroke is plainly not the digit's
SURE = 5.0  # logarithm of how much likelier it is crossed out than not


def is_crossed_out(ink: Floats) -> bool:
    """Whether ink (h, w) 0..1, cut out tightly, is plainly that of a digit with strokes over it."""
    if max(ink.shape) < SMALLEST:
        return False
    plain, crossed = told(seen_square(ink)[None], WEIGHTS)[0]
    return bool(crossed - plain > SURE)


def seen_square(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly, as the network reads it: (PAGE, PAGE) 0..1, its longer side PAGE."""
    ink = thickened(ink, THINNEST / BOX)
    scale = PAGE / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    return fitted(ink, (height, width), (PAGE, PAGE))
