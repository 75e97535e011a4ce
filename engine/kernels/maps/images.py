"""Compiled loops over images: windows and pooling. Like `engine.kernels`, import it late."""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled


def _add_bias(out: Array, bias: Array) -> None:
    for i in numba.prange(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] += bias[j]


def _lay_out(x: Array, patches: Array, stride: int, before_y: int, before_x: int) -> None:
    n, down, across, height, width, channels = patches.shape
    run = width * channels
    flat = patches.reshape(n, down, across, height, run)
    rows = x.reshape(n, x.shape[1], x.shape[2] * channels)
    for b in numba.prange(n):
        for py in range(down):
            for ky in range(height):
                y = py * stride - before_y + ky
                for px in range(across):
                    to = flat[b, py, px, ky]
                    # One window's row of cells lies in one piece in the image.
                    first = (px * stride - before_x) * channels
                    if y < 0 or y >= x.shape[1]:
                        to[:] = 0
                    elif first >= 0 and first + run <= rows.shape[2]:
                        piece = rows[b, y, first : first + run]
                        for i in range(run):
                            to[i] = piece[i]
                    else:
                        for i in range(run):
                            inside = 0 <= first + i < rows.shape[2]
                            to[i] = rows[b, y, first + i] if inside else np.float32(0)


def _gather(patches: Array, x: Array, stride: int, before_y: int, before_x: int) -> None:
    n, down, across, height, width, channels = patches.shape
    run = width * channels
    flat = patches.reshape(n, down, across, height, run)
    rows = x.reshape(n, x.shape[1], x.shape[2] * channels)
    for b in numba.prange(n):
        rows[b] = 0
        for py in range(down):
            for px in range(across):
                first = (px * stride - before_x) * channels
                low, high = max(0, -first), min(run, rows.shape[2] - first)
                for ky in range(height):
                    y = py * stride - before_y + ky
                    if 0 <= y < x.shape[1]:
                        piece = flat[b, py, px, ky, low:high]
                        to = rows[b, y, first + low : first + high]
                        for i in range(high - low):
                            to[i] += piece[i]


def _max_pool(
    x: Array, out: Array, winner: Array, size: int, stride: int, before_y: int, before_x: int
) -> None:
    for b in numba.prange(out.shape[0]):
        for py in range(out.shape[1]):
            y0 = py * stride - before_y
            for px in range(out.shape[2]):
                x0 = px * stride - before_x
                best, won = out[b, py, px], winner[b, py, px]
                won[:] = -1
                for ky in range(max(0, -y0), min(size, x.shape[1] - y0)):
                    for kx in range(max(0, -x0), min(size, x.shape[2] - x0)):
                        here = x[b, y0 + ky, x0 + kx]
                        tap = np.int32(ky * size + kx)
                        for c in range(len(best)):
                            v = here[c]
                            # NaN wins, so that it goes on and is found.
                            better = won[c] < 0 or v > best[c] or v != v  # noqa: PLR0124
                            best[c] = v if better else best[c]
                            won[c] = tap if better else won[c]


def _max_pool_backward(
    grad: Array, winner: Array, x: Array, size: int, stride: int, before_y: int, before_x: int
) -> None:
    for b in numba.prange(grad.shape[0]):
        x[b] = 0
        for py in range(grad.shape[1]):
            y0 = py * stride - before_y
            for px in range(grad.shape[2]):
                x0 = px * stride - before_x
                for c in range(grad.shape[3]):
                    ky, kx = divmod(winner[b, py, px, c], size)
                    x[b, y0 + ky, x0 + kx, c] += grad[b, py, px, c]


def _max_apart_backward(grad: Array, winner: Array, x: Array, size: int) -> None:
    down, across, maps = grad.shape[1:]
    wide = x.shape[2] * maps
    flat = x.reshape(len(x), -1)
    for b in numba.prange(grad.shape[0]):
        image = flat[b]
        image[:] = 0
        step = np.empty(size * size, np.int64)
        for tap in range(size * size):
            step[tap] = tap // size * wide + tap % size * maps
        for py in range(down):
            for px in range(across):
                first = py * size * wide + px * size * maps
                g, won = grad[b, py, px], winner[b, py, px]
                for c in range(maps):
                    image[first + c + step[won[c]]] = g[c]


_add_bias_run = compiled(_add_bias)
_lay_out_run = compiled(_lay_out)
_gather_run = compiled(_gather)
_max_pool_run = compiled(_max_pool)
_max_pool_backward_run = compiled(_max_pool_backward)
_max_apart_backward_run = compiled(_max_apart_backward)


def add_bias(out: Array, bias: Array) -> None:
    """Add bias (m,) to the last axis of out (..., m), in place."""
    _add_bias_run(out.size, out.reshape(-1, len(bias)), bias)


def lay_out(x: Array, patches: Array, stride: int, before_y: int, before_x: int) -> None:
    """Write patches (n, down, across, height, width, channels), the windows of x (n, h, w, channels)."""
    _lay_out_run(patches.size, x, patches, stride, before_y, before_x)


def gather(patches: Array, x: Array, stride: int, before_y: int, before_x: int) -> None:
    """Write x (n, h, w, channels): the sum over all windows in `patches` that cover each cell."""
    _gather_run(patches.size, patches, x, stride, before_y, before_x)


def max_pool(
    x: Array, out: Array, winner: Array, size: int, stride: int, before_y: int, before_x: int
) -> None:
    """Write each window's maximum of x (n, h, w, c), and the number of its tap, row by row: winner int32."""
    _max_pool_run(x.size, x, out, winner, size, stride, before_y, before_x)


def max_pool_backward(
    grad: Array, winner: Array, x: Array, size: int, stride: int, before_y: int, before_x: int
) -> None:
    """Write x (n, h, w, c): each window's gradient at the cell that won."""
    inside = grad.shape[1] * size <= x.shape[1] and grad.shape[2] * size <= x.shape[2]
    if stride == size and not before_y and not before_x and inside and x.flags.c_contiguous:
        # Each cell is in one window: it is written once.
        _max_apart_backward_run(x.size, grad, winner, x, size)
        return
    _max_pool_backward_run(x.size, grad, winner, x, size, stride, before_y, before_x)
