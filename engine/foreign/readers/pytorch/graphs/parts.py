"""PyTorch's operators that take a tensor apart: each part as operations in ONNX's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor

_MOST_PARTS = 64


def _length(x: Any, dim: int) -> int:
    """How long an axis is; EngineError where the text before does not tell it."""
    if x.shape is None:
        raise EngineError("it takes a tensor apart whose shape cannot be told")
    return int(x.shape[dim])


def _select(a: Aten, x: Any, dim: int, index: int) -> Any:
    return a.op("Gather", x, np.array(index), axis=dim)


def _unbind(a: Aten, x: Any, dim: int = 0) -> tuple[Any, ...]:
    return tuple(_select(a, x, dim, index) for index in range(_few(_length(x, dim))))


def _few(count: int) -> int:
    if not 0 < count <= _MOST_PARTS:
        raise EngineError(f"it takes a tensor apart into {count:,}, the limit is {_MOST_PARTS}")
    return count


def _slice(
    a: Aten, x: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    numbers = ([start or 0], [1 << 31 if end is None else min(end, 1 << 31)], [dim], [step])
    return a.op("Slice", x, *(np.array(each, np.int64) for each in numbers))


def _split(a: Aten, x: Any, size: Any, dim: int = 0) -> tuple[Any, ...]:
    length = _length(x, dim)
    sizes = [size] * -(-length // size) if isinstance(size, int) else [int(n) for n in size]
    ends = np.cumsum(sizes).tolist()
    _few(len(sizes))
    return tuple(_slice(a, x, dim, end - n, min(end, length)) for end, n in zip(ends, sizes, strict=True))


def _chunk(a: Aten, x: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    return _split(a, x, -(-_length(x, dim) // chunks), dim)


def _unflatten(a: Aten, x: Any, dim: int, sizes: Any) -> Tensor:
    _length(x, dim)
    place = dim % len(x.shape)
    wanted = [*x.shape[:place], *(int(n) for n in sizes), *x.shape[place + 1 :]]
    return a.op("Reshape", x, np.array(wanted, np.int64))


PARTS: Mapping[str, Callable[..., Any]] = {
    "select": _select,
    "slice": _slice,
    "unbind": _unbind,
    **dict.fromkeys(("split", "split_with_sizes"), _split),
    "chunk": _chunk,
    "unflatten": _unflatten,
}
