"""Products with the non-zeros of a matrix alone, sums in registers. Like `engine.kernels`, import it late.

The non-zeros of a row lie one behind another, those of BLOCK columns after those of the BLOCK before. So many
rows of the other factor, and of them as many columns as registers hold, are copied into one piece that stays
in the processor's cache while all rows are multiplied by it: where they lie, rows of a power of two of
numbers drive each other out. float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.parts import PARTS, Addresses, chosen, late_part_loop, once, part_loop, run_parts
from engine.kernels.registers.blocks import add_window, floats, integers, load, store, wholes
from engine.kernels.registers.compress import WIDE, compresses, keep_nonzeros
from engine.kernels.registers.emit import processor
from engine.kernels.registers.totals import product_total

Rows = tuple[Array, Array, Array]
"""Compressed rows: their starts, and the column and value of each non-zero."""
BLOCK = 112
"""Columns whose non-zeros lie together."""
_STRIDE = 8  # columns that are passed over at once where all are 0
_LOOK = 7  # the row after which it is asked whether there are far too many
_SUMS = 8  # vectors of sums: enough that each has long been added to when its next product comes


_inline: Callable[..., Any] = numba.njit(inline="always", error_model="numpy")


def starts_of(n: int, m: int) -> int:
    """How many numbers the starts of n compressed rows of m columns are."""
    return n * -(-m // BLOCK) + 1


@_inline
def _kept(x: Any, at: int, first: int, count: int, column: Any, value: Any, k: int) -> int:
    for p in range(count):
        # Writing always and advancing only at a non-zero has no branch to mispredict.
        column[k] = first + p
        value[k] = x[at + p]
        k += x[at + p] != 0
    return k


@_inline
def _kept_stride(x: Any, at: int, first: int, column: Any, value: Any, k: int) -> int:
    lit = False
    for p in range(_STRIDE):
        lit |= x[at + p] != 0
    return _kept(x, at, first, _STRIDE, column, value, k) if lit else k


# Pointers, as an index that may count from the end costs these loops half their speed.
@once
def _rows_loop(wide: bool) -> Any:
    keep, stride = (keep_nonzeros, WIDE) if wide else (_kept_stride, _STRIDE)

    def nonzero_rows(part: int, n: int, table: Any) -> None:
        if part:
            return
        x, start, column = floats(table[0]), integers(table[1]), integers(table[2])
        value, fits, m, limit = floats(table[3]), wholes(table[4]), table[5], table[6]
        fits[0], k, i = 0, 0, 0
        for b in range(n):
            for first in range(0, m, BLOCK):
                start[i] = k
                i += 1
                end = min(first + BLOCK, m)
                whole = end - (end - first) % stride
                for some in range(first, whole, stride):
                    k = keep(x, b * m + some, some, column, value, k)
                k = _kept(x, b * m + whole, whole, end - whole, column, value, k)
                if k > limit:
                    return
            if b == _LOOK and k * n > 1.25 * limit * (_LOOK + 1):
                return
        start[i] = k
        fits[0] = 1

    return part_loop(nonzero_rows)


def nonzero_rows(
    numbers: Array,
    starts: Array,
    columns: Array,
    values: Array,
    limit: int,
    wide: bool | None = None,
    fits: Array | None = None,
    addresses: Addresses | None = None,
) -> bool:
    """Compressed rows (n, m); False where there are more than limit non-zeros, or in the first rows far more.

    While calls are recorded, they hold for this answer.

    starts (`starts_of`,) int32: those of row b and block k of columns are columns[starts[i]:starts[i + 1]]
    with i = b * blocks + k, and values likewise. columns int32 and values hold limit + BLOCK + 1 numbers or
    more. All contiguous. wide: by vectors, by default where the processor can. fits (1,) int64: where the
    answer is kept, and addresses: those of the last such call, where there are many.
    """
    fits, (n, m) = np.zeros(1, np.int64) if fits is None else fits, numbers.shape
    loop = _rows_loop(compresses() if wide is None else wide)
    arrays = (numbers, starts, columns, values, fits)
    run_parts(0, loop, n, (addresses or Addresses()).of(*arrays, numbers=(m, limit)))
    return chosen(fits)


@late_part_loop
def _nonzero_columns(part: int, n: int, table: Any) -> None:
    if part:
        return
    start, column, value = integers(table[0]), integers(table[1]), floats(table[2])
    turned, row, out, m = integers(table[3]), integers(table[4]), floats(table[5]), table[6]
    blocks, groups = -(-m // BLOCK), -(-n // BLOCK)
    # Each count stands two places on, so that the starts are right once all have been moved by one.
    for i in range(m * groups + 2):
        turned[i] = 0
    for b in range(n):
        for k in range(start[b * blocks], start[(b + 1) * blocks]):
            turned[column[k] * groups + b // BLOCK + 2] += 1
    for i in range(2, m * groups + 2):
        turned[i] += turned[i - 1]
    for b in range(n):
        for k in range(start[b * blocks], start[(b + 1) * blocks]):
            i = column[k] * groups + b // BLOCK + 1
            at = turned[i]
            row[at] = b
            out[at] = value[k]
            turned[i] = at + 1


def nonzero_columns(n: int, m: int, rows: Rows, columns: Rows, addresses: Addresses | None = None) -> None:
    """Compressed columns, as rows of the matrix turned, from compressed rows of an (n, m) matrix.

    The first of columns holds one number more than `starts_of`. addresses: as of `nonzero_rows`.
    """
    table = (addresses or Addresses()).of(*rows, *columns, numbers=(m,))
    run_parts(0, _nonzero_columns(), n, table)


@late_part_loop
def _column_sums(part: int, n: int, table: Any) -> None:
    x, out, m = floats(table[0]), floats(table[1]), table[2]
    begin, end = part * m // PARTS, (part + 1) * m // PARTS
    for j in range(begin, end):
        out[j] = x[j]
    for i in range(1, n):
        for j in range(begin, end):
            out[j] += x[i * m + j]


def column_sums(x: Array, out: Array, addresses: Addresses | None = None) -> None:
    """Write the sums (m,) of the columns of x (n, m). addresses: as of `nonzero_rows`."""
    table = (addresses or Addresses()).of(x, out, numbers=x.shape[1:])
    run_parts(x.size, _column_sums(), len(x), table)


@once
def _loop(run: int, lanes: int) -> Any:
    width = BLOCK

    def sparse_product(part: int, n: int, table: Any) -> None:
        start, column, value = integers(table[0]), integers(table[1]), floats(table[2])
        w, first, out, copies = floats(table[3]), floats(table[4]), floats(table[5]), floats(table[6])
        inner, m, own = table[7], table[8], part * width * run
        blocks, whole = -(-inner // width), m // run
        chunk, end = part * whole // PARTS, (part + 1) * whole // PARTS
        # What is left over begins earlier: the same sums once more, by whose they are.
        rest = end == whole and chunk < end and whole * run < m
        while chunk < end + rest:
            j = min(chunk * run, m - run)
            for block in range(blocks):
                top = block * width
                for p in range(top, min(top + width, inner)):
                    row = load(w, p * m + j, run, 1, run, lanes)
                    store(row, copies, own + (p - top) * run, run, 1, run, lanes)
                base = own - top * run
                for b in range(n):
                    k, last = start[b * blocks + block], start[b * blocks + block + 1]
                    if block == 0:
                        sums = load(first, j, run, 1, run, lanes)
                    else:
                        sums = load(out, b * m + j, run, 1, run, lanes)
                    for i in range(k, last):
                        sums = add_window(
                            sums, value[i], copies, base + np.int64(column[i]) * run, run, 1, run, lanes
                        )
                    store(sums, out, b * m + j, run, 1, run, lanes)
            chunk += 1

    return part_loop(sparse_product)


@once
def _slopes_loop(m: int, lanes: int) -> Any:
    width = BLOCK

    def sparse_slopes(part: int, n: int, table: Any) -> None:
        start, column = integers(table[0]), integers(table[1])
        grad, w, out, inner = floats(table[2]), floats(table[3]), floats(table[4]), table[5]
        blocks = -(-inner // width)
        for block in range(part * blocks // PARTS, (part + 1) * blocks // PARTS):
            top, end = block * width, min((block + 1) * width, inner)
            for b in range(n):
                for at in range(b * inner + top, b * inner + end):
                    out[at] = np.float32(0)
                own = load(grad, b * m, m, 1, m, lanes)
                for i in range(start[b * blocks + block], start[b * blocks + block + 1]):
                    k = np.int64(column[i])
                    out[b * inner + k] = product_total(own, w, k * m)

    return part_loop(sparse_slopes)


def slopes_fit(m: int) -> bool:
    """Whether `sparse_slopes` takes gradients of so many columns: they stay in registers."""
    lanes, count = processor()
    return m % lanes == 0 and m // lanes <= count - 8


def sparse_slopes(rows: Rows, grad: Array, w: Array, out: Array, addresses: Addresses | None = None) -> None:
    """Write out (n, k) = grad (n, m) w^T, w (k, m), where x (n, k), compressed, is not 0; else 0.

    addresses: those of the last such call, where there are many.
    """
    inner, m = w.shape
    loop = _slopes_loop(m, processor()[0])
    table = (addresses or Addresses()).of(*rows[:2], grad, w, out, numbers=(inner,))
    run_parts(out.size, loop, len(out), table)


def room(m: int, lanes: int = 0) -> int:
    """How many numbers `sparse_product` needs for its copies, with m columns; lanes: as there."""
    return PARTS * BLOCK * min(m, _SUMS * (lanes or processor()[0]))


def sparse_product(
    rows: Rows,
    w: Array,
    first: Array,
    out: Array,
    copies: Array,
    lanes: int = 0,
    addresses: Addresses | None = None,
) -> None:
    """Write out (n, m) = x w + first, x (n, k) in compressed rows, w (k, m), first (m,): zeros cost nothing.

    copies: `room` float32 to work in. lanes: of a vector, by default this processor's. addresses: those
    of the last such call, where there are many.
    """
    lanes = lanes or processor()[0]
    loop = _loop(min(w.shape[1], _SUMS * lanes), lanes)
    table = (addresses or Addresses()).of(*rows, w, first, out, copies, numbers=w.shape)
    run_parts(out.size, loop, len(out), table)
