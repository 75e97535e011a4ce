"""Products of a layer and its gradients, sums in registers. Like `engine.kernels`, import it late.

A tile of the answer, a few rows of a few vectors, stays in registers from its first product to its last; the
left factor is read number by number, the right one vector by vector. At the widths of these layers both stay
in the processor's caches as they lie, so nothing is copied first, and what a layer adds is added on the way.
Each number is summed up in one order whatever the number of threads. float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array, aligned
from engine.kernels.parts import PARTS, Addresses, once, part_loop, place_of, run_parts
from engine.kernels.registers.blocks import add_window, fetch, floats, load, repeat, store, wholes
from engine.kernels.registers.emit import processor
from engine.kernels.registers.images import add_outer
from engine.kernels.registers.totals import turn

WIDEST = 512
"""Numbers of a row up to which these loops are used: beyond, a library, which copies them, does as well."""
LEAST = 8
"""Numbers of a vector from which these loops gain: with four a library was twice as fast."""
_LINE = 16  # numbers of a line of the caches
_SUMS = 16  # vectors of sums: enough that each has long been added to when its next product comes


def tile(columns: int, lanes: int, room: int) -> tuple[int, int]:
    """Rows and columns of a tile of an answer of so many columns, whole vectors."""
    # Of more vectors in a row, AVX2's few registers would not hold those of the right factor too.
    wide = next(count for count in (2, 3, 1) if columns // lanes % count == 0)
    return max(1, min(_SUMS, room) // wide), wide * lanes


@once
def product_loop(some: int, run: int, lanes: int) -> Any:
    """Loop: out (n, columns) = first + x w + more; arrays: x, w (inner, columns), first, more, out.

    By tiles of `some` rows of `run` numbers, of which columns are a multiple. x[i * row + k * step] stands in
    row i and column k; rows of w lie `apart` numbers apart, those of out and more `wide`. Numbers: inner,
    columns, row, step, apart, wide, and what more is: 0 nothing, 1 added, it may be out itself; 2 (columns,),
    where the sums of w's columns go.
    """
    one = np.float32(1)

    def dense_product(part: int, n: int, table: Any) -> None:
        x, w, first = floats(table[0]), floats(table[1]), floats(table[2])
        more, out = floats(table[3]), floats(table[4])
        inner, columns, row, step, use = table[5], table[6], table[7], table[8], table[11]
        apart, wide = table[9], table[10]
        if inner < 0:
            inner = wholes(-inner)[0]
        tiles = -(-n // some)
        begin, end = part * tiles // PARTS * some, min(n, (part + 1) * tiles // PARTS * some)
        for j in range(0, columns, run):
            i = begin
            while i + some <= end:
                sums = repeat(first, j, run, some, lanes)
                for k in range(inner):
                    at = i * row + k * step
                    # A gradient by weights goes down columns, which no processor foresees.
                    fetch(x, at + _LINE)
                    sums = add_outer(sums, x, at, row, 0, some, 1, w, k * apart + j, run, lanes)
                if use == 1:
                    sums = add_window(sums, one, more, i * wide + j, wide, some, run, lanes)
                store(sums, out, i * wide + j, wide, some, run, lanes)
                i += some
            while i < end:
                line = load(first, j, run, 1, run, lanes)
                for k in range(inner):
                    line = add_window(line, x[i * row + k * step], w, k * apart + j, run, 1, run, lanes)
                if use == 1:
                    line = add_window(line, one, more, i * wide + j, run, 1, run, lanes)
                store(line, out, i * wide + j, run, 1, run, lanes)
                i += 1
            if use == 2 and part == 0:
                total = load(first, j, run, 1, run, lanes)
                for k in range(inner):
                    total = add_window(total, one, w, k * apart + j, run, 1, run, lanes)
                store(total, more, j, run, 1, run, lanes)

    return part_loop(dense_product)


@once
def turn_loop(lanes: int) -> Any:
    """Loop: out (m, n) = x (n, m), turned; arrays: x, out. Number: m; both are whole vectors."""

    def turned(part: int, n: int, table: Any) -> None:
        x, out, m = floats(table[0]), floats(table[1]), table[2]
        blocks = m // lanes
        for block in range(part * blocks // PARTS, (part + 1) * blocks // PARTS):
            j = block * lanes
            for i in range(0, n, lanes):
                turn(x, i * m + j, m, out, j * n + i, n, lanes)

    return part_loop(turned)


class DenseProducts:
    """The products of y = x W + b, W (inner, columns), for rows of x, with their buffers.

    lanes, room: as of `processor`, by default this one's. `fits` is False where a library's products are to
    be taken; nothing else may be asked then. All arrays are contiguous.
    """

    def __init__(self, inner: int, columns: int, lanes: int = 0, room: int = 0):
        gains = bool(lanes) or processor()[0] >= LEAST
        if not lanes:
            lanes, room = processor()
        whole = not (inner % lanes or columns % lanes)
        self.fits = gains and whole and max(inner, columns) <= WIDEST
        self._made = lanes, room
        self._inner, self._columns = inner, columns
        self._turned = aligned(inner * columns if self.fits else 0, np.float32)
        self._zeros = aligned(max(inner, columns), np.float32)
        self._forward, self._weights, self._turn, self._back = (Addresses() for _ in range(4))

    def forward(
        self,
        x: Array,
        weight: Array,
        bias: Array,
        more: Array | None,
        out: Array,
        count: Array | None = None,
    ) -> None:
        """Write out (n, columns) = x (n, inner) weight + bias, plus more (n, columns) where there is any."""
        inner, columns = self._inner, self._columns
        arrays = (x, weight, bias, out if more is None else more, out)
        numbers = inner, columns, inner, 1, columns, columns, 0 if more is None else 1
        table = self._forward.of(*arrays, numbers=numbers)
        rows = out.size // columns if count is None else count
        run_parts(x.size * columns, self._loop(columns), rows, table)

    def weights(
        self, x: Array, grad: Array, by_weight: Array, by_bias: Array, count: Array | None = None
    ) -> None:
        """From grad (n, columns), by out, write the gradients by weight and bias."""
        inner, columns = self._inner, self._columns
        arrays = (x, grad, self._zeros, by_bias, by_weight)
        rows = x.size // inner if count is None else place_of(count)
        numbers = rows, columns, 1, inner, columns, columns, 2
        table = self._weights.of(*arrays, numbers=numbers)
        run_parts(x.size * columns, self._loop(columns), inner, table)

    def back(self, grad: Array, weight: Array, out: Array, add: bool, count: Array | None = None) -> None:
        """Write the gradient by x to out (n, inner), or add it to what is there."""
        inner, columns = self._inner, self._columns
        table = self._turn.of(weight, self._turned, numbers=(columns,))
        run_parts(weight.size, turn_loop(self._made[0]), inner, table)
        arrays = (grad, self._turned, self._zeros, out, out)
        table = self._back.of(*arrays, numbers=(columns, inner, columns, 1, inner, inner, int(add)))
        rows = out.size // inner if count is None else count
        run_parts(grad.size * inner, self._loop(inner), rows, table)

    def _loop(self, columns: int) -> Any:
        """The loop for answers of so many columns: all whose tiles are alike share it."""
        return product_loop(*tile(columns, *self._made), self._made[0])
