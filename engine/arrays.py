"""Array types and a read-only, picklable mapping of names to arrays."""

from __future__ import annotations

import weakref
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.errors import UnknownNameError

Array = npt.NDArray[Any]
Shape = tuple[int, ...]
T = TypeVar("T")
_MOST = 1 << 22  # numbers: of larger arrays nothing is kept
_KEPT: dict[tuple[int, Callable[[Array], Any]], tuple[weakref.ref[Array], Any]] = {}


class ArrayMap(Mapping[str, Array]):
    """Named arrays that nobody can write to; equal in use to a dict, safe to share and to pickle.

    A name that it has not is an UnknownNameError, which is a KeyError and an EngineError.
    """

    def __init__(self, arrays: Mapping[str, Array]):
        self._arrays = {name: read_only(array) for name, array in arrays.items()}

    def __getitem__(self, name: str) -> Array:
        try:
            return self._arrays[name]
        except KeyError:
            raise UnknownNameError(name, self._arrays) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    # The dict's own: a small trace asks for its arrays many times, and for some that it may not have.
    def __contains__(self, name: object) -> bool:
        return name in self._arrays

    def items(self) -> ItemsView[str, Array]:
        """Names and arrays."""
        return self._arrays.items()

    def updated(self, fresh: Mapping[str, Array]) -> ArrayMap:
        """A copy with these arrays in place of those of the same names; new names come last."""
        merged = object.__new__(ArrayMap)
        merged._arrays = self._arrays | {name: read_only(array) for name, array in fresh.items()}
        return merged

    def beyond(self, other: ArrayMap) -> list[Array]:
        """The arrays that another has not under the same names."""
        known = other._arrays
        return [array for name, array in self._arrays.items() if array is not known.get(name)]

    def settled(self, fresh: dict[str, Array]) -> ArrayMap:
        """The same as `updated`, of contiguous arrays that nobody else holds: read-only from now on."""
        for array in fresh.values():
            array.setflags(write=False)
        merged = object.__new__(ArrayMap)
        merged._arrays = self._arrays | fresh
        return merged

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name}: {array.shape}" for name, array in self._arrays.items()) + "}"

    def __reduce__(self) -> tuple[type[ArrayMap], tuple[dict[str, Array]]]:
        return ArrayMap, (self._arrays,)


def read_only(array: Array) -> Array:
    """The same values as a C-contiguous array that cannot be written; copied only where it could be."""
    flags = array.flags
    if not flags.c_contiguous:
        array = np.ascontiguousarray(array)
        flags = array.flags
    if flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def of_array(array: Array, work: Callable[[Array], T]) -> T:
    """work(array), kept while the array lives where nobody can write to it, as to what a net has learned."""
    key = id(array), work
    kept = _KEPT.get(key)
    if kept is not None and kept[0]() is array:
        found: T = kept[1]
        return found
    made = work(array)
    if array.size <= _MOST and is_fixed(array):
        _KEPT[key] = weakref.ref(array, lambda _gone: _KEPT.pop(key, None)), made
    return made


def is_fixed(array: Any) -> bool:
    """Whether neither an array nor what it is a view of can be written."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return False
        array = array.base
    return array is None


def aligned(size: int, dtype: npt.DTypeLike) -> Array:
    """A flat array of `size` zeros that begins at a multiple of 64 bytes, as vectors like it."""
    length = size * np.dtype(dtype).itemsize
    room = np.zeros(length + 64, np.uint8)
    at = -room.ctypes.data % 64
    array: Array = room[at : at + length].view(dtype)
    return array


def in_one_piece(sizes: Mapping[T, int], dtype: npt.DTypeLike) -> dict[T, Array]:
    """Flat arrays of so many zeros, each as `aligned` has it, one behind another in memory.

    Of one large array NumPy asks the system for large pages, where it has them (Linux); of many small ones
    it does not, and the processor then looks up where each page lies far more often.
    """
    line = 64 // np.dtype(dtype).itemsize
    flat = aligned(sum(-(-size // line) * line for size in sizes.values()), dtype)
    found, at = {}, 0
    for name, size in sizes.items():
        found[name] = flat[at : at + size]
        at += -(-size // line) * line
    return found


def add_columns(sums: Array, place: Array, amount: Array) -> None:
    """Add amount (n, e) to the columns `place` (e,) of sums (n, size), one after the other."""
    if len(place) < len(sums):
        np.add.at(sums.T, place, amount.T)
        return
    # In the same order, and several times as fast along one axis.
    for row, more in zip(sums, amount, strict=True):
        np.add.at(row, place, more)


def holds(dtype: npt.DTypeLike, value: float) -> bool:
    """Whether a float type holds a number as a finite one."""
    if abs(value) <= _largest(np.dtype(dtype)):
        return True
    with np.errstate(over="ignore"):
        return bool(np.isfinite(np.asarray(value).astype(dtype)))


@lru_cache(maxsize=8)
def _largest(dtype: np.dtype[Any]) -> float:
    return float(np.finfo(dtype).max)


def size_of(shape: Shape) -> int:
    """Count of numbers in an array of this shape."""
    size = 1
    for length in shape:
        size *= length
    return size


def like(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Zeros in the shapes of these arrays of one type, one behind another in memory."""
    dtype = next(iter(arrays.values())).dtype
    flat, made, start = aligned(sum(array.size for array in arrays.values()), dtype), {}, 0
    for name, array in arrays.items():
        made[name] = flat[start : start + array.size].reshape(array.shape)
        start += array.size
    return made


def end_to_end(arrays: Sequence[Array]) -> Array | None:
    """The numbers of all arrays as one flat array, None where they do not lie one behind another in one."""
    base = arrays[0].base if arrays else None
    if not isinstance(base, np.ndarray) or base.ndim != 1 or not base.flags.c_contiguous:
        return None
    dtype, first = arrays[0].dtype, arrays[0].ctypes.data
    at = first
    for array in arrays:
        alike = array.base is base and array.dtype == dtype and array.flags.c_contiguous
        if not alike or array.ctypes.data != at:
            return None
        at += array.nbytes
    # The base of what is `aligned` is of bytes.
    start = first - base.ctypes.data
    flat: Array = base.view(np.uint8)[start : start + at - first].view(dtype)
    return flat


def by_layer(arrays: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """Arrays keyed "<layer>.<name>" by layer: {layer: {name: array}}. A layer's name may have dots."""
    grouped: dict[str, dict[str, Array]] = {}
    for key, array in arrays.items():
        layer, _, name = key.rpartition(".")
        grouped.setdefault(layer, {})[name] = array
    return grouped
