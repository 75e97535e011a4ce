"""Layer normalisation of rows (n, d) and its gradients, by compiled loops; float32 only.

Like `engine.kernels`, import it late. The sums over a row are taken in the order that suits the processor's
vector units; rows never mix but in sums that are taken in their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.kernels.parts import PARTS, Addresses, late_part_loop, run_parts
from engine.kernels.registers.blocks import floats


def _forward(part: int, n: int, table: Any) -> None:
    x, scale, shift, eps = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])[0]
    out, mean, root = floats(table[4]), floats(table[5]), floats(table[6])
    d = table[7]
    share = np.float32(1 / d)
    for i in range(part * n // PARTS, (part + 1) * n // PARTS):
        at = i * d
        total = np.float32(0)
        for j in range(d):
            total += x[at + j]
        m = total * share
        squares = np.float32(0)
        for j in range(d):
            squares += (x[at + j] - m) * (x[at + j] - m)
        r = np.float32(1) / np.sqrt(squares * share + eps)
        for j in range(d):
            out[at + j] = (x[at + j] - m) * r * scale[j] + shift[j]
        mean[i] = m
        root[i] = r


def _backward(part: int, n: int, table: Any) -> None:
    grad, x, scale, mean = floats(table[0]), floats(table[1]), floats(table[2]), floats(table[3])
    root, back, by_scale, by_shift = floats(table[4]), floats(table[5]), floats(table[6]), floats(table[7])
    d, adding = table[8], table[9]
    # One part does it all, so that rows are summed up in their order.
    if part != 0:
        return
    share = np.float32(1 / d)
    for j in range(d):
        by_scale[j] = np.float32(0)
        by_shift[j] = np.float32(0)
    for i in range(n):
        at = i * d
        m, r = mean[i], root[i]
        total, along = np.float32(0), np.float32(0)
        for j in range(d):
            g, normal = grad[at + j], (x[at + j] - m) * r
            by_scale[j] += g * normal
            by_shift[j] += g
            delta = g * scale[j]
            total += delta
            along += delta * normal
        total *= share
        along *= share
        if adding:
            for j in range(d):
                back[at + j] += r * (grad[at + j] * scale[j] - total - (x[at + j] - m) * r * along)
        else:
            for j in range(d):
                back[at + j] = r * (grad[at + j] * scale[j] - total - (x[at + j] - m) * r * along)


_forward_loop = late_part_loop(_forward, reordering=True)
_backward_loop = late_part_loop(_backward, reordering=True)


def forward(
    x: Array,
    parameters: tuple[Array, Array, Array],
    out: Array,
    kept: tuple[Array, Array],
    last: Addresses,
    count: Array | None = None,
) -> None:
    """Write the normalised rows of x (..., d); parameters: scale (d,), shift (d,), eps (1,).

    kept: means (n,) and 1 / sqrt(variance + eps) (n,), written. last: the addresses of the last such call.
    count: where it lies (1,) int64 how many of the first rows are meant; None: all. All contiguous.
    """
    d = x.shape[-1]
    table = last.of(x, *parameters, out, *kept, numbers=(d,))
    run_parts(x.size, _forward_loop(), x.size // d if count is None else count, table)


def backward(
    grad: Array,
    x: Array,
    scale: Array,
    kept: tuple[Array, Array],
    answer: tuple[Array, Array, Array],
    adding: bool,
    last: Addresses,
    count: Array | None = None,
) -> None:
    """From grad (..., d) write the answer, the gradients by x, scale and shift; adding: to the first one.

    count: as in `forward`.
    """
    d = x.shape[-1]
    table = last.of(grad, x, scale, *kept, *answer, numbers=(d, int(adding)))
    run_parts(0, _backward_loop(), x.size // d if count is None else count, table)
