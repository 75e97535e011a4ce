"""How large the buffers of a pass are: examples at once, and whether two of a layer are one."""

from __future__ import annotations

from collections.abc import Sequence

from engine.blocks import TokenDense
from engine.edits.overlay import Overlay
from engine.graph.layer import Layer
from engine.net import Net

# Examples in a part: few enough to stay in a processor's cache, and so many that Python's share of the time
# is small (measured: 16 costs 5 % more than 32, and 64 about as much).
PART = 32
_ROOM = 1 << 26


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
