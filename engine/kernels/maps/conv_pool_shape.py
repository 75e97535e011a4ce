"""What a loop of convolution, ReLU and pooling is made for, and how it is cut to fit the registers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels.registers.emit import cut


@dataclass(frozen=True)
class Geometry:
    """An image (high, wide, channels), kernels (height, width) with padding, and pooling by `size`.

    before_y, before_x: cells of padding ahead. down, across: the pooled image; places_y, places_x: the
    convolved one.
    """

    high: int
    wide: int
    channels: int
    height: int
    width: int
    before_y: int
    before_x: int
    places_y: int
    places_x: int
    maps: int
    size: int

    @property
    def down(self) -> int:
        """Rows of pooled cells; what is left over of the convolved image counts nowhere."""
        return self.places_y // self.size

    @property
    def across(self) -> int:
        """Columns of pooled cells."""
        return self.places_x // self.size

    @property
    def framed(self) -> bool:
        """Whether an image is copied into a wider one, as padding asks."""
        return (self.places_y + self.height - 1, self.places_x + self.width - 1) != (self.high, self.wide)

    @property
    def row(self) -> int:
        """Numbers from one row of the image that is read, framed or not, to the next."""
        return (self.places_x + self.width - 1) * self.channels

    @property
    def first(self) -> int:
        """Where the image begins in its frame."""
        return self.before_y * self.row + self.before_x * self.channels

    @property
    def frame_size(self) -> int:
        """Numbers in a frame, 1 where there is none."""
        return (self.places_y + self.height - 1) * self.row if self.framed else 1

    @property
    def line(self) -> int:
        """Numbers in a row of the image."""
        return self.wide * self.channels

    @property
    def image(self) -> int:
        """Numbers in an image."""
        return self.high * self.line

    @property
    def run(self) -> int:
        """Numbers in a row of a window: they lie in one piece."""
        return self.width * self.channels


@dataclass(frozen=True)
class Plan:
    """How the loops are cut: floats in a vector, and what is held in registers at once.

    some, cells: maps and pooled cells at once in forward. by_maps: whether the weights' gradient goes by maps
    (few: so many at once) or by winners; rows: of the window at once, piece: so many numbers of each.
    """

    lanes: int
    some: int
    cells: int
    by_maps: bool
    few: int
    rows: int
    piece: int

    def chunks(self, maps: int) -> list[Chunk]:
        """The maps, so many at once, by maps; a rest that is one vector is done by itself."""
        whole = maps // self.few * self.few
        if whole == maps or len(cut(maps - whole, self.lanes)) > 1:
            return [(0, maps, self.few)]
        return [(0, whole, self.few), (whole, maps, maps - whole)]


Chunk = tuple[int, int, int]
"""First map, last one plus one, and how many of them at once."""
MOST = 24
"""Vectors of sums that forward holds at most: more leave no room for weights and gain nothing."""


def plan(g: Geometry, back: bool, lanes: int, room: int) -> Plan | None:
    """The plan for a processor (see `registers.processor`), or None where no block fits into registers."""
    room_for_sums = min(room, MOST)
    most = next((v for v in (3, 2, 1) if v * g.size**2 <= room_for_sums), 0)
    if not most or not g.down or not g.across or g.size**2 > 250:
        return None
    chunks = -(-g.maps // (most * lanes))
    some = min(g.maps, -(-g.maps // (chunks * lanes)) * lanes)
    if len(cut(some, lanes)) * g.size**2 > room_for_sums:
        some = cut(some, lanes)[0][1]
    cells = max(1, min(g.across, room_for_sums // (len(cut(some, lanes)) * g.size**2)))
    cells = -(-g.across // -(-g.across // cells))
    few = min(g.maps, lanes)
    dense = len(cut(few, lanes))
    rows = [r for r in range(1, g.height + 1) if g.height % r == 0]
    by_maps = [r for r in rows if (r * g.run + 1) * dense <= room]
    if not back and g.run <= lanes and by_maps:
        return Plan(lanes, some, cells, True, few, by_maps[-1], g.run)
    pieces = [p for p in range(1, g.run + 1) if g.run % p == 0 and len(cut(p, lanes)) <= room]
    by_winners = [r for r in rows if pieces[-1] == g.run and r * len(cut(g.run, lanes)) <= room]
    return Plan(lanes, some, cells, False, few, by_winners[-1] if by_winners else 1, pieces[-1])
