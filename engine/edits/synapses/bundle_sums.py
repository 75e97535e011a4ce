"""What a bundle of edited synapses makes of the sums of its layer, and of the gradients through them.

Where all that a sum reads is edited it becomes gain (w x) + offset (sum of x) + b, and no weight need be
looked at: back the block is given gain times the gradient. Where all that a source sends is edited the block
is fed that; else it is run once more on it. The first of these is in `bundle_gains`, normalisations are in
`bundle_norms`, maxima in `bundle_windows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LayerNorm, MaxPool, Scratch, TokenDense
from engine.blocks.kinds import Gated
from engine.edits.places import units_of
from engine.edits.synapses import bundle_boxes, bundle_norms, bundle_windows
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.bundle_gains import Summing, bias_of, rescale
from engine.edits.synapses.links import Arrays


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
    if isinstance(block, Dense) and not (fed and bundle.starts is not None):
        # What a trace of a small net meets most often, ahead of all that is asked of other blocks.
        x = activations[bundle.source.name]
        if bundle.starts is None:
            rescale(bundle, block, pre, x, parameters["bias"], ())
        else:
            _add_rows(bundle, pre, x, parameters["weight"])
        return
    if isinstance(block, MaxPool):
        cells = None if bundle.scaled is not None else activations[bundle.source.name]
        bundle_windows.add_up(bundle, pre, cells, fast)
        return
    assert isinstance(block, Summing)
    x = activations[bundle.source.name]
    if bundle.starts is None:
        others = [activations[name] for name in bundle.added]
        rescale(bundle, block, pre, x, bias_of(block, parameters, pre.dtype), others)
    elif isinstance(block, Conv) and not fed and bundle.box is not None:
        bundle_boxes.Maps(bundle, bundle.box, x, parameters).add_up(pre, fast)
    elif fed or bundle.gain == 1:
        if bundle.offset:
            _put(bundle, pre, pre + block.reach(bundle.sent(x, 1.0, others=0.0)) * bundle.offset)
    elif isinstance(block, LayerNorm):
        bundle_norms.add_up(bundle, pre, x, parameters)
    else:
        fresh = np.empty_like(pre)
        block.forward(read_by(bundle, activations, bundle.gain, 1.0), parameters, fresh, Scratch(fast))
        if bundle.offset:
            fresh += block.reach(bundle.sent(x, 1.0, others=0.0)) * bundle.offset
        _put(bundle, pre, fresh)


def _add_rows(bundle: Bundle, pre: Array, x: Array, weight: Array) -> None:
    """`add_up` for some neurons of a dense layer's source: only their weights are looked at."""
    (flat, at), to = bundle.at_starts(x), bundle.to
    sent, sums = flat[at].reshape(len(x), -1), pre[:, to]
    if bundle.gain != 1:
        more = np.dot(sent, bundle.matrix(weight))
        more *= bundle.gain - 1
        sums += more
    if bundle.offset:
        sums += np.add.reduce(sent, axis=1, keepdims=True) * bundle.offset
    if not isinstance(to, slice):
        pre[:, to] = sums  # What was taken was a copy.


def _rows_back(bundle: Bundle, grad: Array, back: Array, weight: Array) -> None:
    """Add to back, in the same way, what the edit makes of the gradient by these neurons."""
    delta = grad[:, bundle.to]
    more = np.dot(delta, bundle.matrix(weight).T) * (bundle.gain - 1)
    if bundle.offset:
        more += delta.sum(axis=1, keepdims=True) * bundle.offset
    flat, at = bundle.at_starts(back)
    mine = flat[at]
    flat[at] = mine + more.reshape(mine.shape)


def _put(bundle: Bundle, pre: Array, sums: Array) -> None:
    (flat, at), (fresh, _) = bundle.at_ends(pre), bundle.at_ends(sums)
    flat[at] = fresh[at]


def read_by(bundle: Bundle, activations: Arrays, factor: float, others: float) -> list[Array]:
    """What the block reads: of the bundle's source what is sent, see `Bundle.sent`; all else as it is."""
    read = [activations[name] for name in bundle.target.sources]
    read[bundle.slot] = bundle.sent(read[bundle.slot], factor, others)
    return read


def back_up(
    bundle: Bundle,
    grad: Array,
    activations: Arrays,
    parameters: Arrays,
    sent: Sequence[Array | None],
    learn: Arrays | None,
    fast: bool = False,
    fed: bool = False,
) -> None:
    """Edit the gradients that the block has sent back: by its sources (sent) and by its parameters (learn).

    grad (n, *shape): by the layer's sums. sent (n, *shape) hold what the block has sent, and nothing else;
    they are edited in place. fed: as in `add_up`.
    """
    block, gain = bundle.target.block, bundle.gain
    if isinstance(block, MaxPool) or (gain == 1 and not bundle.offset):
        return
    assert isinstance(block, Summing)
    back, x = sent[bundle.slot], activations[bundle.source.name]
    if bundle.starts is None:
        # Of the gain the block has had its share, see `take_ends`.
        if back is not None and bundle.offset:
            back += block.reach_back(bundle.into(grad), x.shape) * bundle.offset
    elif isinstance(block, LayerNorm):
        bundle_norms.back_up(bundle, grad, x, parameters, back, learn)
    elif isinstance(block, Gated):
        _send_more(bundle, block, grad, activations, parameters, sent, None, Scratch(fast))
    else:
        learn = None if fed or gain == 1 else _learned(bundle, block, learn)
        if back is not None and bundle.ends is None:
            _scale_back(bundle, back, block.reach_back(grad, x.shape) if bundle.offset else None)
            back = None
        if back is not None and isinstance(block, Dense):
            _rows_back(bundle, grad, back, parameters["weight"])
            back = None
        box = bundle.box
        if box is not None and (back is not None or learn is not None):
            bundle_boxes.Maps(bundle, box, x, parameters).back_up(grad, back, learn, fast)
        elif back is not None or learn is not None:
            alone = [back, *[None] * len(bundle.added)]
            _send_more(bundle, block, grad, activations, parameters, alone, learn, Scratch(fast))


def _learned(bundle: Bundle, block: Dense | Conv | TokenDense, learn: Arrays | None) -> Arrays | None:
    """Scale what the bundle's weights learn, in place; what is left to be learned in another way: learn."""
    shared = None if learn is None else _shared(bundle, block)
    if learn is None or shared is None:
        return learn
    weight = learn["weight"].reshape(-1, *shared[:2])
    weight[shared[2]] *= bundle.gain
    return None


def _shared(bundle: Bundle, block: Dense | Conv | TokenDense) -> tuple[int, int, tuple[Any, ...]] | None:
    """n, m and the place in (taps, n, m) of the bundle's weights; None where other synapses share them."""
    source, target = bundle.source, bundle.target
    maps = source.size if isinstance(block, Dense) else source.shape[-1]
    into = units_of(bundle.starts, maps)
    out = units_of(bundle.ends, target.shape[-1])
    if into is None or out is None:
        return None
    both = not isinstance(into, slice) and not isinstance(out, slice)
    return maps, target.shape[-1], (slice(None), into[:, None] if both else into, out)


def _scale_back(bundle: Bundle, back: Array, reach: Array | None) -> None:
    flat, at = bundle.at_starts(back)
    if bundle.gain != 1:
        flat[at] *= bundle.gain
    if reach is not None:
        flat[at] += bundle.at_starts(reach)[0][at] * bundle.offset


def _send_more(
    bundle: Bundle,
    block: Dense | Conv | TokenDense | Gated,
    grad: Array,
    activations: Arrays,
    parameters: Arrays,
    sent: Sequence[Array | None],
    learn: Arrays | None,
    scratch: Scratch,
) -> None:
    """`back_up` by another way back through the block, of what the edited synapses alone carry."""
    delta, read = bundle.into(grad), read_by(bundle, activations, 1.0, 0.0)
    mine = [None if back is None else np.empty_like(x) for back, x in zip(sent, read, strict=True)]
    fresh = None if learn is None else {name: np.empty_like(array) for name, array in learn.items()}
    # What a block keeps for the way back is of what it read.
    block.forward(read, parameters, np.empty_like(grad), scratch)
    block.backward(delta, read, parameters, scratch, fresh, mine)
    if fresh is not None and learn is not None:
        learn["weight"] += fresh["weight"] * (bundle.gain - 1)
    for slot, (back, more) in enumerate(zip(sent, mine, strict=True)):
        if back is not None and more is not None:
            np.multiply(more, bundle.gain - 1, out=more)
            if slot == bundle.slot:
                reach = block.reach_back(delta, more.shape) if bundle.offset else None
                _add_at_starts(bundle, back, more if reach is None else more + reach * bundle.offset)
            else:
                np.add(back, more, out=back)


def _add_at_starts(bundle: Bundle, back: Array, more: Array) -> None:
    (flat, at), (given, _) = bundle.at_starts(back), bundle.at_starts(more)
    flat[at] += given[at]


def take_ends(bundle: Bundle, grad: Array) -> Array | None:
    """The gradient by sums of which all that they read is edited; in grad the block finds what they carry.

    None where there are none. See `put_ends_back`.
    """
    if bundle.taking or bundle.starts is not None or bundle.gain == 1:
        return None
    flat, at = bundle.at_ends(grad)
    whole: Array = flat[at].copy()
    flat[at] = whole * bundle.gain if bundle.gain else 0
    return whole


def put_ends_back(
    bundle: Bundle, taken: Array, grad: Array, learn: Arrays | None, others: Sequence[Array | None]
) -> None:
    """Undo `take_ends`, once the block has gone back.

    A bias, which is not edited, learns of all of it; nor is what is added as it is: others, the gradients
    by these sources, where they are wanted.
    """
    flat, at = bundle.at_ends(grad)
    flat[at] = taken
    for more in others if bundle.added else ():
        if more is not None:
            more[...] = grad
    if learn:
        # Anew: of a large gain's share nothing would be left of the bias's own.
        by_bias = bias_of(bundle.target.block, learn, grad.dtype)
        by_bias[...] = grad.sum(axis=0).reshape(-1, len(by_bias)).sum(axis=0)
