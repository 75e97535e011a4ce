"""Activation functions and their slopes, number by number, to become part of compiled loops; float32 only.

Like `engine.kernels`, import it late. There is no branch and no table in them, so that loops are vectorised.
"""

# Each of a pair is called alike: leak is the slope of a leaky ReLU below 0.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from engine.kernels.curves import erf, exp, expm1, held, sigmoid, softplus, tanh

# No reassoc: `exp` is an exact trick.
_inline: Callable[..., Any] = numba.njit(inline="always", fastmath={"contract"}, error_model="numpy")


@_inline
def _line(x: Any) -> Any:
    """A sigmoid in three straight pieces."""
    return min(max(x * np.float32(1 / 6) + np.float32(0.5), np.float32(0)), np.float32(1))


@_inline
def _squash(x: Any) -> Any:
    """tanh(log(1 + e^x)), which is e (e + 2) / (e (e + 2) + 2)."""
    e = exp(min(x, np.float32(20)))
    n = e * (e + np.float32(2))
    return n / (n + np.float32(2))


@_inline
def _double_bend(x: Any) -> Any:
    return np.float32(2) * x * (np.float32(0.7978845608) + np.float32(0.0356774081) * (x * x))


@_inline
def _below(x: Any) -> Any:
    return np.float32(0.5) * (np.float32(1) + erf(x * np.float32(0.7071067812)))


@_inline
def _leaky_value(x: Any, leak: Any) -> Any:
    return x if x > 0 else leak * x


@_inline
def _leaky_slope(x: Any, leak: Any) -> Any:
    return np.float32(1) if x > 0 else leak


@_inline
def _relu_value(x: Any, leak: Any) -> Any:
    return max(x, np.float32(0))


@_inline
def _relu_slope(x: Any, leak: Any) -> Any:
    return np.float32(1) if x > 0 else np.float32(0)


@_inline
def _tanh_value(x: Any, leak: Any) -> Any:
    return tanh(x)


@_inline
def _tanh_slope(x: Any, leak: Any) -> Any:
    t = tanh(x)
    return np.float32(1) - t * t


@_inline
def _sigmoid_value(x: Any, leak: Any) -> Any:
    return sigmoid(x)


@_inline
def _sigmoid_slope(x: Any, leak: Any) -> Any:
    s = sigmoid(x)
    return s * (np.float32(1) - s)


@_inline
def _gelu_value(x: Any, leak: Any) -> Any:
    return x * _below(x)


@_inline
def _gelu_slope(x: Any, leak: Any) -> Any:
    return _below(x) + x * np.float32(0.3989422804) * exp(np.float32(-0.5) * x * x)


@_inline
def _gelu_tanh_value(x: Any, leak: Any) -> Any:
    return x / (np.float32(1) + exp(-_double_bend(x)))


@_inline
def _gelu_tanh_slope(x: Any, leak: Any) -> Any:
    e = exp(-_double_bend(x))
    s = np.float32(1) / (np.float32(1) + e)
    inner = np.float32(0.7978845608) + np.float32(0.1070322243) * (x * x)
    # 1 - s is e s, which keeps its digits where s is nearly 1.
    return s + np.float32(2) * x * s * (e * s) * inner


@_inline
def _silu_value(x: Any, leak: Any) -> Any:
    return x * sigmoid(x)


@_inline
def _silu_slope(x: Any, leak: Any) -> Any:
    s = sigmoid(x)
    return s * (np.float32(1) + x * (np.float32(1) - s))


@_inline
def _softplus_value(x: Any, leak: Any) -> Any:
    return softplus(x)


@_inline
def _softplus_slope(x: Any, leak: Any) -> Any:
    return sigmoid(x)


@_inline
def _elu_value(x: Any, leak: Any) -> Any:
    return x if x > 0 else expm1(min(x, np.float32(0)))


@_inline
def _elu_slope(x: Any, leak: Any) -> Any:
    return exp(min(x, np.float32(0)))


@_inline
def _selu_value(x: Any, leak: Any) -> Any:
    low = np.float32(1.6732632423543772) * expm1(min(x, np.float32(0)))
    return np.float32(1.0507009873554805) * (x if x > 0 else low)


@_inline
def _selu_slope(x: Any, leak: Any) -> Any:
    low = np.float32(1.6732632423543772) * exp(min(x, np.float32(0)))
    return np.float32(1.0507009873554805) * (np.float32(1) if x > 0 else low)


@_inline
def _mish_value(x: Any, leak: Any) -> Any:
    return x * _squash(x)


@_inline
def _mish_slope(x: Any, leak: Any) -> Any:
    t = _squash(x)
    return t + x * (np.float32(1) - t * t) * sigmoid(x)


@_inline
def _softsign_value(x: Any, leak: Any) -> Any:
    return x / (np.float32(1) + abs(x))


@_inline
def _softsign_slope(x: Any, leak: Any) -> Any:
    root = np.float32(1) / (np.float32(1) + abs(x))
    return root * root


@_inline
def _relu6_value(x: Any, leak: Any) -> Any:
    return min(max(x, np.float32(0)), np.float32(6))


@_inline
def _relu6_slope(x: Any, leak: Any) -> Any:
    return np.float32(1) if 0 < x < 6 else np.float32(0)


@_inline
def _hard_tanh_value(x: Any, leak: Any) -> Any:
    return held(x, 1.0)


@_inline
def _hard_tanh_slope(x: Any, leak: Any) -> Any:
    return np.float32(1) if -1 < x < 1 else np.float32(0)


@_inline
def _hard_sigmoid_value(x: Any, leak: Any) -> Any:
    return _line(x)


@_inline
def _hard_sigmoid_slope(x: Any, leak: Any) -> Any:
    return np.float32(1 / 6) if -3 < x < 3 else np.float32(0)


@_inline
def _hard_swish_value(x: Any, leak: Any) -> Any:
    return x * _line(x)


@_inline
def _hard_swish_slope(x: Any, leak: Any) -> Any:
    high = np.float32(1) if x >= 3 else x * np.float32(1 / 3) + np.float32(0.5)
    return high if x > -3 else np.float32(0)


FUNCTIONS = {
    "leaky": (_leaky_value, _leaky_slope),
    "relu": (_relu_value, _relu_slope),
    "tanh": (_tanh_value, _tanh_slope),
    "sigmoid": (_sigmoid_value, _sigmoid_slope),
    "gelu": (_gelu_value, _gelu_slope),
    "gelu-tanh": (_gelu_tanh_value, _gelu_tanh_slope),
    "silu": (_silu_value, _silu_slope),
    "softplus": (_softplus_value, _softplus_slope),
    "elu": (_elu_value, _elu_slope),
    "selu": (_selu_value, _selu_slope),
    "mish": (_mish_value, _mish_slope),
    "softsign": (_softsign_value, _softsign_slope),
    "relu6": (_relu6_value, _relu6_slope),
    "hard-tanh": (_hard_tanh_value, _hard_tanh_slope),
    "hard-sigmoid": (_hard_sigmoid_value, _hard_sigmoid_slope),
    "hard-swish": (_hard_swish_value, _hard_swish_slope),
}
"""Each function (x, leak) and its slope, by name; "leaky" is x above 0 and leak x below."""
