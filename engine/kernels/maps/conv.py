"""Compiled loops of the convolution that leave out zeros. Like `engine.kernels`, import it late.

An image has much paper, ReLU and dropout silence neurons, and a max-pooling's gradient is zero but at the
winners: each non-zero is multiplied by a whole run of numbers that lie in one piece, the zeros by none. Sums
are formed in an order that does not depend on the number of threads.
"""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled

PARTS = 8
"""Partial sums of a weight gradient: so many threads can share the work."""


def _forward(
    x: Array, runs: Array, bias: Array, out: Array, width: int, before_y: int, before_x: int
) -> None:
    maps = len(bias)
    height = runs.shape[1]
    rows = out.reshape(out.shape[0], out.shape[1], out.shape[2] * maps)
    for b in numba.prange(x.shape[0]):
        for py in range(out.shape[1]):
            for px in range(out.shape[2]):
                for j in range(maps):
                    out[b, py, px, j] = bias[j]
        for y in range(x.shape[1]):
            low_y, high_y = max(0, y + before_y + 1 - out.shape[1]), min(height, y + before_y + 1)
            for z in range(x.shape[2]):
                first = z + before_x - width + 1
                low, high = max(0, -first), min(width, out.shape[2] - first)
                for c in range(x.shape[3]):
                    v = x[b, y, z, c]
                    if v == 0:
                        continue
                    for ky in range(low_y, high_y):
                        run = runs[c, ky, low * maps : high * maps]
                        to = rows[b, y + before_y - ky, (first + low) * maps : (first + high) * maps]
                        for i in range(len(run)):
                            to[i] += v * run[i]


def _by_input(x: Array, grad: Array, parts: Array, width: int, before_y: int, before_x: int) -> None:
    n, maps = len(x), grad.shape[3]
    height = parts.shape[2]
    rows = grad.reshape(n, grad.shape[1], grad.shape[2] * maps)
    for p in numba.prange(len(parts)):
        parts[p] = 0
        for b in range(p * n // len(parts), (p + 1) * n // len(parts)):
            for y in range(x.shape[1]):
                low_y, high_y = max(0, y + before_y + 1 - grad.shape[1]), min(height, y + before_y + 1)
                for z in range(x.shape[2]):
                    first = z + before_x - width + 1
                    low, high = max(0, -first), min(width, grad.shape[2] - first)
                    for c in range(x.shape[3]):
                        v = x[b, y, z, c]
                        if v == 0:
                            continue
                        for ky in range(low_y, high_y):
                            to = parts[p, c, ky, low * maps : high * maps]
                            run = rows[b, y + before_y - ky, (first + low) * maps : (first + high) * maps]
                            for i in range(len(run)):
                                to[i] += v * run[i]


def _by_gradient(x: Array, grad: Array, parts: Array, stride: int, before_y: int, before_x: int) -> None:
    n, channels = len(x), x.shape[3]
    height, run = parts.shape[2:]
    rows = x.reshape(n, x.shape[1], x.shape[2] * channels)
    for p in numba.prange(len(parts)):
        parts[p] = 0
        for b in range(p * n // len(parts), (p + 1) * n // len(parts)):
            for py in range(grad.shape[1]):
                top = py * stride - before_y
                for px in range(grad.shape[2]):
                    first = (px * stride - before_x) * channels
                    low, high = max(0, -first), min(run, rows.shape[2] - first)
                    for m in range(grad.shape[3]):
                        v = grad[b, py, px, m]
                        if v == 0:
                            continue
                        for ky in range(max(0, -top), min(height, x.shape[1] - top)):
                            to = parts[p, m, ky, low:high]
                            piece = rows[b, top + ky, first + low : first + high]
                            for i in range(len(piece)):
                                to[i] += v * piece[i]


def _back(grad: Array, runs: Array, x: Array, stride: int, before_y: int, before_x: int) -> None:
    channels = x.shape[3]
    height, run = runs.shape[1:]
    rows = x.reshape(len(x), x.shape[1], x.shape[2] * channels)
    for b in numba.prange(len(x)):
        rows[b] = 0
        for py in range(grad.shape[1]):
            top = py * stride - before_y
            for px in range(grad.shape[2]):
                first = (px * stride - before_x) * channels
                low, high = max(0, -first), min(run, rows.shape[2] - first)
                for m in range(grad.shape[3]):
                    v = grad[b, py, px, m]
                    if v == 0:
                        continue
                    for ky in range(max(0, -top), min(height, x.shape[1] - top)):
                        to = rows[b, top + ky, first + low : first + high]
                        piece = runs[m, ky, low:high]
                        for i in range(len(piece)):
                            to[i] += v * piece[i]


_forward_run = compiled(_forward)
_by_input_run = compiled(_by_input)
_by_gradient_run = compiled(_by_gradient)
_back_run = compiled(_back)


def forward(x: Array, weight: Array, bias: Array, out: Array, before_y: int, before_x: int) -> None:
    """Write out (n, down, across, maps), the convolution of x (n, h, w, channels) with stride 1."""
    height, width, channels, _ = weight.shape
    # One cell's way to all windows of a row that see it, in one piece: the taps from last to first.
    runs = np.ascontiguousarray(weight[:, ::-1].transpose(2, 0, 1, 3)).reshape(channels, height, -1)
    _forward_run(out.size * len(runs), x, runs, bias, out, width, before_y, before_x)


def gradient_by_input(x: Array, grad: Array, out: Array, before_y: int, before_x: int) -> None:
    """Write the weights' gradient (height, width, channels, maps) from the non-zeros of x, stride 1."""
    height, width, channels, maps = out.shape
    parts = np.empty((PARTS, channels, height, width * maps), np.float32)
    _by_input_run(x.size * height, x, grad, parts, width, before_y, before_x)
    total = parts.sum(axis=0).reshape(channels, height, width, maps)
    out[:] = total.transpose(1, 2, 0, 3)[:, ::-1]


def gradient_by_gradient(
    x: Array, grad: Array, out: Array, stride: int, before_y: int, before_x: int
) -> None:
    """Write the weights' gradient (height, width, channels, maps) from the non-zeros of grad."""
    height, width, channels, maps = out.shape
    parts = np.empty((PARTS, maps, height, width * channels), np.float32)
    _by_gradient_run(grad.size * height, x, grad, parts, stride, before_y, before_x)
    total = parts.sum(axis=0).reshape(maps, height, width, channels)
    out[:] = total.transpose(1, 2, 3, 0)


def back(grad: Array, weight: Array, x: Array, stride: int, before_y: int, before_x: int) -> None:
    """Write the input's gradient x (n, h, w, channels) from the non-zeros of grad."""
    height, width, channels, maps = weight.shape
    runs = np.ascontiguousarray(weight.transpose(3, 0, 1, 2)).reshape(maps, height, width * channels)
    _back_run(grad.size * height, grad, runs, x, stride, before_y, before_x)
