"""Loops that work on parts of a batch, on one thread or on several. Like `engine.kernels`, import it late.

A batch falls into PARTS whatever the number of threads, so what is summed up part by part is the same on one
as on several. Such a loop is compiled once for both, as a C function (part, n, table): which part it is, how
many examples the batch has, and where its arrays lie, an address each.
"""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from pathlib import Path
from typing import Any
from zlib import crc32

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.arrays import Array
from engine.kernels.compile import c_function, compiled, variant

PARTS = 8
"""Parts of a batch: so many threads can share the work."""
_SIGNATURE = types.void(types.int64, types.int64, types.CPointer(types.int64))


# On disk Numba keeps code as long as the loop's own file stays as it is; what it emits lies in these.
_EMITTING = sorted(Path(__file__).with_name("registers").glob("*.py"))
_STAMP = crc32(b"".join(file.read_bytes() for file in _EMITTING))


def part_loop(loop: Callable[[int, int, Any], None]) -> Any:
    """The loop compiled, for `each_part`."""
    return c_function(variant(loop, f"{_STAMP:08x}"), _SIGNATURE)


@intrinsic  # type: ignore[untyped-decorator]
def _call(_: Any, function: Any, part: Any, n: Any, table: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, *numbers, addresses = arguments
        data = context.make_array(signature.args[3])(context, builder, addresses).data
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64), ir.IntType(64), data.type])
        builder.call(builder.inttoptr(address, kind.as_pointer()), [*numbers, data])
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64, table), code


def _each(function: int, n: int, table: Array) -> None:
    for part in numba.prange(PARTS):
        _call(function, part, n, table)


_each_run = compiled(_each)


class Addresses:
    """Where a loop's arrays lie; asked for anew only where they are others than the last time."""

    def __init__(self) -> None:
        self._arrays: tuple[Array, ...] = ()
        self._numbers: tuple[int, ...] = ()
        self._table = np.empty(0, np.int64)

    def of(self, *arrays: Array, numbers: tuple[int, ...] = ()) -> Array:
        """The table (k,) for these arrays, which are kept, and the whole numbers behind them."""
        same = len(arrays) == len(self._arrays) and numbers == self._numbers
        if not same or not all(map(is_, arrays, self._arrays)):
            self._arrays, self._numbers = arrays, numbers
            self._table = _addresses(arrays, numbers)
        return self._table


def _addresses(arrays: Sequence[Array], numbers: Sequence[int] = ()) -> Array:
    return np.array([*(array.ctypes.data for array in arrays), *numbers], np.int64)


def each_part(size: int, loop: Any, n: int, arrays: Sequence[Array], numbers: Sequence[int] = ()) -> None:
    """Call a loop of `part_loop` for every part of a batch of n; size: of the work, see `compiled`.

    numbers: whole numbers that stand in the table behind the addresses.
    """
    run_parts(size, loop, n, _addresses(arrays, numbers))


def run_parts(size: int, loop: Any, n: int, table: Array) -> None:
    """The same with a table that is there already, see `Addresses`."""
    _each_run(size, loop.address, n, table)
