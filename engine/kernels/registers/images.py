"""Blocks of vectors for convolution, ReLU and max-pooling in one; see `registers.blocks`.

A block of sums holds a row of `maps` numbers for each pixel, pixels row by row. Winners are bytes: the number
of a window's tap that won, row by row, or SILENT.
"""

# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.registers.emit import BYTE, FLOAT, SILENT, Emit, cut, emitted, vector_type


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_outer(
    _: Any,
    sums: Any,
    x: Any,
    at: Any,
    row: Any,
    column: Any,
    rows: Any,
    columns: Any,
    weight: Any,
    first: Any,
    maps: Any,
    lanes: Any,
) -> Any:
    """Sums of rows x columns pixels with x[pixel] times weight[first:first + maps] added.

    Pixels lie `row` and `column` numbers apart in x, the first one at `at`.
    """
    wide, pieces = columns.literal_value, cut(maps.literal_value, lanes.literal_value)

    def body(emit: Emit, v: Any) -> list[Any]:
        vectors = emit.vectors(v[0])
        weights = [emit.load((v[7], v[8]), offset, vector_type(n)) for offset, n in pieces]
        for pixel in range(rows.literal_value * wide):
            offset = emit.along(row, v[3], pixel // wide, pixel % wide * column.literal_value)
            value = emit.load((v[1], v[2]), offset, FLOAT)
            for k, (one, (_, n)) in enumerate(zip(weights, pieces, strict=True), pixel * len(pieces)):
                vectors[k] = emit.add_product(vectors[k], emit.splat(value, n), one)
        return vectors

    kinds = (sums, x, types.int64, row, column, rows, columns, weight, types.int64, maps, lanes)
    return emitted(sums, kinds, body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def pool(
    _: Any,
    sums: Any,
    size: Any,
    cells: Any,
    step: Any,
    out: Any,
    winner: Any,
    at: Any,
    maps: Any,
    lanes: Any,
) -> Any:
    """Write ReLU of each window's maximum to out[at + cell * step], and its tap to winner likewise.

    The sums are those of `size` rows of cells * size pixels. NaN wins, so that it goes on and is found.
    """
    p, many, pieces = size.literal_value, cells.literal_value, cut(maps.literal_value, lanes.literal_value)

    def body(emit: Emit, v: Any) -> None:
        vectors = emit.vectors(v[0])
        for cell in range(many):
            for j, (offset, n) in enumerate(pieces):
                pixels = [tap // p * p * many + cell * p + tap % p for tap in range(p * p)]
                best, won = _best(emit.builder, [vectors[pixel * len(pieces) + j] for pixel in pixels], n)
                zero, silent = (ir.Constant(k.type, [value] * n) for k, value in ((best, 0.0), (won, SILENT)))
                on = emit.builder.fcmp_unordered(">", best, zero)
                place = cell * step.literal_value + offset
                emit.store(emit.builder.select(on, best, zero), (v[4], v[6]), place)
                emit.store(emit.builder.select(on, won, silent), (v[5], v[6]), place)

    return emitted(types.none, (sums, size, cells, step, out, winner, types.int64, maps, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def largest(
    _: Any,
    x: Any,
    at: Any,
    row: Any,
    size: Any,
    cells: Any,
    out: Any,
    winner: Any,
    to: Any,
    maps: Any,
    lanes: Any,
) -> Any:
    """Write the largest of each of `cells` windows side by side to out[to:], and its tap to winner likewise.

    Windows are of size x size pixels of `maps` numbers, rows `row` numbers apart; the first begins at `at`.
    """
    p, step, pieces = size.literal_value, maps.literal_value, cut(maps.literal_value, lanes.literal_value)

    def body(emit: Emit, v: Any) -> None:
        for cell in range(cells.literal_value):
            for offset, n in pieces:
                pixels = [tap // p * row.literal_value + (cell * p + tap % p) * step for tap in range(p * p)]
                taps = [emit.load((v[0], v[1]), pixel + offset, vector_type(n)) for pixel in pixels]
                best, won = _best(emit.builder, taps, n)
                emit.store(best, (v[5], v[7]), cell * step + offset)
                emit.store(won, (v[6], v[7]), cell * step + offset)

    kinds = (x, types.int64, row, size, cells, out, winner, types.int64, maps, lanes)
    return emitted(types.none, kinds, body)


def _best(builder: Any, taps: list[Any], width: int) -> tuple[Any, Any]:
    """The largest of some vectors, number by number, and which one it is of."""
    best, won = taps[0], ir.Constant(vector_type(width, BYTE), [0] * width)
    for tap, here in enumerate(taps[1:], 1):
        none = builder.fcmp_unordered("uno", here, here)
        better = builder.or_(builder.fcmp_ordered(">", here, best), none)
        best = builder.select(better, here, best)
        won = builder.select(better, ir.Constant(won.type, [tap] * width), won)
    return best, won


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_won(
    _: Any,
    sums: Any,
    grad: Any,
    winner: Any,
    at: Any,
    tap: Any,
    x: Any,
    first: Any,
    row: Any,
    rows: Any,
    run: Any,
    maps: Any,
    lanes: Any,
) -> Any:
    """Sums with x[place] * g added for each place of a window of x, and in the last row g itself.

    g is grad[at:at + maps] where `tap` has won, else 0. The window is rows of `run` numbers, `row` apart.
    """
    pieces, wide = cut(maps.literal_value, lanes.literal_value), run.literal_value
    places = [i // wide * row.literal_value + i % wide for i in range(rows.literal_value * wide)]

    def body(emit: Emit, v: Any) -> list[Any]:
        vectors, builder = emit.vectors(v[0]), emit.builder
        for j, (offset, n) in enumerate(pieces):
            marks = emit.load((v[2], v[3]), offset, vector_type(n, BYTE))
            mine = builder.icmp_unsigned("==", marks, emit.splat(builder.trunc(v[4], BYTE), n))
            whole = emit.load((v[1], v[3]), offset, vector_type(n))
            g = builder.select(mine, whole, ir.Constant(whole.type, [0.0] * n))
            for i, place in enumerate(places):
                value, k = emit.load((v[5], v[6]), place, FLOAT), i * len(pieces) + j
                vectors[k] = emit.add_product(vectors[k], emit.splat(value, n), g)
            k = len(places) * len(pieces) + j
            vectors[k] = builder.fadd(vectors[k], g)
        return vectors

    kinds = (sums, grad, winner, types.int64, types.int64, x, types.int64, row, rows, run, maps, lanes)
    return emitted(sums, kinds, body)
