"""Vectors without their zeros, where the processor has an instruction for it; see `registers.blocks`."""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.registers.emit import INDEX, Emit, processor, vector_type

WIDE = 16
"""Numbers of a vector that `keep_nonzeros` takes."""
_WHOLE, _BIT = ir.IntType(64), ir.IntType(1)


def compresses() -> bool:
    """Whether this processor has what `keep_nonzeros` asks for: AVX-512."""
    return processor()[0] == WIDE


@intrinsic  # type: ignore[untyped-decorator]
def keep_nonzeros(_: Any, x: Any, at: Any, first: Any, column: Any, value: Any, k: Any) -> Any:
    """Write what is not 0 of x[at:at + WIDE] to value[k:], its place plus first to column[k:]; k behind them.

    Both are written WIDE numbers on, whatever is kept.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit, (source, place, begin, columns, values, count) = Emit(builder), arguments
        numbers = emit.load((source, place), 0, vector_type(WIDE))
        # Unordered: NaN is kept, so that it goes on and is found.
        lit = builder.fcmp_unordered("!=", numbers, ir.Constant(numbers.type, [0.0] * WIDE))
        begun = emit.splat(builder.trunc(begin, INDEX), WIDE)
        places = builder.add(begun, ir.Constant(begun.type, list(range(WIDE))))
        emit.store(_compressed(builder, numbers, lit, "f32"), (values, count), 0)
        emit.store(_compressed(builder, places, lit, "i32"), (columns, count), 0)
        marks = builder.zext(builder.bitcast(lit, ir.IntType(WIDE)), _WHOLE)
        return builder.add(count, builder.ctpop(marks))

    kinds = (x, types.int64, types.int64, column, value, types.int64)
    return types.int64(*kinds), code


def _compressed(builder: Any, vector: Any, lit: Any, kind: str) -> Any:
    """The numbers of a vector that are lit, one behind another."""
    name = f"llvm.x86.avx512.mask.compress.v{WIDE}{kind}"
    signature = ir.FunctionType(vector.type, [vector.type, vector.type, vector_type(WIDE, _BIT)])
    function = builder.module.globals.get(name) or ir.Function(builder.module, signature, name)
    return builder.call(function, [vector, ir.Constant(vector.type, [0] * WIDE), lit])
