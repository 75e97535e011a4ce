"""Light and noise, of which the tests' pictures of digits are made."""

import numpy as np


def bytes_of(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


def light(canvas: int = 240) -> np.ndarray:
    """Light that falls from one corner to a third."""
    y, x = np.mgrid[0 : 1 : canvas * 1j, 0 : 1 : canvas * 1j]
    return 1 - 0.33 * (x + y)


def noise(spread: float, canvas: int = 240) -> np.ndarray:
    return np.random.default_rng(7).normal(0, spread, (canvas, canvas))
