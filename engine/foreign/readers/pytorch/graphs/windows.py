"""PyTorch's operators that move windows over an image, or pad it, as operations in ONNX's words."""

# The operators' own arguments, those that change nothing here among them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor
from engine.foreign.refused import way_round


def _each(value: Any, axes: int) -> list[int]:
    """A number for each axis, which may be told as one."""
    told = [value] if isinstance(value, int) else [int(n) for n in value]
    return told * axes if len(told) == 1 else told


def _windows(size: Any, stride: Any, padding: Any, axes: int) -> dict[str, Any]:
    taps = _each(size, axes)
    steps = _each(stride, axes) if stride is not None and stride != [] else taps
    pads = _each(padding, axes)
    return {"kernel_shape": taps, "strides": steps, "pads": [*pads, *pads]}


def _conv(
    a: Aten, x: Any, weight: Array, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Tensor:  # fmt: skip
    axes = weight.ndim - 2
    settings = {"strides": _each(stride, axes), "dilations": _each(dilation, axes), "group": groups}
    if isinstance(padding, str):
        settings["auto_pad"] = {"same": "SAME_UPPER", "valid": "VALID"}[padding]
    else:
        settings["pads"] = _each(padding, axes) * 2
    return a.op("Conv", x, weight, bias, **settings)


def _convolution(
    a: Aten, x: Any, weight: Array, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
    output_padding: Any, groups: int, *more: Any,
) -> Tensor:  # fmt: skip
    if transposed:
        raise EngineError(f"its operator conv_transpose: {way_round('conv_transpose')}")
    return _conv(a, x, weight, bias, stride, padding, dilation, groups)


def _max_pool(a: Aten, x: Any, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
              ceil_mode: bool = False, axes: int = 2) -> Tensor:  # fmt: skip
    settings = {"dilations": _each(dilation, axes), "ceil_mode": int(ceil_mode)}
    return a.op("MaxPool", x, **_windows(size, stride, padding, axes), **settings)


def _average_pool(a: Aten, x: Any, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                  count_include_pad: bool = True, divisor_override: Any = None, axes: int = 2,
                  ) -> Tensor:  # fmt: skip
    if divisor_override is not None:
        raise ValueError("a divisor of its own")
    settings = {"ceil_mode": int(ceil_mode), "count_include_pad": int(count_include_pad)}
    return a.op("AveragePool", x, **_windows(size, stride, padding, axes), **settings)


def _adaptive(kind: str, axes: int = 2) -> Callable[..., Any]:
    def make(a: Aten, x: Any, size: Any) -> Any:
        made = a.op("AdaptivePool", x, kind=kind, sizes=_each(size, axes))
        return made if kind == "AveragePool" else (made, None)

    return make


def _pad(a: Aten, x: Any, pad: Any, mode: Any = "constant", value: Any = None) -> Tensor:
    if isinstance(mode, int | float):
        mode, value = "constant", mode
    # From the last axis backwards, begin and end of each.
    axes = -1 - np.arange(len(pad) // 2)
    widths = np.array([*pad[::2], *pad[1::2]], np.int64)
    return a.op("Pad", x, widths, np.array(float(value or 0)), axes, mode=mode)


WINDOWS: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("conv2d", "_convolution_mode"), _conv),
    **dict.fromkeys(("convolution", "_convolution"), _convolution),
    "max_pool2d": _max_pool,
    "max_pool2d_with_indices": lambda a, *told, **more: (_max_pool(a, *told, **more), None),
    "avg_pool2d": _average_pool,
    **dict.fromkeys(("adaptive_avg_pool2d", "_adaptive_avg_pool2d"), _adaptive("AveragePool")),
    "adaptive_max_pool2d": _adaptive("MaxPool"),
    "conv1d": _conv,
    "max_pool1d": partial(_max_pool, axes=1),
    "avg_pool1d": partial(_average_pool, axes=1),
    "adaptive_avg_pool1d": _adaptive("AveragePool", 1),
    "adaptive_max_pool1d": _adaptive("MaxPool", 1),
    **dict.fromkeys(("pad", "constant_pad_nd"), _pad),
}
