"""Totals of vectors that lie in registers, and square blocks turned; see `registers.blocks`."""

# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.registers.emit import Emit, emitted, vector_type

_FEW = 4


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def turn(_: Any, x: Any, at: Any, row: Any, out: Any, to: Any, step: Any, lanes: Any) -> Any:
    """Write out[to + k * step + i] = x[at + i * row + k] for i and k below lanes: a square block, turned."""
    wide = lanes.literal_value

    def body(emit: Emit, v: Any) -> None:
        def place(first: Any, apart: Any, i: int) -> Any:
            return emit.builder.add(first, emit.builder.mul(apart, ir.Constant(apart.type, i)))

        rows = [emit.load((v[0], place(v[1], v[2], i)), 0, vector_type(wide)) for i in range(wide)]
        half = wide
        while half > 1:
            # Of each two rows so far apart, the quarters off the diagonal change places.
            half //= 2
            for i in (i for i in range(wide) if not i & half):
                one, two = rows[i], rows[i + half]
                kept = [k if not k & half else wide + k - half for k in range(wide)]
                rows[i] = emit.shuffled(one, two, kept)
                rows[i + half] = emit.shuffled(one, two, [k + half for k in kept])
        for k, vector in enumerate(rows):
            emit.store(vector, (v[3], place(v[4], v[5], k)), 0)

    whole = types.int64
    return emitted(types.none, (x, whole, whole, out, whole, whole, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def product_total(_: Any, block: Any, x: Any, at: Any) -> Any:
    """The sum of a block's numbers, vectors of one width, each times its like of x from `at` on."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit, (whole, pointer, first) = Emit(builder), arguments
        sums: list[Any] = []
        for i, vector in enumerate(emit.vectors(whole)):
            other = emit.load((pointer, first), i * vector.type.count, vector.type)
            # Four sums, so that none waits for its last product.
            if i < _FEW:
                sums.append(builder.fmul(vector, other))
            else:
                sums[i % _FEW] = emit.add_product(sums[i % _FEW], vector, other)
        return emit.total(sums)

    return types.float32(block, x, types.int64), code


@intrinsic  # type: ignore[untyped-decorator]
def total(_: Any, block: Any) -> Any:
    """The sum of a block's numbers, vectors of one width."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = Emit(builder)
        return emit.total(emit.vectors(arguments[0]))

    return types.float32(block), code
