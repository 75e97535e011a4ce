"""Easing: plain functions from progress to progress, 0..1 to 0..1, for numbers and arrays."""

from typing import Any

import numpy as np


def clamp(x: Any) -> Any:
    """Hold progress, a number or an array, within 0..1."""
    if isinstance(x, np.ndarray):
        return np.clip(x, 0.0, 1.0)
    x = float(x)
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


def between(t: Any, start: float, end: float) -> Any:
    """Progress of time `t` from `start` to `end`, in the same unit; 0 before and 1 after."""
    return clamp((t - start) / max(end - start, 1e-9))


def smooth(x: Any) -> Any:
    """Cubic ease in and out: 3x² - 2x³ (Hermite, zero slope at both ends)."""
    x = clamp(x)
    return x * x * (3.0 - 2.0 * x)


def smoother(x: Any) -> Any:
    """Quintic ease in and out: 6x⁵ - 15x⁴ + 10x³ (Perlin 2002), zero slope and curvature at both ends."""
    x = clamp(x)
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def out_cubic(x: Any) -> Any:
    """Fast start, soft landing: 1 - (1 - x)³."""
    x = clamp(x)
    return 1.0 - (1.0 - x) ** 3


def flash(x: Any) -> Any:
    """Rise quickly to 1 at a quarter of the way, then fall slowly to 0: the overshoot of a firing neuron."""
    x = clamp(x)
    return smooth(x * 4.0) * (1.0 - smooth((x - 0.25) / 0.75))
