"""Compiled loops of dense layers and losses that NumPy cannot do in one pass; float32 only."""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled, serial


@serial
def nonzero_rows(x: Array, start: Array, column: Array, value: Array, limit: int) -> bool:
    """Compressed rows of x (n, m); False where it has more than limit non-zeros.

    Row b is column[start[b]:start[b + 1]], and value likewise.

    column and value hold limit + m numbers or more.
    """
    k = 0
    for b in range(x.shape[0]):
        start[b] = k
        for p in range(x.shape[1]):
            # Writing always and advancing only at a non-zero has no branch to mispredict.
            column[k] = p
            value[k] = x[b, p]
            k += x[b, p] != 0
        if k > limit:
            return False
    start[x.shape[0]] = k
    return True


@serial
def nonzero_columns(rows: Array, column: Array, value: Array, start: Array, row: Array, out: Array) -> None:
    """Compressed columns from compressed rows: column p is row/out[start[p]:start[p + 1]], rows ascending."""
    start[:] = 0
    n = len(rows) - 1
    for k in range(rows[n]):
        start[column[k] + 1] += 1
    for p in range(1, len(start)):
        start[p] += start[p - 1]
    for b in range(n):
        for k in range(rows[b], rows[b + 1]):
            at = start[column[k]]
            row[at] = b
            out[at] = value[k]
            start[column[k]] = at + 1
    for p in range(len(start) - 1, 0, -1):
        start[p] = start[p - 1]
    start[0] = 0


def _sparse_product(start: Array, column: Array, value: Array, w: Array, out: Array) -> None:
    m = w.shape[1]
    for b in numba.prange(out.shape[0]):
        o = out[b]
        o[:] = 0
        k = start[b]
        # Four rows of w for each pass over o: o is read and written a quarter as often.
        while k + 4 <= start[b + 1]:
            v0, v1, v2, v3 = value[k], value[k + 1], value[k + 2], value[k + 3]
            w0, w1, w2, w3 = w[column[k]], w[column[k + 1]], w[column[k + 2]], w[column[k + 3]]
            for j in range(m):
                o[j] += (v0 * w0[j] + v1 * w1[j]) + (v2 * w2[j] + v3 * w3[j])
            k += 4
        while k < start[b + 1]:
            v0 = value[k]
            w0 = w[column[k]]
            for j in range(m):
                o[j] += v0 * w0[j]
            k += 1


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


_sparse_product_run = compiled(_sparse_product)
_dropout_run = compiled(_dropout)
_relu_dropout_run = compiled(_relu_dropout)
_relu_dropout_backward_run = compiled(_relu_dropout_backward)


def sparse_product(start: Array, column: Array, value: Array, w: Array, out: Array) -> None:
    """Write out (n, m) = x w, x (n, k) in compressed rows, w (k, m): zeros of x cost nothing."""
    _sparse_product_run(out.size, start, column, value, w, out)


def dropout(values: Array, key: int, threshold: int, scale: float) -> None:
    """Dropout by the hash of `engine.kernels.dropout`, in place: what stays is multiplied by scale."""
    _dropout_run(values.size, values.reshape(-1), key, threshold, scale)


def relu_dropout(z: Array, out: Array, key: int, threshold: int, scale: float) -> None:
    """ReLU, then dropout by the hash of `engine.kernels.dropout`, in one pass."""
    _relu_dropout_run(z.size, z.reshape(-1), out.reshape(-1), key, threshold, scale)


def relu_dropout_backward(grad: Array, act: Array, scale: float) -> None:
    """In place; act is what `relu_dropout` wrote: a silent neuron passes no gradient."""
    _relu_dropout_backward_run(grad.size, grad.reshape(-1), act.reshape(-1), scale)
