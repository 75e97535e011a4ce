"""Activation functions: each one's value and derivative side by side.

`forward(z, out)` writes the activation of pre-activations z (B, ...) into out (which may be z itself).
`backward(grad, a, out)` turns the gradient with respect to the activation into the gradient with respect to
the pre-activation, from the activation a alone; out may be grad itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError


@dataclass(frozen=True)
class Activation:
    """One activation function; `rowwise` ones need a whole row (the last axis) before any neuron can fire."""

    name: str
    forward: Callable[[Array, Array], None]
    backward: Callable[[Array, Array, Array], None]
    rowwise: bool = False


def _identity(z: Array, out: Array) -> None:
    if out is not z:
        out[...] = z


def _identity_backward(grad: Array, a: Array, out: Array) -> None:
    del a
    if out is not grad:
        out[...] = grad


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_backward(grad: Array, a: Array, out: Array) -> None:
    np.multiply(grad, a > 0, out=out)


def _sigmoid(z: Array, out: Array) -> None:
    # exp of -|z| never overflows: 1 / (1 + e^-z) for z >= 0 and e^z / (1 + e^z) for z < 0.
    small = np.exp(-np.abs(z))
    out[...] = np.where(z >= 0, 1, small) / (1 + small)


def _sigmoid_backward(grad: Array, a: Array, out: Array) -> None:
    np.multiply(grad, a * (1 - a), out=out)


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_backward(grad: Array, a: Array, out: Array) -> None:
    np.multiply(grad, 1 - a * a, out=out)


def _softmax(z: Array, out: Array) -> None:
    np.exp(z - z.max(axis=-1, keepdims=True), out=out)
    out /= out.sum(axis=-1, keepdims=True)


def _softmax_backward(grad: Array, a: Array, out: Array) -> None:
    np.multiply(a, grad - (grad * a).sum(axis=-1, keepdims=True), out=out)


def _log_softmax(z: Array, out: Array) -> None:
    shifted = z - z.max(axis=-1, keepdims=True)
    np.subtract(shifted, np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), out=out)


def _log_softmax_backward(grad: Array, a: Array, out: Array) -> None:
    np.subtract(grad, np.exp(a) * grad.sum(axis=-1, keepdims=True), out=out)


_KNOWN = {
    a.name: a
    for a in (
        Activation("identity", _identity, _identity_backward),
        Activation("relu", _relu, _relu_backward),
        Activation("sigmoid", _sigmoid, _sigmoid_backward),
        Activation("tanh", _tanh, _tanh_backward),
        Activation("softmax", _softmax, _softmax_backward, rowwise=True),
        Activation("log-softmax", _log_softmax, _log_softmax_backward, rowwise=True),
    )
}


def activation(name: str) -> Activation:
    """The activation function of that name; EngineError lists the known ones."""
    if name not in _KNOWN:
        raise EngineError(f"unknown activation {name!r}: known are {', '.join(_KNOWN)}")
    return _KNOWN[name]


def activations() -> tuple[str, ...]:
    """Names of all activation functions."""
    return tuple(_KNOWN)
