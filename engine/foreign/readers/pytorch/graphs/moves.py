"""PyTorch's operators that only move numbers about or repeat them, as operations in ONNX's words."""

# The operators' own arguments, those that change nothing here among them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor, bounded


def dims(dim: Any) -> Array:
    """One axis or several as ONNX takes them."""
    return np.array([dim] if isinstance(dim, int) else dim, np.int64)


def _flatten(a: Aten, x: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    if end_dim != -1 or start_dim < 0:
        raise ValueError(f"it flattens axes {start_dim} to {end_dim}")
    return a.op("Reshape", x, np.array([*[0] * start_dim, -1], np.int64))


def _permute(a: Aten, x: Any, dims: Any) -> Any:
    return (
        x.transpose(dims) if isinstance(x, np.ndarray) else a.op("Transpose", x, perm=[int(n) for n in dims])
    )


def _reshape(a: Aten, x: Any, shape: Any) -> Any:
    return a.op("Reshape", x, np.array([int(n) for n in shape], np.int64))


def _transpose(a: Aten, x: Any, dim0: int, dim1: int) -> Any:
    return np.swapaxes(x, dim0, dim1) if isinstance(x, np.ndarray) else a.op("SwapAxes", x, axes=[dim0, dim1])


def _turned(a: Aten, x: Any) -> Any:
    return x.T if isinstance(x, np.ndarray) else a.op("SwapAxes", x, axes=[0, 1])


def _squeeze(a: Aten, x: Any, dim: Any = None) -> Any:
    if dim is None and x.shape is not None:
        dim = [i for i, n in enumerate(x.shape) if i and n == 1]  # not the batch, which is of any size
    return x if dim == [] else a.op("Squeeze", x, *([] if dim is None else [dims(dim)]))


def _unfold(a: Aten, x: Any, dimension: int, size: int, step: int) -> Tensor:
    """Windows side by side along an axis: their numbers become the last axis."""
    if x.shape is None or step != size or x.shape[dimension] % size:
        raise ValueError("windows that overlap, or of a side that cannot be told")
    axis = dimension % len(x.shape)
    sides = [*x.shape[:axis], x.shape[axis] // size, size, *x.shape[axis + 1 :]]
    order = [i for i in range(len(sides)) if i != axis + 1]
    return a.op("Transpose", a.op("Reshape", x, np.array(sides, np.int64)), perm=[*order, axis + 1])


def _of_one_image(a: Aten, x: Any, counts: list[int]) -> list[int]:
    """Lengths or repeats of axes, once what is there for each image of the file's batch: a class token."""
    given: Sequence[int] = x.shape or ()
    each = counts[0] == a.batch and len(given) == len(counts) > 2 and given[0] == 1
    return [1, *counts[1:]] if each else counts


def _expand(a: Aten, x: Any, size: Sequence[int], *, implicit: bool = False) -> Any:
    # -1 keeps a length, as 1 does in ONNX's words.
    wanted = _of_one_image(a, x, [1 if n == -1 else int(n) for n in size])
    if isinstance(x, np.ndarray):
        return np.broadcast_to(x, bounded(np.broadcast_shapes(x.shape, tuple(wanted))))
    return a.op("Expand", x, np.array(wanted, np.int64))


def _repeat(a: Aten, x: Any, repeats: Sequence[int]) -> Any:
    times = _of_one_image(a, x, [int(n) for n in repeats])
    if isinstance(x, np.ndarray):
        bounded((x.size, *times))
        return np.tile(x, times)
    return a.op("Tile", x, np.array(times, np.int64))


MOVES: Mapping[str, Callable[..., Any]] = {
    "flatten": _flatten,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _reshape),
    "permute": _permute,
    **dict.fromkeys(("transpose", "swapaxes"), _transpose),
    **dict.fromkeys(("t", "numpy_T"), _turned),
    "squeeze": _squeeze,
    "unsqueeze": lambda a, x, dim: a.op("Unsqueeze", x, dims(dim)),
    "unfold": _unfold,
    "expand": _expand,
    "expand_as": lambda a, x, other: _expand(a, x, other.shape),
    "repeat": _repeat,
}
