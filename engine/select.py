"""Exact selection of the largest numbers."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array

_CHUNK = 1 << 18


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


def top_products(value: Array, row: Array, table: Array, k: int) -> tuple[Array, Array]:
    """The k largest |value[i] x table[row[i], j]|: numbers i m + j ascending, and the products.

    value, row (n,), table (r, m). Exact, ties as in `top_positions`. Only pairs (i, row) whose best product
    could be among the k are ever multiplied out, at most `_CHUNK` products at a time.
    """
    width = table.shape[1]
    best = np.abs(value) * np.abs(table).max(axis=1)[row]
    # The best product of each of k pairs is a product too: the k-th largest of them bounds the k-th of all.
    bound = np.partition(best, len(best) - k)[len(best) - k] if 0 < k < len(best) else 0.0
    rows = np.flatnonzero((best >= bound) & (best > 0)) if k > 0 else np.empty(0, np.int64)
    ids, products = np.empty(0, np.int64), np.empty(0, np.result_type(value, table))
    few = max(1, _CHUNK // width)
    for start in range(0, len(rows), few):
        some = rows[start : start + few]
        found = (value[some, None] * table[row[some]]).reshape(-1)
        above = np.flatnonzero(np.abs(found) >= bound)
        place, column = np.divmod(above, width)
        ids = np.concatenate([ids, some[place] * width + column])
        products = np.concatenate([products, found[above]])
        keep = top_positions(np.abs(products), k)
        ids, products = ids[keep], products[keep]
        if len(keep) == k > 0:
            bound = max(bound, np.abs(products).min())
    return ids, products
