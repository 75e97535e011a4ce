"""What has changed between two nets of one graph, so that one trace can build on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import Array
from engine.edits import Edit
from engine.layer import Layer

if TYPE_CHECKING:
    from engine.graph import Net
    from engine.trace import Trace

_FIRED = ("ablate", "clamp", "scale", "function")
"""What is done to neurons after they have summed up."""


def changed_since(net: Net, x: Array, base: Trace) -> tuple[list[Layer], set[str]] | None:
    """The layers that may differ from those of another trace of the input x (1, *shape), in order.

    And the names of those among them whose sums are the same, only their activations are not. None where
    there is nothing to build on: another image, another graph, or an edited pixel.
    """
    before = base.net
    first = net.layers[0].name
    if net.layers != before.layers or not np.array_equal(x[0], base.pre[first]):
        return None
    same = _common(net.edits, before.edits)
    fresh = (*net.edits[same:], *before.edits[same:])
    summing = {edit.layer for edit in fresh if edit.synapse or edit.verb not in _FIRED}
    stale = {edit.layer for edit in fresh}
    if first in stale:
        return None
    if net.parameters is not before.parameters:
        learned = {n.rpartition(".")[0] for n, a in net.parameters.items() if a is not before.parameters[n]}
        stale |= learned
        summing |= learned
    found, fired = [], set()
    for layer in net.layers[1:]:
        follows = stale & {*layer.sources, *net.overlay.sources(layer.name)}
        if follows or layer.name in stale:
            stale.add(layer.name)
            found.append(layer)
            if not follows and layer.name not in summing:
                fired.add(layer.name)
    return found, fired


def _common(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> int:
    """With how many edits both begin."""
    for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return number
    return min(len(one), len(other))
