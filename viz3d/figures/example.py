"""One input of a network as a small picture: grey, in colour, or a cell for each of its numbers."""

from math import ceil, sqrt

import numpy as np

from engine import Net
from viz3d.figures.ink import Ink

_ROW = 8  # numbers that stand in one row


def picture_of(net: Net, image: np.ndarray, ink: Ink) -> np.ndarray:
    """An input as colours, float (h, w, 3): an image as it is, numbers as cells, scaled as the net does.

    image: uint8 (h, w) or (h, w, 3), or float (D,).
    """
    if image.ndim == 3:
        return np.asarray(image / 255)
    if image.ndim == 2:
        return ink.coloured(image)
    return ink.coloured(read_cells(net, image) * 255)


def read_cells(net: Net, numbers: np.ndarray) -> np.ndarray:
    """Numbers (D,) as `cells`, 0..1, scaled as the net does: a number looks the same in any example."""
    scale = net.task is not None and net.task.low
    read = net.task.scaled(numbers[None], np.float64)[0] if scale and net.task else np.asarray(numbers, float)
    return cells(np.clip(read, 0, 1))


def cells(numbers: np.ndarray) -> np.ndarray:
    """Numbers (D,) as rows of a picture: up to eight in one row, more nearly square; the rest is 0."""
    columns = len(numbers) if len(numbers) <= _ROW else ceil(sqrt(len(numbers)))
    rows = ceil(len(numbers) / columns)
    return np.pad(numbers, (0, rows * columns - len(numbers))).reshape(rows, columns)
