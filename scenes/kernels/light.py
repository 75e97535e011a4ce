"""Light: pictures drawn by compiled loops where the driver is software: bodies, and all that shines.

A software driver needs three quarters of a picture's time for its additive lines, and most of the rest for
the filtering of textures. So nothing is left to it. Light adds up in float32 and is rounded once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.bands import draw_bands
from scenes.kernels.bodies import BodyBuffers
from scenes.kernels.buffers import LineBuffers, SheetBuffers, SpotBuffers
from scenes.kernels.compile import is_compiled
from scenes.kernels.lanes import LANES
from scenes.kernels.primitives.lines import CORNER, aim
from scenes.kernels.primitives.sheet import NOTHING, aim_sheet
from scenes.kernels.primitives.spots import NEARER, aim_spots
from scenes.kernels.primitives.stamps import halve, levels_of
from scenes.kernels.values import Band, Bodies, Bytes, Floats, Lines, Sheet, Spots, View, f

Ints: TypeAlias = NDArray[np.int64]
BAND = 32  # rows


class Shot(NamedTuple):
    """What is in one picture: nothing in it changes any more, so that any thread may draw it."""

    bodies: Bodies
    lines: Lines
    spots: Spots
    sheet: Sheet
    view: View
    paper: Bytes


@dataclass(eq=False)
class Light:
    """All that is in a window's pictures.

    Attributes:
        bodies: what covers.
    """

    bodies: BodyBuffers = field(default_factory=BodyBuffers)

    _ink: bool = False
    _paper: Bytes = field(default_factory=lambda: np.zeros((1, 1, 3), np.uint8))
    _lines: list[LineBuffers] = field(default_factory=list)
    _spots: list[SpotBuffers] = field(default_factory=list)
    _kept: SheetBuffers | None = None
    _table: tuple[Any, ...] = ()
    _still: tuple[int, Floats, int, Bytes] = -1, np.zeros((0, 3), f), -1, np.zeros((0, 4), np.uint8)
    _box: Floats | None = None
    _sheet: Bytes = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    _bands: dict[tuple[int, int], list[Band]] = field(default_factory=dict)  # in which nothing is drawn now

    def clear(self) -> None:
        """Forget all."""
        self.bodies = BodyBuffers()
        self._lines.clear()
        self._spots.clear()
        self._table, self._kept, self._box = (), None, None

    def lay(self, paper: Bytes, *, ink: bool) -> None:
        """Take another ground, uint8 (h, w, 3); with ink, light is taken away from it."""
        self._paper, self._ink, self._sheet = paper, ink, self._sheet[:0]

    def add_lines(self, count: int, length: int, *, part: int = 1, nearer: float = 0.0) -> LineBuffers:
        """Room for lines, dark as yet: see `LineBuffers`."""
        places, rgba = np.zeros((count, length, 3), f), np.zeros((count, length, 4), np.uint8)
        self._lines.append(LineBuffers(places, rgba, 1.0, part, nearer, np.arange(count)))
        self._table = ()
        return self._lines[-1]

    def add_spots(self, places: Floats) -> SpotBuffers:
        """Room for halos at places (n, 3), dark as yet: see `SpotBuffers`."""
        count = len(places)
        self._spots.append(SpotBuffers(places, np.zeros((count, 4), np.uint8), np.zeros(count, f)))
        return self._spots[-1]

    def keep(self, corner: Floats, right: Floats, down: Floats, marks: Bytes) -> SheetBuffers:
        """Let the cells of a raster keep their colours: see `SheetBuffers`."""
        self._kept = SheetBuffers(corner, right, down, marks)
        return self._kept

    def shoot(self, view: View, scale: float) -> Shot:
        """Keep what there is now, as a camera sees it. scale: pixels for one scene unit at that distance."""
        buffers = sorted(self._lines, key=lambda buffer: buffer.part)
        key = tuple((id(buffer), buffer.width, buffer.step, len(buffer.kept)) for buffer in buffers)
        if not self._table or self._table[0] != key:
            self._table = key, *_pooled(buffers)
            self._still = -1, self._table[1], -1, self._table[2]
        _, places, rgba, line, half, nearer, parts = self._table
        moves, paints = sum(buffer.moves for buffer in buffers), sum(buffer.paints for buffer in buffers)
        # What did not change since the last shot is that one's.
        moved, old_places, painted, old_rgba = self._still
        places = old_places if moves == moved else places.copy()
        rgba = old_rgba if paints == painted else rgba.copy()
        self._still = moves, places, paints, rgba
        lines = Lines(places, rgba, line, half, nearer, parts, np.empty((len(places), 4), f))
        aim(lines, view)
        kept = self._kept
        sheet = aim_sheet(kept.corner, kept.right, kept.down, kept.marks, view) if kept else NOTHING
        bodies = self.bodies.shoot(view, scale)
        return Shot(bodies, lines, self._seen(view, scale), sheet, view, self._ground(view))

    def bounds(self) -> Floats:
        """Two corners of a box, float32 (2, 3), in which all bodies lie, and the lines beneath them."""
        if self._box is None:
            lines = [buffer.places.reshape(-1, 3) for buffer in self._lines if buffer.part == 0]
            places = np.concatenate([np.zeros((1, 3), f), *self.bodies.places(), *lines])
            self._box = np.stack([places.min(axis=0), places.max(axis=0)])
        return self._box

    def _seen(self, view: View, scale: float) -> Spots:
        none = np.zeros((0, 3), f)
        places = np.concatenate([none, *(buffer.places for buffer in self._spots)])
        rgba = np.concatenate([np.zeros((0, 4), np.uint8), *(buffer.rgba for buffer in self._spots)])
        radius = np.concatenate([none[:, 0], *(buffer.radius for buffer in self._spots)]) * f(scale)
        at = np.empty((len(places), 4), f)
        aim_spots(places, radius, NEARER, view, at)
        return Spots(at, rgba)

    def _ground(self, view: View) -> Bytes:
        """The paper in a picture's size, uint8 (h, 3w)."""
        if self._sheet.shape != (view.height, 3 * view.width):
            sheet = self._paper
            if sheet.shape[:2] != (view.height, view.width):
                sheet = _enlarged(sheet, view.width, view.height)
            self._sheet = np.ascontiguousarray(sheet).reshape(view.height, 3 * view.width)
        return self._sheet

    def over(self, shot: Shot) -> tuple[Bytes, Bytes]:
        """The picture of a shot, uint8 (h, w, 3), the top row first. Several threads may draw at once.

        Returns the picture, and uint8 (h, w), 255 where it shows a cell that keeps its colour.
        """
        height, width = shot.view.height, shot.view.width
        pixels, kept = np.empty((height, 3 * width), np.uint8), np.zeros((height, width), np.uint8)
        sign = f(-1 if self._ink else 1)
        seen = shot.bodies, shot.lines, shot.spots, shot.sheet, shot.view
        with self._room(shot) as room:
            draw_bands(*seen, room, 0, 1, shot.paper, pixels, kept, sign)
        return pixels.reshape(height, width, 3), kept

    @contextmanager
    def _room(self, shot: Shot) -> Iterator[Band]:
        """A band to draw a shot in, for this thread alone."""
        widest = float(shot.lines.half.max()) if len(shot.lines.half) else 1.0
        rim = int(2 * CORNER * widest) + 3 + LANES
        key = shot.view.width, rim
        free = self._bands.get(key)
        if free is None:
            free = []
            self._bands = {key: free}
        try:
            room = free.pop()
        except IndexError:
            size = (BAND + 2 * rim) * (shot.view.width + 2 * rim)
            arrays = np.zeros(3 * size, f), np.full(size, -1, f), np.zeros(4 * size, f)
            room = Band(*arrays, rim, shot.view.width, 0, BAND)
        try:
            yield room
        finally:
            free.append(room)


def prepare() -> None:
    """Compile the loops, as they are used, or load them from disk."""
    light = Light()
    light.add_lines(1, 2).paint(np.full((1, 2, 4), 9, np.uint8))
    light.add_spots(np.zeros((1, 3), f))
    levels_of(np.zeros((2, 2, 4), np.uint8))
    light.over(light.shoot(View(np.eye(4), 0.1, 4, 4), 1.0))


def is_ready() -> bool:
    """Whether pictures can be drawn at once: the loops are compiled already."""
    return all(map(is_compiled, (draw_bands, aim, aim_spots, halve)))


def _pooled(buffers: list[LineBuffers]) -> tuple[Floats, Bytes, Ints, Floats, Floats, Ints]:
    """All lines in one array, of which their buffers are views from now on; and their table, see `Lines`."""
    count = sum(buffer.rgba.shape[0] * buffer.rgba.shape[1] for buffer in buffers)
    places, rgba = np.zeros((count, 3), f), np.zeros((count, 4), np.uint8)
    line, half, nearer, begin = [np.zeros((0, 3), np.int64)], [np.zeros(0, f)], [np.zeros(0, f)], 0
    parts = np.zeros(4, np.int64)
    for buffer in buffers:
        many, length = buffer.rgba.shape[:2]
        share = slice(begin, begin + many * length)
        places[share], rgba[share] = buffer.places.reshape(-1, 3), buffer.rgba.reshape(-1, 4)
        buffer.places = places[share].reshape(buffer.places.shape)
        buffer.rgba = rgba[share].reshape(buffer.rgba.shape)
        first = begin + length * buffer.kept
        line.append(np.stack([first, first + length - 1, np.full_like(first, buffer.step)], axis=1))
        half.append(np.full(len(first), max(buffer.width, 1.0) / 2 + 0.5, f))
        nearer.append(np.full(len(first), buffer.nearer, f))
        parts[buffer.part + 1 :] += len(first)
        begin += many * length
    return places, rgba, np.concatenate(line), np.concatenate(half), np.concatenate(nearer), parts


def _enlarged(paper: Bytes, width: int, height: int) -> Bytes:
    """A ground in another size, each pixel mixed of the four around it, as a texture is."""
    rows, cols = paper.shape[:2]
    y = np.clip((np.arange(height) + 0.5) * rows / height - 0.5, 0, rows - 1)
    x = np.clip((np.arange(width) + 0.5) * cols / width - 0.5, 0, cols - 1)
    top, left = np.minimum(y.astype(int), max(rows - 2, 0)), np.minimum(x.astype(int), max(cols - 2, 0))
    below, right = np.minimum(top + 1, rows - 1), np.minimum(left + 1, cols - 1)
    down, aside = (y - top).astype(f)[:, None], np.repeat((x - left).astype(f), 3)
    # Colours lie side by side: arrays whose last axis is three long are slow.
    left, right = ((3 * place[:, None] + np.arange(3)).ravel() for place in (left, right))
    whole, mixed = paper.reshape(rows, 3 * cols).astype(f), np.empty((height, 3 * width), np.uint8)
    room = np.empty((2, min(BAND, height), 3 * width), f)
    # A few rows at a time stay in the processor's cache; all at once would fill memory for half a second.
    for row in range(0, height, BAND):
        some = slice(row, row + BAND)
        upper, lines = whole[top[some]], whole[below[some]]
        lines -= upper
        lines *= down[some]
        lines += upper
        near, far = room[:, : len(lines)]
        np.take(lines, left, axis=1, out=near, mode="clip")
        np.take(lines, right, axis=1, out=far, mode="clip")
        far -= near
        far *= aside
        far += near
        far += f(0.5)
        mixed[some] = far
    return mixed.reshape(height, width, 3)
