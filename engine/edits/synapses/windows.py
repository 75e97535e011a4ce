"""Edited windows of a layer that takes a maximum, each worked out anew from the edges that it has left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from engine.arrays import Array
from engine.edits.synapses.table import CUT, EDGE, END, GAIN, OFFSET, SynapseTable, edges_between
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
        counts = np.array([len(mine) for mine in self.cells], np.int64)
        cells, weights = (np.concatenate(each) for each in (self.cells, self.weights))
        tap = np.arange(counts.max(initial=0))
        first = np.where(counts > 0, np.cumsum(counts) - counts, 0)
        at = first[:, None] + np.where(tap < counts[:, None], tap, 0)
        return cells[at], weights[at], counts > 0

    def with_more(self, fresh: Windows) -> Windows:
        """These windows and `fresh` ones, which stand in the place of those of them that are here too."""
        place = np.searchsorted(self.target, fresh.target)
        known = self.target[np.minimum(place, len(self.target) - 1)] == fresh.target
        every = np.insert(self.target, place[~known], fresh.target[~known])
        both = (self.edges, fresh.edges), (self.cells, fresh.cells), (self.weights, fresh.weights)
        edges, cells, weights = (_laid(list(mine), theirs, place, known) for mine, theirs in both)
        # All edges of a window are either left or gone.
        gone = self.gone[~np.isin(self.gone, np.concatenate([fresh.gone, *fresh.edges]))]
        made = Windows(self.source, every, edges, cells, weights, np.concatenate([gone, fresh.gone]))
        self._hand_on(made, fresh, np.searchsorted(every, fresh.target), place[~known])
        return made

    def _hand_on(self, made: Windows, fresh: Windows, at: Array, new: Array) -> None:
        """Have `made` know its `even` from what is known here; at: where the fresh ones stand in it."""
        widths = self.even[0].shape[1], fresh.even[0].shape[1]
        if not min(widths):
            return
        mine, theirs = (_as_wide(each.even, max(widths)) for each in (self, fresh))
        rows = [np.insert(row, new, 0, axis=0) if len(new) else row.copy() for row in mine]
        for row, others in zip(rows, theirs, strict=True):
            row[at] = others
        made.__dict__["even"] = tuple(rows)

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


def _as_wide(even: tuple[Array, ...], width: int) -> tuple[Array, ...]:
    """Cells, weights and whether any is left, the first of each window once more up to this width."""
    tap = np.arange(width)
    tap[even[0].shape[1] :] = 0
    return even[0][:, tap], even[1][:, tap], even[2]


def _laid(mine: list[Array], theirs: tuple[Array, ...], place: Array, known: Array) -> tuple[Array, ...]:
    """Both together: each of theirs ahead of mine at its place, or in the place of that."""
    each = list(zip(place.tolist(), known.tolist(), theirs, strict=True))
    for at, there, array in reversed(each):  # from behind: places ahead stay as they are
        mine[at : at + there] = [array]
    return tuple(mine)


def windows_of(weights: Weights, source: str, target: str, pair: SynapseTable) -> Windows:
    """The edited windows between two layers as arrays."""
    layer = weights.graph.layer(target)
    assert layer.block is not None
    slot, wiring = layer.sources.index(source), weights.wiring(target)
    end, edge = pair.numbers[END : EDGE + 1].astype(np.int64)
    gone = pair.numbers[CUT] != 0
    targets = np.unique(end)
    start = weights.graph.layer(source)
    ids = edges_between(layer.block, wiring, slot, (start, layer), (np.arange(start.size), targets))
    edges = layer.block.edges(wiring, slot, ids)
    order, by = np.argsort(edges.target, kind="stable"), np.argsort(edge)
    ids, cells, into = ids[order], edges.source[order], edges.target[order]
    place = by[np.minimum(np.searchsorted(edge, ids, sorter=by), len(edge) - 1)]
    edited = edge[place] == ids
    factors = np.where(edited, (pair.numbers[GAIN] + pair.numbers[OFFSET])[place], 1).astype(weights.dtype)
    left = ~(edited & gone[place])
    ids, cells, factors, into = ids[left], cells[left], factors[left], into[left]
    cuts = [slice(*ends) for ends in pairwise([*np.searchsorted(into, targets).tolist(), len(into)])]

    def apart(array: Array) -> tuple[Array, ...]:
        return tuple([array[cut] for cut in cuts])

    return Windows(source, targets, apart(ids), apart(cells), apart(factors), edge[gone])
