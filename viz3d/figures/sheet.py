"""Small pictures side by side, for figures and for terminals: nothing here draws."""

import math

import numpy as np


def tiled(stack: np.ndarray, width: int, rows: int = 56) -> tuple[np.ndarray, int]:
    """Pictures (h, w, n) side by side with gaps of NaN, at most so wide and high; and how many had room."""
    h, w, n = stack.shape
    scale = max(1, 3 if n == 1 and w <= 9 else 1)
    if n == 1:
        return np.kron(stack[..., 0], np.ones((scale, scale))), 1
    across = max(1, min(n, (width + 1) // (w + 1)))
    down = max(1, min(math.ceil(n / across), (rows + 1) // (h + 1)))
    shown = min(n, across * down)
    sheet = np.full((down * (h + 1) - 1, across * (w + 1) - 1), np.nan)
    for i in range(shown):
        top, left = (i // across) * (h + 1), (i % across) * (w + 1)
        sheet[top : top + h, left : left + w] = stack[..., i]
    return sheet, shown
