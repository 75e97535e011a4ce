"""What a bundle of edited synapses into a normalisation makes of its sums, and of the gradients through them.

From neurons S of a row to neurons E of it: own weights are scale_i (1[i = j] - 1/d) / sigma, and sigma, which
follows from all of the row, is edited by nothing. So with m_j = 1 in S, else 0, a sum i in E has

    (gain - 1) scale_i / sigma (m_i x_i - sum(m x) / d) + offset sum(m x)

more than without the edit.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.blocks import LayerNorm
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.links import Arrays


def add_up(bundle: Bundle, pre: Array, x: Array, parameters: Arrays) -> None:
    """Edit the sums that the block has made (n, *shape) of x (n, *shape), in place."""
    centred, total, root = _sent(bundle, x)
    more = centred * (root * (bundle.gain - 1)) * parameters["scale"]
    if bundle.offset:
        more += total * bundle.offset
    (flat, at), (fresh, _) = bundle.at_ends(pre), bundle.at_ends(more)
    flat[at] += fresh[at]


def back_up(
    bundle: Bundle, grad: Array, x: Array, parameters: Arrays, back: Array | None, learn: Arrays | None
) -> None:
    """Add what the edit makes of the gradients by x (back) and by the parameters (learn), in place.

    grad (n, *shape): by the layer's sums.
    """
    centred, _, root = _sent(bundle, x)
    delta, width = bundle.into(grad), x.shape[-1]
    felt = delta * (bundle.gain - 1)
    if learn is not None:
        learn["scale"] += (felt * centred * root).reshape(-1, width).sum(axis=0)
    if back is None:
        return
    felt *= parameters["scale"]
    # 1 / sigma falls by (x_k - mean) / (d sigma^3) for each x_k of its row.
    by_root = np.sum(felt * centred, axis=-1, keepdims=True) * (root**3 / width)
    back -= by_root * (x - x.mean(axis=-1, keepdims=True))
    felt *= root
    felt -= felt.mean(axis=-1, keepdims=True)
    if bundle.offset:
        felt += delta.sum(axis=-1, keepdims=True) * bundle.offset
    (flat, at), (fresh, _) = bundle.at_starts(back), bundle.at_starts(felt)
    flat[at] += fresh[at]


def _sent(bundle: Bundle, x: Array) -> tuple[Array, Array, Array]:
    """What the bundle sends: m x - sum(m x) / d, sum(m x) and 1 / sigma of each row (n, ..., d or 1)."""
    block = bundle.target.block
    assert isinstance(block, LayerNorm)
    sent = bundle.sent(x, 1.0, others=0.0)
    total = block.reach(sent)
    sent -= total / x.shape[-1]
    return sent, total, block.roots(x)[..., None]
