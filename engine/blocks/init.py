"""Fresh weights."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array, Shape, size_of


def xavier(rng: np.random.Generator, shape: Shape) -> Array:
    """Weights (..., n_out) uniform in +-sqrt(6 / (n_in + n_out)), float32; n_in is the size of the rest.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
    equation 16; what vision transformers start from (Dosovitskiy et al. 2021, their published code).
    """
    bound = np.sqrt(6 / (size_of(shape[:-1]) + shape[-1]))
    return rng.uniform(-bound, bound, shape).astype(np.float32)
