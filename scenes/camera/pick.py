"""Pick: which neuron, strand, bar or place of a panel is drawn at a pixel, worked out without a screen."""

from math import floor, radians, tan

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit, Vector
from scenes.errors import check_sides, shaped
from scenes.space.layout import Layout
from scenes.space.panel import Panel

_SLOP = 4.0  # pixels: balls may be smaller than what a hand can hit
_BESIDE = 5.0  # pixels from a strand that count as on it
_WIDE = 1.9  # of a bar's thickness: they are thin, and neighbours must not overlap
_AHEAD = 0.9  # scene units before a bar's label where its row begins


def pick(
    layout: Layout,
    radius: NDArray[np.float32],
    pose: Orbit,
    size: tuple[int, int],
    at: tuple[float, float],
    more: float = 0.0,
) -> int:
    """The neuron drawn at a pixel: the nearest to the camera of those that cover it; -1 where none does.

    Where nothing covers the pixel, the ball whose centre is nearest counts, if that is within _SLOP pixels,
    or its edge within `more`.

    Args:
        layout: where the neurons stand.
        radius: float32 (N,), of each ball as it is drawn, scene units; see Frame.neuron_size.
        pose: where the camera stands.
        size: width and height of the picture in pixels.
        at: the pixel (x, y), origin top left.
        more: pixels.
    """
    radius = shaped(radius, "radius", len(layout.positions))
    x, y, scale = _ray(pose, size, at)
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
    edge = radius[ids] / depth * scale
    covers = np.flatnonzero(beside <= edge)
    if len(covers):
        return int(ids[covers[np.argmin(depth[covers])]])
    near = np.flatnonzero(beside <= np.maximum(edge + more, _SLOP))
    if limit == np.inf and len(near):
        return int(ids[near[np.argmin(beside[near])]])
    return tile


def pick_strand(curves: Vector, pose: Orbit, size: tuple[int, int], at: tuple[float, float]) -> int:
    """The curve that runs nearest to a pixel, of those within _BESIDE pixels; -1 where none does.

    Args:
        curves: float32 (K, P, 3), scene units, or those parts of strands that may be hit.
        pose: where the camera stands.
        size: width and height of the picture in pixels.
        at: the pixel (x, y), origin top left.
    """
    check_sides(size)
    count, points, _ = shaped(curves, "curves", -1, -1, 3).shape
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


def pick_bar(layout: Layout, pose: Orbit, size: tuple[int, int], at: tuple[float, float]) -> int:
    """The bar whose row is drawn at a pixel, label, track and all; -1 where there is none. See `pick`."""
    check_sides(size)
    bars = layout.bars
    begin, end = bars.label - _AHEAD * bars.along, bars.base + bars.length * bars.along
    thick = _WIDE * bars.thick
    quads = np.stack([begin - thick, end - thick, end + thick, begin + thick], axis=1)
    pixels = pose.project(quads.reshape(-1, 3), size).reshape(-1, 4, 2)
    edges, to = np.roll(pixels, -1, axis=1) - pixels, np.asarray(at) - pixels
    turns = edges[..., 0] * to[..., 1] - edges[..., 1] * to[..., 0]
    # What lies behind the camera is NaN, and compares as no hit.
    hit = np.flatnonzero((turns > 0).all(axis=1) | (turns < 0).all(axis=1))
    if not len(hit):
        return -1
    depth = (pose.position - quads[hit].mean(axis=1)) @ pose.axes()[2]
    return int(hit[np.argmin(depth)])


def place_on(
    panel: Panel, pose: Orbit, size: tuple[int, int], at: tuple[float, float]
) -> tuple[float, float] | None:
    """Where a pixel's ray meets a panel's plane, in cells: (row, column), 0 at the upper and left border.

    It may lie beyond the panel; None where the plane is seen edge-on or lies behind the camera.
    """
    x, y, _ = _ray(pose, size, at)
    right, up, back = pose.axes()
    met = _meet(panel, pose, x * right + y * up - back)
    return None if met is None else _in_cells(panel, met[1])


def _ray(pose: Orbit, size: tuple[int, int], at: tuple[float, float]) -> tuple[float, float, float]:
    """How far a pixel's ray is aside and above after one unit of depth, and pixels for one unit there."""
    check_sides(size)
    scale = size[1] / 2 / tan(radians(pose.angle) / 2)
    return (at[0] - size[0] / 2) / scale, (size[1] / 2 - at[1]) / scale, scale


def _meet(panel: Panel, pose: Orbit, ray: Vector) -> tuple[float, Vector] | None:
    """The depth at which a ray (3,) meets a panel's plane, and where: (3,); None where it does not."""
    facing, stand = np.cross(panel.right, panel.up), pose.position
    along = float(ray @ facing)
    depth = float((panel.centre - stand) @ facing) / along if abs(along) > 1e-9 else -1.0
    return (depth, stand + depth * ray) if depth > 1e-6 else None


def _in_cells(panel: Panel, point: Vector) -> tuple[float, float]:
    cells, place = panel.raster, point - panel.centre
    row = (cells.height / 2 - float(place @ panel.up)) / cells.cell[1]
    return row, (float(place @ panel.right) + cells.width / 2) / cells.cell[0]


def _tile(layout: Layout, pose: Orbit, x: float, y: float) -> tuple[int, float]:
    """The nearest panel of cells that a ray meets: (neuron, depth), or (-1, inf) where it meets none.

    The neuron is -1 too where the ray goes through a gap between the panel's maps. On a face of attention it
    is the score that is seen there.

    x, y: how far the ray is aside and above after one unit of depth.
    """
    right, up, back = pose.axes()
    ray = x * right + y * up - back
    tile, nearest = -1, np.inf
    panels = [(panel, None) for panel in layout.panels if panel.raster.kind == "tiles"]
    for panel, shown in [*panels, *((face.panel, face.score) for face in layout.faces)]:
        met = _meet(panel, pose, ray)
        if met is None or met[0] >= nearest:
            continue
        cell = _cell(panel, met[1])
        if cell is not None:
            nearest = met[0]
            tile = cell if cell < 0 else panel.start + cell if shown is None else int(shown[cell])
    return tile, nearest


def _cell(panel: Panel, point: Vector) -> int | None:
    """The cell, by its number in the panel, that covers a point (3,) of its plane; -1 for a gap, or None."""
    cells = panel.raster
    row, col = map(floor, _in_cells(panel, point))
    if not (0 <= row < cells.rows and 0 <= col < cells.cols and cells.covered[row, col]):
        return None
    return int(cells.neurons[row, col])
