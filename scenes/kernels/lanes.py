"""Lanes: some pixels of a row worked on at once, the light of lines added to them.

A line lights few pixels of a row, and a compiler's own vectors are for long loops, so this is written out:
LLVM's code, put together by Numba's intrinsics. As many floats are one vector or a few, on any processor.
"""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
"""Pixels that a line along a row lights at once."""
CROSSED = 8
"""Pixels where one crosses it: few are as wide."""
_ONE, _PLACE = ir.FloatType(), ir.IntType(32)
_ONCE = ("contract",)  # a product and a sum may be rounded once


class _Row:
    """Writes code for so many pixels of a row; builder: LLVM's."""

    def __init__(self, builder: Any, count: int):
        self.builder, self._count = builder, count
        self._kind = ir.VectorType(_ONE, count)

    def number(self, value: float) -> Any:
        """A number, for all pixels."""
        return ir.Constant(self._kind, [value] * self._count)

    def all(self, value: Any) -> Any:
        """A number that is known later, for all pixels."""
        one = self.builder.insert_element(ir.Constant(self._kind, ir.Undefined), value, _PLACE(0))
        return self.builder.shuffle_vector(
            one, one, ir.Constant(ir.VectorType(_PLACE, self._count), [0] * self._count)
        )

    def counted(self, first: Any, step: Any) -> Any:
        """first, first + step, first + 2 step, ..."""
        return self.plus(
            self.all(first), self.all(step), ir.Constant(self._kind, [float(n) for n in range(self._count)])
        )

    def plus(self, total: Any, a: Any, b: Any) -> Any:
        """The sum of total and a times b."""
        return self.builder.fadd(total, self.builder.fmul(a, b, flags=_ONCE), flags=_ONCE)

    def least(self, a: Any, b: Any) -> Any:
        """The lesser of two, of each pixel."""
        return self.builder.select(self.builder.fcmp_ordered("<", a, b), a, b)

    def most(self, a: Any, b: Any) -> Any:
        """The greater of two."""
        return self.builder.select(self.builder.fcmp_ordered(">", a, b), a, b)

    def covered(self, half: Any, aside: Any) -> Any:
        """How much of each pixel a line covers whose middle runs so far aside: half - |aside|, 0..1."""
        cover = self.least(self.builder.fadd(half, aside), self.builder.fsub(half, aside))
        return self.least(self.most(cover, self.number(0.0)), self.number(1.0))

    def add(self, starts: Any, stride: Any, cover: Any, light: Any) -> None:
        """Add light to pixels where nothing is nearer.

        starts: pointers to the first one's red and depth; stride: from its red to its green, and so on;
        light: depth, red, green and blue of each.
        """
        builder, (acc, zed) = self.builder, starts
        deep = builder.load(builder.bitcast(zed, self._kind.as_pointer()), align=4)
        seen = builder.fcmp_ordered("<=", light[0], deep)
        cover = builder.select(seen, cover, self.number(0.0))
        for colour in light[1:]:
            place = builder.bitcast(acc, self._kind.as_pointer())
            builder.store(self.plus(builder.load(place, align=4), cover, colour), place, align=4)
            acc = builder.gep(acc, [stride])


def _written(count: int, kinds: tuple[Any, ...], body: Callable[[_Row, Any, Any], None]) -> tuple[Any, Any]:
    """What Numba asks of an intrinsic; body writes its code, of where acc and zed begin and all else."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        starts = [builder.inttoptr(address, _ONE.as_pointer()) for address in arguments[:2]]
        starts = [builder.gep(start, [at]) for start, at in zip(starts, arguments[2:4], strict=True)]
        body(_Row(builder, count), starts, arguments[4:])
        return context.get_dummy_value()

    return types.none(*[types.int64] * 5, *kinds), code


def _four(kind: Any) -> Any:
    return types.UniTuple(kind, 4)


@intrinsic  # type: ignore[untyped-decorator]
def along(
    _: Any,
    acc: Any,
    zed: Any,
    n: Any,
    k: Any,
    stride: Any,
    x: Any,
    ends: Any,
    middle: Any,
    begun: Any,
    slopes: Any,
) -> Any:
    """Light `LANES` pixels of a row from x on by a line that runs along it.

    acc, zed: of a band, see `Rows`; n, k: where the first pixel's red and depth are; stride: from its red to
    its green. x: its left side. ends: where the line begins and ends. middle: how far beneath the middles of
    these pixels it begins, how much farther it is a pixel on, what of that is straight across the line, and
    half its width. begun, slopes: depth, red, green and blue where it begins, and what they gain in a pixel.
    """
    one = types.float32

    def body(row: _Row, starts: Any, given: Any) -> None:
        builder = row.builder
        stride, x, ends, middle, begun, slopes = given

        def part(values: Any, number: int) -> Any:
            return row.all(builder.extract_value(values, number))

        left = row.counted(x, ir.Constant(_ONE, 1.0))
        begin = row.most(left, part(ends, 0))
        finish = row.least(builder.fadd(left, row.number(1.0)), part(ends, 1))
        share = row.most(builder.fsub(finish, begin), row.number(0.0))
        # Its middle there lies within the line, and so behind a ball in whose middle it ends.
        t = builder.fsub(builder.fmul(row.number(0.5), builder.fadd(begin, finish)), part(ends, 0))
        aside = builder.fmul(row.plus(part(middle, 0), part(middle, 1), t), part(middle, 2))
        light = [row.plus(part(begun, i), part(slopes, i), t) for i in range(4)]
        cover = builder.fmul(row.covered(part(middle, 3), aside), share)
        row.add(starts, stride, cover, light)

    return _written(LANES, (one, types.UniTuple(one, 2), *[_four(one)] * 3), body)


@intrinsic  # type: ignore[untyped-decorator]
def across(_: Any, acc: Any, zed: Any, n: Any, k: Any, stride: Any, middle: Any, light: Any) -> Any:
    """Light `CROSSED` pixels of a row by a line that crosses it.

    middle: how far the first pixel's middle is aside of the line, straight across it, and how much farther
    the next one's is, half the line's width, and of it what is in the row. light: depth, red, green, blue.
    """
    one = types.float32

    def body(row: _Row, starts: Any, given: Any) -> None:
        stride, middle, light = given
        aside, step, half, share = (row.builder.extract_value(middle, i) for i in range(4))
        cover = row.builder.fmul(row.covered(row.all(half), row.counted(aside, step)), row.all(share))
        row.add(starts, stride, cover, [row.all(row.builder.extract_value(light, i)) for i in range(4)])

    return _written(CROSSED, (_four(one), _four(one)), body)
