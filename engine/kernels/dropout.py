"""Which neurons a training step drops: a hash of a key and the neuron's place in its batch."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array, Shape, size_of


def draw_key(rng: np.random.Generator) -> int:
    """A fresh key, 0 .. 2^32 - 1."""
    return int(rng.integers(1 << 32, dtype=np.uint32))


def threshold(rate: float) -> int:
    """Hashes below this are dropped."""
    return int(rate * (1 << 32))


def kept(key: int, shape: Shape, rate: float) -> Array:
    """Bool array of a shape, False for dropped.

    The finaliser `lowbias32` (C. Wellons, "Prospecting for hash functions", 2018) of place x golden ratio +
    key, in 32 bits: the same in NumPy and in a compiled loop.
    """
    h = np.arange(size_of(shape), dtype=np.uint32)
    h *= np.uint32(0x9E3779B9)
    h += np.uint32(key)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    return (h >= np.uint32(threshold(rate))).reshape(shape)
