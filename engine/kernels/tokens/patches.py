"""Patches of images turned into tokens, and the gradients. Like `engine.kernels`, import it late.

Patches are read where they lie in the images (n, height, width, channels): a row of a patch is `depth` =
size x channels numbers, those of the next patch follow. Tokens (n, tokens, units), a class token first where
there is one. Sums stay in registers. float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.parts import PARTS, Addresses, each_part, late_part_loop, once, part_loop, run_parts
from engine.kernels.products import LEAST, WIDEST, tile
from engine.kernels.registers.blocks import add_window, floats, load, repeat, store
from engine.kernels.registers.emit import processor
from engine.kernels.registers.images import add_outer


@dataclass(frozen=True)
class Grid:
    """Patches down and across, rows of numbers in a patch and their length, units, class tokens: 0 or 1."""

    down: int
    across: int
    size: int
    depth: int
    units: int
    ahead: int

    @property
    def tokens(self) -> int:
        """Tokens of an image."""
        return self.ahead + self.down * self.across


@once
def _forward_loop(grid: Grid, some: int, run: int, lanes: int) -> Any:
    """Loop; arrays: x, w (rows, depth, units), bias, class token, positions, out. Number: 1 for positions."""
    down, across, size, depth = grid.down, grid.across, grid.size, grid.depth
    units, ahead, tokens, one = grid.units, grid.ahead, grid.tokens, np.float32(1)

    def patches_forward(part: int, n: int, table: Any) -> None:
        x, w, bias, first = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        position, out, placed = floats(table[4]), floats(table[5]), table[6]
        for e in range(part * n // PARTS, (part + 1) * n // PARTS):
            for j in range(0, units, run):
                if ahead:
                    line = load(first, j, run, 1, run, lanes)
                    if placed:
                        line = add_window(line, one, position, j, run, 1, run, lanes)
                    store(line, out, e * tokens * units + j, run, 1, run, lanes)
                for p in range(0, down * across, some):
                    token = ahead + p
                    sums = repeat(bias, j, run, some, lanes)
                    if placed:
                        sums = add_window(sums, one, position, token * units + j, units, some, run, lanes)
                    top = ((e * down + p // across) * size * across + p % across) * depth
                    for y in range(size):
                        for k in range(depth):
                            at, v = top + y * across * depth + k, (y * depth + k) * units + j
                            sums = add_outer(sums, x, at, depth, 0, some, 1, w, v, run, lanes)
                    store(sums, out, (e * tokens + token) * units + j, units, some, run, lanes)

    return part_loop(patches_forward)


@once
def _weights_loop(grid: Grid, some: int, run: int, lanes: int) -> Any:
    """Loop: gradients by w; arrays: x, grad, zeros (units,), the answer."""
    down, across, size, depth = grid.down, grid.across, grid.size, grid.depth
    units, ahead, tokens = grid.units, grid.ahead, grid.tokens
    groups = -(-depth // some)

    def patches_backward(part: int, n: int, table: Any) -> None:
        x, grad, zeros, answer = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
        for group in range(part * size * groups // PARTS, (part + 1) * size * groups // PARTS):
            # What is left over begins earlier: the same sums once more.
            y, k = group // groups, min(group % groups * some, depth - some)
            for j in range(0, units, run):
                sums = repeat(zeros, j, run, some, lanes)
                for row in range(n * down):
                    at = ((row * size + y) * across) * depth + k
                    token = row // down * tokens + ahead + row % down * across
                    for p in range(across):
                        v = (token + p) * units + j
                        sums = add_outer(sums, x, at + p * depth, 1, 0, some, 1, grad, v, run, lanes)
                store(sums, answer, (y * depth + k) * units + j, units, some, run, lanes)

    return part_loop(patches_backward)


@late_part_loop
def _sum_loop(part: int, n: int, table: Any) -> None:
    """Sums over the examples of grad (n, m), to total (m,)."""
    grad, total, m = floats(table[0]), floats(table[1]), table[2]
    begin, end = part * m // PARTS, (part + 1) * m // PARTS
    for i in range(begin, end):
        total[i] = np.float32(0)
    for e in range(n):
        for i in range(begin, end):
            total[i] += grad[e * m + i]


class PatchStep:
    """The step for some patches; lanes, room: as of `processor`, by default this one's. Arrays contiguous."""

    def __init__(self, grid: Grid, lanes: int = 0, room: int = 0):
        gains = bool(lanes) or processor()[0] >= LEAST
        if not lanes:
            lanes, room = processor()
        self.fits = gains and grid.units % lanes == 0 and grid.units <= WIDEST
        self._grid, self._lanes = grid, lanes
        self._some, self._run = tile(grid.units, lanes, room) if self.fits else (1, 1)
        self._zeros = aligned(grid.units, np.float32)
        self._there, self._weights = Addresses(), Addresses()

    def forward(
        self, x: Array, weight: Array, constants: tuple[Array, Array | None, Array | None], out: Array
    ) -> None:
        """Write tokens (n, tokens, units); constants: bias, class token and positions, if any."""
        bias, first, position = constants
        some = next(k for k in range(self._some, 0, -1) if self._grid.across % k == 0)
        loop = _forward_loop(self._grid, some, self._run, self._lanes)
        given = (bias if array is None else array for array in (first, position))
        table = self._there.of(x, weight, bias, *given, out, numbers=(int(position is not None),))
        run_parts(x.size * self._grid.units, loop, len(x), table)

    def backward(self, x: Array, grad: Array, by_weight: Array) -> None:
        """From grad (n, tokens, units) write the gradient by weight."""
        some = min(self._some, self._grid.depth)
        loop = _weights_loop(self._grid, some, self._run, self._lanes)
        table = self._weights.of(x, grad, self._zeros, by_weight)
        run_parts(x.size * self._grid.units, loop, len(x), table)

    def sums(self, grad: Array, by_token: Array, by_bias: Array, by_class: Array | None) -> None:
        """Write the sums over the images by each token (tokens, units), by bias and class token."""
        ahead = self._grid.ahead
        _add_up(grad, by_token)
        _add_up(by_token[ahead:], by_bias)
        if by_class is not None:
            _add_up(by_token[:ahead], by_class)


def _add_up(grad: Array, total: Array) -> None:
    """Write the sum of grad (n, ...) over its first axis."""
    each_part(grad.size, _sum_loop(), len(grad), (grad, total), (total.size,))
