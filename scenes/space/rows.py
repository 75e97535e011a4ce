"""Rows: which classes have a bar. Of many, the ten likeliest have one each, and all others one together."""

from functools import lru_cache
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

FEW = 12
"""Classes that all have a bar of their own."""
NAMED = 10
"""Classes of more than so many that have one."""

Shares = NDArray[np.float32]


@lru_cache(maxsize=1024)
def letters(name: str) -> int:
    """How wide a name is, in letters of the Latin script: those of others can be twice as wide."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def row_count(classes: int) -> int:
    """How many bars a net of so many classes has."""
    return classes if classes <= FEW else NAMED + 1


def row_classes(probabilities: Shares, numbers: bool = False) -> list[int]:
    """The class of each bar in order: all, or of many the likeliest first; the last bar's of many is none.

    numbers: whether they are numbers, of which those furthest from 0 come first.
    """
    if len(probabilities) <= FEW:
        return list(range(len(probabilities)))
    far = np.abs(probabilities) if numbers else probabilities
    return [int(k) for k in np.argsort(-far, kind="stable")[:NAMED]]


def row_shares(
    shares: Shares, probabilities: Shares, numbers: bool = False, scale: Shares | None = None
) -> Shares:
    """Where each bar ends, 0..1: of shares (classes,) in bars that are those of `probabilities` (classes,).

    The one bar of a net that gives a number goes from 0 to 1, whatever the number. Bars of several numbers
    begin at `zero_of`, and the number furthest from 0 of `scale`, of `probabilities` unless given, fills all
    that there is on its side.
    """
    if len(shares) == 1:
        return np.clip(shares, 0.0, 1.0)
    if numbers:
        scale = probabilities if scale is None else scale
        zero, far = zero_of(scale, numbers), float(np.abs(scale).max())
        own = shares[row_classes(probabilities, numbers)] / np.float32(far or 1.0)
        ends = np.clip(zero + (1.0 - zero) * own, 0.0, 1.0)
        return np.append(ends, [zero] * (row_count(len(shares)) - len(ends))).astype(np.float32)
    if len(shares) <= FEW:
        return shares
    named = shares[row_classes(probabilities)]
    rest = max(float(shares.sum(dtype=np.float64)) - float(named.sum(dtype=np.float64)), 0.0)
    return np.append(named, np.float32(rest)).astype(np.float32)


def zero_of(probabilities: Shares, numbers: bool = False) -> float:
    """Where bars begin, 0..1 of their length: in the middle where one of several numbers is below 0."""
    return 0.5 if numbers and len(probabilities) > 1 and float(probabilities.min()) < 0 else 0.0
