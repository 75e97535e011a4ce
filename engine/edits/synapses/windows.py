"""Edited windows of a layer that takes a maximum, each worked out anew from the edges that it has left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.edits.synapses.table import CUT, EDGE, END, GAIN, OFFSET, SynapseTable
from engine.graph.graph import Weights


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a max-pooling, or groups of a maxout, with an edited edge.

    target (w,). For each window the edges (e,) that it has left: their numbers, sources and weights. gone:
    numbers of the edges that were cut.
    """

    source: str
    target: Array
    edges: tuple[Array, ...]
    cells: tuple[Array, ...]
    weights: tuple[Array, ...]
    gone: Array

    @cached_property
    def even(self) -> tuple[Array, Array, Array]:
        """Cells and weights (w, most edges) and whether a window has any edge left (w,).

        Where a window has fewer edges than another, its first one stands once more.
        """
        most = max(map(len, self.cells), default=0)
        cells, weights = np.zeros((len(self.cells), most), np.int64), np.zeros((len(self.cells), most))
        for k, (mine, factors) in enumerate(zip(self.cells, self.weights, strict=True)):
            if len(mine):
                cells[k], weights[k] = mine[0], factors[0]
                cells[k, : len(mine)], weights[k, : len(mine)] = mine, factors
        kind = self.weights[0].dtype if self.weights else np.float64
        return cells, weights.astype(kind), np.array([len(mine) > 0 for mine in self.cells], bool)

    def largest(self, x: Array) -> Array:
        """What the windows come to (n, w), 0 of those that have no edge left; x (n, size): the source."""
        cells, weights, left = self.even
        return np.where(left, (x[:, cells] * weights).max(axis=2, initial=-np.inf), 0)

    def back_up(self, taken: Array, x: Array, back: Array) -> None:
        """Add to back (n, size), the gradient by x, that by the windows (n, w), at the edge that won each."""
        cells, weights, left = self.even
        if not cells.shape[1]:
            return
        best = (x[:, cells] * weights).argmax(axis=2)
        each = np.arange(len(cells))
        amount = np.where(left, taken * weights[each, best], 0)
        np.add.at(back, (np.arange(len(x))[:, None], cells[each, best]), amount)


def windows_of(weights: Weights, source: str, target: str, pair: SynapseTable) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = weights.graph.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), weights.wiring(target)
    end, edge = pair.numbers[END : EDGE + 1].astype(np.int64)
    gone = pair.numbers[CUT] != 0
    weight = np.where(gone, np.nan, pair.numbers[GAIN] + pair.numbers[OFFSET])
    edited = dict(zip(edge.tolist(), weight.tolist(), strict=True))
    targets = np.unique(end)
    numbers, cells, factors = [], [], []
    for place in targets.tolist():
        ids = layer.block.edges_into(wiring, slot, place)
        edges = layer.block.edges(wiring, slot, ids)
        mine = [edited.get(number, 1.0) for number in ids.tolist()]
        kept = [k for k, factor in enumerate(mine) if not math.isnan(factor)]
        numbers.append(ids[kept])
        cells.append(edges.source[kept])
        factors.append(np.array([mine[k] for k in kept], weights.dtype))
    return Windows(source, targets, tuple(numbers), tuple(cells), tuple(factors), edge[gone])
