"""Buffers: arrays into which the parts of a picture write places and colours, a class for each kind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.primitives.stamps import levels_of
from scenes.kernels.values import Bytes, Floats


@dataclass(eq=False)
class LineBuffers:
    """Room for R lines of M points each.

    Attributes:
        places: float32 (R, M, 3), scene units. rgba: uint8 (R, M, 4).
        width: in pixels. step: points from one bend to the next. kept: the lines that are drawn.
        part: 0 where they lie beneath all that covers, 2 where kept pixels are spared their light, else 1.
        nearer: scene units by which they are taken for nearer.
        moves, paints: how often its places and its colours were changed.
    """

    places: Floats
    rgba: Bytes
    width: float
    part: int
    nearer: float
    kept: NDArray[np.int64]
    step: int = 1
    moves: int = 0
    paints: int = 0

    def move(self, places: Floats) -> None:
        """Put all points (R, M, 3) elsewhere."""
        self.places[...] = places
        self.moves += 1

    def paint(self, rgba: Bytes) -> None:
        """Show colours and opacities (R, M, 4)."""
        self.rgba[...] = rgba
        self.paints += 1

    def hide(self) -> None:
        """Show nothing until they are painted."""
        self.rgba[...] = 0
        self.paints += 1

    def thin(self, step: int, kept: NDArray[np.int64]) -> None:
        """Bend at every so many points only, and draw these lines alone."""
        self.step, self.kept = step, kept

    def widen(self, width: float) -> None:
        """Draw them so many pixels wide, at least one."""
        self.width = width


@dataclass(eq=False)
class SpotBuffers:
    """Room for n halos: places float32 (n, 3), rgba uint8 (n, 4) and radius float32 (n,), scene units."""

    places: Floats
    rgba: Bytes
    radius: Floats

    def paint(self, rgba: Bytes, radius: Floats) -> None:
        """Show colours (n, 4) and radii (n,)."""
        self.rgba[...], self.radius[...] = rgba, radius


@dataclass(eq=False)
class BallBuffers:
    """Room for n balls, from far to near: places float32 (n, 3) and radius float32 (n,), scene units.

    rgba: uint8 (n, 4), the level of each in place of an opacity. manner: see `primitives.balls`.
    """

    places: Floats
    rgba: Bytes
    radius: Floats
    manner: int

    def move(self, places: Floats) -> None:
        """Put all (n, 3) elsewhere, or in another order."""
        self.places = places

    def paint(self, rgba: Bytes, radius: Floats) -> None:
        """Show colours and levels (n, 4) and radii (n,)."""
        self.rgba[...], self.radius[...] = rgba, radius


@dataclass(eq=False)
class CellBuffers:
    """A raster of cells.

    Attributes:
        corner: float32 (3,), its upper left one, scene units; right, down: (3,), from a cell to the next.
        grid: uint8 (rows, cols, 4), the cells' colours; those with no opacity are not there.
        across, below: float32 (cols, 2) and (rows, 2), from where to where cells have their colour, 0..1.
        texels: of a cell's width and height where a driver draws it. backing: colour between them.
        paints: how often the colours were changed.
    """

    corner: Floats
    right: Floats
    down: Floats
    grid: Bytes
    across: Floats
    below: Floats
    texels: tuple[int, int]
    backing: tuple[int, int, int]
    paints: int = 0

    def paint(self, grid: Bytes) -> None:
        """Show other colours (rows, cols, 4)."""
        self.grid[...] = grid
        self.paints += 1

    @property
    def filled(self) -> Floats:
        """The share of its place that each cell's colour covers: float32 (rows, cols)."""
        return np.diff(self.below)[:, 0, None] * np.diff(self.across)[:, 0]

    def ends(self) -> Floats:
        """Its corners, float32 (4, 3)."""
        rows, cols = self.grid.shape[:2]
        wide, high = cols * self.right, rows * self.down
        return np.stack([self.corner, self.corner + wide, self.corner + high, self.corner + wide + high])


@dataclass(eq=False)
class QuadBuffers:
    """Quads that cover: corners float32 (n, 4, 3), scene units; rgba uint8 (n, 4, 4); over: the light too."""

    corners: Floats
    rgba: Bytes
    over: bool

    def take(self, corners: Floats, rgba: Bytes) -> None:
        """Take other quads."""
        self.corners, self.rgba = corners, rgba


@dataclass(eq=False)
class StampBuffers:
    """Small pictures that face the camera: corners float32 (n, 4, 3), in order.

    levels, over: see `Stamps`. size: rows and columns of the largest. shared: a shot has these levels too.
    """

    corners: Floats
    levels: Bytes
    size: tuple[int, int]
    over: float
    shared: bool = False

    def move(self, corners: Floats) -> None:
        """Put all (n, 4, 3) elsewhere."""
        self.corners = corners

    @property
    def pictures(self) -> Bytes:
        """What they show, uint8 (n, rows, columns, 4)."""
        return self.levels[:, : self.size[0] * self.size[1]].reshape(-1, *self.size, 4)

    def paint(self, place: int, picture: Bytes) -> None:
        """Show another picture, uint8 (rows, columns, 4), at one place."""
        if self.shared:
            self.levels, self.shared = self.levels.copy(), False
        self.levels[place] = levels_of(picture)


@dataclass(eq=False)
class SheetBuffers:
    """A raster whose cells keep their colours: see `scenes.kernels.primitives.sheet`.

    corner: float32 (3,), its upper left one, scene units; right, down: (3,), from a cell to the next.
    marks: uint8 (rows, cols), of each cell: 0 for none, 255 for one that strands are not to light.
    """

    corner: Floats
    right: Floats
    down: Floats
    marks: Bytes

    def mark(self, marks: Bytes) -> None:
        """Take other marks."""
        self.marks = marks.copy()
