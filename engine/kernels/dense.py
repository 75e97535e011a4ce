"""Compiled loops of ReLU and dropout in one pass; float32 only. Like `engine.kernels`, import it late."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.kernels.compile import serial
from engine.kernels.parts import PARTS, Addresses, late_part_loop, run_parts
from engine.kernels.registers.blocks import floats, wholes


@serial
def _hash(place: int, key: int) -> np.uint32:
    h = np.uint32(np.uint32(place) * np.uint32(0x9E3779B9) + np.uint32(key))
    h = np.uint32(np.uint32(h ^ np.uint32(h >> np.uint32(16))) * np.uint32(0x7FEB352D))
    h = np.uint32(np.uint32(h ^ np.uint32(h >> np.uint32(15))) * np.uint32(0x846CA68B))
    return np.uint32(h ^ np.uint32(h >> np.uint32(16)))


@late_part_loop
def _dropout(part: int, n: int, table: Any) -> None:
    values, scale, drawn = floats(table[0]), floats(table[1])[0], wholes(table[2])
    key, threshold = drawn[0], np.uint32(drawn[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        values[i] *= scale if _hash(i, key) >= threshold else np.float32(0)


@late_part_loop
def _relu_dropout(part: int, n: int, table: Any) -> None:
    z, out, scale, drawn = floats(table[0]), floats(table[1]), floats(table[2])[0], wholes(table[3])
    key, threshold = drawn[0], np.uint32(drawn[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        kept = scale if _hash(i, key) >= threshold else np.float32(0)
        # "Not below 0" and not "above 0", so that NaN goes on and is found.
        out[i] = np.float32(0) if z[i] < 0 else z[i] * kept


@late_part_loop
def _relu_dropout_backward(part: int, n: int, table: Any) -> None:
    grad, act, scale = floats(table[0]), floats(table[1]), floats(table[2])[0]
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        grad[i] = grad[i] * scale if act[i] > 0 else np.float32(0)


class Dropout:
    """Dropout by the hash of `engine.kernels.dropout`, alone or behind ReLU; arrays are contiguous."""

    def __init__(self) -> None:
        self._scale, self._drawn = np.ones(1, np.float32), np.zeros(2, np.int64)
        self._there, self._back, self._alone = Addresses(), Addresses(), Addresses()

    def draw(self, key: int, threshold: int, scale: float) -> None:
        """Whom the next calls drop: hashes below the threshold. What stays is multiplied by scale."""
        self._drawn[:] = key, threshold
        self._scale[0] = scale

    def drop(self, values: Array) -> None:
        """Drop in place."""
        table = self._alone.of(values, self._scale, self._drawn)
        run_parts(values.size, _dropout(), values.size, table)

    def relu(self, z: Array, out: Array) -> None:
        """Write ReLU of z, then dropout, in one pass."""
        table = self._there.of(z, out, self._scale, self._drawn)
        run_parts(z.size, _relu_dropout(), z.size, table)

    def relu_backward(self, grad: Array, act: Array) -> None:
        """In place; act is what `relu` wrote: a silent neuron passes no gradient."""
        table = self._back.of(grad, act, self._scale)
        run_parts(grad.size, _relu_dropout_backward(), grad.size, table)
