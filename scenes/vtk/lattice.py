"""Lattice: the lines between the digit's pixels, on which glow falls, while the pixels keep their colours."""

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.space.panel import Panel
from scenes.vtk.window.driver import finish_loops
from scenes.vtk.window.taken import Seen
from scenes.vtk.window.texels import Texels

Numbers = NDArray[np.float64]
_FADES = 5.0  # as in scenes/kernels/lattice.py, which does the same


def bare(kept: NDArray[np.uint8], seen: Seen, texels: Texels) -> None:
    """Lessen how much of each pixel keeps its colour, uint8 (h, w), by what it shows of lines between cells.

    In place. Where cells are smaller than five pixels lines count less, below two and a half not at all.
    """
    m, (left, top, right, bottom) = seen.m, seen.box.tolist()
    if loops := finish_loops():
        loops.bare(kept, m, seen.box, texels.across, texels.below)
        return
    part = kept[top:bottom, left:right]
    rows, cols = (np.flatnonzero(part.max(axis=axis, initial=0)) for axis in (1, 0))
    if len(rows):
        down, aside = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
        y, x = (places[:, None] for places in (np.arange(top, bottom)[down], np.arange(left, right)[aside]))
        part[down, aside] = part[down, aside] * _kept(
            m, x.T.astype(float) + 0.5, y.astype(float) + 0.5, texels
        )


def look_at(panel: Panel, pose: Orbit, size: tuple[int, int]) -> Seen | None:
    """The cells of a panel from a pose, in a picture (width, height).

    None where the raster is seen from its edge or reaches behind the camera.
    """
    corner, right, down = (np.asarray(each, np.float64) for each in panel.cells())
    across, up, back = pose.axes()
    ways = np.stack([right, down, corner - pose.position])
    away, scale = -(ways @ back), size[1] / 2 / np.tan(np.radians(pose.angle) / 2)
    seen = np.stack(
        [size[0] / 2 * away + scale * (ways @ across), size[1] / 2 * away - scale * (ways @ up), away]
    )
    rows, cols = panel.raster.rows, panel.raster.cols
    ends = seen @ np.array([(0, 0, 1), (cols, 0, 1), (0, rows, 1), (cols, rows, 1)], np.float64).T
    if ends[2].min() <= 1e-6 or abs(np.linalg.det(seen)) < 1e-9:
        return None
    low, high = (ends[:2] / ends[2]).min(axis=1), (ends[:2] / ends[2]).max(axis=1)
    box = np.concatenate([np.floor(low), np.ceil(high)])
    return Seen(np.linalg.inv(seen), np.clip(box, 0, (*size, *size)).astype(np.int64))


def _kept(m: Numbers, x: Numbers, y: Numbers, texels: Texels) -> Numbers:
    """The share of pixels at x (1, w) and y (h, 1) that shows cells and no lines between them: (h, w)."""
    per = 1 / (m[2, 0] * x + (m[2, 1] * y + m[2, 2]))
    u, v = ((m[row, 0] * x + (m[row, 1] * y + m[row, 2])) * per for row in (0, 1))
    wide, high = (
        per * np.sqrt((m[row, 0] - at * m[2, 0]) ** 2 + (m[row, 1] - at * m[2, 1]) ** 2)
        for row, at in ((0, u), (1, v))
    )
    seen = np.clip(2 - _FADES * np.maximum(wide, high), 0, 1)
    inked = _inked(u, wide, texels.across) * _inked(v, high, texels.below)
    kept: Numbers = 1 - seen * (1 - inked)
    return kept


def _inked(at: Numbers, wide: Numbers, ink: NDArray[np.float32]) -> Numbers:
    """The share of parts of cells, less than 1 wide, around places in which cells have their colour."""
    low, high, total = at - 0.5 * wide, at + 0.5 * wide, np.zeros_like(at)
    first = np.floor(low).astype(np.int64)
    for i in (first, first + 1):
        span = ink[np.clip(i, 0, len(ink) - 1)].astype(np.float64)
        covered = np.minimum(high, i + span[..., 1]) - np.maximum(low, i + span[..., 0])
        total += np.where((i >= 0) & (i < len(ink)), np.maximum(covered, 0), 0)
    share: Numbers = total / wide
    return share
