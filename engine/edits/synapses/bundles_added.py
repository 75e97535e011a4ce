"""Bundles that are added up: what chains of edits make of a normalisation's or of attention's synapses.

Each adds to the sums, and to the gradients, what its synapses have more than without it, and changes nothing
that is there: so any number of them may be of the same neurons. Edits that overlap are told as such.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks import LayerNorm, Scratch
from engine.blocks.kinds import Gated
from engine.edits.synapses import bundle_norms
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.bundle_sums import read_by
from engine.edits.synapses.links import Arrays


def add_up(bundle: Bundle, pre: Array, activations: Arrays, parameters: Arrays, fast: bool) -> None:
    """Add to the sums (n, *shape) what the bundle's synapses have more; activations: its sources'."""
    block, x = bundle.target.block, activations[bundle.source.name]
    assert isinstance(block, LayerNorm | Gated)
    if isinstance(block, LayerNorm):
        bundle_norms.add_up(bundle, pre, x, parameters)
        return
    more = np.zeros_like(pre)
    if bundle.gain != 1:
        block.forward(read_by(bundle, activations, 1.0, 0.0), parameters, more, Scratch(fast))
        more *= bundle.gain - 1
    if bundle.offset:
        more += block.reach(bundle.sent(x, 1.0, others=0.0)) * bundle.offset
    (flat, at), (fresh, _) = bundle.at_ends(pre), bundle.at_ends(more)
    flat[at] += fresh[at]


def back_up(
    bundle: Bundle,
    grad: Array,
    activations: Arrays,
    parameters: Arrays,
    sent: Sequence[Array | None],
    learn: Arrays | None,
    fast: bool,
) -> None:
    """Add what the bundle makes of the gradients by its sources (sent) and by the parameters (learn)."""
    block, back, x = bundle.target.block, sent[bundle.slot], activations[bundle.source.name]
    assert isinstance(block, LayerNorm | Gated)
    if isinstance(block, LayerNorm):
        bundle_norms.back_up(bundle, grad, x, parameters, back, learn)
        return
    delta, read = bundle.into(grad), read_by(bundle, activations, 1.0, 0.0)
    if bundle.gain != 1:
        asked = [None if each is None else np.empty_like(of) for each, of in zip(sent, read, strict=True)]
        scratch = Scratch(fast)
        # What a block keeps for the way back is of what it read.
        block.forward(read, parameters, np.empty_like(grad), scratch)
        block.backward(delta, read, parameters, scratch, None, asked)
        for slot, (total, more) in enumerate(zip(sent, asked, strict=True)):
            if total is not None and more is not None:
                _add(bundle, total, more * (bundle.gain - 1), carried=slot == bundle.slot)
    if back is not None and bundle.offset:
        _add(bundle, back, block.reach_back(delta, x.shape) * bundle.offset, carried=True)


def _add(bundle: Bundle, total: Array, more: Array, carried: bool) -> None:
    if not carried:
        total += more
        return
    (flat, at), (given, _) = bundle.at_starts(total), bundle.at_starts(np.broadcast_to(more, total.shape))
    flat[at] += given[at]
