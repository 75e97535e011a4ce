"""Whether ink is one digit, several that touch, or a piece that a wrong cut left: told by a small network.

It was trained on MNIST's training digits, alone and pushed together, by `scripts/make_odds.py`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

ROWS, COLUMNS = 20, 40  # of what the network reads; what is wider than two of its heights is squeezed
ONE, SEVERAL, PIECE = range(3)  # its answers
WEIGHTS = Path(__file__).with_name("odds.npz")


def seen_small(ink: Floats) -> Floats:
    """Ink (h, w) 0..1 cut out tightly, as the network reads it: (ROWS, COLUMNS) 0..1, in the middle."""
    height, width = ink.shape
    wide = min(COLUMNS, max(1, round(width * ROWS / height)))
    image = Image.fromarray(np.ascontiguousarray(ink, np.float32))
    small = np.asarray(image.resize((wide, ROWS), Image.Resampling.BOX), np.float32)
    out = np.zeros((ROWS, COLUMNS), np.float32)
    left = (COLUMNS - wide) // 2
    out[:, left : left + wide] = small / max(float(small.max()), 1e-6)
    return out


def odds(inks: Floats) -> Floats:
    """Logarithms of the probabilities (n, 3) of ONE, SEVERAL and PIECE for (n, ROWS, COLUMNS) seen small."""
    stored = _weights()
    out = inks[..., None]
    for name in ("conv1", "conv2"):
        out = _pooled(_convolved(out, stored[f"{name}.weight"]) + stored[f"{name}.bias"])
    out = out.reshape(len(out), -1)
    out = np.maximum(out @ stored["hidden1.weight"] + stored["hidden1.bias"], 0)
    out = out @ stored["output.weight"] + stored["output.bias"]
    out = out - out.max(1, keepdims=True)  # so that nothing overflows
    return np.asarray(out - np.log(np.exp(out).sum(1, keepdims=True)), np.float32)


@cache
def _weights() -> dict[str, Floats]:
    with np.load(WEIGHTS) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _convolved(maps: Floats, weights: Floats) -> Floats:
    """(n, h, w, c) with (kh, kw, c, m) to (n, h - kh + 1, w - kw + 1, m)."""
    kernel = weights.shape[:2]
    windows = sliding_window_view(maps, kernel, (1, 2))  # (n, h, w, c, kh, kw)
    return np.asarray(np.tensordot(windows, weights, ((4, 5, 3), (0, 1, 2))), np.float32)


def _pooled(maps: Floats) -> Floats:
    """What is above 0 of the greatest of each 2x2, (n, h, w, m) to half of both sides."""
    count, height, width, depth = maps.shape
    blocks = maps.reshape(count, height // 2, 2, width // 2, 2, depth)
    return np.asarray(np.maximum(blocks.max((2, 4)), 0), np.float32)
