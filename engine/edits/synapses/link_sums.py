"""What synapses edited one by one make of the sums of their layer, and of the gradients through them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.arrays import Array, add_columns
from engine.edits.synapses.links import Arrays, Links, flat_of

Gathered = Callable[[str], Array | None]
"""The array where the gradient by a layer's activations is gathered, None where nobody asks."""


def add_up(links: Links, sums: Array, activations: Arrays, parameters: Arrays, fast: bool) -> None:
    """Correct a layer's sums (n, size), in place; fast: see `Links`."""
    if len(sums) == 1 and links.alone is not None:
        links.add_alone(sums[0], activations[links.source].reshape(-1), parameters)
    elif fast and links.many:
        if links.rest is not None:
            links.rest.add_up(sums, flat_of(activations, links.source), parameters)
    elif sums.dtype == np.float32 and links.whole:
        links.add_up(sums, flat_of(activations, links.source), parameters)
    else:
        sent = flat_of(activations, links.source)[:, links.start]
        sent = sent * links.change(activations, parameters).astype(sums.dtype, copy=False)
        add_columns(sums, links.end, sent)


def back_up(
    links: Links,
    delta: Array,
    activations: Arrays,
    parameters: Arrays,
    gathered: Gathered,
    learn: Arrays | None,
    fast: bool,
) -> None:
    """Add the gradients through the synapses to those of their sources and of their parameters.

    delta (n, size): by the layer's sums. learn: the layer's parameter gradients.
    """
    source = links.source
    if fast and links.many:
        if links.rest is not None:
            links.rest.back_up(delta, flat_of(activations, source), parameters, gathered(source), learn)
    elif delta.dtype == np.float32 and links.whole:
        links.back_up(delta, flat_of(activations, source), parameters, gathered(source), learn)
    else:
        _back_each(links, delta, activations, parameters, gathered, learn)


def _back_each(
    links: Links,
    delta: Array,
    activations: Arrays,
    parameters: Arrays,
    gathered: Gathered,
    learn: Arrays | None,
) -> None:
    mine, sent = delta[:, links.end], flat_of(activations, links.source)[:, links.start]
    change = links.change(activations, parameters).astype(delta.dtype, copy=False)
    _gather(gathered(links.source), links.start, mine * change)
    by_own = mine * sent * links.more.astype(delta.dtype)
    if links.norm is not None:
        x = activations[links.source]
        links.norm.back_own_weights(by_own, x, parameters, links.ids, learn, gathered(links.source))
    if links.gate is not None:
        _gather(gathered(links.gate_layer), links.gate, by_own * links.constant.astype(delta.dtype))
    if learn is not None and links.name:
        learned = links.parameter >= 0
        np.add.at(learn[links.name].reshape(-1), links.parameter[learned], by_own.sum(axis=0)[learned])


def _gather(back: Array | None, place: Array, amount: Array) -> None:
    if back is not None:
        add_columns(back.reshape(len(back), -1), place, amount)
