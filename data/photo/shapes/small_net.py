"""Small networks of the reader's own: two convolutions, each pooled, a hidden layer and logarithms out.

Products are taken in parts so small that BLAS has one thread for each: several, which wait for each other,
took thirty times as long beside programs that keep the processors busy, and no less elsewhere.

They are trained by `scripts/make_odds.py`, `make_crossed.py` and `make_unlike.py`, and kept beside what asks.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
_PART = 120  # inputs: of a vector and 9,216 weights or more, BLAS takes several threads


def told(inputs: Floats, weights: Path) -> Floats:
    """Logarithms of the probabilities (n, classes) of what is told of (n, h, w) by the network in a file."""
    stored = _weights(weights)
    out = inputs[..., None]
    for name in ("conv1", "conv2"):
        out = _pooled(_convolved(out, stored[f"{name}.weight"]) + stored[f"{name}.bias"])
    out = out.reshape(len(out), -1)
    out = np.maximum(_summed(out, stored["hidden1.weight"]) + stored["hidden1.bias"], 0)
    out = out @ stored["output.weight"] + stored["output.bias"]
    out = out - out.max(1, keepdims=True)  # so that nothing overflows
    return np.asarray(out - np.log(np.exp(out).sum(1, keepdims=True)), np.float32)


def fitted(ink: Floats, size: tuple[int, int], page: tuple[int, int]) -> Floats:
    """Ink (h, w) 0..1 made so large by area, (rows, columns), in the middle of a page, its darkest 1."""
    image = Image.fromarray(np.ascontiguousarray(ink, np.float32))
    small = np.asarray(image.resize(size[::-1], Image.Resampling.BOX), np.float32)
    out = np.zeros(page, np.float32)
    top, left = ((whole - part) // 2 for whole, part in zip(page, size, strict=True))
    out[top : top + size[0], left : left + size[1]] = small / max(float(small.max()), 1e-6)
    return out


@cache
def _weights(path: Path) -> dict[str, Floats]:
    with np.load(path) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _convolved(maps: Floats, weights: Floats) -> Floats:
    """(n, h, w, c) with (kh, kw, c, m) to (n, h - kh + 1, w - kw + 1, m)."""
    kernel, depth = weights.shape[:2], weights.shape[-1]
    windows = sliding_window_view(maps, kernel, (1, 2)).transpose(0, 1, 2, 4, 5, 3)
    count, height, width = windows.shape[:3]
    rows = np.ascontiguousarray(windows).reshape(count, height, width, -1)
    return np.asarray(rows @ weights.reshape(-1, depth), np.float32)


def _summed(given: Floats, weights: Floats) -> Floats:
    """(n, k) with (k, m) to (n, m), _PART inputs at a time."""
    parts = (slice(start, start + _PART) for start in range(0, len(weights), _PART))
    return np.asarray(sum(given[:, part] @ weights[part] for part in parts), np.float32)


def _pooled(maps: Floats) -> Floats:
    """What is above 0 of the greatest of each 2x2, (n, h, w, m) to half of both sides."""
    count, height, width, depth = maps.shape
    blocks = maps.reshape(count, height // 2, 2, width // 2, 2, depth)
    return np.asarray(np.maximum(blocks.max((2, 4)), 0), np.float32)
