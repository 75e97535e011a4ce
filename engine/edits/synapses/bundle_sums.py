"""What a bundle of edited synapses makes of the sums of its layer, and of the gradients through them.

Where all that a sum reads is edited it becomes gain (w x) + offset (sum of x) + b, and no weight need be
looked at: back the block is given gain times the gradient. Where all that a source sends is edited the block
is fed that; else it is run once more on it. A maximum is taken once more, over cells that are weighted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Block, Conv, Dense, LayerNorm, MaxPool, Scratch, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.places import units_of
from engine.edits.synapses.bundle import Bundle

Arrays = Mapping[str, Array]
Summing = Dense | Conv | LayerNorm | TokenDense | Gated
ROWS = 16
"""Sources of a dense layer up to which their rows of its weights are less work than all of them."""


def add_up(
    bundle: Bundle,
    pre: Array,
    activations: Arrays,
    parameters: Arrays,
    fast: bool = False,
    fed: bool = False,
) -> None:
    """Edit the sums that the block has made (n, *shape), in place; activations (n, *shape): its sources'.

    They need not be there where windows are scaled. fed: whether it has read what is sent in their place.
    """
    block = bundle.target.block
    if bundle.scaled is not None:
        _scale(pre, bundle)
        return
    x, others = activations[bundle.source.name], [activations[name] for name in bundle.added]
    if isinstance(block, MaxPool):
        _put(bundle, pre, _largest(bundle, block, x, pre, Scratch(fast)))
        return
    assert isinstance(block, Summing)
    if bundle.starts is None:
        _rescale(bundle, block, pre, x, _bias(block, parameters, pre.dtype), others)
        return
    assert not isinstance(block, Gated)
    if fed or bundle.gain == 1:
        if bundle.offset:
            _put(bundle, pre, pre + block.reach(bundle.sent(x, 1.0, others=0.0)) * bundle.offset)
    elif isinstance(block, Dense) and len(bundle.starts) <= ROWS:
        change = parameters["weight"][bundle.starts][:, bundle.to] * (bundle.gain - 1) + bundle.offset
        pre[:, bundle.to] += x.reshape(len(x), -1)[:, bundle.starts] @ change
    else:
        sums = np.empty_like(pre)
        block.forward([bundle.sent(x, bundle.gain)], parameters, sums, Scratch(fast))
        if bundle.offset:
            sums += block.reach(bundle.sent(x, 1.0, others=0.0)) * bundle.offset
        _put(bundle, pre, sums)


def _put(bundle: Bundle, pre: Array, sums: Array) -> None:
    pre.reshape(len(pre), -1)[:, bundle.to] = sums.reshape(len(pre), -1)[:, bundle.to]


def _scale(windows: Array, bundle: Bundle) -> None:
    """Take the bundle's windows (n, *shape) times its factor, in place."""
    flat = windows.reshape(len(windows), -1)
    if bundle.factor:
        flat[:, bundle.scaled] *= bundle.factor
    else:
        flat[:, bundle.scaled] = 0


def _bias(block: Block | None, parameters: Arrays, dtype: Any) -> Array:
    """What is added to each row of its sums, (m,): nothing where it has no such parameter."""
    if isinstance(block, Gated):
        return np.zeros(1, dtype)
    return parameters["shift" if isinstance(block, LayerNorm) else "bias"]


def _rescale(
    bundle: Bundle,
    block: Summing,
    pre: Array,
    x: Array,
    bias: Array,
    others: Sequence[Array],
) -> None:
    """`add_up` where every neuron that x holds is edited; others are added to the sums as they are."""
    flat, to, ends = pre.reshape(len(pre), -1), bundle.to, bundle.ends
    mine = pre if ends is None else flat[:, to]
    if ends is not None:
        bias = bias[ends % len(bias)]
    for more in others:
        bias = bias + (more if ends is None else more.reshape(len(pre), -1)[:, to])
    if bundle.gain:
        mine *= bundle.gain
        mine += bias * (1 - bundle.gain)
    else:
        mine[...] = bias
    if bundle.offset and not isinstance(block, Gated):
        reach = block.reach(x)
        if ends is not None and reach.ndim > 2:
            reach = np.broadcast_to(reach, pre.shape).reshape(len(pre), -1)[:, to]
        mine += reach * bundle.offset
    if ends is not None:
        flat[:, to] = mine


def _weighted(bundle: Bundle, x: Array) -> Array:
    """The cells of which windows take the largest, (n, *shape): -inf where none is left."""
    return bundle.sent(x, -np.inf if bundle.cut else bundle.factor)


def _largest(bundle: Bundle, block: MaxPool, x: Array, like: Array, scratch: Scratch) -> Array:
    """What the windows come to, (n, *shape); 0 of those that have no cell left."""
    largest = np.empty_like(like)
    block.forward([_weighted(bundle, x)], {}, largest, scratch)
    if bundle.cut:
        largest[largest == -np.inf] = 0
    return largest


def back_up(
    bundle: Bundle,
    grad: Array,
    x: Array,
    parameters: Arrays,
    back: Array | None,
    learn: Arrays | None,
    fast: bool = False,
    fed: bool = False,
) -> None:
    """Edit the gradients that the block has sent back: by x (back) and by its parameters (learn), in place.

    grad (n, *shape): by the layer's sums. back (n, *shape) holds what the block has sent, and nothing else.
    fed: as in `add_up`.
    """
    block, gain = bundle.target.block, bundle.gain
    if isinstance(block, MaxPool) or (gain == 1 and not bundle.offset):
        return
    assert isinstance(block, Summing)
    if bundle.starts is None:
        # Of the gain the block has had its share, see `take_ends`.
        if back is not None and bundle.offset and not isinstance(block, Gated):
            back += block.reach_back(_delta_into(bundle, grad), x.shape) * bundle.offset
        return
    assert isinstance(block, Dense | Conv)
    if fed:
        learn = None
    shared = _shared(bundle, block)
    if learn is not None and gain != 1 and shared is not None:
        weight = learn["weight"].reshape(-1, *shared[:2])
        weight[shared[2]] *= gain
        learn = None
    if back is not None and bundle.ends is None:
        _scale_back(bundle, back, block.reach_back(grad, x.shape) if bundle.offset else None)
        back = None
    if back is not None or (learn is not None and gain != 1):
        _send_more(bundle, block, grad, x, parameters, back, learn, Scratch(fast))


def _shared(bundle: Bundle, block: Dense | Conv) -> tuple[int, int, tuple[Any, ...]] | None:
    """n, m and the place in (taps, n, m) of the bundle's weights; None where other synapses share them."""
    source, target = bundle.source, bundle.target
    maps = source.shape[-1] if isinstance(block, Conv) else source.size
    into = units_of(bundle.starts, source.size, maps)
    out = units_of(bundle.ends, target.size, target.shape[-1])
    if into is None or out is None:
        return None
    both = not isinstance(into, slice) and not isinstance(out, slice)
    return maps, target.shape[-1], (slice(None), into[:, None] if both else into, out)


def _scale_back(bundle: Bundle, back: Array, reach: Array | None) -> None:
    flat, at = back.reshape(len(back), -1), bundle.starts
    if bundle.gain != 1:
        flat[:, at] *= bundle.gain
    if reach is not None:
        flat[:, at] += reach.reshape(len(back), -1)[:, at] * bundle.offset


def _send_more(
    bundle: Bundle,
    block: Dense | Conv,
    grad: Array,
    x: Array,
    parameters: Arrays,
    back: Array | None,
    learn: Arrays | None,
    scratch: Scratch,
) -> None:
    """`back_up` by another way back through the block, of what the edited synapses alone carry."""
    delta, mine = _delta_into(bundle, grad), None if back is None else np.empty_like(x)
    fresh = None if learn is None else {name: np.empty_like(array) for name, array in learn.items()}
    read = bundle.sent(x, 1.0, others=0.0)
    # What a block keeps for the way back is of what it read.
    block.forward([read], parameters, np.empty_like(grad), scratch)
    block.backward(delta, [read], parameters, scratch, fresh, [mine])
    if fresh is not None and learn is not None:
        learn["weight"] += fresh["weight"] * (bundle.gain - 1)
    if back is None or mine is None:
        return
    mine *= bundle.gain - 1
    if bundle.offset:
        mine += block.reach_back(delta, x.shape) * bundle.offset
    at = bundle.starts
    back.reshape(len(back), -1)[:, at] += mine.reshape(len(back), -1)[:, at]


def _delta_into(bundle: Bundle, grad: Array) -> Array:
    """The gradient by the sums of the edited ends, 0 elsewhere."""
    if bundle.ends is None:
        return grad
    delta = np.zeros_like(grad)
    delta.reshape(len(grad), -1)[:, bundle.to] = grad.reshape(len(grad), -1)[:, bundle.to]
    return delta


def take_ends(bundle: Bundle, grad: Array) -> Array | None:
    """The gradient by sums of which all that they read is edited; in grad the block finds what they carry.

    None where there are none. See `put_ends_back`.
    """
    if bundle.taking or bundle.starts is not None or bundle.gain == 1:
        return None
    flat = grad.reshape(len(grad), -1)
    whole: Array = flat[:, bundle.to].copy()
    flat[:, bundle.to] = whole * bundle.gain if bundle.gain else 0
    return whole


def put_ends_back(
    bundle: Bundle, taken: Array, grad: Array, learn: Arrays | None, others: Sequence[Array | None]
) -> None:
    """Undo `take_ends`, once the block has gone back.

    A bias, which is not edited, learns of all of it; nor is what is added as it is: others, the gradients
    by these sources, where they are wanted.
    """
    flat = grad.reshape(len(grad), -1)
    flat[:, bundle.to] = taken
    for more in others if bundle.added else ():
        if more is not None:
            more[...] = grad
    if learn:
        # Anew: of a large gain's share nothing would be left of the bias's own.
        by_bias = _bias(bundle.target.block, learn, grad.dtype)
        by_bias[...] = flat.sum(axis=0).reshape(-1, len(by_bias)).sum(axis=0)


def take_windows(bundle: Bundle, grad: Array) -> Array:
    """The gradient by edited windows, for `put_windows_back`; in grad the block finds what it may send.

    That is nothing (0), or all of it, where the bundle scales.
    """
    if bundle.scaled is not None:
        whole: Array = grad.reshape(len(grad), -1)[:, bundle.scaled].copy()
        _scale(grad, bundle)
        return whole
    delta = grad.copy() if bundle.ends is None else _delta_into(bundle, grad)
    grad.reshape(len(grad), -1)[:, bundle.to] = 0
    return delta


def put_windows_back(bundle: Bundle, taken: Array, grad: Array) -> None:
    """Undo `take_windows`."""
    to = bundle.to if bundle.scaled is None else bundle.scaled
    taken = taken.reshape(len(grad), -1)[:, to] if bundle.scaled is None else taken
    grad.reshape(len(grad), -1)[:, to] = taken


def back_windows(bundle: Bundle, delta: Array, x: Array, back: Array | None, fast: bool = False) -> None:
    """Send the gradient of edited windows, see `take_windows`, to the cell that won each; back: that by x."""
    block = bundle.target.block
    assert isinstance(block, MaxPool)
    if back is None:
        return
    cells, scratch = _weighted(bundle, x), Scratch(fast)
    if fast:
        # It keeps who won.
        block.forward([cells], {}, np.empty_like(delta), scratch)
    mine = np.empty_like(x)
    block.backward(delta, [cells], {}, scratch, None, [mine])
    at = slice(None) if bundle.starts is None else bundle.starts
    mine.reshape(len(x), -1)[:, at] *= bundle.factor
    back += mine
