"""How large a pass is: examples at once, buffers that two of a layer share, and whether to compile for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from engine.blocks import Dense, TokenDense
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.net import Net

# Examples in a part: few enough to stay in a processor's cache, and so many that Python's share of the time
# is small (measured: 16 costs 5 % more than 32, and 64 about as much).
PART = 32
_ROOM = 1 << 26
# Images from which on compiled loops gain where Numba is loaded.
MANY = 2000
# Synapses to be passed, those of all images, from which on they repay loading it, which takes half a second.
_REPAYING = 18_000_000_000


def part_size(layers: Sequence[Layer], batch: int, fast: bool) -> int:
    """How many examples of a batch are worked on at once.

    Transformers are taken in parts, which run side by side where there are several processors: their many
    small products gain nothing from being shared out one by one. The size never depends on the processors, so
    the sums of training are the same on one as on several.
    """
    apart = fast and any(isinstance(layer.block, TokenDense) for layer in layers)
    return min(batch, PART) if apart else batch


def one_buffer(layer: Layer, overlay: Overlay) -> bool:
    """Whether a layer's activations may lie where its pre-activations do: its function does nothing."""
    return layer.activation == "identity" and not layer.dropout and not overlay.touches(layer.name)


def fitting(net: Net, batch: int) -> int:
    """The batch, or as many of it as a machine needs no more than 64 MB for, without gradients."""
    return max(1, min(batch, _ROOM // (2 * net.neuron_count * net.dtype.itemsize)))


def compiled_gains(net: Net, images: int, crops: int) -> bool:
    """Whether so many images, each looked at in so many crops, are read sooner by compiled loops (float32).

    In a process that has no use for Numba else, that must repay loading it.
    """
    # Of dense layers alone BLAS does nearly all.
    dense = all(isinstance(layer.block, Dense) for layer in net.layers[1:])
    if dense or net.dtype != np.float32:
        return False
    looks = images * crops
    return looks >= MANY if "numba" in sys.modules else looks * sum(net.synapse_counts) >= _REPAYING
