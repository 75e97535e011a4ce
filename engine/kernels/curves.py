"""Compiled activation functions, number by number, and their gradients in place; float32 only.

Like `engine.kernels`, import it late. Where a loop works in place, it is written so: two names for one array
would keep it from being vectorised.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.parts import PARTS, Addresses, late_part_loop, run_parts
from engine.kernels.registers.blocks import floats

# No reassoc: the sums below are exact tricks.
_inline: Callable[..., Any] = numba.njit(inline="always", fastmath={"contract"}, error_model="numpy")


@_inline
def exp(x: np.float32) -> np.float32:
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


@_inline
def held(x: Any, most: float) -> Any:
    """The number, or the bound of -most .. most that it passes."""
    return min(max(x, np.float32(-most)), np.float32(most))


@_inline
def tanh(x: Any) -> Any:
    """Hyperbolic tangent to 4 ulp or so, by a quotient of polynomials fitted to -9 .. 9 (as in Eigen)."""
    x = held(x, 9.0)
    s = x * x
    p = np.float32(-2.76076847742355e-16)
    p = p * s + np.float32(2.00018790482477e-13)
    p = p * s + np.float32(-8.60467152213735e-11)
    p = p * s + np.float32(5.12229709037114e-08)
    p = p * s + np.float32(1.48572235717979e-05)
    p = p * s + np.float32(6.37261928875436e-04)
    p = p * s + np.float32(4.89352455891786e-03)
    q = np.float32(1.19825839466702e-06)
    q = q * s + np.float32(1.18534705686654e-04)
    q = q * s + np.float32(2.26843463243900e-03)
    q = q * s + np.float32(4.89352518554385e-03)
    return held(x * p / q, 1.0)


@_inline
def erf(x: Any) -> Any:
    """The error function to 1e-7 or so, in the same way for -4 .. 4."""
    x = held(x, 4.0)
    s = x * x
    p = np.float32(-2.72614225801306e-10)
    p = p * s + np.float32(2.77068142495902e-08)
    p = p * s + np.float32(-2.10102402082508e-06)
    p = p * s + np.float32(-5.69250639462346e-05)
    p = p * s + np.float32(-7.34990630326855e-04)
    p = p * s + np.float32(-2.95459980854025e-03)
    p = p * s + np.float32(-1.60960333262415e-02)
    q = np.float32(-1.45660718464996e-05)
    q = q * s + np.float32(-2.13374055278905e-04)
    q = q * s + np.float32(-1.68282697438203e-03)
    q = q * s + np.float32(-7.37332916720468e-03)
    q = q * s + np.float32(-1.42647390514189e-02)
    return held(x * p / q, 1.0)


@_inline
def expm1(x: Any) -> Any:
    """e^x - 1 of numbers up to 0, exact near 0 too."""
    t = tanh(np.float32(0.5) * x)
    return np.float32(2) * t / (np.float32(1) - t)


@_inline
def sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x)."""
    return np.float32(1) / (np.float32(1) + exp(-x))


@_inline
def softplus(x: Any) -> Any:
    """log(1 + e^x): log(1 + u) is 2 atanh(u / (2 + u)), which is at most atanh(1 / 3), by its series."""
    u = exp(-abs(x))
    t = u / (np.float32(2) + u)
    s = t * t
    p = np.float32(1 / 15)
    p = p * s + np.float32(1 / 13)
    p = p * s + np.float32(1 / 11)
    p = p * s + np.float32(1 / 9)
    p = p * s + np.float32(1 / 7)
    p = p * s + np.float32(1 / 5)
    p = p * s + np.float32(1 / 3)
    p = p * s + np.float32(1)
    return max(x, np.float32(0)) + np.float32(2) * t * p


@late_part_loop
def _sigmoid(part: int, n: int, table: Any) -> None:
    z, out = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        x = z[i]
        share = np.float32(1) / (np.float32(1) + exp(-x))
        # exp holds what it is given to a range: NaN goes on and is found.
        out[i] = share if x == x else x  # noqa: PLR0124


@late_part_loop
def _sigmoid_backward(part: int, n: int, table: Any) -> None:
    grad, a = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        grad[i] *= a[i] * (np.float32(1) - a[i])


@late_part_loop
def _gelu_tanh(part: int, n: int, table: Any) -> None:
    z, out = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        x = z[i]
        u = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * (x * x))
        out[i] = x / (np.float32(1) + exp(np.float32(-2) * u))


@late_part_loop
def _gelu_tanh_backward(part: int, n: int, table: Any) -> None:
    grad, z = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        x = z[i]
        square = x * x
        u = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * square)
        e = exp(np.float32(-2) * u)
        s = np.float32(1) / (np.float32(1) + e)
        slope = np.float32(0.7978845608) + np.float32(0.1070322243) * square
        # 1 - s is e s, which keeps its digits where s is nearly 1.
        grad[i] *= s + np.float32(2) * x * s * (e * s) * slope


@late_part_loop
def _gelu(part: int, n: int, table: Any) -> None:
    z, out = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        out[i] = z[i] * np.float32(0.5) * (np.float32(1) + math.erf(z[i] * np.float32(0.7071067812)))


@late_part_loop
def _gelu_backward(part: int, n: int, table: Any) -> None:
    grad, z = floats(table[0]), floats(table[1])
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        x = z[i]
        below = np.float32(0.5) * (np.float32(1) + math.erf(x * np.float32(0.7071067812)))
        density = np.float32(0.3989422804) * exp(np.float32(-0.5) * x * x)
        grad[i] *= below + x * density


# Each function, its gradient, and whether that asks for the function's value in place of what it is of.
_LOOPS = {
    "sigmoid": (_sigmoid, _sigmoid_backward, True),
    "gelu-tanh": (_gelu_tanh, _gelu_tanh_backward, False),
    "gelu": (_gelu, _gelu_backward, False),
}
COMPILED = tuple(_LOOPS)
"""Names of the functions that are compiled."""
_EFFORT = 8  # simple operations that a number takes, about


class Curve:
    """A compiled function of `COMPILED`; its methods are those of `blocks.activations`, arrays contiguous."""

    def __init__(self, name: str):
        self._loop, self._slope_loop, self._by_value = _LOOPS[name]
        self._there, self._back = Addresses(), Addresses()

    def forward(self, z: Array, out: Array) -> None:
        """Write the function of each number of z to out, which may be z."""
        run_parts(z.size * _EFFORT, self._loop(), z.size, self._there.of(z, out))

    def backward(self, grad: Array, z: Array, a: Array, out: Array) -> None:
        """Write the gradient by z, from that by the function's values a, to out, which may be grad."""
        if out is not grad:
            out[...] = grad
        table = self._back.of(out, a if self._by_value else z)
        run_parts(z.size * _EFFORT, self._slope_loop(), z.size, table)
