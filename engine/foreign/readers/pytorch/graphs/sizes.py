"""The shapes of what PyTorch's operators make, told beside the program, since its texts ask for them."""

# One protocol for all: some shapes need no settings, or nothing but the first.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Told = Mapping[str, Any]
_MOST_AXES, _MOST = 16, 1 << 32


def shape_after(kind: str, inputs: Sequence[Any], settings: Told) -> Shape | None:
    """The shape, batch of 1 included, of what an operation makes; None where it cannot be told.

    inputs: arrays, numbers, None, and what has a `shape` of its own that may be None.
    """
    try:
        shapes = [_shape(each) for each in inputs if each is not None]
        if not shapes or any(shape is None for shape in shapes[: 1 if kind in _OF_FIRST else None]):
            return None
        rule = _OF_FIRST.get(kind)
        first = shapes[0] or ()
        made = rule(first, inputs, settings) if rule else _joined(kind, shapes, settings)
    except (ValueError, IndexError, TypeError, ZeroDivisionError):
        return None  # What is wrong with it, the translation says.
    fits = made is not None and len(made) <= _MOST_AXES and all(1 <= n <= _MOST for n in made)
    return tuple(int(n) for n in made) if made is not None and fits else None


def _shape(value: Any) -> Shape | None:
    return np.shape(value) if isinstance(value, np.ndarray | float | int) else value.shape


def _joined(kind: str, shapes: Sequence[Any], settings: Told) -> Shape | None:
    """Of operations on several tensors, or of each number."""
    if kind == "MatMul":
        a, b = shapes
        return (*np.broadcast_shapes(a[:-2], b[:-2]), a[-2], b[-1])
    if kind == "Concat":
        axis, first = int(settings.get("axis", 0)), list(shapes[0])
        first[axis] = sum(shape[axis] for shape in shapes)
        if axis % len(first):
            first[0] = min(shape[0] for shape in shapes)  # a class token may be there for each of a batch
        return tuple(first)
    return np.broadcast_shapes(*shapes) if kind in ("Add", "Sub", "Mul", "Div", "Pow") else shapes[0]


def _windows(side: int, taps: int, stride: int, padding: int, ceil: bool) -> int:
    room = side + padding - taps
    return (-(-room // stride) if ceil else room // stride) + 1


def _slid(shape: Shape, taps: Sequence[int], settings: Told) -> Shape:
    """Rows and columns after windows have slid over them."""
    axes = len(shape) - 2
    if str(settings.get("auto_pad", "")).startswith("SAME"):
        return tuple(-(-n // s) for n, s in zip(shape[2:], settings["strides"], strict=True))
    pads = settings.get("pads") or [0] * (2 * axes)
    ceil = bool(settings.get("ceil_mode", 0))
    return tuple(
        _windows(shape[2 + i], taps[i], settings["strides"][i], pads[i] + pads[axes + i], ceil)
        for i in range(axes)
    )


def _conv(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    weight = np.shape(inputs[1])
    taps = [(n - 1) * step + 1 for n, step in zip(weight[2:], settings["dilations"], strict=True)]
    return (shape[0], weight[0], *_slid(shape, taps, settings))


def _pool(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return (*shape[:2], *_slid(shape, settings["kernel_shape"], settings))


def _reshaped(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    wanted = [int(n) if n else shape[i] for i, n in enumerate(inputs[1])]
    known = int(np.prod([n for n in wanted if n > 0]))
    return tuple(int(np.prod(shape)) // known if n < 0 else n for n in wanted)


def _turned(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return tuple(shape[axis] for axis in settings["perm"])


def _swapped(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    made = list(shape)
    first, second = settings["axes"]
    made[first], made[second] = made[second], made[first]
    return tuple(made)


def _squeezed(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    axes = {int(n) % len(shape) for n in inputs[1]} if len(inputs) > 1 else set(range(len(shape)))
    return tuple(n for i, n in enumerate(shape) if i not in axes or n != 1)


def _same(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return shape


def _adaptive(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return (*shape[:2], *settings["sizes"])


def _unsqueezed(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    axes = [int(n) for n in inputs[1]]
    rank, rest = len(shape) + len(axes), list(shape)
    new = {axis % rank for axis in axes}
    return tuple(1 if i in new else rest.pop(0) for i in range(rank))


def _gathered(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    axis = int(settings.get("axis", 0)) % len(shape)
    return (*shape[:axis], *np.shape(inputs[1]), *shape[axis + 1 :])


def _cut(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    made = list(shape)
    steps = inputs[4] if len(inputs) > 4 else [1] * len(inputs[1])
    for start, end, axis, step in zip(*inputs[1:4], steps, strict=True):
        made[axis] = len(range(made[axis])[int(start) : int(end) : int(step)])
    return tuple(made)


def _reduced(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    axes = {int(n) % len(shape) for n in settings["axes"]}
    kept = [1 if i in axes else n for i, n in enumerate(shape)]
    return tuple(n for i, n in enumerate(kept) if settings.get("keepdims", 1) or i not in axes)


def _padded(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    made, axes = list(shape), inputs[3]
    for place, axis in enumerate(axes):
        made[int(axis)] += int(inputs[1][place]) + int(inputs[1][len(axes) + place])
    return tuple(made)


def _expanded(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return np.broadcast_shapes(shape, tuple(int(n) for n in inputs[1]))


def _tiled(shape: Shape, inputs: Sequence[Any], settings: Told) -> Shape:
    return tuple(n * int(times) for n, times in zip(shape, inputs[1], strict=True))


_OF_FIRST: Mapping[str, Callable[[Shape, Sequence[Any], Told], Shape]] = {
    "Conv": _conv,
    **dict.fromkeys(("MaxPool", "AveragePool"), _pool),
    "AdaptivePool": _adaptive,
    "Reshape": _reshaped,
    "Transpose": _turned,
    "SwapAxes": _swapped,
    "Squeeze": _squeezed,
    "Unsqueeze": _unsqueezed,
    "Expand": _expanded,
    "Tile": _tiled,
    "Gather": _gathered,
    "Slice": _cut,
    **dict.fromkeys(("ReduceMean", "ReduceMax"), _reduced),
    "Pad": _padded,
    **dict.fromkeys(("BatchNormalization", "LayerNormalization", "PRelu", "Clip"), _same),
}
"""Operations whose first input alone is what the image has made; others are of all their inputs."""
