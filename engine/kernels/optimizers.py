"""Compiled updates of flat float32 parameters, each in one pass. Like `engine.kernels`, import it late.

Every loop runs over pieces: `pieces` (k, 2) int64 are the first and last-plus-one numbers of each, and
`decayed` (k,) float32 is 1 where they decay, else 0. So one call updates the whole buffer on all threads,
with decay only where it belongs; it is added to a piece of g just before its update, which then finds the
piece in the processor's cache. Each number is updated by itself: the result does not depend on threads.
"""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled, jit


def _add_decay(out: Array, p: Array, l1: float, l2: float) -> None:
    a, b = np.float32(l1), np.float32(l2)
    for i in range(out.size):
        sign = np.float32(1) if p[i] > 0 else np.float32(-1) if p[i] < 0 else np.float32(0)
        out[i] += b * p[i] + a * sign


_decay = jit(_add_decay, fastmath={"contract"})


def _sgd(
    p: Array,
    g: Array,
    velocity: Array,
    pieces: Array,
    decayed: Array,
    decay: tuple[float, float],
    lr: float,
    momentum: float,
    ahead: bool,
) -> None:
    rate, keep = np.float32(lr), np.float32(momentum)
    l1, l2 = decay
    decaying = l1 != 0 or l2 != 0
    for k in numba.prange(len(pieces)):
        first, end = pieces[k]
        w, d, v = p[first:end], g[first:end], velocity[first:end]
        if decaying and decayed[k]:
            _decay(d, w, l1, l2)
        for i in range(end - first):
            slope = d[i]
            v[i] = keep * v[i] + slope
            w[i] -= rate * (slope + keep * v[i] if ahead else v[i])


def _scaled(
    p: Array,
    g: Array,
    square: Array,
    pieces: Array,
    decayed: Array,
    decay: tuple[float, float],
    lr: float,
    keep: float,
    share: float,
    eps: float,
) -> None:
    rate, old, new, e = np.float32(lr), np.float32(keep), np.float32(share), np.float32(eps)
    l1, l2 = decay
    decaying = l1 != 0 or l2 != 0
    for k in numba.prange(len(pieces)):
        first, end = pieces[k]
        w, d, s = p[first:end], g[first:end], square[first:end]
        if decaying and decayed[k]:
            _decay(d, w, l1, l2)
        for i in range(end - first):
            slope = d[i]
            s[i] = old * s[i] + new * (slope * slope)
            w[i] -= rate * slope / (np.sqrt(s[i]) + e)


def _adadelta(
    p: Array,
    g: Array,
    square: Array,
    change: Array,
    pieces: Array,
    decayed: Array,
    decay: tuple[float, float],
    lr: float,
    rho: float,
    eps: float,
) -> None:
    rate, old, new, e = np.float32(lr), np.float32(rho), np.float32(1 - rho), np.float32(eps)
    l1, l2 = decay
    decaying = l1 != 0 or l2 != 0
    for k in numba.prange(len(pieces)):
        first, end = pieces[k]
        w, d, s, c = p[first:end], g[first:end], square[first:end], change[first:end]
        if decaying and decayed[k]:
            _decay(d, w, l1, l2)
        for i in range(end - first):
            slope = d[i]
            s[i] = old * s[i] + new * (slope * slope)
            delta = np.sqrt((c[i] + e) / (s[i] + e)) * slope
            c[i] = old * c[i] + new * (delta * delta)
            w[i] -= rate * delta


def _adam(
    p: Array,
    g: Array,
    mean: Array,
    square: Array,
    pieces: Array,
    decayed: Array,
    decay: tuple[float, float],
    apart: bool,
    lr: float,
    betas: tuple[float, float],
    rate: float,
    root_scale: float,
    eps: float,
) -> None:
    b1, b2, e = np.float32(betas[0]), np.float32(betas[1]), np.float32(eps)
    # 1 - beta is taken in float64: in float32 it would lose digits (0.999).
    c1, c2 = np.float32(1 - betas[0]), np.float32(1 - betas[1])
    step, scale = np.float32(rate), np.float32(root_scale)
    l1, l2 = decay
    decaying = l1 != 0 or l2 != 0
    for k in numba.prange(len(pieces)):
        first, end = pieces[k]
        w, d, m, v = p[first:end], g[first:end], mean[first:end], square[first:end]
        if decaying and decayed[k]:
            if apart:
                _decay(w, w, -lr * l1, -lr * l2)
            else:
                _decay(d, w, l1, l2)
        for i in range(end - first):
            slope = d[i]
            m[i] = b1 * m[i] + c1 * slope
            v[i] = b2 * v[i] + c2 * (slope * slope)
            w[i] -= step * m[i] / (np.sqrt(v[i]) * scale + e)


def _average(mean: Array, p: Array, pieces: Array, decay: float) -> None:
    old, new = np.float32(decay), np.float32(1 - decay)
    for k in numba.prange(len(pieces)):
        first, end = pieces[k]
        m, w = mean[first:end], p[first:end]
        for i in range(end - first):
            m[i] = old * m[i] + new * w[i]


sgd = compiled(_sgd)
"""(size, p, g, velocity, pieces, decayed, (l1, l2), lr, momentum, ahead): `ahead` is Nesterov's."""
scaled = compiled(_scaled)
"""(size, p, g, square, pieces, decayed, (l1, l2), lr, keep, share, eps): Adagrad, RMSprop."""
adadelta = compiled(_adadelta)
"""(size, p, g, square, change, pieces, decayed, (l1, l2), lr, rho, eps)."""
adam = compiled(_adam)
"""(size, p, g, mean, square, pieces, decayed, (l1, l2), apart, lr, betas, rate, root_scale, eps).

p -= rate mean / (root_scale sqrt(square) + eps), where `apart` after p -= lr decay.
"""
average = compiled(_average)
"""(size, mean, p, pieces, decay): mean = decay mean + (1 - decay) p."""
