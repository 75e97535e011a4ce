"""Exact selection of the largest numbers."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array

CHUNK = 1 << 18


def top_positions(magnitudes: Array, k: int) -> Array:
    """Positions, ascending, of the k largest of (n,) magnitudes >= 0.

    Exact: zeros never count, ties go to the lower position.
    """
    if k <= 0:
        return np.empty(0, np.int64)
    edge = kth_largest(magnitudes, k)
    if edge <= 0:
        return np.flatnonzero(magnitudes)
    above = np.flatnonzero(magnitudes >= edge)
    surplus = len(above) - k
    if surplus:
        # partition leaves the choice among equals at the threshold open: the last of them go.
        equal = np.flatnonzero(magnitudes[above] == edge)
        above = np.delete(above, equal[len(equal) - surplus :])
    return above


def kth_largest(magnitudes: Array, k: int) -> float:
    """The k-th largest of (n,) magnitudes >= 0, 0 where fewer are above that."""
    above = magnitudes > 0
    count = np.count_nonzero(above)
    if not 0 < k <= count:
        return 0.0
    if count < 0.75 * len(magnitudes):
        # A partition is slow among many equals, as the zeros of silent neurons are.
        magnitudes = magnitudes[above]
    return float(np.partition(magnitudes, len(magnitudes) - k)[len(magnitudes) - k])


def top_of_all(values: Array, k: int, floor: float) -> tuple[Array, Array]:
    """The k largest |values| (n,) of those not below floor: positions ascending, and the values."""
    sizes = np.abs(values)
    above = np.flatnonzero(sizes >= floor)
    # Where all of them are, which a floor of 0 means, they need not be gathered.
    keep = top_positions(sizes, k) if len(above) == len(sizes) else above[top_positions(sizes[above], k)]
    return keep, values[keep]


def best_products(value: Array, row: Array, table: Array, factor: Array | None = None) -> Array:
    """For each i the largest product over j; arguments as for `top_products`."""
    most = np.maximum(table.max(axis=1), -table.min(axis=1))[row]
    best: Array = np.abs(value) * (most if factor is None else most * factor)
    return best


def top_products(
    value: Array, row: Array, table: Array, k: int, floor: float = 0.0, factor: Array | None = None
) -> tuple[Array, Array]:
    """The k largest |value[i] x factor[i] x table[row[i], j]|: numbers i m + j ascending, and the products.

    value, row, factor (n,), table (r, m); factor is 1 by default. Exact, ties as in `top_positions`; what
    lies below floor may be left out. Only pairs (i, row) whose best product could be among the k are ever
    multiplied out, at most `CHUNK` products at a time.
    """
    width = table.shape[1]
    best = best_products(value, row, table, factor)
    # The best product of each of k pairs is a product too: the k-th largest of them bounds the k-th of all.
    bound = max(kth_largest(best, k), floor)
    rows = np.flatnonzero((best >= bound) & (best > 0)) if k > 0 else np.empty(0, np.int64)
    ids, products = np.empty(0, np.int64), np.empty(0, np.result_type(value, table))
    few = max(1, CHUNK // width)
    for start in range(0, len(rows), few):
        some = rows[start : start + few]
        weight = table[row[some]] if factor is None else table[row[some]] * factor[some, None]
        found = (value[some, None] * weight).reshape(-1)
        above, _ = top_of_all(found, k, bound)
        place, column = np.divmod(above, width)
        ids = np.concatenate([ids, some[place] * width + column])
        products = np.concatenate([products, found[above]])
        keep = top_positions(np.abs(products), k)
        ids, products = ids[keep], products[keep]
        if len(keep) == k > 0:
            bound = max(bound, np.abs(products).min())
    return ids, products
