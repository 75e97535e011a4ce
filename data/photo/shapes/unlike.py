"""Whether what is given to a network is no digit at all: light and shade, a shape, scribble, a thing.

Told by a small network that was trained on MNIST's training digits and on drawings of what is none, by
`scripts/make_unlike.py`. It tells digits from things, not from letters.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.photo.shapes.small_net import told

DIGIT, NONE = range(2)  # its answers
WEIGHTS = Path(__file__).with_name("unlike.npz")
SURE = 5.5  # logarithm of how much likelier it is none than a digit


def is_no_digit(placed: NDArray[np.uint8]) -> bool:
    """Whether uint8 (28, 28), placed as MNIST's digits are, is plainly none."""
    return likelier(placed) > SURE


def likelier(placed: NDArray[np.uint8]) -> float:
    """Logarithm of how much likelier uint8 (28, 28) is no digit than one."""
    digit, none = told(np.asarray(placed / 255, np.float32)[None], WEIGHTS)[0]
    return float(none - digit)
