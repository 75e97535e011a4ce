"""What several blocks have in common: that they divide by a row, take a maximum, or have neurons as gates."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks.base import Block, Wiring
from engine.topk import CHUNK, Products


class Normalisation(Block):
    """A block that divides by what all the neurons of a row or window come to; it has one source.

    Its edges' weights follow from the input (Kind.COMPUTED). To edit single ones it tells them for a batch,
    and takes a gradient by them back.
    """

    @abstractmethod
    def own_weights(self, x: Array, parameters: Mapping[str, Array], ids: Array) -> Array:
        """The weights (B, e) of edge numbers (e,) for source activations x (B, *shape)."""

    @abstractmethod
    def back_own_weights(
        self,
        grad: Array,
        x: Array,
        parameters: Mapping[str, Array],
        ids: Array,
        gradients: Mapping[str, Array] | None,
        back: Array | None,
    ) -> None:
        """From grad (B, e) by those weights add to the gradients asked for; back (B, *shape): that by x."""


class Maximum(Block):
    """A block whose neurons take the largest of what they read; they add nothing up, and have no bias."""

    def combine(self, weights: Sequence[float], values: Sequence[float], bias: float) -> float:
        """The largest of weight x value, 0 of none."""
        del bias
        return max((weight * value for weight, value in zip(weights, values, strict=True)), default=0.0)


class Gated(Block):
    """A block of two sources that multiplies the one's neurons by the other's, which gate its edges.

    carried: the number of the source whose edges these are; the other has none of its own.
    """

    carried: ClassVar[int]

    @abstractmethod
    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads of what is carried, x (n, *shape); 1 where all read the same."""

    @abstractmethod
    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of a carried input of this shape (n, ...) feels, for grad (n, ...)."""

    @abstractmethod
    def rows(self, wiring: Wiring, slope: Array | None) -> Products:
        """All products, see `Block.top`, in a short form; of a wiring with inputs."""

    @abstractmethod
    def products(self, wiring: Wiring, slope: Array | None) -> Array:
        """All products, in the order of their numbers; of a wiring with inputs."""

    def _at_once(self, wiring: Wiring, slot: int) -> bool:
        return slot == self.carried and bool(wiring.inputs) and self.edge_count(wiring, slot) <= CHUNK

    def top(
        self,
        wiring: Wiring,
        slot: int,
        activation: Array,
        k: int,
        floor: float = 0.0,
        slope: Array | None = None,
    ) -> tuple[Array, Array]:
        """As of any block; where they are few, from all products at once."""
        if not self._at_once(wiring, slot):
            return super().top(wiring, slot, activation, k, floor, slope)
        return self.rows(wiring, slope).top(k, floor)

    def total(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None = None) -> float:
        """As of any block; where they are few, from all products at once."""
        if not self._at_once(wiring, slot):
            return super().total(wiring, slot, activation, slope)
        return float(np.abs(self.products(wiring, slope)).sum(dtype=np.float64))
