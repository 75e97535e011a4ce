"""The pooling blocks: each map shrinks, window by window, to maxima or means. Nothing is learned."""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102, PLC0415

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import window
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.kinds import Maximum
from engine.blocks.window import Axis, taps


@dataclass(frozen=True)
class Pool(Block):
    """A window of size x size cells moves over each map by itself; windows may overlap.

    size, stride: a number, or one down and one across; stride None is the window's size: windows side by
    side. padding: "valid", "same", or such numbers, see `window.axis`; cells of padding never count.

    An edge's number counts window place and tap down, place and tap across, map.
    """

    size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | str | tuple[int, int] = "valid"

    def __post_init__(self) -> None:
        checked = window.checked(*self.sides, self.steps, self.padding)
        object.__setattr__(self, "padding", checked)
        object.__setattr__(self, "size", window.shortest(self.size))
        if self.stride is not None:
            object.__setattr__(self, "stride", window.shortest(self.stride))

    @property
    def sides(self) -> tuple[int, int]:
        """Cells of a window down and across."""
        return window.pair(self.size)

    @property
    def steps(self) -> tuple[int, int]:
        """Cells from one window to the next, down and across."""
        return self.sides if self.stride is None else window.pair(self.stride)

    def axes(self, source: Shape) -> tuple[Axis, Axis]:
        """The windows down and across an image of shape (h, w, ...)."""
        return window.axes(source[0], source[1], self.sides, self.steps, self.padding)

    def shape(self, sources: Sequence[Shape]) -> Shape:
        h, w, maps = window.image_shape(sources, "pooling")
        down, across = self.axes((h, w))
        return (down.places, across.places, maps)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        down, across = self.axes(wiring.sources[slot])
        return down.count * across.count * wiring.sources[slot][2]

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        _, wide, maps = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        rest, channel = np.divmod(np.asarray(ids, np.int64), maps)
        y, x = np.divmod(rest, across.count)
        (place_y, _, cell_y), (place_x, _, cell_x) = down.pairs, across.pairs
        source = (cell_y[y] * wide + cell_x[x]) * maps + channel
        target = (place_y[y] * across.places + place_x[x]) * maps + channel
        none = np.full(len(source), -1, np.int64)
        return Edges(source, target, *self._weights(wiring, slot, source, target, none))

    @abstractmethod
    def _weights(
        self, wiring: Wiring, slot: int, source: Array, target: Array, none: Array
    ) -> tuple[Array, Array, Kind]:
        """Weight, parameter and kind of edges from source to target."""

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        maps = wiring.sources[slot][2]
        down, across = self.axes(wiring.sources[slot])
        place, channel = divmod(target, maps)
        y, x = divmod(place, across.places)
        pairs = down.of_place(y)[:, None] * across.count + across.of_place(x)
        return pairs.reshape(-1) * maps + channel

    def edges_between(self, wiring: Wiring, slot: int, source: int, target: int) -> Array:
        _, wide, maps = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        (place, channel), (cell, own) = divmod(target, maps), divmod(source, maps)
        if channel != own:
            return np.empty(0, np.int64)
        (row, column), (y, x) = divmod(place, across.places), divmod(cell, wide)
        pairs = down.between(row, y)[:, None] * across.count + across.between(column, x)
        return pairs.reshape(-1) * maps + channel

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        _, wide, maps = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        cell, channel = divmod(source, maps)
        y, x = divmod(cell, wide)
        pairs = down.of_cell(y)[:, None] * across.count + across.of_cell(x)
        return pairs.reshape(-1) * maps + channel


@dataclass(frozen=True)
class MaxPool(Maximum, Pool):
    """The largest cell of each window; of equals the first, row by row.

    The edge of the winning cell has weight 1 and the others 0, which only an input can tell (Kind.COMPUTED);
    where no input is known every edge has weight 1, as each may win.
    """

    kind: ClassVar[str] = "max-pool"

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        x = inputs[0]
        down, across = self.axes(x.shape[1:])
        if (windows := scratch.kept.get("windows")) is not None:
            winner = scratch.kept["winner"] = scratch.array("taps", out.size, np.uint8).reshape(out.shape)
            windows.forward(x, out, winner)
            return
        if scratch.fast and self._square is not None:
            from engine.kernels.maps import images as image_kernels

            winner = scratch.array("winner", out.size, np.int32).reshape(out.shape)
            scratch.kept["winner"] = winner
            image_kernels.max_pool(x, out, winner, *self._square, down.before, across.before)
            return
        out[:] = -np.inf
        for _, _, places, cells in taps(down, across):
            best = out[(slice(None), *places)]
            np.maximum(best, x[(slice(None), *cells)], out=best)

    @property
    def _square(self) -> tuple[int, int] | None:
        """Side and stride of windows alike on both axes, which the compiled loops take; else None."""
        alike = self.sides[0] == self.sides[1] and self.steps[0] == self.steps[1]
        return (self.sides[0], self.steps[0]) if alike else None

    def _winner(self, x: Array) -> Array:
        """The number of the tap that each window takes, int32 (n, places down, places across, maps)."""
        down, across = self.axes(x.shape[1:])
        shape = (len(x), down.places, across.places, x.shape[3])
        # Below every finite cell, so that each window's first one is larger.
        out, winner = np.full(shape, -np.inf, x.dtype), np.full(shape, -1, np.int32)
        finite = bool(np.isfinite(x).all())
        for y, tap_x, places, cells in taps(down, across):
            here, best = x[(slice(None), *cells)], out[(slice(None), *places)]
            won = winner[(slice(None), *places)]
            better = here > best
            if not finite:
                # Not "larger" alone, so that a window whose cells are all -inf has a winner and NaN goes on.
                better |= (won < 0) | np.isnan(here)
            np.copyto(best, here, where=better)
            np.copyto(won, y * across.taps + tap_x, where=better)
        return winner

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        back = input_gradients[0]
        if back is None:
            return
        down, across = self.axes(back.shape[1:])
        if scratch.fast and self._square is not None:
            from engine.kernels.maps import images as image_kernels

            place = (*self._square, down.before, across.before)
            image_kernels.max_pool_backward(grad, scratch.kept["winner"], back, *place)
            return
        winner = self._winner(inputs[0])
        back[:] = 0
        for y, x, places, cells in taps(down, across):
            window_grad, won = grad[(slice(None), *places)], winner[(slice(None), *places)]
            back[(slice(None), *cells)] += window_grad * (won == y * across.taps + x)

    def _weights(
        self, wiring: Wiring, slot: int, source: Array, target: Array, none: Array
    ) -> tuple[Array, Array, Kind]:
        if not wiring.inputs:
            return np.ones(len(source), np.float32), none, Kind.COMPUTED
        x = wiring.inputs[slot]
        weight = (self._winners(x)[target] == source).astype(x.dtype)
        return weight, none, Kind.COMPUTED

    def _winners(self, x: Array) -> Array:
        """The flat index of the cell that each window takes, (places,), for one image (h, w, maps)."""
        down, across = self.axes(x.shape)
        y, tap_x = np.divmod(self._winner(x[None])[0], across.taps)
        y += (np.arange(down.places) * down.stride - down.before).astype(np.int32)[:, None, None]
        tap_x += (np.arange(across.places) * across.stride - across.before).astype(np.int32)[:, None]
        flat: Array = (y * x.shape[1] + tap_x) * x.shape[2] + np.arange(x.shape[2])
        return flat.reshape(-1)


@dataclass(frozen=True)
class AveragePool(Pool):
    """The mean of each window's cells that lie inside the image (torch's count_include_pad=False)."""

    kind: ClassVar[str] = "average-pool"

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        x = inputs[0]
        out[:] = 0
        for _, _, places, cells in taps(*self.axes(x.shape[1:])):
            out[(slice(None), *places)] += x[(slice(None), *cells)]
        out *= self._shares(x.shape[1:]).astype(x.dtype)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        back = input_gradients[0]
        if back is None:
            return
        shared = grad * self._shares(back.shape[1:]).astype(grad.dtype)
        back[:] = 0
        for _, _, places, cells in taps(*self.axes(back.shape[1:])):
            back[(slice(None), *cells)] += shared[(slice(None), *places)]

    def _shares(self, source: Shape) -> Array:
        """1 / how many cells each window has inside the image: (places down, places across, 1) float64."""
        counts = [np.bincount(a.pairs[0], minlength=a.places) for a in self.axes(source)]
        shares: Array = 1 / (counts[0][:, None] * counts[1])[..., None]
        return shares

    def _weights(
        self, wiring: Wiring, slot: int, source: Array, target: Array, none: Array
    ) -> tuple[Array, Array, Kind]:
        shares = self._shares(wiring.sources[slot]).reshape(-1)
        return shares[target // wiring.sources[slot][2]], none, Kind.FIXED
