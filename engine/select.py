"""Exact selection of the largest numbers."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array


def top_positions(magnitudes: Array, k: int) -> Array:
    """Positions, ascending, of the k largest of (n,) magnitudes >= 0.

    Exact: zeros never count, ties go to the lower position.
    """
    if k <= 0:
        return np.empty(0, np.int64)
    if k >= len(magnitudes):
        return np.flatnonzero(magnitudes)
    edge = np.partition(magnitudes, len(magnitudes) - k)[len(magnitudes) - k]
    if edge <= 0:
        return np.flatnonzero(magnitudes)
    above = np.flatnonzero(magnitudes >= edge)
    surplus = len(above) - k
    if surplus:
        # partition leaves the choice among equals at the threshold open: the last of them go.
        equal = np.flatnonzero(magnitudes[above] == edge)
        above = np.delete(above, equal[len(equal) - surplus :])
    return above
