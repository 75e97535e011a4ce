"""Exact selection of the largest numbers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.arrays import Array, of_array, read_only

CHUNK = 1 << 18
_COMPILED = "engine.kernels.compile"
_Arrays = tuple[Array, Array, Array, Array, Array, Array]


@lru_cache(maxsize=64)
def each_of_each(rows: int, width: int) -> tuple[Array, Array]:
    """Row and column of each number of (rows, width), two int64 (rows x width)."""
    row, column = np.divmod(np.arange(rows * width), width)
    return read_only(row), read_only(column)


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


def positions_from(magnitudes: Array, floor: float) -> Array:
    """Positions, ascending, of (n,) magnitudes that are not below floor and not 0."""
    # Zeros are many where neurons are silent, and equals take long to select from.
    return np.flatnonzero(magnitudes >= floor) if floor > 0 else np.flatnonzero(magnitudes)


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
    size = np.abs(values)
    above = positions_from(size, floor)
    if len(above) > k:
        above = above[top_positions(size[above], k)]
    return above, values[above]


@dataclass(frozen=True, eq=False)
class Products:
    """Many numbers in a short form.

    Number i m + j is value[i] factor[i] table[row[i], j] slope[place[i], j] last[i]; value, row, factor,
    place, last (n,), table (r, m), slope (p, m). factor None is 1, slope None too, place None is 0; last goes
    with a slope alone. Worked out in this order: value x (table x factor) x slope x last.
    """

    value: Array
    row: Array
    table: Array
    factor: Array | None = None
    slope: Array | None = None
    place: Array | None = None
    last: Array | None = None

    def best(self) -> Array:
        """For each i the largest |product| over j, (n,); where there is a slope, a large one."""
        if self.slope is not None:
            # The largest of the table, and the largest of the slope.
            columns = of_array(self.table, _largest)[self.row], self._by_place(_largest(self.slope))
            largest: Array = np.maximum(*(np.abs(self._one_each(column)) for column in columns))
            return largest
        most = np.maximum(self.table.max(axis=1), -self.table.min(axis=1))[self.row]
        best: Array = np.abs(self.value) * (most if self.factor is None else most * self.factor)
        return best

    def top(self, k: int, floor: float = 0.0) -> tuple[Array, Array]:
        """The k largest |products|: their numbers, ascending, and the products.

        Exact, ties as in `top_positions`; what lies below floor may be left out. Only those i whose best
        product could be among the k are ever multiplied out, at most `CHUNK` products at a time.
        """
        width = self.table.shape[1]
        arrays = self._arrays()
        if arrays is not None:
            return self._compiled(arrays, k, floor)
        best = self.best()
        # The best product of each of k is a product too: the k-th largest of them bounds the k-th of all.
        bound = max(kth_largest(best, k), floor)
        if self.slope is not None:
            best = self._bounds()
            bound = self._bound(best, k, bound)
        rows = positions_from(best, bound) if k > 0 else np.empty(0, np.int64)
        ids, products = np.empty(0, np.int64), np.empty(0, np.result_type(self.value, self.table))
        few = max(1, CHUNK // width)
        for start in range(0, len(rows), few):
            some = rows[start : start + few]
            above, strong = top_of_all(self._all_of(some).reshape(-1), k, bound)
            place, column = np.divmod(above, width)
            numbers = some[place] * width + column
            if len(rows) <= few:
                return numbers, strong
            ids = np.concatenate([ids, numbers])
            products = np.concatenate([products, strong])
            keep = top_positions(np.abs(products), k)
            ids, products = ids[keep], products[keep]
            if len(keep) == k > 0:
                bound = max(bound, np.abs(products).min())
        return ids, products

    def _arrays(self) -> _Arrays | None:
        """What compiled loops are given, where they can be had.

        That is if this process has loaded Numba for something else: loading it takes longer than all else
        here together.
        """
        arrays = self.value, self.table, self.slope
        if _COMPILED not in sys.modules or any(each is None or each.dtype != np.float32 for each in arrays):
            return None
        count = len(self.value)
        factor = np.ones(count, np.float32) if self.factor is None else self.factor
        place = np.zeros(count, np.int64) if self.place is None else self.place
        assert self.slope is not None
        return self.value, self.row, self.table, factor, place, self.slope

    def _compiled(self, arrays: _Arrays, k: int, floor: float) -> tuple[Array, Array]:
        """The same as `top`, by one compiled loop."""
        from engine.kernels import topk as kernels  # noqa: PLC0415

        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        last = np.ones(len(self.value), np.float32) if self.last is None else self.last
        return kernels.top(arrays, last, k, floor)

    def total(self) -> float:
        """The sum of all |products|, where there is no last."""
        slope = np.ones((1, self.table.shape[1]), self.table.dtype) if self.slope is None else self.slope
        together = np.dot(np.abs(self.table), np.abs(slope).T)
        weight = together[self.row, 0 if self.place is None or self.slope is None else self.place]
        value = np.abs(self.value if self.factor is None else self.value * self.factor)
        return float(np.dot(value.astype(np.float64), weight))

    def _bound(self, best: Array, k: int, floor: float) -> float:
        """A lower bound of the k largest |products|, at least floor; best: (n,), `_bounds` of each i."""
        assert self.slope is not None
        if k <= 0:
            return floor
        width = self.table.shape[1]
        # Without the zeros of silent neurons: many equals make a partition slow.
        above = positions_from(best, floor)
        most, best = len(above), best[above]
        # So many of the most promising that about 4 k of their products are not 0, more where they are not.
        few = 4 * k // max(1, round(np.count_nonzero(self.slope) / len(self.slope))) + 4
        bound = floor
        while bound == floor and few < most and few * width <= CHUNK:
            rows = above[np.argpartition(best, most - few)[most - few :]]
            magnitudes = np.abs(self._all_of(rows)).reshape(-1)
            bound = max(floor, kth_largest(magnitudes[positions_from(magnitudes, floor)], k))
            if floor > 0:
                # More of them cost more than the rows that a higher bound saves.
                break
            few *= 4
        return bound

    def _bounds(self) -> Array:
        """For each i a number that no |product| over j exceeds, (n,): the largest by the eighth norm over j.

        That is at most m^(1/8) times the largest, and costs one matrix product.
        """
        assert self.slope is not None
        (table, most), (slope, peak) = of_array(self.table, _eighths), _eighths(self.slope)
        norm = np.dot(table, slope.T)
        # What is too small for the type to hold its eighth power.
        norm += norm.dtype.type(1e-36)
        for _ in range(3):
            np.sqrt(norm, out=norm)
        norm *= most[:, None]
        norm *= peak
        bound: Array = np.abs(self.value if self.factor is None else self.value * self.factor)
        bound = bound * norm[self.row, 0 if self.place is None else self.place]
        if self.last is not None:
            bound *= np.abs(self.last)
        # For what all are rounded.
        bound *= bound.dtype.type(1.001)
        return bound

    def _all_of(self, some: Array) -> Array:
        """All products of these i: (s, m)."""
        weight = self.table[self.row[some]]
        if self.factor is not None:
            weight = weight * self.factor[some, None]
        products: Array = self.value[some, None] * weight
        if self.slope is not None:
            products *= self.slope if self.place is None else self.slope[self.place[some]]
        if self.last is not None:
            products *= self.last[some, None]
        return products

    def _one_each(self, column: Array) -> Array:
        """The product of each i with one j, column (n,)."""
        assert self.slope is not None
        weight = self.table[self.row, column]
        if self.factor is not None:
            weight = weight * self.factor
        products: Array = self.value * weight * self.slope[0 if self.place is None else self.place, column]
        return products if self.last is None else products * self.last

    def _by_place(self, values: Array) -> Array:
        """(p,) -> (n,)."""
        return np.broadcast_to(values, len(self.value)) if self.place is None else values[self.place]


def _largest(rows: Array) -> Array:
    """Where in each row (n, m) the largest magnitude is: (n,)."""
    place: Array = np.abs(rows).argmax(axis=1)
    return place


def _eighths(rows: Array) -> tuple[Array, Array]:
    """The eighth powers of |rows| (n, m), each row over its largest magnitude; and these (n,)."""
    power = np.abs(rows)
    most = power.max(axis=1)
    power /= np.where(most > 0, most, 1)[:, None]
    for _ in range(3):
        power *= power
    return power, most
