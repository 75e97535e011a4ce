"""What edits come to in a convolution with ReLU and the max-pooling behind it, taken as one.

Of windows side by side each cell has its place in one. What edits make of a neuron's activation and of the
synapse on which it goes on is then one gain and one offset, and a window takes the largest of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.edits.neurons import GAIN, OFFSET, SHIFT
from engine.edits.overlay import Overlay
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.windows import Windows
from engine.graph.layer import Layer


@dataclass(frozen=True, eq=False)
class PooledEdits:
    """Edited windows, target (w,): flat indices in the pooling, ascending; taps row by row, float64.

    cells (w, taps): flat indices in the convolution. A window is the largest gain x ReLU(sum + shift) +
    offset, each (w, taps); offset is -inf where the synapse is cut, but not where all of a window are.
    bias (maps,): by how much the bias of whole maps is shifted, the windows' own `shift` not counted.
    """

    target: Array
    cells: Array
    shift: Array
    gain: Array
    offset: Array
    bias: Array


def pooled_edits(overlay: Overlay, conv: Layer, pool: Layer, size: int) -> PooledEdits | None:
    """The edits of a convolution's neurons and of their synapses to windows of size x size, side by side.

    None where a neuron has another activation function, of which more than the winner's sign counts.
    """
    cells = _windows(np.arange(conv.size).reshape(conv.shape), pool, size)
    shift, gain, offset = np.zeros(cells.shape), np.ones(cells.shape), np.zeros(cells.shape)
    edited = overlay.cells.get(conv.name)
    if edited is not None:
        if edited.functions:
            return None
        for each, row in ((shift, SHIFT), (gain, GAIN), (offset, OFFSET)):
            of_all = np.full(conv.size, float(row == GAIN))
            of_all[edited.table.place] = edited.table.numbers[row]
            each[...] = of_all[cells]
    factor, gone = np.ones(cells.shape), np.zeros(cells.shape, bool)
    if pool.name in overlay.bundles:
        _bundled(overlay.bundles[pool.name], cells, factor, gone)
    if pool.name in overlay.windows_apart:
        _apart(overlay.windows_apart[pool.name], conv, size, factor, gone)
    left = ~gone.all(axis=1, keepdims=True)
    gain = np.where(gone, 0, gain * factor)
    offset = np.where(gone & left, -np.inf, np.where(gone, 0, offset * factor))
    maps = pool.shape[-1]
    by_map = shift.reshape(-1, maps, size * size)
    bias = np.where((by_map == by_map[:1, :, :1]).all(axis=(0, 2)), by_map[0, :, 0], 0)
    shift -= bias[np.arange(len(cells)) % maps, None]
    target = np.flatnonzero(((shift != 0) | (gain != 1) | (offset != 0)).any(axis=1))
    return PooledEdits(target, cells[target], shift[target], gain[target], offset[target], bias)


def _windows(image: Array, pool: Layer, size: int) -> Array:
    """The cells (h, w, maps) of each window, (windows, size * size)."""
    down, across, maps = pool.shape
    inside = image[: down * size, : across * size]
    apart = inside.reshape(down, size, across, size, maps).transpose(0, 2, 4, 1, 3)
    return np.ascontiguousarray(apart.reshape(-1, size * size))


def _bundled(bundle: Bundle, cells: Array, factor: Array, gone: Array) -> None:
    starts, ends = np.zeros(bundle.source.size, bool), np.zeros(bundle.target.size, bool)
    starts[slice(None) if bundle.starts is None else bundle.starts.flat] = True
    ends[slice(None) if bundle.ends is None else bundle.ends.flat] = True
    mine = starts[cells] & ends[:, None]
    factor[mine], gone[mine] = bundle.factor, bundle.cut


def _apart(windows: Windows, conv: Layer, size: int, factor: Array, gone: Array) -> None:
    cells, weights, left = windows.even
    y, x = np.divmod(cells // conv.shape[2], conv.shape[1])
    tap = y % size * size + x % size
    gone[windows.target] = True
    target = np.broadcast_to(windows.target[:, None], cells.shape)[left]
    gone[target, tap[left]] = False
    factor[target, tap[left]] = weights[left]
