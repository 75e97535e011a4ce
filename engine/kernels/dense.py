"""Compiled loops of ReLU and dropout in one pass; float32 only."""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled, serial


@serial
def _hash(place: int, key: int) -> np.uint32:
    h = np.uint32(np.uint32(place) * np.uint32(0x9E3779B9) + np.uint32(key))
    h = np.uint32(np.uint32(h ^ np.uint32(h >> np.uint32(16))) * np.uint32(0x7FEB352D))
    h = np.uint32(np.uint32(h ^ np.uint32(h >> np.uint32(15))) * np.uint32(0x846CA68B))
    return np.uint32(h ^ np.uint32(h >> np.uint32(16)))


def _dropout(values: Array, key: int, threshold: int, scale: float) -> None:
    for i in numba.prange(values.size):
        kept = np.float32(scale) if _hash(i, key) >= np.uint32(threshold) else np.float32(0)
        values[i] *= kept


def _relu_dropout(z: Array, out: Array, key: int, threshold: int, scale: float) -> None:
    for i in numba.prange(z.size):
        kept = np.float32(scale) if _hash(i, key) >= np.uint32(threshold) else np.float32(0)
        # "Not below 0" and not "above 0", so that NaN goes on and is found.
        out[i] = np.float32(0) if z[i] < 0 else z[i] * kept


def _relu_dropout_backward(grad: Array, act: Array, scale: float) -> None:
    for i in numba.prange(grad.size):
        grad[i] = grad[i] * np.float32(scale) if act[i] > 0 else np.float32(0)


_dropout_run = compiled(_dropout)
_relu_dropout_run = compiled(_relu_dropout)
_relu_dropout_backward_run = compiled(_relu_dropout_backward)


def dropout(values: Array, key: int, threshold: int, scale: float) -> None:
    """Dropout by the hash of `engine.kernels.dropout`, in place: what stays is multiplied by scale."""
    _dropout_run(values.size, values.reshape(-1), key, threshold, scale)


def relu_dropout(z: Array, out: Array, key: int, threshold: int, scale: float) -> None:
    """ReLU, then dropout by the hash of `engine.kernels.dropout`, in one pass."""
    _relu_dropout_run(z.size, z.reshape(-1), out.reshape(-1), key, threshold, scale)


def relu_dropout_backward(grad: Array, act: Array, scale: float) -> None:
    """In place; act is what `relu_dropout` wrote: a silent neuron passes no gradient."""
    _relu_dropout_backward_run(grad.size, grad.reshape(-1), act.reshape(-1), scale)
