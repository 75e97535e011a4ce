"""Bodies: all that covers what lies behind it, in its buffers, and what a camera sees of it."""

from dataclasses import dataclass, field
from operator import is_not
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.buffers import BallBuffers, CellBuffers, QuadBuffers, StampBuffers
from scenes.kernels.primitives.balls import tilts
from scenes.kernels.primitives.cells import aim_rasters
from scenes.kernels.primitives.sides import triangles
from scenes.kernels.primitives.spots import aim_spots
from scenes.kernels.primitives.stamps import levels_of
from scenes.kernels.values import Bodies, Bytes, Discs, Floats, Rasters, Sides, Stamps, View, f

Ints = NDArray[np.int64]


@dataclass(eq=False)
class BodyBuffers:
    """All that covers in a window's pictures."""

    _cells: list[CellBuffers] = field(default_factory=list)
    _balls: BallBuffers | None = None
    _quads: list[QuadBuffers] = field(default_factory=list)
    _stamps: StampBuffers | None = None
    _table: "_Table | None" = None
    _painted: tuple[int, Bytes] = -1, np.zeros((0, 4), np.uint8)
    _kept: "list[_Cornered | None]" = field(default_factory=lambda: [None, None])

    def add_balls(self, places: Floats, manner: int) -> BallBuffers:
        """Room for the balls of a picture at places (n, 3): see `BallBuffers`."""
        count = len(places)
        self._balls = BallBuffers(places, np.zeros((count, 4), np.uint8), np.ones(count, f), manner)
        return self._balls

    def add_cells(
        self,
        plane: tuple[Floats, Floats, Floats],
        grid: Bytes,
        spans: tuple[Floats, Floats],
        texels: tuple[int, int],
        backing: tuple[int, int, int],
    ) -> CellBuffers:
        """Room for a raster; plane: its corner, and the ways from a cell to the next: see `CellBuffers`."""
        self._table = None
        self._cells.append(CellBuffers(*plane, grid, *spans, texels, backing))
        return self._cells[-1]

    def add_quads(self, corners: Floats, rgba: Bytes, *, over: bool) -> QuadBuffers:
        """Room for quads, drawn over those before: see `QuadBuffers`."""
        self._quads.append(QuadBuffers(corners, rgba, over))
        return self._quads[-1]

    def add_stamps(self, count: int, size: tuple[int, int], over: float) -> StampBuffers:
        """Room for so many small pictures of a size (rows, columns): see `StampBuffers`."""
        dark = levels_of(np.zeros((*size, 4), np.uint8))
        self._stamps = StampBuffers(np.zeros((count, 4, 3), f), np.stack([dark] * count), size, over)
        return self._stamps

    def places(self) -> list[Floats]:
        """Points between which all of it lies: float32 (n, 3) each."""
        quads = [buffer.corners.reshape(-1, 3) for buffer in self._quads]
        balls = [self._balls.places] if self._balls else []
        return [*(buffer.ends() for buffer in self._cells), *quads, *balls]

    def shoot(self, view: View, scale: float) -> Bodies:
        """What a camera sees of it now. scale: pixels for one scene unit at that distance."""
        under, over = (_sides(self._cornered(last), view) for last in (False, True))
        if self._table is None:
            self._table, self._painted = _table(self._cells), (-1, self._painted[1])
        paints = sum(buffer.paints for buffer in self._cells)
        if paints != self._painted[0]:
            cells = (buffer.grid.reshape(-1, 4) for buffer in self._cells)
            self._painted = paints, np.concatenate([np.zeros((0, 4), np.uint8), *cells])
        rasters = _rasters(self._table, self._painted[1], view)
        return Bodies(rasters, self._discs(view, scale), under, self._stamped(view), over)

    def _cornered(self, over: bool) -> "_Cornered":
        """The quads of either kind, as they are: most never change."""
        buffers = [buffer for buffer in self._quads if buffer.over == over]
        key = tuple(each for buffer in buffers for each in (buffer.corners, buffer.rgba))
        kept = self._kept[over]
        if kept is None or len(kept.key) != len(key) or any(map(is_not, kept.key, key)):
            self._kept[over] = kept = _cornered(buffers, key)
        return kept

    def _discs(self, view: View, scale: float) -> Discs:
        balls = self._balls
        if balls is None:
            return Discs(np.zeros((0, 4), f), np.zeros((0, 4), f), np.zeros((0, 4), np.uint8), 0)
        at = np.empty((len(balls.places), 4), f)
        aim_spots(balls.places, balls.radius * f(scale), 0.0, view, at)
        return Discs(at, tilts(at, view, scale), balls.rgba.copy(), balls.manner)

    def _stamped(self, view: View) -> Stamps:
        stamps = self._stamps
        if stamps is None:
            return Stamps(np.zeros((0, 4), f), np.zeros((0, 1, 4), np.uint8), 1, 1, 0.0)
        corner = _seen(stamps.corners.reshape(-1, 3), view).reshape(-1, 4, 4)
        at = corner.mean(axis=1)
        at[:, 3] = np.where((corner[..., 3] > 0).all(axis=1), (corner[:, 0, 1] - corner[:, 3, 1]) / 2, 0)
        stamps.shared = True
        return Stamps(at, stamps.levels, *stamps.size, stamps.over)


def _seen(places: Floats, view: View) -> Floats:
    """Points (n, 3) as a camera sees them: float32 (n, 4), see `Sides`; 0 last where they are too near."""
    at = np.empty((len(places), 4), f)
    aim_spots(places, np.ones(len(places), f), 0.0, view, at)
    return at


class _Cornered(NamedTuple):
    """Quads of some buffers: what they were made of, corners (4 n, 3), the triangles and their colours."""

    key: tuple[Any, ...]
    corners: Floats
    order: Ints
    rgba: Bytes


def _cornered(buffers: list[QuadBuffers], key: tuple[Any, ...]) -> _Cornered:
    corners = np.concatenate([np.zeros((0, 4, 3), f), *(buffer.corners for buffer in buffers)]).reshape(-1, 3)
    rgba = np.concatenate([np.zeros((0, 4, 4), np.uint8), *(buffer.rgba for buffer in buffers)]).reshape(
        -1, 4
    )
    order = triangles(len(corners) // 4)
    return _Cornered(key, corners, order, rgba[order])


def _sides(quads: _Cornered, view: View) -> Sides:
    """The triangles of quads."""
    _, corners, order, rgba = quads
    at = _seen(corners, view)
    if (at[:, 3] > 0).all():
        return Sides(at.take(order, axis=0), rgba)
    seen = (at[order, 3] > 0).all(axis=1)
    cut = [_cut(corners[three], own, view) for three, own in zip(order[~seen], rgba[~seen], strict=True)]
    places = np.concatenate([each for each, _ in cut])
    colours = np.concatenate([each for _, each in cut])
    return Sides(
        np.concatenate([at[order[seen]], _seen(places.reshape(-1, 3), view).reshape(-1, 3, 4)]),
        np.concatenate([rgba[seen], colours]),
    )


def _cut(corners: Floats, rgba: Bytes, view: View) -> tuple[Floats, Bytes]:
    """What is left of a triangle (3, 3) where what is too near is cut off: triangles (t, 3, 3), (t, 3, 4)."""
    away = corners @ view.m[3, :3] + view.m[3, 3] - 1.001 * view.near
    points: list[NDArray[np.float64]] = []
    for i in range(3):
        j = (i + 1) % 3
        one, two = (np.concatenate([corners[e], rgba[e].astype(np.float64)]) for e in (i, j))
        if away[i] >= 0:
            points.append(one)
        if (away[i] >= 0) != (away[j] >= 0):
            points.append(one + (two - one) * (away[i] / (away[i] - away[j])))
    fan = [(points[0], points[i], points[i + 1]) for i in range(1, len(points) - 1)]
    made = np.array(fan, np.float64).reshape(-1, 3, 7)
    return made[..., :3].astype(f), np.round(made[..., 3:]).astype(np.uint8)


class _Table(NamedTuple):
    """What of the rasters stands still: see `Rasters`, and `aim_rasters` for axes."""

    axes: NDArray[np.float64]
    middles: Floats
    form: Ints
    texels: NDArray[np.float64]
    whole: NDArray[np.bool_]
    backing: Floats
    ink: Floats


def _table(buffers: list[CellBuffers]) -> _Table:
    axes, form, cells, inks = np.zeros((len(buffers), 4, 3)), [], 0, 0
    for axis, buffer in zip(axes, buffers, strict=True):
        axis[:3, 0], axis[:3, 1], axis[:3, 2], axis[3, 2] = buffer.right, buffer.down, buffer.corner, 1.0
        rows, cols = buffer.grid.shape[:2]
        form.append((rows, cols, cells, inks, inks + cols))
        cells, inks = cells + rows * cols, inks + rows + cols
    return _Table(
        axes,
        np.array([buffer.ends().mean(axis=0) for buffer in buffers], f).reshape(-1, 3),
        np.array(form, np.int64).reshape(-1, 5),
        np.array([buffer.texels for buffer in buffers], np.float64).reshape(-1, 2),
        np.array([buffer.grid[..., 3].all() for buffer in buffers], np.bool_),
        np.array([buffer.backing for buffer in buffers], f).reshape(-1, 3),
        np.concatenate(
            [np.zeros((0, 2), f), *(ink for buffer in buffers for ink in (buffer.across, buffer.below))]
        ),
    )


def _rasters(table: _Table, rgba: Bytes, view: View) -> Rasters:
    """Rasters from near to far, so that most of what is hidden is never worked out."""
    m, rows = aim_rasters(table.axes, table.form[:, :2], view)
    order = np.argsort(table.middles @ view.m[3, :3], kind="stable")
    return Rasters(
        m[order],
        rows[order],
        table.form[order],
        table.texels[order],
        table.whole[order],
        table.backing[order],
        rgba,
        table.ink,
    )
