"""Softmax of rows that lie in registers, and its gradient; see `registers.blocks`."""

# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.registers.emit import FLOAT, INDEX, Emit, cut, emitted, vector_type


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def softmax(_: Any, block: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """The softmax of each row of a block of `rows` rows of `run` numbers; NaN and infinity make it NaN."""
    pieces = len(cut(run.literal_value, lanes.literal_value))

    def body(emit: Emit, v: Any) -> list[Any]:
        vectors, done = emit.vectors(v[0]), []
        for first in range(0, len(vectors), pieces):
            row = vectors[first : first + pieces]
            most = _gathered(emit, row, lambda a, b: _larger(emit, a, b))
            below = [emit.builder.fsub(one, emit.splat(most, one.type.count)) for one in row]
            powers = [_exp(emit, one) for one in below]
            share = emit.builder.fdiv(ir.Constant(FLOAT, 1.0), _gathered(emit, powers, emit.builder.fadd))
            done += [emit.builder.fmul(one, emit.splat(share, one.type.count)) for one in powers]
        return done

    return emitted(block, (block, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def softmax_slopes(_: Any, block: Any, value: Any, a: Any, at: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """The gradient by each row's numbers, times value: a (g - sum(g a)), its softmax a beginning at a[at]."""
    pieces, wide = cut(run.literal_value, lanes.literal_value), run.literal_value

    def body(emit: Emit, v: Any) -> list[Any]:
        vectors, done, builder = emit.vectors(v[0]), [], emit.builder
        for y in range(rows.literal_value):
            row = vectors[y * len(pieces) : (y + 1) * len(pieces)]
            shares = [emit.load((v[2], v[3]), y * wide + offset, vector_type(n)) for offset, n in pieces]
            along = _gathered(
                emit, [builder.fmul(*both) for both in zip(row, shares, strict=True)], builder.fadd
            )
            for one, share in zip(row, shares, strict=True):
                n = one.type.count
                scaled = builder.fmul(share, emit.splat(v[1], n))
                done.append(builder.fmul(scaled, builder.fsub(one, emit.splat(along, n))))
        return done

    kinds = (block, types.float32, a, types.int64, rows, run, lanes)
    return emitted(block, kinds, body)


def _gathered(emit: Emit, vectors: Sequence[Any], both: Callable[[Any, Any], Any]) -> Any:
    """One number of all those of some vectors, halves taken with halves."""
    found = None
    for whole in vectors:
        while whole.type.count > 1:
            width = whole.type.count // 2
            parts = (ir.Constant(vector_type(width, INDEX), list(range(k, k + width))) for k in (0, width))
            whole = both(*(emit.builder.shuffle_vector(whole, whole, part) for part in parts))  # noqa: PLW2901
        one = emit.builder.extract_element(whole, ir.Constant(INDEX, 0))
        found = one if found is None else both(found, one)
    return found


def _larger(emit: Emit, a: Any, b: Any) -> Any:
    return emit.builder.select(emit.builder.fcmp_ordered(">", a, b), a, b)


def _exp(emit: Emit, x: Any) -> Any:
    """e^x of numbers that are 0 or less, NaN for NaN and -infinity: see `curves.exp`."""
    builder, count = emit.builder, x.type.count

    def number(value: float) -> Any:
        return ir.Constant(x.type, [value] * count)

    held = _larger(emit, x, number(-87.0))
    shifted = emit.add_product(number(12582912.0), held, number(1.44269504))
    n = builder.fsub(shifted, number(12582912.0))
    r = emit.add_product(emit.add_product(held, n, number(-0.693359375)), n, number(2.12194440e-4))
    p = number(1 / 720)
    for factor in (1 / 120, 1 / 24, 1 / 6, 0.5, 1.0, 1.0):
        p = emit.add_product(number(factor), p, r)
    # The low bits of `shifted` are n: they become the power of two.
    bits = vector_type(count, ir.IntType(32))
    power = builder.shl(builder.bitcast(shifted, bits), ir.Constant(bits, [23] * count))
    power = builder.add(power, ir.Constant(bits, [127 << 23] * count))
    whole = builder.fmul(p, builder.bitcast(power, x.type))
    # What was held to a range is told apart by this: NaN and infinity times 0.
    return emit.add_product(whole, x, number(0.0))
