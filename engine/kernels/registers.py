"""Vectors that stay in registers: what compiled loops need where LLVM's own vectoriser falls short.

LLVM takes half of AVX-512 and keeps sums in memory. These intrinsics emit whole blocks of vectors, which a
loop carries from turn to turn. A block is a window of `rows` rows of `run` numbers that lie `row` apart, each
row cut into vectors of `lanes` floats and smaller ones; rows, run, row and lanes must be constants.

Numbers lie at pointers; `floats`, `octets` and `integers` make one of an address. Sums go by fused multiply
and add where the processor has it. Like `engine.kernels`, import it late.
"""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic, models, register_model

SILENT = 255
"""What `pool` marks a window with that ReLU silences, in place of its winner's tap."""

_FLOAT, _BYTE, _INDEX = ir.FloatType(), ir.IntType(8), ir.IntType(32)
Cut = list[tuple[int, int]]


@cache
def processor() -> tuple[int, int]:
    """How many floats a vector of this processor holds, and how many vectors a loop may keep."""
    features = cpu_target.target_context.codegen().magic_tuple()[2]
    if "+avx512f" in features:
        return 16, 28
    # With AVX 16 registers; NEON has 32 of four floats, and so do many others that are told nothing of here.
    return (8, 13) if "+avx2" in features else (4, 26) if "sse" not in features else (4, 13)


def cut(count: int, lanes: int) -> Cut:
    """Offset and width of the vectors that `count` floats fall into: whole ones, then halves."""
    found, at, width = [], 0, lanes
    while at < count:
        while width > count - at:
            width //= 2
        found.append((at, width))
        at += width
    return found


class Block(types.Type):  # type: ignore[misc]
    """The type of a block: the widths of its vectors."""

    def __init__(self, widths: Sequence[int]):
        self.widths = tuple(widths)
        super().__init__(name=f"Block{self.widths}")


@register_model(Block)
class _BlockModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Block):
        super().__init__(manager, kind, ir.LiteralStructType([_vector(n) for n in kind.widths]))


def _vector(width: int, of: Any = _FLOAT) -> Any:
    return ir.VectorType(of, width)


class _Emit:
    """Writes LLVM code. Memory is told as (pointer, index)."""

    def __init__(self, builder: Any):
        self.builder = builder

    def load(self, memory: tuple[Any, Any], offset: int, kind: Any) -> Any:
        return self.builder.load(self._place(memory, offset, kind), align=_alignment(kind))

    def store(self, value: Any, memory: tuple[Any, Any], offset: int) -> None:
        self.builder.store(value, self._place(memory, offset, value.type), align=_alignment(value.type))

    def _place(self, memory: tuple[Any, Any], offset: int, kind: Any) -> Any:
        pointer, at = memory
        at = self.builder.add(at, ir.Constant(at.type, offset))
        return self.builder.bitcast(self.builder.gep(pointer, [at]), kind.as_pointer())

    def splat(self, value: Any, width: int) -> Any:
        kind = _vector(width, value.type)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(_INDEX, 0))
        return self.builder.shuffle_vector(one, one, ir.Constant(_vector(width, _INDEX), [0] * width))

    def shuffled(self, one: Any, two: Any, numbers: Sequence[int]) -> Any:
        """The numbers of two vectors, end to end, that stand at these places."""
        places = ir.Constant(_vector(len(numbers), _INDEX), list(numbers))
        return self.builder.shuffle_vector(one, two, places)

    def add_product(self, total: Any, a: Any, b: Any) -> Any:
        once = ("contract",)
        return self.builder.fadd(total, self.builder.fmul(a, b, flags=once), flags=once)

    def total(self, vectors: Sequence[Any]) -> Any:
        """The sum of the numbers of vectors of one width, halves added to halves."""
        builder, vectors = self.builder, list(vectors)
        while len(vectors) > 1:
            pairs = [vectors[i : i + 2] for i in range(0, len(vectors), 2)]
            vectors = [builder.fadd(*pair) if len(pair) > 1 else pair[0] for pair in pairs]
        (whole,), width = vectors, vectors[0].type.count
        while width > 1:
            width //= 2
            whole = builder.fadd(*(self.shuffled(whole, whole, range(k, k + width)) for k in (0, width)))
        return builder.extract_element(whole, ir.Constant(_INDEX, 0))

    def vectors(self, block: Any) -> list[Any]:
        return [self.builder.extract_value(block, i) for i in range(len(block.type.elements))]

    def block(self, vectors: Sequence[Any]) -> Any:
        whole = ir.Constant(ir.LiteralStructType([vector.type for vector in vectors]), ir.Undefined)
        for i, vector in enumerate(vectors):
            whole = self.builder.insert_value(whole, vector, i)
        return whole


def _alignment(kind: Any) -> int:
    return 1 if getattr(kind, "element", kind) == _BYTE else 4


def _intrinsic(
    answer: Any, kinds: Sequence[Any], body: Callable[[_Emit, Any], Sequence[Any] | None]
) -> tuple[Any, Callable[..., Any]]:
    """What Numba asks of an intrinsic; body(emit, arguments) gives the vectors of its answer, if any."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = _Emit(builder)
        vectors = body(emit, arguments)
        return context.get_dummy_value() if vectors is None else emit.block(vectors)

    return answer(*kinds), code


def _window(row: Any, rows: Any, run: Any, lanes: Any) -> Cut:
    pieces = cut(run.literal_value, lanes.literal_value)
    return [(y * row.literal_value + at, n) for y in range(rows.literal_value) for at, n in pieces]


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


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def load(_: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """The window of x that begins at `at`."""
    window = _window(row, rows, run, lanes)
    return _intrinsic(
        Block([n for _, n in window]),
        (x, types.int64, row, rows, run, lanes),
        lambda emit, v: [emit.load((v[0], v[1]), offset, _vector(n)) for offset, n in window],
    )


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def store(_: Any, block: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any) -> Any:
    """Write a block to the window of x that begins at `at`."""
    window = _window(row, rows, run, lanes)

    def body(emit: _Emit, v: Any) -> None:
        for vector, (offset, _) in zip(emit.vectors(v[0]), window, strict=True):
            emit.store(vector, (v[1], v[2]), offset)

    return _intrinsic(types.none, (block, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_window(
    _: Any, block: Any, value: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any
) -> Any:
    """The block with value times the window of x added."""
    window = _window(row, rows, run, lanes)

    def body(emit: _Emit, v: Any) -> list[Any]:
        pairs = zip(emit.vectors(v[0]), window, strict=True)
        loaded = ((old, n, emit.load((v[2], v[3]), offset, _vector(n))) for old, (offset, n) in pairs)
        return [emit.add_product(old, emit.splat(v[1], n), new) for old, n, new in loaded]

    return _intrinsic(block, (block, types.float32, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_to_window(
    _: Any, block: Any, value: Any, x: Any, at: Any, row: Any, rows: Any, run: Any, lanes: Any
) -> Any:
    """Add value times the block to the window of x."""
    window = _window(row, rows, run, lanes)

    def body(emit: _Emit, v: Any) -> None:
        for vector, (offset, n) in zip(emit.vectors(v[0]), window, strict=True):
            old = emit.load((v[2], v[3]), offset, _vector(n))
            emit.store(emit.add_product(old, emit.splat(v[1], n), vector), (v[2], v[3]), offset)

    return _intrinsic(types.none, (block, types.float32, x, types.int64, row, rows, run, lanes), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def repeat(_: Any, x: Any, at: Any, run: Any, times: Any, lanes: Any) -> Any:
    """The same run of x, `times` rows of it."""
    pieces, many = cut(run.literal_value, lanes.literal_value), times.literal_value
    return _intrinsic(
        Block([n for _, n in pieces] * many),
        (x, types.int64, run, times, lanes),
        lambda emit, v: [emit.load((v[0], v[1]), offset, _vector(n)) for offset, n in pieces] * many,
    )


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_product(
    _: Any, block: Any, value: Any, x: Any, at: Any, y: Any, other: Any, run: Any, lanes: Any
) -> Any:
    """The block with value times the product, number by number, of two runs of x and y added."""
    pieces = cut(run.literal_value, lanes.literal_value)

    def body(emit: _Emit, v: Any) -> list[Any]:
        sums = []
        for old, (offset, n) in zip(emit.vectors(v[0]), pieces, strict=True):
            one, two = (emit.load(place, offset, _vector(n)) for place in ((v[2], v[3]), (v[4], v[5])))
            scaled = emit.builder.fmul(emit.splat(v[1], n), one)
            sums.append(emit.add_product(old, scaled, two))
        return sums

    return _intrinsic(block, (block, types.float32, x, types.int64, y, types.int64, run, lanes), body)


@intrinsic  # type: ignore[untyped-decorator]
def scaled(_: Any, block: Any, value: Any) -> Any:
    """The block with each of its numbers times value."""

    def body(emit: _Emit, v: Any) -> list[Any]:
        pairs = zip(emit.vectors(v[0]), block.widths, strict=True)
        return [emit.builder.fmul(one, emit.splat(v[1], n)) for one, n in pairs]

    return _intrinsic(block, (block, types.float32), body)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def store_apart(_: Any, block: Any, x: Any, at: Any, step: Any) -> Any:
    """Write the numbers of a block to x[at], x[at + step] and so on."""

    def body(emit: _Emit, v: Any) -> None:
        place = 0
        for vector in emit.vectors(v[0]):
            for i in range(vector.type.count):
                one = emit.builder.extract_element(vector, ir.Constant(_INDEX, i))
                emit.store(one, (v[1], v[2]), place)
                place += step.literal_value

    return _intrinsic(types.none, (block, x, types.int64, step), body)
