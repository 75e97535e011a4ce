"""What changed between two pictures, as tiles of a grid, and the rectangles that hold those tiles."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage

TILE = 64  # px; JPEG works in blocks of 16, so that no seam is seen between tiles
_MOST = 24  # rectangles of one picture

Mask = NDArray[np.bool_]  # (rows, columns) of tiles


def all_tiles(size: QSize) -> Mask:
    """Every tile of a picture of that size."""
    return np.ones((-(-size.height() // TILE), -(-size.width() // TILE)), dtype=bool)


def changed_tiles(before: QImage, after: QImage) -> Mask:
    """The tiles in which a pixel (of 32 bits) differs; all where the pictures have not one size."""
    if before.size() != after.size():
        return all_tiles(after.size())
    differ = _pixels(before) != _pixels(after)
    rows = np.arange(0, differ.shape[0], TILE)
    columns = np.arange(0, differ.shape[1], TILE)
    return np.logical_or.reduceat(np.logical_or.reduceat(differ, rows, axis=0), columns, axis=1)


def rectangles(mask: Mask, size: QSize) -> list[QRect]:
    """Rectangles that hold the tiles of a mask alone, px; the one around all where they would be many."""
    found = list(_joined(mask))
    if len(found) > _MOST:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        found = [(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)]
    whole = QRect(0, 0, size.width(), size.height())
    return [
        QRect(left * TILE, top * TILE, (right - left) * TILE, (bottom - top) * TILE).intersected(whole)
        for top, bottom, left, right in found
    ]


def _joined(mask: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Runs of tiles, those of the same columns in rows that follow as one: top, bottom, left, right."""
    open_runs: dict[tuple[int, int], int] = {}
    for row in range(len(mask) + 1):
        runs = _runs(mask[row]) if row < len(mask) else []
        for run in [run for run in open_runs if run not in runs]:
            yield open_runs.pop(run), row, *run
        for run in runs:
            open_runs.setdefault(run, row)


def _runs(line: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _pixels(image: QImage) -> NDArray[np.uint32]:
    line = image.bytesPerLine() // 4
    flat = np.frombuffer(image.constBits(), dtype=np.uint32, count=line * image.height())
    return flat.reshape(image.height(), line)[:, : image.width()]
