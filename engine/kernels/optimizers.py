"""Compiled updates of flat float32 parameters, each in one pass. Like `engine.kernels`, import it late.

Every loop runs over pieces: `pieces` (k, 2) int64 are the first and last-plus-one numbers of each, and
`decayed` (k,) float32 is 1 where they decay, else 0. So one call updates the whole buffer on all threads,
with decay only where it belongs; it is added to a piece of g just before its update, which then finds the
piece in the processor's cache. Each number is updated by itself: the result does not depend on threads.

Arrays of each: parameters, gradients, running arrays, pieces, decayed, numbers (float64), as told below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.parts import PARTS, Addresses, late_part_loop, run_parts
from engine.kernels.registers.blocks import doubles, floats, wholes

_inline: Callable[..., Any] = numba.njit(inline="always", error_model="numpy", fastmath={"contract"})


@_inline
def _decay(out: Any, p: Any, pieces: Any, decayed: Any, k: int, l1: float, l2: float) -> None:
    """Add the slope of decay to piece k, where it decays."""
    if (l1 != 0 or l2 != 0) and decayed[k] != 0:
        a, b = np.float32(l1), np.float32(l2)
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            sign = np.float32(1) if p[i] > 0 else np.float32(-1) if p[i] < 0 else np.float32(0)
            out[i] += b * p[i] + a * sign


@late_part_loop
def _sgd(part: int, n: int, table: Any) -> None:
    p, g, v = floats(table[0]), floats(table[1]), floats(table[2])
    pieces, decayed, told = wholes(table[3]), floats(table[4]), doubles(table[5])
    l1, l2, rate, keep = told[0], told[1], np.float32(told[2]), np.float32(told[3])
    ahead = told[4] != 0
    for k in range(part * n // PARTS, (part + 1) * n // PARTS):
        _decay(g, p, pieces, decayed, k, l1, l2)
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            slope = g[i]
            v[i] = keep * v[i] + slope
            p[i] -= rate * (slope + keep * v[i] if ahead else v[i])


@late_part_loop
def _scaled(part: int, n: int, table: Any) -> None:
    p, g, s = floats(table[0]), floats(table[1]), floats(table[2])
    pieces, decayed, told = wholes(table[3]), floats(table[4]), doubles(table[5])
    l1, l2, rate = told[0], told[1], np.float32(told[2])
    old, new, e = np.float32(told[3]), np.float32(told[4]), np.float32(told[5])
    for k in range(part * n // PARTS, (part + 1) * n // PARTS):
        _decay(g, p, pieces, decayed, k, l1, l2)
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            slope = g[i]
            s[i] = old * s[i] + new * (slope * slope)
            p[i] -= rate * slope / (np.sqrt(s[i]) + e)


@late_part_loop
def _adadelta(part: int, n: int, table: Any) -> None:
    p, g, s, c = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
    pieces, decayed, told = wholes(table[4]), floats(table[5]), doubles(table[6])
    l1, l2, rate = told[0], told[1], np.float32(told[2])
    old, new, e = np.float32(told[3]), np.float32(1 - told[3]), np.float32(told[4])
    for k in range(part * n // PARTS, (part + 1) * n // PARTS):
        _decay(g, p, pieces, decayed, k, l1, l2)
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            slope = g[i]
            s[i] = old * s[i] + new * (slope * slope)
            delta = np.sqrt((c[i] + e) / (s[i] + e)) * slope
            c[i] = old * c[i] + new * (delta * delta)
            p[i] -= rate * delta


@late_part_loop
def _adam(part: int, n: int, table: Any) -> None:
    p, g, m, v = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
    pieces, decayed, told = wholes(table[4]), floats(table[5]), doubles(table[6])
    l1, l2, apart, lr = told[0], told[1], told[2] != 0, told[3]
    b1, b2 = np.float32(told[4]), np.float32(told[5])
    # 1 - beta is taken in float64: in float32 it would lose digits (0.999).
    c1, c2 = np.float32(1 - told[4]), np.float32(1 - told[5])
    step, scale, e = np.float32(told[6]), np.float32(told[7]), np.float32(told[8])
    pull, l1, l2 = (p, -lr * l1, -lr * l2) if apart else (g, l1, l2)
    for k in range(part * n // PARTS, (part + 1) * n // PARTS):
        _decay(pull, p, pieces, decayed, k, l1, l2)
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            slope = g[i]
            m[i] = b1 * m[i] + c1 * slope
            v[i] = b2 * v[i] + c2 * (slope * slope)
            p[i] -= step * m[i] / (np.sqrt(v[i]) * scale + e)


@late_part_loop
def _average(part: int, n: int, table: Any) -> None:
    mean, p, pieces, told = floats(table[0]), floats(table[1]), wholes(table[2]), doubles(table[4])
    old, new = np.float32(told[0]), np.float32(1 - told[0])
    for k in range(part * n // PARTS, (part + 1) * n // PARTS):
        for i in range(pieces[2 * k], pieces[2 * k + 1]):
            mean[i] = old * mean[i] + new * p[i]


_LOOPS = {"sgd": _sgd, "scaled": _scaled, "adadelta": _adadelta, "adam": _adam, "average": _average}
_MOST = 9  # numbers


class Update:
    """The update of that name of one training, with where its arrays lie.

    sgd       p, g, velocity; l1, l2, lr, momentum, 1 for Nesterov's or 0
    scaled    p, g, square; l1, l2, lr, keep, share, eps: Adagrad, RMSprop
    adadelta  p, g, square, change; l1, l2, lr, rho, eps
    adam      p, g, mean, square; l1, l2, 1 where decay goes apart or 0, lr, beta1, beta2, rate, root_scale,
              eps: p -= rate mean / (root_scale sqrt(square) + eps), where apart after p -= lr decay
    average   mean, p; decay: mean = decay mean + (1 - decay) p
    """

    def __init__(self, name: str, pieces: tuple[Array, Array]):
        self._loop, self._pieces = _LOOPS[name], pieces
        self._told, self._last = np.zeros(_MOST), Addresses()

    def __call__(self, arrays: Sequence[Array], numbers: Sequence[float]) -> None:
        """Update the first array, and the running ones, in place."""
        self._told[: len(numbers)] = numbers
        table = self._last.of(*arrays, *self._pieces, self._told)
        run_parts(arrays[0].size, self._loop(), len(self._pieces[0]), table)
