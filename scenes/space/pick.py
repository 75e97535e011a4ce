"""Pick: which neuron or which strand is drawn at a pixel, worked out without a screen."""

from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from scenes.space.camera import Orbit, Vector
from scenes.space.layout import Layout
from scenes.space.panel import Panel

_SLOP = 4.0  # pixels: balls may be smaller than what a hand can hit
_BESIDE = 5.0  # pixels from a strand that count as on it


def pick(
    layout: Layout,
    radius: NDArray[np.float32],
    pose: Orbit,
    size: tuple[int, int],
    at: tuple[float, float],
) -> int:
    """The neuron drawn at a pixel: the nearest to the camera of those that cover it; -1 where none does.

    Where nothing covers the pixel, the ball whose centre is nearest counts, if that is within _SLOP pixels.

    Args:
        layout: where the neurons stand.
        radius: float32 (N,), of each ball as it is drawn, scene units; see Frame.neuron_size.
        pose: where the camera stands.
        size: width and height of the picture in pixels.
        at: the pixel (x, y), origin top left.
    """
    scale = size[1] / 2 / tan(radians(pose.angle) / 2)
    x, y = (at[0] - size[0] / 2) / scale, (size[1] / 2 - at[1]) / scale
    tile, limit = _tile(layout, pose, x, y)
    ids = np.concatenate(
        [np.arange(panel.start, panel.stop) for panel in layout.panels if panel.raster.kind != "tiles"]
    )
    right, up, back = pose.axes()
    away = layout.positions[ids] - pose.position
    depth = -(away @ back)
    seen = (depth > 1e-6) & (depth < limit)
    ids, away, depth = ids[seen], away[seen], depth[seen]
    beside = np.hypot(away @ right - x * depth, away @ up - y * depth) / depth * scale
    covers = np.flatnonzero(beside <= radius[ids] / depth * scale)
    if len(covers):
        return int(ids[covers[np.argmin(depth[covers])]])
    if limit == np.inf and len(ids) and beside.min() <= _SLOP:
        return int(ids[np.argmin(beside)])
    return tile


def pick_strand(curves: Vector, pose: Orbit, size: tuple[int, int], at: tuple[float, float]) -> int:
    """The curve that runs nearest to a pixel, of those within _BESIDE pixels; -1 where none does.

    Args:
        curves: float32 (K, P, 3), scene units, or those parts of strands that may be hit.
        pose: where the camera stands.
        size: width and height of the picture in pixels.
        at: the pixel (x, y), origin top left.
    """
    count, points, _ = curves.shape
    if not count:
        return -1
    seen = pose.project(curves.reshape(-1, 3), size).reshape(count, points, 2).astype(np.float64)
    start, way = seen[:, :-1], np.diff(seen, axis=1)
    here = np.asarray(at) - start
    along = (here * way).sum(axis=-1) / np.maximum((way * way).sum(axis=-1), 1e-12)
    off = here - np.clip(along, 0.0, 1.0)[..., None] * way
    beside = np.nan_to_num(np.hypot(off[..., 0], off[..., 1]), nan=np.inf).min(axis=1)
    nearest = int(np.argmin(beside))
    return nearest if beside[nearest] <= _BESIDE else -1


def _tile(layout: Layout, pose: Orbit, x: float, y: float) -> tuple[int, float]:
    """The nearest panel of cells that a ray meets: (neuron, depth), or (-1, inf) where it meets none.

    The neuron is -1 too where the ray goes through a gap between the panel's maps.

    x, y: how far the ray is aside and above after one unit of depth.
    """
    right, up, back = pose.axes()
    ray, stand = x * right + y * up - back, pose.position
    tile, nearest = -1, np.inf
    for panel in layout.panels:
        if panel.raster.kind != "tiles":
            continue
        facing = np.cross(panel.right, panel.up)
        along = float(ray @ facing)
        depth = float((panel.centre - stand) @ facing) / along if abs(along) > 1e-9 else -1.0
        if not 1e-6 < depth < nearest:
            continue
        cell = _cell(panel, stand + depth * ray)
        if cell is not None:
            tile, nearest = cell, depth
    return tile, nearest


def _cell(panel: Panel, point: Vector) -> int | None:
    """The neuron whose cell covers a point (3,) of a panel's plane; -1 for a gap, None where nothing is."""
    cells, place = panel.raster, point - panel.centre
    col = int(np.floor((float(place @ panel.right) + cells.width / 2) / cells.cell[0]))
    row = int(np.floor((cells.height / 2 - float(place @ panel.up)) / cells.cell[1]))
    if not (0 <= row < cells.rows and 0 <= col < cells.cols and cells.covered[row, col]):
        return None
    neuron = int(cells.neurons[row, col])
    return panel.start + neuron if neuron >= 0 else -1
