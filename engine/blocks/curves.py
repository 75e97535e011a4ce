"""More activation functions, which other systems train with: each one's value and derivative side by side.

The protocol is that of `engine.blocks.activations`, which lists them. Formulas as PyTorch has them, with its
usual settings.
"""

# One protocol for all: most need only one of z and a.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from engine.arrays import Array

Forward = Callable[[Array, Array], None]
Backward = Callable[[Array, Array, Array, Array], None]

# Klambauer et al. 2017, "Self-normalizing neural networks", appendix: the fixed point's two numbers.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def _shrunk(z: Array) -> Array:
    """e^-|z|, which never overflows."""
    shrunk: Array = np.exp(-np.abs(z))
    return shrunk


def _logistic(z: Array) -> Array:
    small = _shrunk(z)
    values: Array = np.where(z >= 0, z.dtype.type(1), small) / (1 + small)
    return values


def _elu(z: Array, out: Array) -> None:
    out[...] = np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def _elu_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, np.exp(np.minimum(z, 0)), out=out)


def _selu(z: Array, out: Array) -> None:
    out[...] = SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def _selu_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    slope = SELU_SCALE * np.where(z > 0, z.dtype.type(1), SELU_ALPHA * np.exp(np.minimum(z, 0)))
    np.multiply(grad, slope, out=out)


def _silu(z: Array, out: Array) -> None:
    np.multiply(z, _logistic(z), out=out)


def _silu_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    share = _logistic(z)
    np.multiply(grad, share * (1 + z * (1 - share)), out=out)


def _softplus(z: Array, out: Array) -> None:
    out[...] = np.maximum(z, 0) + np.log1p(_shrunk(z))


def _softplus_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, _logistic(z), out=out)


def _mish(z: Array, out: Array) -> None:
    np.multiply(z, np.tanh(np.maximum(z, 0) + np.log1p(_shrunk(z))), out=out)


def _mish_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    bend = np.tanh(np.maximum(z, 0) + np.log1p(_shrunk(z)))
    np.multiply(grad, bend + z * (1 - bend * bend) * _logistic(z), out=out)


def _softsign(z: Array, out: Array) -> None:
    np.divide(z, 1 + np.abs(z), out=out)


def _softsign_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.divide(grad, (1 + np.abs(z)) ** 2, out=out)


def _relu6(z: Array, out: Array) -> None:
    np.clip(z, 0, 6, out=out)


def _relu6_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, (z > 0) & (z < 6), out=out)


def _hard_tanh(z: Array, out: Array) -> None:
    np.clip(z, -1, 1, out=out)


def _hard_tanh_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, (z > -1) & (z < 1), out=out)


def _hard_sigmoid(z: Array, out: Array) -> None:
    np.clip(z / 6 + 0.5, 0, 1, out=out)


def _hard_sigmoid_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    np.multiply(grad, np.where((z > -3) & (z < 3), z.dtype.type(1 / 6), z.dtype.type(0)), out=out)


def _hard_swish(z: Array, out: Array) -> None:
    np.multiply(z, np.clip(z / 6 + 0.5, 0, 1), out=out)


def _hard_swish_backward(grad: Array, z: Array, a: Array, out: Array) -> None:
    slope = np.where(z < 3, np.where(z > -3, z / 3 + z.dtype.type(0.5), z.dtype.type(0)), z.dtype.type(1))
    np.multiply(grad, slope, out=out)


CURVES: Mapping[str, tuple[Forward, Backward]] = {
    "elu": (_elu, _elu_backward),
    "selu": (_selu, _selu_backward),
    "silu": (_silu, _silu_backward),
    "mish": (_mish, _mish_backward),
    "softplus": (_softplus, _softplus_backward),
    "softsign": (_softsign, _softsign_backward),
    "relu6": (_relu6, _relu6_backward),
    "hard-tanh": (_hard_tanh, _hard_tanh_backward),
    "hard-sigmoid": (_hard_sigmoid, _hard_sigmoid_backward),
    "hard-swish": (_hard_swish, _hard_swish_backward),
}


def leaky(slope: float) -> tuple[Forward, Backward]:
    """A ReLU whose negative sums shrink to `slope` of themselves, above 0 and below 1."""

    def forward(z: Array, out: Array) -> None:
        np.maximum(z, z.dtype.type(slope) * z, out=out)

    def backward(grad: Array, z: Array, a: Array, out: Array) -> None:
        np.multiply(grad, np.where(z > 0, z.dtype.type(1), z.dtype.type(slope)), out=out)

    return forward, backward
