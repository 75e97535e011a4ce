"""What writes the code of vectors that stay in registers: LLVM's, put together by Numba's intrinsics."""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import models, register_model

SILENT = 255
"""What `images.pool` marks a window with that ReLU silences, in place of its winner's tap."""
FLOAT, BYTE, INDEX = ir.FloatType(), ir.IntType(8), ir.IntType(32)
_READ_SOON = (0, 3, 1)  # to be read, soon and again, as data: see LLVM's `llvm.prefetch`
Cut = list[tuple[int, int]]


@cache
def processor() -> tuple[int, int]:
    """How many floats a vector of this processor holds, and how many vectors a loop may keep."""
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    if "+avx512f" in features:
        return 16, 28
    if "+avx2" in features:
        return 8, 13
    # SSE has 16 registers, of which Numba tells nothing where it is asked for a generic processor's code;
    # NEON has 32 of four floats, and so do many others.
    return (4, 13) if triple.startswith(("x86", "i386", "i686")) else (4, 26)


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
        super().__init__(manager, kind, ir.LiteralStructType([vector_type(n) for n in kind.widths]))


def vector_type(width: int, of: Any = FLOAT) -> Any:
    """The type of a vector of so many numbers."""
    return ir.VectorType(of, width)


class Emit:
    """Writes LLVM code. Memory is told as (pointer, index)."""

    def __init__(self, builder: Any):
        self.builder = builder

    def load(self, memory: tuple[Any, Any], offset: Any, kind: Any) -> Any:
        """What lies so many numbers behind a place in memory."""
        return self.builder.load(self._place(memory, offset, kind), align=_alignment(kind))

    def store(self, value: Any, memory: tuple[Any, Any], offset: Any) -> None:
        """Write a value so many numbers behind a place in memory."""
        self.builder.store(value, self._place(memory, offset, value.type), align=_alignment(value.type))

    def fetch(self, memory: tuple[Any, Any]) -> None:
        """Have the processor fetch a place in memory into its caches, to be read."""
        place = self._place(memory, 0, BYTE)
        kind = ir.FunctionType(ir.VoidType(), [place.type, INDEX, INDEX, INDEX])
        function = self.builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        self.builder.call(function, [place, *(ir.Constant(INDEX, number) for number in _READ_SOON)])

    def _place(self, memory: tuple[Any, Any], offset: Any, kind: Any) -> Any:
        pointer, at = memory
        at = self.builder.add(at, offset if isinstance(offset, ir.Value) else ir.Constant(at.type, offset))
        return self.builder.bitcast(self.builder.gep(pointer, [at]), kind.as_pointer())

    def along(self, row: Any, value: Any, y: int, at: int) -> Any:
        """The offset of number `at` of row y; row: the type of how far rows lie apart, value: that itself."""
        if isinstance(row, types.IntegerLiteral):
            return y * row.literal_value + at
        begun = self.builder.mul(value, ir.Constant(value.type, y))
        return self.builder.add(begun, ir.Constant(value.type, at))

    def splat(self, value: Any, width: int) -> Any:
        """A vector of one number, so many times."""
        kind = vector_type(width, value.type)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(INDEX, 0))
        return self.builder.shuffle_vector(one, one, ir.Constant(vector_type(width, INDEX), [0] * width))

    def shuffled(self, one: Any, two: Any, numbers: Sequence[int]) -> Any:
        """The numbers of two vectors, end to end, that stand at these places."""
        places = ir.Constant(vector_type(len(numbers), INDEX), list(numbers))
        return self.builder.shuffle_vector(one, two, places)

    def add_product(self, total: Any, a: Any, b: Any) -> Any:
        """The sum of total and a times b, rounded once where the processor can."""
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
        return builder.extract_element(whole, ir.Constant(INDEX, 0))

    def vectors(self, block: Any) -> list[Any]:
        """The vectors of a block."""
        return [self.builder.extract_value(block, i) for i in range(len(block.type.elements))]

    def block(self, vectors: Sequence[Any]) -> Any:
        """The block of some vectors."""
        whole = ir.Constant(ir.LiteralStructType([vector.type for vector in vectors]), ir.Undefined)
        for i, vector in enumerate(vectors):
            whole = self.builder.insert_value(whole, vector, i)
        return whole


def _alignment(kind: Any) -> int:
    return 1 if getattr(kind, "element", kind) == BYTE else 4


def emitted(
    answer: Any, kinds: Sequence[Any], body: Callable[[Emit, Any], Sequence[Any] | None]
) -> tuple[Any, Callable[..., Any]]:
    """What Numba asks of an intrinsic; body(emit, arguments) gives the vectors of its answer, if any."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = Emit(builder)
        vectors = body(emit, arguments)
        return context.get_dummy_value() if vectors is None else emit.block(vectors)

    return answer(*kinds), code
