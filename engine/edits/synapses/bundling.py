"""Which edited synapses are held as a bundle: a few numbers for all of them."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LayerNorm, MaxPool, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.places import part_of
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.table import END, between
from engine.graph.graph import Weights
from engine.graph.layer import Layer

FEW = 64
"""Synapses up to which a sum is corrected by each of them: it costs less."""


def bundle_of(weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array) -> Bundle | None:
    """The synapses from some neurons (flat indices) to some others, unedited.

    None where there may be none, and where they are better taken one by one.
    """
    block = target.block
    slot = block.carried if isinstance(block, Gated) else 0
    several = isinstance(block, Gated | TokenDense)
    if source.name != target.sources[slot] or (len(target.sources) > 1 and not several):
        return None
    all_starts, all_ends = len(starts) == source.size, len(ends) == target.size
    if isinstance(block, Dense):
        taken = all_starts or len(starts) * len(ends) > FEW
    elif isinstance(block, Conv | MaxPool):
        # Every window reads some cell; but not every cell is read by a window.
        one = len(starts) == len(ends) == 1 and isinstance(block, MaxPool)
        taken = (
            all_starts
            or (all_ends and all(axis.read for axis in block.axes(source.shape)))
            or (one and _linked(weights, source, target, int(starts[0]), int(ends[0])))
        )
    else:
        # Each neuron reads its row.
        ends = ends if all_starts else _reading_no_others(weights, source, target, starts, ends)
        starts = np.arange(source.size)
        by_rows = isinstance(block, LayerNorm | TokenDense | Gated)
        taken = by_rows and len(ends) * source.shape[-1] > FEW
    if not taken:
        return None
    return Bundle(weights, source, target, part_of(starts, source), part_of(ends, target))


def _reading_no_others(weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array) -> Array:
    """Those of some ends (flat indices) that read any of some starts, as of a token or a head.

    None of them where one may read others too, or where all are few.
    """
    if len(starts) * len(ends) <= FEW:
        return ends[:0]
    if isinstance(target.block, LayerNorm | TokenDense):
        rows, counts = np.unique(starts // source.shape[-1], return_counts=True)
        whole = (counts == source.shape[-1]).all()
        read = ends[np.isin(ends // target.shape[-1], rows)]
    elif isinstance(target.block, Gated):
        there = between(weights, source, target, starts, ends).numbers
        read, counts = np.unique(there[END].astype(np.int64), return_counts=True)
        whole = (counts == weights.edge_count(source.name, target.name) // target.size).all()
    else:
        return ends[:0]
    return read if whole else ends[:0]


def _linked(weights: Weights, source: Layer, target: Layer, start: int, end: int) -> bool:
    """Whether a synapse leads from one neuron to another."""
    assert target.block is not None
    slot, wiring = target.sources.index(source.name), weights.wiring(target.name)
    return len(target.block.edges_between(wiring, slot, start, end)) > 0
