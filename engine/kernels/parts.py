"""Loops that work on parts of a batch, on one thread or on several. Like `engine.kernels`, import it late.

A batch falls into PARTS whatever the number of threads, so what is summed up part by part is the same on one
as on several. Such a loop is compiled once for both, as a C function (part, n, table): which part it is, how
many examples the batch has, and where its arrays lie, an address each.
"""

# Numba's protocol: an intrinsic is handed types (the first argument is its context) and answers with code.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from operator import is_
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.arrays import Array
from engine.kernels.compile import SMALL, c_function, compiled, variant
from engine.kernels.registers.blocks import wholes

P = ParamSpec("P")
R = TypeVar("R")
PARTS = 8
"""Parts of a batch: so many threads can share the work."""
_MAKING = RLock()
_SIGNATURE = types.void(types.int64, types.int64, types.CPointer(types.int64))


# On disk Numba keeps code as long as the own file of a loop stays as it is: these become part of others.
_HERE = Path(__file__).parent
HELPERS = [_HERE / "curves.py", _HERE / "functions.py", *sorted((_HERE / "registers").glob("*.py"))]
_STAMP = crc32(b"".join(file.read_bytes() for file in HELPERS))


def stamped(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop under a name that is another once a file changes whose functions become part of it."""
    return variant(loop, f"{_STAMP:08x}")


def part_loop(loop: Callable[[int, int, Any], None], reordering: bool = False) -> Any:
    """The loop compiled, for `each_part`; reordering: sums may be taken in the order that suits vectors."""
    return c_function(stamped(loop), _SIGNATURE, reordering)


def once(make: Callable[..., Any]) -> Callable[..., Any]:
    """What make answers, made once for the same arguments: parts of a batch may ask for it side by side."""
    made = cache(make)

    @wraps(make)
    def answer(*asked: Any) -> Any:
        with _MAKING:
            return made(*asked)

    return answer


def late_part_loop(loop: Callable[[int, int, Any], None], reordering: bool = False) -> Callable[[], Any]:
    """What gives the loop of `part_loop`, compiled when it is first asked for."""
    return once(lambda: part_loop(loop, reordering))


@intrinsic  # type: ignore[untyped-decorator]
def _call(_: Any, function: Any, part: Any, n: Any, table: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, *numbers, place = arguments
        whole = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [whole, whole, whole.as_pointer()])
        addresses = builder.inttoptr(place, whole.as_pointer())
        builder.call(builder.inttoptr(address, kind.as_pointer()), [*numbers, addresses])
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64, types.int64), code


def _each(function: int, n: int, table: Array) -> None:
    place = table.ctypes.data
    if n < 0:
        n = wholes(-n)[0]
    for part in numba.prange(PARTS):
        _call(function, part, n, place)


def _every(calls: Array) -> int:
    for i in range(len(calls)):
        function, n, place, size = calls[i, 0], calls[i, 1], calls[i, 2], calls[i, 3]
        if function == 0:
            if wholes(place)[0] != n:
                return i
            continue
        count = wholes(-n)[0] if n < 0 else n
        if size < SMALL:
            for part in range(PARTS):
                _call(function, part, count, place)
        else:
            for part in numba.prange(PARTS):
                _call(function, part, count, place)
    return len(calls)


_each_run, _every_run = compiled(_each), compiled(_every)


class Recording:
    """The calls of part loops that were made while it was open, to be made again at one go.

    What they read and write must lie where it lay, and they must be all that was done. Where a loop chose
    what was to be called (see `chosen`), they are made as far as it chooses the same again.
    """

    def __init__(self) -> None:
        self._calls: list[tuple[int, int, int, int]] = []
        self._kept: list[Any] = []
        self._table, self._size = np.empty((0, 4), np.int64), 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Record in a `with` block what this thread calls."""
        before = _RECORDING.set(self)
        try:
            yield
        finally:
            _RECORDING.reset(before)

    def take(self, size: int, loop: Any, n: int, table: Array) -> None:
        """Take in a call, and keep its table."""
        self._calls.append((loop.address, n, table.ctypes.data, size))
        self._kept += loop, table

    def hold(self, choice: Array) -> None:
        """Go on from here only where this choice (1,) is what it is now."""
        self._calls.append((0, int(choice[0]), choice.ctypes.data, 0))
        self.keep((choice,))

    def keep(self, arrays: Sequence[Array]) -> None:
        """Keep the arrays that a table tells of."""
        self._kept.append(tuple(arrays))

    def and_then(self, other: Recording) -> None:
        """Take in the calls of another one, behind its own."""
        self._calls += other._calls
        self._kept += other._kept

    def __len__(self) -> int:
        return len(self._calls)

    def run(self) -> int:
        """Make all calls again, in their order; how many were made: fewer where a choice is another now."""
        if len(self._table) != len(self._calls):
            self._table = np.array(self._calls, np.int64).reshape(-1, 4)
            self._size = max((call[3] for call in self._calls), default=0)
        made: int = _every_run(self._size, self._table) if self._calls else 0
        return made


_RECORDING: ContextVar[Recording | None] = ContextVar("recording", default=None)


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
        recording = _RECORDING.get()
        if recording is not None:
            recording.keep(arrays)
        return self._table


def _addresses(arrays: Sequence[Array], numbers: Sequence[int] = ()) -> Array:
    return np.array([*(array.ctypes.data for array in arrays), *numbers], np.int64)


def each_part(size: int, loop: Any, n: int, arrays: Sequence[Array], numbers: Sequence[int] = ()) -> None:
    """Call a loop of `part_loop` for every part of a batch of n; size: of the work, see `compiled`.

    numbers: whole numbers that stand in the table behind the addresses.
    """
    run_parts(size, loop, n, Addresses().of(*arrays, numbers=tuple(numbers)))


def run_parts(size: int, loop: Any, n: int | Array, table: Array) -> None:
    """The same with a table that is there already, see `Addresses`.

    n: also where it lies (1,) int64, which a loop ahead may write anew in each pass.
    """
    recording = _RECORDING.get()
    if not isinstance(n, int):
        if recording is not None:
            recording.keep((n,))
        n = place_of(n)
    _each_run(size, loop.address, n, table)
    if recording is not None:
        recording.take(size, loop, n, table)


def place_of(count: Array) -> int:
    """What stands for a number (1,) int64 where a loop is to look for it: no number is less than 0."""
    return -int(count.ctypes.data)


def chosen(choice: Array) -> bool:
    """What a loop has written to choice (1,) int64, by which it is settled what is called next.

    A recording holds from there on as long as the loop chooses the same.
    """
    recording = _RECORDING.get()
    if recording is not None:
        recording.hold(choice)
    return bool(choice[0])
