"""What batch norms keep of the layers before them, followed while norms go into weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.foreign.graph.draft import Node
from engine.foreign.normed import Normed


@dataclass(eq=False)
class Kept:
    """What a batch norm's file keeps of a layer, in the layer's shape; see `engine.foreign.normed`.

    maps: whether of whole maps. sums: whether of the layer before its activation function.
    """

    node: Node
    mean: Array
    deviation: Array
    maps: bool
    sums: bool

    @classmethod
    def of(cls, node: Node, own: tuple[Array, Array], mean: Array, variance: Array, maps: bool) -> Kept:
        """Of a tensor that is a layer's neurons times the first of `own` plus the second, in its shape."""
        scale, offset = own
        with np.errstate(all="ignore"):
            deviation = np.sqrt(variance) / np.abs(scale)
            return cls(node, (mean - offset) / scale, deviation, maps, node.activation == "identity")

    def changed(self, scale: Array, offset: Array) -> None:
        """Follow the layer's sums, into whose parameters a scale and an offset went."""
        self.mean = self.mean * scale + offset
        self.deviation = self.deviation * np.abs(scale)

    def named(self, name: str) -> Normed | None:
        """The same of the layer of this name in the net; None where it is of no use."""
        mean, deviation = (part.reshape(-1, part.shape[-1]) for part in (self.mean, self.deviation))
        if self.maps and all(np.ptp(part, axis=0).max() == 0 for part in (mean, deviation)):
            mean, deviation = mean[0], deviation[0]
        elif self.maps:
            return None
        good = np.isfinite(mean).all() and np.isfinite(deviation).all() and deviation.any()
        return Normed(name, self.sums, mean.reshape(-1), deviation.reshape(-1)) if good else None


def followed(kept: Sequence[Kept], node: Node, scale: Array, offset: Array) -> None:
    """Have all that is kept of a layer follow its sums."""
    for each in kept:
        if each.node is node:
            each.changed(scale, offset)
