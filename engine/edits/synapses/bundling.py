"""Which edited synapses are held as a bundle: a few numbers for all of them."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LayerNorm, MaxPool, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.table import END, between
from engine.graph.graph import Weights
from engine.graph.layer import Layer
from engine.graph.region import Region

FEW = 64
"""Synapses up to which each is better taken for itself where others between the layers are edited, too."""


def is_few(bundle: Bundle) -> bool:
    """Whether a bundle is of so few synapses of a dense layer that it holds only while no other is edited."""
    starts, ends = bundle.starts, bundle.target.size if bundle.ends is None else len(bundle.ends)
    return isinstance(bundle.target.block, Dense) and starts is not None and len(starts) * ends <= FEW


def bundle_of(
    weights: Weights, source: Layer, target: Layer, starts: Region, ends: Region, alone: bool
) -> Bundle | None:
    """The synapses from some neurons to some others, unedited; alone: no other between the layers is edited.

    None where there may be none, and where they are better taken one by one.
    """
    block, all_starts, all_ends = target.block, starts.whole, ends.whole
    several = len(target.sources) > 1 and isinstance(block, Gated | TokenDense)
    slot = block.carried if several and isinstance(block, Gated) else 0
    if source.name != target.sources[slot] or (len(target.sources) > 1 and not several):
        return None
    if isinstance(block, Dense):
        taken = all_starts or len(starts) * len(ends) > (1 if alone else FEW)
    elif isinstance(block, Conv | MaxPool):
        # Every window reads some cell; but not every cell is read by a window.
        taken = all_starts or (all_ends and all(axis.read for axis in block.axes(source.shape)))
        if not taken:
            many = len(starts) * len(ends) > FEW or isinstance(block, MaxPool)
            taken = many and _read_by_windows(block, source, starts, ends)
    elif isinstance(block, LayerNorm | TokenDense | Gated):
        return _by_rows(weights, source, target, starts, ends)
    else:
        taken = False
    if not taken:
        return None
    return Bundle(weights, source, target, starts.part, ends.part)


def _read_by_windows(block: Conv | MaxPool, source: Layer, starts: Region, ends: Region) -> bool:
    """Whether some cells are read by some windows; False where that is hard to tell."""
    cells, places = starts.box, ends.box
    if cells is None or places is None:
        return False
    (first, last), (low, high) = cells[2], places[2]
    if isinstance(block, MaxPool) and max(first, low) > min(last, high):
        return False  # A window reads one map.
    return all(axis.reads(places[k], cells[k]) for k, axis in enumerate(block.axes(source.shape)))


def _by_rows(weights: Weights, source: Layer, target: Layer, starts: Region, ends: Region) -> Bundle | None:
    """`bundle_of` where each neuron reads its row, or its token or head."""
    read, there = ends.flat, True
    if len(starts) < source.size:
        if len(starts) * len(ends) <= FEW:
            return None
        read, there = _reading(weights, source, target, starts.flat, ends.flat)
    if len(read):
        # All that these read is edited.
        few = len(read) * source.shape[-1] <= FEW
        return None if few else Bundle(weights, source, target, None, Region(target.shape, read).part)
    return Bundle(weights, source, target, starts, ends.part) if there else None


def _reading(
    weights: Weights, source: Layer, target: Layer, starts: Array, ends: Array
) -> tuple[Array, bool]:
    """Those of some ends (flat indices) that read any of some starts, as of a token or a head; if any does.

    None of them where one may read others too.
    """
    if isinstance(target.block, Gated):
        there = between(weights, source, target, starts, ends).numbers
        read, counts = np.unique(there[END].astype(np.int64), return_counts=True)
        whole = (counts == weights.edge_count(source.name, target.name) // target.size).all()
        return (read if whole else ends[:0]), len(read) > 0
    width = source.shape[-1]
    sent = np.bincount(starts // width, minlength=source.size // width)
    read = ends[sent[ends // target.shape[-1]] > 0]
    whole = ((sent == 0) | (sent == width)).all()
    return (read if whole else ends[:0]), len(read) > 0
