"""Heads: the numbers of a token are shared among the heads of attention, side by side."""

from __future__ import annotations

from engine.arrays import Array


def split(x: Array, heads: int) -> Array:
    """A view of tokens (n, tokens, d) as (n, heads, tokens, d / heads); writing to it writes to x."""
    n, tokens, width = x.shape
    return x.reshape(n, tokens, heads, width // heads).transpose(0, 2, 1, 3)
