"""Compiled loops of edited windows behind a convolution. Like `engine.kernels`, import it late."""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import Array
from engine.kernels.compile import compiled
from engine.kernels.registers.emit import SILENT


def _activate(
    x: Array,
    weight: Array,
    bias: Array,
    place: Array,
    shift: Array,
    out: Array,
    channels: int,
    before_y: int,
    before_x: int,
) -> None:
    height, run = weight.shape[1:]
    for b in numba.prange(len(x)):
        for j in range(len(place)):
            m = place[j, 2]
            top, first = place[j, 0] - before_y, (place[j, 1] - before_x) * channels
            low, high = max(0, -first), min(run, x.shape[2] - first)
            total = bias[m] + shift[j]
            for ky in range(max(0, -top), min(height, x.shape[1] - top)):
                for i in range(low, high):
                    total += x[b, top + ky, first + i] * weight[m, ky, i]
            # NaN goes on, so that it is found.
            out[b, j] = np.float32(0) if total <= 0 else total


def _shift(cells: Array, below: Array, shift: Array) -> None:
    for b in numba.prange(len(cells)):
        for j in range(len(shift)):
            total = cells[b, j] - below[b, j] + shift[j]
            cells[b, j] = np.float32(0) if total <= 0 else total


def _choose(
    cells: Array,
    at: Array,
    gain: Array,
    offset: Array,
    target: Array,
    out: Array,
    winner: Array,
    slope: Array,
    largest: Array,
    taken: Array,
    silent: int,
) -> None:
    for b in numba.prange(len(cells)):
        row, best, by = cells[b], largest[b], slope[b]
        won = taken[b]
        for j in range(len(target)):
            best[j], won[j], by[j] = -np.inf, silent, 0
        for tap in range(len(at)):
            for j in range(len(target)):
                here, times = row[at[tap, j]], gain[tap, j]
                # Where nothing of it counts, not even infinity does.
                value = offset[tap, j] + (times * here if times != 0 else np.float32(0))
                # NaN wins, so that it goes on and is found.
                better = (value > best[j]) | (value != value)  # noqa: PLR0124
                passes = (silent == 0) | ((here != 0) & (times != 0))
                best[j] = value if better else best[j]
                by[j] = times if better else by[j]
                won[j] = (np.uint8(tap) if passes else np.uint8(silent)) if better else won[j]
        for j in range(len(target)):
            out[b, target[j]], winner[b, target[j]] = best[j], won[j]


_activate_run = compiled(_activate)
_shift_run = compiled(_shift)
_choose_run = compiled(_choose)


def activate(
    x: Array, weight: Array, bias: Array, place: Array, shift: Array, out: Array, before_y: int, before_x: int
) -> None:
    """Write out (n, cells): ReLU of the convolution of x (n, h, w, channels) at some places, stride 1.

    place (cells, 3): row, column, map. shift (cells,): what is added to each sum.
    """
    height, width, channels, maps = weight.shape
    by_map = np.ascontiguousarray(weight.reshape(-1, maps).T).reshape(maps, height, width * channels)
    rows = x.reshape(len(x), x.shape[1], -1)
    work = out.size * height * width * channels
    _activate_run(work, rows, by_map, bias, place, shift, out, channels, before_y, before_x)


def shift_all(cells: Array, below: Array, shift: Array) -> None:
    """Shift sums, and write their ReLU to cells (n, size) in their place; shift (size,).

    cells, below: ReLU of the sums and of their negatives, which together are the sums.
    """
    _shift_run(cells.size, cells, below, shift)


def choose(
    cells: Array,
    at: Array,
    gain: Array,
    offset: Array,
    target: Array,
    out: Array,
    winner: Array,
    slope: Array,
    *,
    silent: bool = True,
) -> None:
    """Write windows of a pooling, out and winner (n, windows), at target (w,); slope (n, w): their gains.

    A window is the largest of its cells (n, many)[at] times gain + offset, each (taps, w), by cells after
    ReLU; the winner is SILENT where nothing goes back. at: unsigned, so that no sign is looked at. Not
    silent, for cells of any function: all winners are told, and what goes back is the slope's to tell.
    """
    largest, taken = np.empty_like(slope), np.empty(slope.shape, np.uint8)
    arrays = (cells, at, gain, offset, target, out, winner, slope, largest, taken, SILENT if silent else 0)
    _choose_run(slope.size * len(at), *arrays)
