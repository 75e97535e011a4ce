"""Rooms: arrays into which the parts of a picture write what shines, what covers it and what is spared it."""

from dataclasses import dataclass

from scenes.kernels.values import Bytes, Floats


@dataclass(eq=False)
class LineRoom:
    """Room for R lines of M points each.

    Attributes:
        places: float32 (R, M, 3), scene units. rgba: uint8 (R, M, 4).
        width: in pixels. step: points from one bend to the next. first: the first line that is drawn.
        part: 0 where they lie beneath all that covers, 2 where kept pixels are spared their light, else 1.
        nearer: scene units by which they are taken for nearer.
    """

    places: Floats
    rgba: Bytes
    width: float
    part: int
    nearer: float
    step: int = 1
    first: int = 0

    def move(self, places: Floats) -> None:
        """Put all points (R, M, 3) elsewhere."""
        self.places[...] = places

    def paint(self, rgba: Bytes) -> None:
        """Show colours and opacities (R, M, 4)."""
        self.rgba[...] = rgba

    def hide(self) -> None:
        """Show nothing until they are painted."""
        self.rgba[...] = 0

    def thin(self, step: int, first: int) -> None:
        """Bend at every so many points only, and leave out so many of the first lines."""
        self.step, self.first = step, first

    def widen(self, width: float) -> None:
        """Draw them so many pixels wide, at least one."""
        self.width = width


@dataclass(eq=False)
class SpotRoom:
    """Room for n halos: places float32 (n, 3), rgba uint8 (n, 4) and radius float32 (n,), scene units."""

    places: Floats
    rgba: Bytes
    radius: Floats

    def paint(self, rgba: Bytes, radius: Floats) -> None:
        """Show colours (n, 4) and radii (n,)."""
        self.rgba[...], self.radius[...] = rgba, radius


@dataclass(eq=False)
class CoverRoom:
    """Quads that are drawn after the light: corners float32 (n, 4, 3), alpha uint8 (n, 4)."""

    corners: Floats
    alpha: Bytes

    def take(self, corners: Floats, alpha: Bytes) -> None:
        """Take other quads."""
        self.corners, self.alpha = corners, alpha


@dataclass(eq=False)
class SheetRoom:
    """A raster whose cells keep their colours: see `scenes.kernels.sheet`.

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
