"""What a bundle makes of sums of which all that they read is edited: no weight need be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Block, Conv, Dense, LayerNorm, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.links import Arrays

FEW = 8
"""Neurons of a convolution up to which what they read is looked at alone."""
Summing = Dense | Conv | LayerNorm | TokenDense | Gated


def bias_of(block: Block | None, parameters: Arrays, dtype: Any) -> Array:
    """What is added to each row of its sums, (m,): nothing where it has no such parameter."""
    if isinstance(block, Gated):
        return np.zeros(1, dtype)
    return parameters["shift" if isinstance(block, LayerNorm) else "bias"]


def rescale(
    bundle: Bundle,
    block: Summing,
    pre: Array,
    x: Array,
    bias: Array,
    others: Sequence[Array],
) -> None:
    """Edit sums (n, *shape) of which all that x holds is edited, in place; others are added as they are."""
    flat, at = bundle.at_ends(pre)
    mine = flat[at]
    if bundle.gain != 1:
        if len(bias) > 1 and bundle.ends is not None:
            bias = bias[at[-1]] if flat is pre else bias[bundle.ends.flat % len(bias)]
        for more in others:
            bias = bias + bundle.at_ends(more)[0][at]
        if bundle.gain:
            mine *= bundle.gain
            mine += bias * (1 - bundle.gain)
        else:
            mine[...] = bias
    if bundle.offset and isinstance(block, Dense):
        mine += block.reach(x) * bundle.offset  # All of its neurons read the same.
    elif bundle.offset:
        reached = _reached(bundle, x)
        if reached is None:
            # Multiplied while it is one number for all maps.
            more = np.broadcast_to(block.reach(x) * bundle.offset, pre.shape)
            mine += bundle.at_ends(more)[0][at]
        else:
            mine += reached.reshape(mine.shape) * bundle.offset
    if flat is not pre:
        flat[at] = mine


def _reached(bundle: Bundle, x: Array) -> Array | None:
    """The sum of what each of a few neurons of a convolution reads, (n, ends); None of many and of others."""
    block = bundle.target.block
    if not isinstance(block, Conv) or bundle.ends is None or len(bundle.ends) > FEW:
        return None
    down, across, sums = *block.axes(x.shape[1:]), []
    for place in (bundle.ends.flat // block.maps).tolist():
        top, left = (
            p * k.stride - k.before for p, k in zip(divmod(place, across.places), (down, across), strict=True)
        )
        window = x[:, max(0, top) : max(0, top + down.taps), max(0, left) : max(0, left + across.taps)]
        sums.append(window.reshape(len(x), -1).sum(axis=1))
    return np.stack(sums, axis=1)
