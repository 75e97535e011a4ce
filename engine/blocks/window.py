"""Windows that slide over an image: which cell each tap of each window reads.

A window's place and a tap inside it give a cell; in two axes the pairs that lie inside the image are the
product of the pairs of each axis, so no more than one axis is ever enumerated.

For products with a matrix the windows themselves are laid out as rows of one (im2col), and what comes back is
gathered from such rows (col2im).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks.base import Scratch
from engine.errors import EngineError

Tap = tuple[int, int, tuple[slice, slice], tuple[slice, slice]]
Padding = int | str | tuple[int, int]
"""Of both axes: "valid", "same", a number of cells on each side, or one of these down and one across."""
PADDINGS = "valid, same, or the number of cells on each side, or such numbers down and across"
# Bytes of windows that are laid out at once (measured: half to all of a core's second cache is best).
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Axis:
    """Windows along one axis: `places` windows of `taps` cells each over `size` cells, every `stride` cells.

    before: cells of padding ahead of the first cell.
    """

    size: int
    taps: int
    stride: int
    before: int
    places: int

    @cached_property
    def pairs(self) -> tuple[Array, Array, Array]:
        """Place, tap and cell (n,) of each tap that lies inside the image, by place and then by tap."""
        place, tap = np.divmod(np.arange(self.places * self.taps), self.taps)
        cell = place * self.stride - self.before + tap
        inside = np.flatnonzero((cell >= 0) & (cell < self.size))
        return place[inside], tap[inside], cell[inside]

    @cached_property
    def count(self) -> int:
        """How many taps of all windows lie inside the image."""
        return len(self.pairs[0])

    @cached_property
    def read(self) -> bool:
        """Whether every cell is read by a window."""
        return len(np.unique(self.pairs[2])) == self.size

    def of_place(self, place: int) -> Array:
        """Numbers of the pairs of one window, ascending."""
        return np.flatnonzero(self.pairs[0] == place)

    def between(self, place: int, cell: int) -> Array:
        """Number of the pair of a window and a cell that it reads, none where it does not: (1,) or (0,)."""
        first = place * self.stride - self.before
        if not 0 <= cell - first < self.taps:
            return np.empty(0, np.int64)
        return np.array([self._starts[place] + cell - max(first, 0)])

    @cached_property
    def _starts(self) -> list[int]:
        """The number of each window's first pair."""
        starts: list[int] = np.searchsorted(self.pairs[0], np.arange(self.places)).tolist()
        return starts

    def of_cell(self, cell: int) -> Array:
        """Numbers of the pairs that read one cell, ascending."""
        return np.flatnonzero(self.pairs[2] == cell)

    def reading(self, places: tuple[int, int], cells: tuple[int, int]) -> tuple[int, int]:
        """The first and the last of these windows that read any of these cells, crossed where none does."""
        first = -(-(cells[0] + self.before - self.taps + 1) // self.stride)
        return max(places[0], first), min(places[1], (cells[1] + self.before) // self.stride)

    def reads(self, places: tuple[int, int], cells: tuple[int, int]) -> bool:
        """Whether any of the windows first .. last reads any of the cells first .. last."""
        first, last = self.reading(places, cells)
        return first <= last

    def cells(self, first: int, last: int) -> tuple[int, int]:
        """The first and the last cell that the windows first .. last read."""
        low = max(first * self.stride - self.before, 0)
        return low, min(last * self.stride - self.before + self.taps, self.size) - 1

    def reach(self, tap: int) -> tuple[slice, slice]:
        """The places whose tap lies inside the image, and the cells that it reads there."""
        return self._reached[tap]

    @cached_property
    def _reached(self) -> list[tuple[slice, slice]]:
        return [self._reach(tap) for tap in range(self.taps)]

    def _reach(self, tap: int) -> tuple[slice, slice]:
        first = max(0, -(-(self.before - tap) // self.stride))
        last = min(self.places - 1, (self.size - 1 + self.before - tap) // self.stride)
        count = max(0, last - first + 1)
        start = first * self.stride - self.before + tap
        return slice(first, first + count), slice(start, start + (count - 1) * self.stride + 1, self.stride)


@lru_cache(maxsize=256)
def axis(size: int, taps: int, stride: int, padding: int | str) -> Axis:
    """The windows over `size` cells.

    padding: "valid" none; "same" as much as gives ceil(size / stride) windows, the odd cell at the end; a
    number: so many cells on each side.
    """
    if padding == "same":
        places = -(-size // stride)
        return Axis(size, taps, stride, max((places - 1) * stride + taps - size, 0) // 2, places)
    before = 0 if isinstance(padding, str) else padding
    places = (size + 2 * before - taps) // stride + 1
    if places < 1:
        raise EngineError(f"a window of {taps} cells does not fit into {size} with padding {padding}")
    return Axis(size, taps, stride, before, places)


def along(padding: Padding, place: int) -> int | str:
    """The padding along an axis: 0 down, 1 across."""
    return padding[place] if isinstance(padding, tuple) else padding


@lru_cache(maxsize=256)
def axes(
    high: int, wide: int, sides: tuple[int, int], stride: int | tuple[int, int], padding: Padding
) -> tuple[Axis, Axis]:
    """The windows down and across an image of so many cells, see `axis`; sides: cells of a window."""
    steps = pair(stride)
    return (
        axis(high, sides[0], steps[0], along(padding, 0)),
        axis(wide, sides[1], steps[1], along(padding, 1)),
    )


def pair(number: int | tuple[int, int]) -> tuple[int, int]:
    """A number of both axes, or one down and one across, as two."""
    return number if isinstance(number, tuple) else (number, number)


def shortest(number: int | tuple[int, int]) -> int | tuple[int, int]:
    """Numbers down and across as one where they are alike."""
    down, across = pair(number)
    return down if down == across else (down, across)


def checked(height: int, width: int, stride: int | tuple[int, int], padding: Padding) -> Padding:
    """The padding in its shortest form; EngineError where a window of these measures makes no sense."""
    if min(height, width, *pair(stride)) < 1:
        told = "x".join(map(str, dict.fromkeys(pair(stride))))
        raise EngineError(f"a {height}x{width} window with stride {told}: every number must be 1 or more")
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise EngineError(f"unknown padding {padding!r}: known are {PADDINGS}")
        return padding
    both = (padding, padding) if isinstance(padding, int) else tuple(padding)
    if len(both) != 2 or any(type(n) is not int for n in both):
        raise EngineError(f"unknown padding {padding!r:.40}: known are {PADDINGS}")
    if not (0 <= both[0] < height and 0 <= both[1] < width):
        # More would make windows that see nothing but padding.
        told = str(both[0]) if both[0] == both[1] else f"{both[0]}x{both[1]}"
        most = f"0..{height - 1}" if height == width else f"0..{height - 1} down and 0..{width - 1} across"
        raise EngineError(f"padding {told} of a {height}x{width} window must be {most}")
    return both[0] if both[0] == both[1] else both


def image_shape(sources: Sequence[Shape], what: str) -> Shape:
    """The one source's shape (h, w, c); EngineError where there is another number of them or of axes."""
    if len(sources) != 1 or len(sources[0]) != 3:
        raise EngineError(f"a {what} layer has one source of shape (h, w, maps), got {list(sources)}")
    return sources[0]


@lru_cache(maxsize=256)
def taps(down: Axis, across: Axis) -> tuple[Tap, ...]:
    """Each tap, the window places where it lies inside the image, and the cells that it reads there."""
    inside = []
    for y in range(down.taps):
        for x in range(across.taps):
            (place_y, cell_y), (place_x, cell_x) = down.reach(y), across.reach(x)
            if place_y.stop > place_y.start and place_x.stop > place_x.start:
                inside.append((y, x, (place_y, place_x), (cell_y, cell_x)))
    return tuple(inside)


def rooms(x: Array, axes: tuple[Axis, Axis], scratch: Scratch) -> Iterator[tuple[slice, Array]]:
    """Room for the windows (n, height * width * channels) of a few images (h, w, channels) at a time."""
    down, across = axes
    rows, columns = down.places * across.places, down.taps * across.taps * x.shape[3]
    few = max(1, min(len(x), _CHUNK // (rows * columns * x.itemsize)))
    buffer = scratch.array("patches", few * rows * columns, x.dtype)
    for start in range(0, len(x), few):
        n = min(few, len(x) - start)
        yield slice(start, start + n), buffer[: n * rows * columns].reshape(n * rows, columns)


def patches(x: Array, axes: tuple[Axis, Axis], scratch: Scratch) -> Iterator[tuple[slice, Array]]:
    """The windows themselves (im2col), padding as zeros."""
    down, across = axes
    for part, room in rooms(x, axes, scratch):
        if scratch.fast and down.stride == across.stride:
            from engine.kernels.maps import images as kernels  # noqa: PLC0415

            kernels.lay_out(x[part], _view(room, x, axes), down.stride, down.before, across.before)
        else:
            np.copyto(_view(room, x, axes), _windows(x[part], down, across))
        yield part, room


def gather(rows: Array, back: Array, axes: tuple[Axis, Axis], fast: bool) -> None:
    """Write back (n, h, w, channels): each cell's sum over the windows that saw it (col2im)."""
    down, across = axes
    view = _view(rows, back, axes)
    if fast and down.stride == across.stride:
        from engine.kernels.maps import images as kernels  # noqa: PLC0415

        kernels.gather(view, back, down.stride, down.before, across.before)
        return
    back[:] = 0
    for tap_y, tap_x, places, cells in taps(down, across):
        back[(slice(None), *cells)] += view[(slice(None), *places, tap_y, tap_x)]


def _view(rows: Array, x: Array, axes: tuple[Axis, Axis]) -> Array:
    down, across = axes
    return rows.reshape(-1, down.places, across.places, down.taps, across.taps, x.shape[3])


def _windows(x: Array, down: Axis, across: Axis) -> Array:
    """Every window (n, places down, across, height, width, channels) as a view of the framed images."""
    ends = [(a.places - 1) * a.stride + a.taps - a.before - a.size for a in (down, across)]
    if max(down.before, across.before, *ends) > 0:
        sides = [(a.before, max(end, 0)) for a, end in zip((down, across), ends, strict=True)]
        x = np.pad(x, [(0, 0), *sides, (0, 0)])
    n, y, z, channel = x.strides
    shape = (len(x), down.places, across.places, down.taps, across.taps, x.shape[3])
    steps = (n, y * down.stride, z * across.stride, y, z, channel)
    return np.lib.stride_tricks.as_strided(x, shape, steps, writeable=False)
