"""Local response normalisation: neurons of neighbouring maps hold each other down. Nothing is learned."""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Edges, Kind, Scratch, Wiring
from engine.blocks.kinds import Normalisation
from engine.blocks.window import Axis
from engine.errors import EngineError


@dataclass(frozen=True)
class LocalNorm(Normalisation):
    """y_c = x_c / (k + alpha / n * sum of x_j^2)^beta over the n maps j around map c, cell by cell.

    The maps are the last axis, and j runs from c - n // 2 to c + (n - 1) // 2, those outside left out, as
    torch.nn.LocalResponseNorm. Krizhevsky et al. 2012, section 3.3, write alpha for our alpha / n.

    Each neuron has an edge from every neuron that it reads. With an input known, the edge from its own map
    has the weight 1 / (...)^beta and the others, which only add to the denominator, have 0; without one these
    are 1 and 0 (Kind.COMPUTED). An edge's number counts cell, map, neighbour.
    """

    kind: ClassVar[str] = "lrn"
    n: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        if self.n < 1:
            raise EngineError(f"lrn spans 1 or more maps, got n = {self.n}")
        for name, least in (("alpha", 0.0), ("beta", 0.0), ("k", 1e-9)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= least):
                raise EngineError(f"lrn has {name} = {value:g}: it must be a number of {least:g} or more")
            object.__setattr__(self, name, float(value))

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1:
            raise EngineError(f"an lrn layer has one source, got {len(sources)}")
        return sources[0]

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        below = self._denominator(inputs[0])
        scratch.kept["below"] = below
        np.multiply(inputs[0], below**-self.beta, out=out)

    def _denominator(self, x: Array) -> Array:
        below = _windows(np.square(x), self.n // 2, (self.n - 1) // 2)
        below *= self.alpha / self.n
        below += self.k
        return below

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        x, back = inputs[0], input_gradients[0]
        if back is None:
            return
        below = scratch.kept["below"]
        scaled = grad * below**-self.beta
        np.add(scaled, self._held_down(scaled * x, x, below), out=back)

    def _held_down(self, delta: Array, x: Array, below: Array) -> Array:
        """The gradient by x through what is below the line; delta: that by its power, times the power."""
        # A neuron is below the line for all whose window holds it: that window, mirrored.
        back = _windows(delta / below, (self.n - 1) // 2, self.n // 2)
        back *= x
        back *= -2 * self.alpha * self.beta / self.n
        return back

    def _axis(self, source: Shape) -> Axis:
        return Axis(source[-1], self.n, 1, self.n // 2, source[-1])

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        source = wiring.sources[slot]
        return size_of(source) // source[-1] * self._axis(source).count

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        source, target = self._ends(wiring.sources[slot], ids)
        weight = (source == target).astype(np.float32)
        if wiring.inputs:
            scale = self._denominator(wiring.inputs[slot]) ** -self.beta
            weight = weight * scale.reshape(-1)[target]
        return Edges(source, target, weight, np.full(len(source), -1, np.int64), Kind.COMPUTED)

    def _ends(self, shape: Shape, ids: Array) -> tuple[Array, Array]:
        """Source and target neurons of edge numbers."""
        maps, axis = shape[-1], self._axis(shape)
        cell, pair = np.divmod(np.asarray(ids, np.int64), axis.count)
        return cell * maps + axis.pairs[2][pair], cell * maps + axis.pairs[0][pair]

    def own_weights(self, x: Array, parameters: Mapping[str, Array], ids: Array) -> Array:
        source, target = self._ends(x.shape[1:], ids)
        scale = self._denominator(x) ** -self.beta
        weights: Array = scale.reshape(len(x), -1)[:, target] * (source == target)
        return weights

    def back_own_weights(
        self,
        grad: Array,
        x: Array,
        parameters: Mapping[str, Array],
        ids: Array,
        gradients: Mapping[str, Array] | None,
        back: Array | None,
    ) -> None:
        if back is None:
            return
        source, target = self._ends(x.shape[1:], ids)
        delta, below = np.zeros_like(x), self._denominator(x)
        np.add.at(delta.reshape(len(x), -1).T, target, (grad * (source == target)).T)
        back += self._held_down(delta * below**-self.beta, x, below)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        axis = self._axis(wiring.sources[slot])
        cell, place = divmod(target, axis.size)
        return cell * axis.count + axis.of_place(place)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        axis = self._axis(wiring.sources[slot])
        cell, place = divmod(source, axis.size)
        return cell * axis.count + axis.of_cell(place)

    def combine(self, weights: Sequence[float], values: Sequence[float], bias: float) -> float:
        del bias
        own = sum(weight * value for weight, value in zip(weights, values, strict=True))
        below: float = (self.k + self.alpha / self.n * sum(value * value for value in values)) ** self.beta
        return own / below


def _windows(x: Array, before: int, after: int) -> Array:
    """The sum of x over `before` maps ahead of each map, the map itself and `after` maps behind it."""
    total, maps = x.copy(), x.shape[-1]
    for shift in range(1, min(before, maps - 1) + 1):
        total[..., shift:] += x[..., :-shift]
    for shift in range(1, min(after, maps - 1) + 1):
        total[..., :-shift] += x[..., shift:]
    return total
