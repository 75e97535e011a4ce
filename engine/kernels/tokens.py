"""Compiled loops over tokens; float32 only. Like `engine.kernels`, import it late.

Where a loop works in place, it is written so: two names for one array would keep it from being vectorised.

None of them uses threads of its own and all let go of Python's lock: the machine runs parts of a batch side
by side instead. `reassoc` lets the sum over one token be taken in the order that suits the processor's vector
units; tokens never mix but in sums that are taken in their order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import jit

P = ParamSpec("P")
R = TypeVar("R")
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc"},
}


def _compiled(loop: Callable[P, R]) -> Callable[P, R]:
    return jit(loop, **_OPTIONS)


def _inline(loop: Callable[P, R]) -> Callable[P, R]:
    # No reassoc: the sums below are exact tricks.
    compiled: Callable[P, R] = numba.njit(inline="always", fastmath={"contract"}, error_model="numpy")(loop)
    return compiled


@_inline
def _exp(x: np.float32) -> np.float32:
    """e^x to 2 ulp for x from -87 to 88, held to these beyond; no branch and no table, so it vectorises.

    x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series to the 6th power; 2^n by its bits.
    """
    x = min(max(x, np.float32(-87.0)), np.float32(88.0))
    # Adding 1.5 x 2^23 rounds to a whole number, which is then in the low bits.
    shifted = x * np.float32(1.44269504) + np.float32(12582912.0)
    n = shifted - np.float32(12582912.0)
    r = x - n * np.float32(0.693359375) + n * np.float32(2.12194440e-4)
    p = np.float32(1 / 720)
    p = p * r + np.float32(1 / 120)
    p = p * r + np.float32(1 / 24)
    p = p * r + np.float32(1 / 6)
    p = p * r + np.float32(0.5)
    p = p * r + np.float32(1.0)
    p = p * r + np.float32(1.0)
    return p * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@_compiled
def add_row(out: Array, row: Array) -> None:
    """Add row (m,) to each row of out (n, m), in place."""
    for i in range(out.shape[0]):
        o = out[i]
        for j in range(len(row)):
            o[j] += row[j]


@_compiled
def add_row_and(out: Array, row: Array, more: Array) -> None:
    """Add row (m,) to each row of out (n, m), and more (n, m) to it, in place."""
    for i in range(out.shape[0]):
        o, m = out[i], more[i]
        for j in range(len(row)):
            o[j] += row[j] + m[j]


@_compiled
def lit_rows(x: Array, rows: Array) -> int:
    """Write the numbers of the rows of x (n, m) that hold anything but zeros; how many they are."""
    k = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] != 0:
                rows[k] = i
                k += 1
                break
    return k


@_compiled
def take_rows(x: Array, rows: Array, out: Array) -> None:
    """Write out (k, m): the rows of x with these numbers (k,)."""
    for i in range(len(rows)):
        o, row = out[i], x[rows[i]]
        for j in range(x.shape[1]):
            o[j] = row[j]


@_compiled
def layer_norm(
    x: Array, scale: Array, shift: Array, eps: float, out: Array, mean: Array, root: Array
) -> None:
    """Layer normalisation of rows (n, d); mean and root (n,) are kept: 1 / sqrt(variance + eps)."""
    d = x.shape[1]
    share = np.float32(1 / d)
    for i in range(x.shape[0]):
        row, o = x[i], out[i]
        total = np.float32(0)
        for j in range(d):
            total += row[j]
        m = total * share
        squares = np.float32(0)
        for j in range(d):
            squares += (row[j] - m) * (row[j] - m)
        r = np.float32(1) / np.sqrt(squares * share + np.float32(eps))
        for j in range(d):
            o[j] = (row[j] - m) * r * scale[j] + shift[j]
        mean[i] = m
        root[i] = r


@_compiled
def layer_norm_backward(
    grad: Array,
    x: Array,
    scale: Array,
    mean: Array,
    root: Array,
    back: Array,
    by_scale: Array,
    by_shift: Array,
    adding: bool,
) -> None:
    """From grad (n, d) write the gradients by x, scale and shift; adding: the first is added to back."""
    d = x.shape[1]
    share = np.float32(1 / d)
    by_scale[:] = 0
    by_shift[:] = 0
    for i in range(x.shape[0]):
        row, g, o = x[i], grad[i], back[i]
        m, r = mean[i], root[i]
        total, along = np.float32(0), np.float32(0)
        for j in range(d):
            normal = (row[j] - m) * r
            by_scale[j] += g[j] * normal
            by_shift[j] += g[j]
            felt = g[j] * scale[j]
            total += felt
            along += felt * normal
        total *= share
        along *= share
        if adding:
            for j in range(d):
                o[j] += r * (g[j] * scale[j] - total - (row[j] - m) * r * along)
        else:
            for j in range(d):
                o[j] = r * (g[j] * scale[j] - total - (row[j] - m) * r * along)


@_compiled
def softmax(z: Array, out: Array) -> None:
    """Softmax of rows (n, m)."""
    for i in range(z.shape[0]):
        row, o = z[i], out[i]
        most = row[0]
        for j in range(1, len(row)):
            most = max(most, row[j])
        total = np.float32(0)
        for j in range(len(row)):
            below = row[j] - most
            # _exp holds what it is given to a range; times 0, NaN and infinity go on and are found.
            o[j] = _exp(below) + below * np.float32(0)
            total += o[j]
        total = np.float32(1) / total
        for j in range(len(row)):
            o[j] *= total


@_compiled
def softmax_backward(grad: Array, a: Array) -> None:
    """Gradient of `softmax` from its answer a, row by row (n, m), in place: a (grad - sum(grad a))."""
    for i in range(a.shape[0]):
        g, row = grad[i], a[i]
        along = np.float32(0)
        for j in range(len(row)):
            along += g[j] * row[j]
        for j in range(len(row)):
            g[j] = row[j] * (g[j] - along)


@_compiled
def gelu_tanh(z: Array, out: Array) -> None:
    """GELU by its tanh approximation, flat: z (1 + tanh u) / 2 = z / (1 + e^-2u)."""
    for i in range(len(z)):
        x = z[i]
        u = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * (x * x))
        out[i] = x / (np.float32(1) + _exp(np.float32(-2) * u))


@_compiled
def gelu_tanh_backward(grad: Array, z: Array) -> None:
    """Gradient of `gelu_tanh`, flat, in place. With s = 1 / (1 + e^-2u): s + 2 z s (1 - s) u'."""
    for i in range(len(z)):
        x = z[i]
        square = x * x
        u = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * square)
        e = _exp(np.float32(-2) * u)
        s = np.float32(1) / (np.float32(1) + e)
        slope = np.float32(0.7978845608) + np.float32(0.1070322243) * square
        # 1 - s is e s, which keeps its digits where s is nearly 1.
        grad[i] *= s + np.float32(2) * x * s * (e * s) * slope


@_compiled
def gelu(z: Array, out: Array) -> None:
    """GELU, exact, flat: z times the normal distribution function."""
    for i in range(len(z)):
        out[i] = z[i] * np.float32(0.5) * (np.float32(1) + math.erf(z[i] * np.float32(0.7071067812)))


@_compiled
def gelu_backward(grad: Array, z: Array) -> None:
    """Gradient of `gelu`, flat, in place."""
    for i in range(len(z)):
        x = z[i]
        below = np.float32(0.5) * (np.float32(1) + math.erf(x * np.float32(0.7071067812)))
        density = np.float32(0.3989422804) * _exp(np.float32(-0.5) * x * x)
        grad[i] *= below + x * density
