"""Compiled loops over tokens; float32 only. Like `engine.kernels`, import it late.

Where a loop works in place, it is written so: two names for one array would keep it from being vectorised.

None of them uses threads of its own and all let go of Python's lock: the machine runs parts of a batch side
by side instead. `reassoc` lets the sum over one token be taken in the order that suits the processor's vector
units; tokens never mix but in sums that are taken in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from engine.arrays import Array
from engine.kernels.compile import jit
from engine.kernels.curves import exp
from engine.kernels.parts import PARTS, Addresses, late_part_loop, run_parts, stamped
from engine.kernels.registers.blocks import floats

P = ParamSpec("P")
R = TypeVar("R")
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc"},
}


def _compiled(loop: Callable[P, R]) -> Callable[P, R]:
    return jit(stamped(loop), **_OPTIONS)


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
            # exp holds what it is given to a range; times 0, NaN and infinity go on and are found.
            o[j] = exp(below) + below * np.float32(0)
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


@late_part_loop
def _take_first(part: int, n: int, table: Any) -> None:
    x, out, apart, d = floats(table[0]), floats(table[1]), table[2], table[3]
    for e in range(part * n // PARTS, (part + 1) * n // PARTS):
        for i in range(d):
            out[e * d + i] = x[e * apart + i]


@late_part_loop
def _give_first(part: int, n: int, table: Any) -> None:
    total, grad, apart, d, more = floats(table[0]), floats(table[1]), table[2], table[3], table[4]
    for e in range(part * n // PARTS, (part + 1) * n // PARTS):
        if more == 0:
            for i in range(apart):
                total[e * apart + i] = np.float32(0)
        for i in range(d):
            total[e * apart + i] += grad[e * d + i]


def take_first(x: Array, out: Array, last: Addresses) -> None:
    """Write out (n, 1, d): the first token of each example of x (n, tokens, d); last: see `Addresses`."""
    sizes = x.size // len(x), out.size // len(out)
    run_parts(out.size, _take_first(), len(x), last.of(x, out, numbers=sizes))


def give_first(grad: Array, total: Array, more: bool, last: Addresses) -> None:
    """Add grad (n, 1, d) to the first token of total (n, tokens, d); without more, total holds zeros else."""
    sizes = total.size // len(total), grad.size // len(grad)
    run_parts(total.size, _give_first(), len(grad), last.of(total, grad, numbers=(*sizes, int(more))))
