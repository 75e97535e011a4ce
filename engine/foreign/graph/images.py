"""Convolutions and pooling as ONNX tells them: pads, strides, dilations, groups."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from engine.arrays import Array, size_of
from engine.blocks import AveragePool, Dense, MaxPool
from engine.errors import EngineError
from engine.foreign.graph.draft import MOST_NUMBERS, View
from engine.foreign.graph.linear import (
    Windows,
    conv,
    image_parts,
    lies_turned,
    turned,
    ungrouped,
    unpadded,
)
from engine.foreign.graph.normalisation import reduce_mean
from engine.foreign.graph.program import Op
from engine.foreign.graph.shapes import integers
from engine.foreign.graph.translation import Translation, Value


def windows_of(t: Translation, op: Op, taps: Sequence[int], sides: Sequence[int]) -> Windows:
    """The windows of a convolution or pooling from its pads or auto_pad, and strides."""
    if len(taps) != 2 or len(sides) != 2:
        t.refuse(f"moves windows of {len(taps)} axes over {len(sides)}: known are those of images, of 2")
    strides = [int(n) for n in op.settings.get("strides") or (1, 1)]
    pads = [int(n) for n in op.settings.get("pads") or (0, 0, 0, 0)]
    auto = op.settings.get("auto_pad", "NOTSET")
    if (
        len(strides) != 2
        or len(pads) != 4
        or min(strides) < 1
        or min(pads) < 0
        or max(*strides, *pads) > 4096
    ):
        t.refuse(f"has strides {strides} and pads {pads}")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        total = [
            max((-(-side // stride) - 1) * stride + tap - side, 0)
            for side, stride, tap in zip(sides, strides, taps, strict=True)
        ]
        less, more = [n // 2 for n in total], [n - n // 2 for n in total]
        pads = [*less, *more] if auto == "SAME_UPPER" else [*more, *less]
    elif auto == "VALID":
        pads = [0, 0, 0, 0]
    elif auto != "NOTSET":
        t.refuse(f"has auto_pad {auto!r:.20}")
    made = Windows((taps[0], taps[1]), (strides[0], strides[1]), (pads[0], pads[1]), (pads[2], pads[3]))
    if not op.settings.get("ceil_mode", 0):
        return made
    ceil = dataclasses.replace(made, ceil=True)
    with suppress(EngineError):
        if ceil.axes((sides[0], sides[1])) == made.axes((sides[0], sides[1])):
            return made
    return ceil


def convolution(t: Translation, op: Op, values: Sequence[Value | None]) -> Value:
    """Conv of maps, with kernels and biases that are constants."""
    view, weight = t.view(values[0]), values[1]  # type: ignore[arg-type]
    bias = values[2] if len(values) > 2 else None
    if not isinstance(weight, np.ndarray) or not isinstance(bias, np.ndarray | None):
        t.refuse("has kernels that are worked out, not learned")
    if weight.ndim != 4 or view.index.ndim != 4:
        t.refuse(f"has kernels {weight.shape} for {view.index.shape}: known are convolutions of images")
    weight = ungrouped(t, weight, int(op.settings.get("group", 1)), view.index.shape[1])
    weight = _dilated(t, weight, [int(n) for n in op.settings.get("dilations") or (1, 1)])
    windows = windows_of(t, op, weight.shape[2:], view.index.shape[2:])
    return conv(t, view, weight, bias, windows)


def _dilated(t: Translation, weight: Array, steps: Sequence[int]) -> Array:
    """Kernels whose taps stand apart, with zeros between them."""
    if list(steps) == [1, 1]:
        return weight
    sides = [(n - 1) * step + 1 for n, step in zip(weight.shape[2:], steps, strict=True)]
    if min(steps) < 1:
        t.refuse(f"has dilations {list(steps)}")
    t.limited((*weight.shape[:2], *sides), MOST_NUMBERS)
    full = np.zeros((*weight.shape[:2], *sides))
    full[:, :, :: steps[0], :: steps[1]] = weight
    t.note(f"{t.where} has dilations {list(steps)}: taps of zero stand between those of its kernels")
    return full


def pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """MaxPool and AveragePool of maps."""
    view = t.view(values[0])
    taps = [int(n) for n in op.settings.get("kernel_shape") or ()]
    if len(op.outputs) > 1 and op.outputs[1]:
        t.refuse("gives the places of its maxima too, which nothing here reads")
    if any(int(n) != 1 for n in op.settings.get("dilations") or ()):
        t.refuse("has dilations: known are windows without")
    windows = windows_of(t, op, taps, view.index.shape[2:])
    padded = any((*windows.before, *windows.after))
    if op.kind == "MaxPool" and _never_below_zero(t, view):
        # Cells of zeros around what is never below zero win over nothing.
        view, windows = unpadded(t, view, windows)
    if op.kind == "AveragePool" and (view.index < 0).any():
        return _weighed(t, view, windows)
    counted = padded and bool(op.settings.get("count_include_pad", 0))
    if counted and windows.ceil:
        t.refuse("counts padding in windows that reach beyond it (ceil_mode): train it without one of them")
    if op.kind == "AveragePool" and counted:
        return _weighed(t, view, windows)
    return _pooled(t, view, op.kind, windows)


_ABOVE = ("relu", "relu6", "sigmoid", "hard-sigmoid", "softplus")


def _never_below_zero(t: Translation, view: View) -> bool:
    """Whether a tensor is padded with zeros around activations that are never below zero."""
    _, offset = view.full()
    plain = view.scale is None and not offset.any() and (view.index < 0).any()
    return bool(plain) and all(node.activation in _ABOVE for node in t.draft.owners(view.index))


def _weighed(t: Translation, view: View, windows: Windows) -> View:
    """Means that count padding, as a convolution with one weight."""
    maps = view.index.shape[1]
    share = 1 / (windows.taps[0] * windows.taps[1])
    kernels = ungrouped(t, np.full((maps, 1, *windows.taps), share), maps, maps)
    return conv(t, view, kernels, None, windows)


def _pooled(t: Translation, view: View, kind: str, windows: Windows) -> View:
    if lies_turned(view):
        return turned(_pooled(t, turned(view), kind, windows.turned))
    size, stride = windows.taps, windows.strides
    try:
        padding = windows.padding((view.index.shape[2], view.index.shape[3]))
    except EngineError as error:
        t.refuse(f"does not fit: {error}")
    if padding is None:
        ceil = ", the last window reaching beyond (ceil_mode)" if windows.ceil else ""
        t.refuse(
            f"has pads {windows.before} and {windows.after}{ceil}: known are even ones and those of SAME: "
            "train it with such"
        )
    view = t.settled(view)
    scale, offset = (part[0].reshape(part.shape[1], -1) for part in view.full())
    # A maximum goes through an affine change that turns nothing round; a mean goes through any.
    alike = max(np.ptp(scale, axis=1).max(), np.ptp(offset, axis=1).max()) < 1e-9
    if not alike or (kind == "MaxPool" and scale.min() <= 0):
        view = t.exact(view)
        scale, offset = np.ones_like(scale), np.zeros_like(offset)
    block = (MaxPool if kind == "MaxPool" else AveragePool)(size, None if stride == size else stride, padding)
    index = None
    for node, channels, maps in image_parts(t, View(view.index)):
        made = t.draft.add(t.where, block, [node])
        own = made.numbers.transpose(2, 0, 1)[maps]
        index = np.zeros((1, view.index.shape[1], *own.shape[1:]), np.int64) if index is None else index
        index[0, channels] = own
    if index is None:
        t.refuse("reads no maps")
    return View(index).affine(scale[:, :1, None], offset[:, :1, None])


def global_pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """GlobalAveragePool and GlobalMaxPool: a window of the whole map."""
    return _whole_maps(t, t.view(values[0]), "MaxPool" if op.kind == "GlobalMaxPool" else "AveragePool")


def adaptive_pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """AdaptivePool: as many windows as are told, side by side, as PyTorch tells it."""
    view = t.view(values[0])
    if view.index.ndim != 4:
        t.refuse(f"needs maps (1, channels, h, w), got {view.index.shape}")
    sides, sizes = view.index.shape[2:], op.settings["sizes"]
    if min(sizes) < 1 or any(side % size for side, size in zip(sides, sizes, strict=True)):
        t.refuse(
            f"makes {sizes[0]}x{sizes[1]} of maps of {sides[0]}x{sides[1]}: known are windows of one size"
        )
    taps = (sides[0] // sizes[0], sides[1] // sizes[1])
    if list(sizes) == [1, 1]:
        return _whole_maps(t, view, op.settings["kind"])
    return _pooled(t, view, op.settings["kind"], Windows(taps, taps))


def _whole_maps(t: Translation, view: View, kind: str) -> View:
    if view.index.ndim != 4:
        t.refuse(f"needs maps (1, channels, h, w), got {view.index.shape}")
    h, w = view.index.shape[2:]
    return _pooled(t, view, kind, Windows((h, w), (h, w)))


def axes_of(t: Translation, op: Op, values: Sequence[Value]) -> list[int] | None:
    """The axes of a mean or maximum, an attribute in old files and an input in new ones; None for all."""
    told = op.settings.get("axes")
    if told is not None:
        return [int(n) for n in told]
    return integers(t, values[1] if len(values) > 1 else None)


def mean(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """ReduceMean and ReduceMax: over whole maps, over tokens, or the beginning of a layer normalisation."""
    axes = axes_of(t, op, values)
    if axes is None:
        t.refuse("takes a mean of everything")
    if op.kind == "ReduceMean":
        norming = reduce_mean(t, op, values, axes)
        if norming is not None:
            return norming
    view = t.view(values[0])
    rank = view.index.ndim
    over = tuple(sorted(axis % rank for axis in axes))
    kind = "AveragePool" if op.kind == "ReduceMean" else "MaxPool"
    if rank == 4 and over in ((2, 3), (1, 2)):
        last = over == (1, 2)
        made = _whole_maps(t, view.turned(lambda a: a.transpose(0, 3, 1, 2)) if last else view, kind)
        made = made.turned(lambda a: a.transpose(0, 2, 3, 1)) if last else made
    elif rank == 3 and over in ((0,), (1,)) and view.index.shape[1 - over[0]] == 1 and kind == "AveragePool":
        made = _mean(t, view, over)
    else:
        t.refuse(f"is taken over axes {over} of {view.index.shape}: known are whole maps and all tokens")
    if op.settings.get("keepdims", 1):
        return made
    return made.turned(lambda a: a.reshape([n for i, n in enumerate(a.shape) if i not in over]))


def _mean(t: Translation, view: View, axes: tuple[int, ...]) -> View:
    """Means over some axes as a dense layer: each neuron reads its own numbers, with one weight."""
    index = view.index
    kept = [i for i in range(index.ndim) if i not in axes]
    units = size_of(tuple(index.shape[i] for i in kept))
    rows, scale, offset = (part.transpose(*kept, *axes).reshape(units, -1) for part in (index, *view.full()))
    owners = t.draft.owners(index)
    if len(owners) != 1 or (index < 0).any():
        t.refuse("takes a mean of several layers, or of constants")
    node = owners[0]
    t.limited((node.size, units), MOST_NUMBERS)
    weight = np.zeros((node.size, units))
    np.add.at(weight, (rows - node.base, np.arange(units)[:, None]), scale / rows.shape[1])
    made = t.draft.add(t.where, Dense(units), [node], {"weight": weight, "bias": offset.mean(axis=1)})
    t.note(f"{t.where}: the mean is a dense layer, whose weights are one over how many numbers there are")
    return View(made.numbers.reshape([1 if i in axes else n for i, n in enumerate(index.shape)]))
