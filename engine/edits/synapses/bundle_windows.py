"""What a bundle of edited synapses makes of windows that take a maximum, and of the gradients through them.

Windows whose cells all count alike come to what they would times a factor; others are taken once more, over
cells that are weighted.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.blocks import MaxPool, Scratch
from engine.edits.synapses import bundle_boxes
from engine.edits.synapses.bundle import Bundle


def add_up(bundle: Bundle, windows: Array, x: Array | None, fast: bool) -> None:
    """Edit what windows came to (n, *shape), in place; x (n, *shape): cells, None where all are scaled."""
    if bundle.scaled is not None or x is None:
        _scale(windows, bundle)
        return
    block, box = bundle.target.block, bundle.box
    assert isinstance(block, MaxPool)
    if box is not None:
        mine = windows[box.places]
        mine[...] = bundle_boxes.Cells(bundle, box, x).largest(mine.shape, fast)
        return
    largest = np.empty_like(windows)
    block.forward([_weighted(bundle, x)], {}, largest, Scratch(fast))
    if bundle.cut:
        largest[largest == -np.inf] = 0  # Windows that have no cell left.
    (flat, at), (fresh, _) = bundle.at_ends(windows), bundle.at_ends(largest)
    flat[at] = fresh[at]


def _scale(windows: Array, bundle: Bundle) -> None:
    """Take the bundle's windows (n, *shape) times its factor, in place."""
    flat = windows.reshape(len(windows), -1)
    if bundle.factor:
        flat[:, bundle.scaled] *= bundle.factor
    else:
        flat[:, bundle.scaled] = 0


def _weighted(bundle: Bundle, x: Array) -> Array:
    """The cells of which windows take the largest, (n, *shape): -inf where none is left."""
    return bundle.sent(x, -np.inf if bundle.cut else bundle.factor)


def take_windows(bundle: Bundle, grad: Array) -> Array:
    """The gradient by edited windows, for `put_windows_back`; in grad the block finds what it may send.

    That is nothing (0), or all of it, where the bundle scales. Of a box (n, *box), else (n, *shape).
    """
    if bundle.scaled is not None:
        whole: Array = grad.reshape(len(grad), -1)[:, bundle.scaled].copy()
        _scale(grad, bundle)
        return whole
    if bundle.box is not None:
        mine = grad[bundle.box.places]
        felt: Array = mine.copy()
        mine[...] = 0
        return felt
    delta = grad.copy() if bundle.ends is None else bundle.into(grad)
    flat, at = bundle.at_ends(grad)
    flat[at] = 0
    return delta


def put_windows_back(bundle: Bundle, taken: Array, grad: Array) -> None:
    """Undo `take_windows`."""
    if bundle.scaled is not None:
        grad.reshape(len(grad), -1)[:, bundle.scaled] = taken
    elif bundle.box is not None:
        grad[bundle.box.places] = taken
    else:
        (flat, at), (given, _) = bundle.at_ends(grad), bundle.at_ends(taken)
        flat[at] = given[at]


def back_windows(bundle: Bundle, delta: Array, x: Array, back: Array | None, fast: bool = False) -> None:
    """Send the gradient of edited windows, see `take_windows`, to the cell that won each; back: that by x."""
    block = bundle.target.block
    assert isinstance(block, MaxPool)
    if back is None:
        return
    box = bundle.box
    if box is not None:
        bundle_boxes.Cells(bundle, box, x).back_up(delta, back, fast)
        return
    cells, scratch = _weighted(bundle, x), Scratch(fast)
    if fast:
        # It keeps who won.
        block.forward([cells], {}, np.empty_like(delta), scratch)
    mine = np.empty_like(x)
    block.backward(delta, [cells], {}, scratch, None, [mine])
    flat, at = bundle.at_starts(mine)
    flat[at] *= bundle.factor
    back += mine
