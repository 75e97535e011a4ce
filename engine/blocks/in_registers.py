"""Where the products of a dense or a per-token dense layer go by compiled loops."""

# Numba takes a second to import: only training and long evaluations pay it.
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import Any

from engine.arrays import Array
from engine.blocks.base import Scratch

# Multiplications below which a library's products are as good.
FEW = 100_000


def products_of(x: Array, y: Array, scratch: Scratch) -> Any:
    """The layer's `DenseProducts` for inputs x (..., inner) and sums y (..., columns), else None."""
    inner, columns = x.shape[-1], y.shape[-1]
    if not scratch.fast or y.size * inner < FEW or not y.flags.c_contiguous:
        return None
    if "products" not in scratch.kept:
        from engine.kernels.products import DenseProducts

        scratch.kept["products"] = DenseProducts(inner, columns)
    return scratch.kept["products"] if scratch.kept["products"].fits else None
