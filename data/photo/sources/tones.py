"""Colours and transparency become one grey in which ink stands out from paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
LEAST_RANGE = 0.15  # of a tone: what varies by less, as a blank sheet's light and grain do, is not stretched


def to_grey(colours: Floats) -> Floats:
    """(h, w, c) 0..1 with c = 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, to grey (h, w) 0..1."""
    channels = colours.shape[2]
    if channels in (2, 4):
        colours = _on_paper(colours[:, :, :-1], colours[:, :, -1:])
    if colours.shape[2] == 1:
        return np.ascontiguousarray(colours[:, :, 0])
    return _strongest_tone(colours)


def _on_paper(colours: Floats, alpha: Floats) -> Floats:
    """Lay the picture on a paper that its ink stands out from; if most is see-through, the rest is ink."""
    if 0.02 < (most := float(alpha.max())) < 1:  # a layer that is see-through all over
        alpha = alpha / np.float32(most)
    seen = alpha[:, :, 0] > 0.5
    if alpha.min() > 0.98 or not seen.any():
        return colours if seen.any() else np.zeros_like(colours)
    visible = colours[seen]
    tone = visible @ LUMA if visible.shape[1] == 3 else visible[:, 0]
    spread = float(np.subtract(*np.quantile(tone, [0.98, 0.02])))
    if spread > 0.3 and seen.mean() > 0.5:  # a sheet with its own paper, such as one with round corners
        paper = np.median(visible, axis=0)
    else:
        paper = np.full(colours.shape[2], 0.0 if np.median(tone) > 0.5 else 1.0)
    return np.asarray(colours * alpha + paper * (1 - alpha), np.float32)


def _strongest_tone(colours: Floats) -> Floats:
    """Luminance, or the mix of colours that varies most where luminance hides the ink (yellow on white)."""
    grey = colours @ LUMA
    flat = colours.reshape(-1, 3)
    rest = flat - np.median(flat, axis=0)
    values, vectors = np.linalg.eigh((rest.T @ rest).astype(np.float64) / len(rest))
    axis = vectors[:, -1]
    if values[-1] < 4 * float((rest @ LUMA).var() + 1e-9):
        return np.asarray(grey, np.float32)
    tone = flat @ (axis * np.sign(axis.sum() or 1)).astype(np.float32)
    low, high = float(tone.min()), float(tone.max())
    return np.asarray((tone - low) / max(high - low, LEAST_RANGE), np.float32).reshape(grey.shape)
