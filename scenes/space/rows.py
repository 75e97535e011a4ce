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


def row_classes(probabilities: Shares) -> list[int]:
    """The class of each bar in order: all, or of many the likeliest first; the last bar's of many is none."""
    if len(probabilities) <= FEW:
        return list(range(len(probabilities)))
    return [int(k) for k in np.argsort(-probabilities, kind="stable")[:NAMED]]


def row_shares(shares: Shares, probabilities: Shares) -> Shares:
    """What each bar shows of shares (classes,), where the bars are those of `probabilities` (classes,).

    The one bar of a net that gives a number goes from 0 to 1, whatever the number.
    """
    if len(shares) == 1:
        return np.clip(shares, 0.0, 1.0)
    if len(shares) <= FEW:
        return shares
    named = shares[row_classes(probabilities)]
    rest = max(float(shares.sum(dtype=np.float64)) - float(named.sum(dtype=np.float64)), 0.0)
    return np.append(named, np.float32(rest)).astype(np.float32)
