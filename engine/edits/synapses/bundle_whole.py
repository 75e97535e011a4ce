"""A bundle of a convolution's synapses in training: its own loops are run once more, with other weights.

Where many windows are edited that costs less than to look at them alone, see `bundle_boxes`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv
from engine.blocks.conv import SMALL
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.links import Arrays

FEW = 8
"""One of so many neurons of a layer: if fewer are edited, they are looked at alone."""


def fits(bundle: Bundle, sums: Any) -> bool:
    """Whether it is worked out here; sums: the layer's `kernels.maps.conv_sums.ConvSums`, None for none."""
    block = bundle.target.block
    if sums is None or not isinstance(block, Conv):
        return False
    if block.height * block.width * bundle.source.shape[2] > SMALL and (
        bundle.starts is None or bundle.feeds or bundle.gain == 1
    ):
        # No weight need be looked at, which costs less where windows are large, see `bundle_sums`.
        return False
    count = bundle.target.size if bundle.ends is None else len(bundle.ends)
    # Where all that they read counts, the sum of it is wanted too.
    summed = bundle.starts is None and bundle.offset != 0 and count > FEW
    return summed or count * FEW >= bundle.target.size


def add_up(bundle: Bundle, pre: Array, x: Array, parameters: Arrays, sums: Any, fed: bool) -> None:
    """Edit the sums (n, *shape) that the block has made, in place; fed: see `bundle_sums.add_up`."""
    weight, bias = parameters["weight"], parameters["bias"]
    (gain, offset), (flat, at) = _by_map(bundle, weight), _windows(bundle, pre)
    if bundle.starts is None:
        # All that they read is edited: nothing of what they were is left, however large it was.
        fresh = pre if at is None else np.empty_like(pre)
        sums.forward(x, weight * gain + offset, bias, fresh)
        if at is not None:
            flat[at] = fresh.reshape(flat.shape)[at]
        return
    if fed and not bundle.offset:
        return
    fresh = np.empty_like(pre)
    more = np.broadcast_to(offset, weight.shape) if fed else weight * (gain - 1) + offset
    sums.forward(bundle.sent(x, 1.0, others=0.0), more, np.zeros_like(bias), fresh)
    at = at or slice(None)
    flat[at] += fresh.reshape(flat.shape)[at]


def back_up(
    bundle: Bundle, grad: Array, x: Array, parameters: Arrays, sums: Any, back: Array | None, learn: Arrays
) -> None:
    """Add what the edit makes of the gradients by the source (back) and by the weights (learn)."""
    weight = parameters["weight"]
    (gain, offset), (flat, at) = _by_map(bundle, weight), _windows(bundle, grad)
    delta = grad
    if at is not None:
        delta = np.zeros_like(grad)
        delta.reshape(flat.shape)[at] = flat[at]
    fresh, by_bias = np.empty_like(weight), np.empty_like(parameters["bias"])
    mine = None if back is None else np.empty_like(x)
    sent = x if bundle.starts is None else bundle.sent(x, 1.0, others=0.0)
    sums.backward(delta, sent, weight * (gain - 1) + offset, fresh, by_bias, mine)
    learn["weight"][...] += fresh * (gain - 1)
    if back is not None and mine is not None:
        (flat, at), (given, _) = bundle.at_starts(back), bundle.at_starts(mine)
        flat[at] += given[at]


def _by_map(bundle: Bundle, weight: Array) -> tuple[Array, Array]:
    """Gain and offset of the weights into each map, (maps,): 1 and 0 into maps that have no edited end."""
    box, maps = None if bundle.ends is None else bundle.ends.slices, weight.shape[-1]
    edited = slice(None) if box is None else box[3]
    gain, offset = np.ones(maps, weight.dtype), np.zeros(maps, weight.dtype)
    gain[edited], offset[edited] = bundle.gain, bundle.offset
    return gain, offset


def _windows(bundle: Bundle, values: Array) -> tuple[Array, Any]:
    """The layer's values, perhaps in another shape, and the edited ends as an index, None for all.

    Of a box with all maps, of which some are edited as `_by_map` tells: so they lie in one piece.
    """
    if bundle.ends is None:
        return values, None
    box = bundle.ends.slices
    if box is None:
        return bundle.ends.at(values)
    whole = all(
        side.stop - side.start == length for side, length in zip(box[1:3], values.shape[1:3], strict=True)
    )
    return values, None if whole else box[:3]
