"""Activation functions: each one's value and derivative side by side.

`forward(z, out)` writes the activation of pre-activations z (B, ...) into out (which may be z itself).
`backward(grad, z, a, out)` turns the gradient with respect to the activation into the gradient with respect
to the pre-activation, from the pre-activation z and the activation a; out may be grad itself.
"""

# One protocol for all: most need only one of z and a.
# ruff: noqa: ARG001

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType

import numpy as np

from engine.arrays import Array
from engine.blocks.curves import CURVES, leaky
from engine.errors import EngineError

LEAK = 0.01
"""Slope of a leaky ReLU below zero (torch's default)."""

# GELU: Hendrycks and Gimpel 2016, "Gaussian error linear units", section 2: z times the normal distribution
# function, exact and by its tanh approximation. Plain floats, so that float32 stays float32.
_ROOT_HALF = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)
_ROOT_TWO_PI = math.sqrt(2 / math.pi)
_CUBE = 0.044715
# Numbers from which a compiled softmax repays the time that it takes to make; a head's are fewer.
_FEW = 1 << 13


@dataclass(frozen=True)
class Activation:
    """One activation function; `rowwise` ones need a whole row (the last axis) before any neuron can fire.

    replays: whether all that both ways do is calls of part loops, see `kernels.parts.Recording`.
    """

    name: str
    forward: Callable[[Array, Array], None]
    backward: Callable[[Array, Array, Array, Array], None]
    rowwise: bool = False
    replays: bool = False


def _identity(z: Array, out: Array) -> None:
    if out is not z:
        out[...] = z


def _identity_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    if out is not grad:
        out[...] = grad


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, a > 0, out=out)


def _sigmoid(z: Array, out: Array) -> None:
    # exp of -|z| never overflows: 1 / (1 + e^-z) for z >= 0 and e^z / (1 + e^z) for z < 0.
    small = np.exp(-np.abs(z))
    out[...] = np.where(z >= 0, 1, small) / (1 + small)


def _sigmoid_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, a * (1 - a), out=out)


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    slope = a * a
    np.subtract(1, slope, out=slope)
    np.multiply(grad, slope, out=out)


def _softmax(z: Array, out: Array) -> None:
    np.exp(z - z.max(axis=-1, keepdims=True), out=out)
    out /= out.sum(axis=-1, keepdims=True)


def _softmax_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(a, grad - (grad * a).sum(axis=-1, keepdims=True), out=out)


def _log_softmax(z: Array, out: Array) -> None:
    shifted = z - z.max(axis=-1, keepdims=True)
    np.subtract(shifted, np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), out=out)


def _log_softmax_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.subtract(grad, np.exp(a) * grad.sum(axis=-1, keepdims=True), out=out)


def _erf(z: Array) -> Array:
    """The error function, exact to the last digits: one call for each number, some 60 ns each."""
    values = np.fromiter(map(math.erf, z.reshape(-1).tolist()), z.dtype, z.size)
    return values.reshape(z.shape)


def _gelu(z: Array, out: Array) -> None:
    np.multiply(z, 0.5 * (1 + _erf(z * _ROOT_HALF)), out=out)


def _gelu_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    slope = 0.5 * (1 + _erf(z * _ROOT_HALF)) + z * np.exp(-0.5 * z * z) * _DENSITY
    np.multiply(grad, slope, out=out)


def _bend(z: Array) -> Array:
    """tanh(sqrt(2 / pi) (z + 0.044715 z^3))."""
    inner = z * z
    inner *= _CUBE * _ROOT_TWO_PI
    inner += _ROOT_TWO_PI
    inner *= z
    np.tanh(inner, out=inner)
    return inner


def _gelu_tanh(z: Array, out: Array) -> None:
    bend = _bend(z)
    bend += 1
    bend *= 0.5
    np.multiply(z, bend, out=out)


def _gelu_tanh_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    bend = _bend(z)
    inner = _ROOT_TWO_PI * (1 + 3 * _CUBE * z * z)
    np.multiply(grad, 0.5 * (1 + bend) + 0.5 * z * (1 - bend * bend) * inner, out=out)


_KNOWN = {
    a.name: a
    for a in (
        Activation("identity", _identity, _identity_backward),
        Activation("relu", _relu, _relu_backward),
        Activation("leaky-relu", *leaky(LEAK)),
        Activation("gelu", _gelu, _gelu_backward),
        Activation("gelu-tanh", _gelu_tanh, _gelu_tanh_backward),
        Activation("sigmoid", _sigmoid, _sigmoid_backward),
        Activation("tanh", _tanh, _tanh_backward),
        *(Activation(name, *both) for name, both in CURVES.items()),
        Activation("softmax", _softmax, _softmax_backward, rowwise=True),
        Activation("log-softmax", _log_softmax, _log_softmax_backward, rowwise=True),
    )
}


def _fast_softmax(z: Array, out: Array) -> None:
    if z.size < _FEW:
        _softmax(z, out)
        return
    _kernels().softmax(z.reshape(-1, z.shape[-1]), out.reshape(-1, z.shape[-1]))


def _fast_softmax_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    if a.size < _FEW:
        _softmax_backward(grad, z, a, out)
        return
    _identity_backward(grad, z, a, out)
    _kernels().softmax_backward(out.reshape(-1, a.shape[-1]), a.reshape(-1, a.shape[-1]))


def _fast(name: str, known: Activation) -> Activation:
    """The function by compiled loops, where there are any."""
    if name == "softmax":
        return replace(known, forward=_fast_softmax, backward=_fast_softmax_backward)
    # Numba takes a second to import: only training and long evaluations pay it.
    from engine.kernels.curves import COMPILED, Curve  # noqa: PLC0415

    if name not in COMPILED:
        return known
    curve = Curve(name)
    return replace(known, forward=curve.forward, backward=curve.backward, replays=True)


def activation(name: str, fast: bool = False) -> Activation:
    """The activation function of that name, EngineError lists the known ones; fast: compiled, float32."""
    if name not in _KNOWN:
        slope = leak_of(name)
        if slope is None:
            raise EngineError(f"unknown activation {name!r}: known are {', '.join(_KNOWN)}")
        return _leaky(name, slope)
    return _fast(name, _KNOWN[name]) if fast else _KNOWN[name]


@lru_cache(maxsize=64)
def _leaky(name: str, slope: float) -> Activation:
    return Activation(name, *leaky(slope))


def leak_of(name: str) -> float | None:
    """The slope below zero of "leaky-relu", or of "leaky-relu-0.2" and the like; None for other names."""
    if name == "leaky-relu":
        return LEAK
    told = re.fullmatch(r"leaky-relu-(0\.\d{1,8})", name, re.ASCII)
    slope = float(told[1]) if told else 0.0
    return slope if 0 < slope < 1 else None


def is_activation(name: str) -> bool:
    """Whether an activation function has this name."""
    return name in _KNOWN or leak_of(name) is not None


def activations() -> tuple[str, ...]:
    """Names of all activation functions; a leaky ReLU may have another slope too, see `leak_of`."""
    return tuple(_KNOWN)


def _kernels() -> ModuleType:
    # Numba takes a second to import: only training pays it.
    from engine.kernels.tokens import rows  # noqa: PLC0415

    return rows
