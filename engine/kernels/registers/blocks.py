"""Vectors that stay in registers: what compiled loops need where LLVM's own vectoriser falls short.

LLVM takes half of AVX-512 and keeps sums in memory. These intrinsics emit whole blocks of vectors, which a
loop carries from turn to turn. A block is a window of `rows` rows of `run` numbers that lie `row` apart, each
row cut into vectors of `lanes` floats and smaller ones; rows, run and lanes must be constants, row may be.

Numbers lie at pointers; `floats`, `octets` and `integers` make one of an address. Sums go by fused multiply
and add where the processor has it. Like `engine.kernels`, import it late.
"""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.registers.emit import INDEX, Block, Emit, cut, emitted, vector_type


class _Window:
    """The vectors of a window: their widths, and their offsets in code."""

    def __init__(self, row: Any, rows: Any, run: Any, lanes: Any):
        pieces = cut(run.literal_value, lanes.literal_value)
        self._row = row
        self._places = [(y, at, n) for y in range(rows.literal_value) for at, n in pieces]
        self.widths = [n for *_, n in self._places]

    def offsets(self, emit: Emit, apart: Any) -> list[tuple[Any, int]]:
        """Offset and width of each; apart: how far its rows lie apart, as an argument of the code."""
        return [(emit.along(self._row, apart, y, at), n) for y, at, n in self._places]


def _pointer_to(kind: Any) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def pointer(context: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(kind)(types.int64), code

    return pointer


floats = _pointer_to(types.float32)
octets = _pointer_to(types.uint8)
integers = _pointer_to(types.int32)
wholes = _pointer_to(types.int64)
doubles = _pointer_to(types.float64)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def load(_: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """The window of x that begins at `at`."""
    window = _Window(row, rows, run, lanes)
    return emitted(
        Block(window.widths),
        (x, types.int64, row, rows, run, lanes),
        lambda emit, v: [
            emit.load((v[0], v[1]), offset, vector_type(n)) for offset, n in window.offsets(emit, v[2])
        ],
    )


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def store(_: Any, block: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """Write a block to the window of x that begins at `at`."""
    window = _Window(row, rows, run, lanes)

    def body(emit: Emit, v: Any) -> None:
        for vector, (offset, _) in zip(emit.vectors(v[0]), window.offsets(emit, v[3]), strict=True):
            emit.store(vector, (v[1], v[2]), offset)

    return emitted(types.none, (block, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_window(
    _: Any, block: Any, value: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any
) -> Any:
    """The block with value times the window of x added."""
    window = _Window(row, rows, run, lanes)

    def body(emit: Emit, v: Any) -> list[Any]:
        pairs = zip(emit.vectors(v[0]), window.offsets(emit, v[4]), strict=True)
        loaded = ((old, n, emit.load((v[2], v[3]), offset, vector_type(n))) for old, (offset, n) in pairs)
        return [emit.add_product(old, emit.splat(v[1], n), new) for old, n, new in loaded]

    return emitted(block, (block, types.float32, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_to_window(
    _: Any, block: Any, value: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any
) -> Any:
    """Add value times the block to the window of x."""
    window = _Window(row, rows, run, lanes)

    def body(emit: Emit, v: Any) -> None:
        for vector, (offset, n) in zip(emit.vectors(v[0]), window.offsets(emit, v[4]), strict=True):
            old = emit.load((v[2], v[3]), offset, vector_type(n))
            emit.store(emit.add_product(old, emit.splat(v[1], n), vector), (v[2], v[3]), offset)

    return emitted(types.none, (block, types.float32, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def repeat(_: Any, x: Any, at: Any, run: Any, times: Any, lanes: Any) -> Any:
    """The same run of x, `times` rows of it."""
    pieces, many = cut(run.literal_value, lanes.literal_value), times.literal_value
    return emitted(
        Block([n for _, n in pieces] * many),
        (x, types.int64, run, times, lanes),
        lambda emit, v: [emit.load((v[0], v[1]), offset, vector_type(n)) for offset, n in pieces] * many,
    )


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_product(
    _: Any, block: Any, value: Any, x: Any, at: Any, y: Any, other: Any, run: Any, lanes: Any
) -> Any:
    """The block with value times the product, number by number, of two runs of x and y added."""
    pieces = cut(run.literal_value, lanes.literal_value)

    def body(emit: Emit, v: Any) -> list[Any]:
        sums = []
        for old, (offset, n) in zip(emit.vectors(v[0]), pieces, strict=True):
            one, two = (emit.load(place, offset, vector_type(n)) for place in ((v[2], v[3]), (v[4], v[5])))
            scaled = emit.builder.fmul(emit.splat(v[1], n), one)
            sums.append(emit.add_product(old, scaled, two))
        return sums

    return emitted(block, (block, types.float32, x, types.int64, y, types.int64, run, lanes), body)


@intrinsic  # type: ignore[untyped-decorator]
def scaled(_: Any, block: Any, value: Any) -> Any:
    """The block with each of its numbers times value."""

    def body(emit: Emit, v: Any) -> list[Any]:
        pairs = zip(emit.vectors(v[0]), block.widths, strict=True)
        return [emit.builder.fmul(one, emit.splat(v[1], n)) for one, n in pairs]

    return emitted(block, (block, types.float32), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def store_apart(_: Any, block: Any, x: Any, at: Any, step: Any) -> Any:
    """Write the numbers of a block to x[at], x[at + step] and so on."""

    def body(emit: Emit, v: Any) -> None:
        place = 0
        for vector in emit.vectors(v[0]):
            for i in range(vector.type.count):
                one = emit.builder.extract_element(vector, ir.Constant(INDEX, i))
                emit.store(one, (v[1], v[2]), place)
                place += step.literal_value

    return emitted(types.none, (block, x, types.int64, step), body)


@intrinsic  # type: ignore[untyped-decorator]
def fetch(_: Any, x: Any, at: Any) -> Any:
    """Have the processor fetch what lies at x[at] into its nearest cache; it need not be there to read."""

    def body(emit: Emit, v: Any) -> None:
        emit.fetch((v[0], v[1]))

    return emitted(types.none, (x, types.int64), body)
