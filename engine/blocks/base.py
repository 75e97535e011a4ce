"""What every block provides: shape rule, parameters, forward, backward and the synapses view.

A block computes the pre-activations of one layer from the activations of its source layers. Batches are (B,
*shape).

The synapses view numbers a block's edges from each source ("slot") 0 .. edge_count - 1, and decodes any set
of those numbers into arrays on demand; no edge is ever an object. Indices inside the view are local: a flat
index into the source layer, into the target layer, and into the block's own parameters laid end to end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, Shape, aligned
from engine.topk import CHUNK, Products, positions_from, top_positions


class Kind(IntEnum):
    """What an edge's weight is.

    LEARNED: a trainable number. FIXED: a constant of the block. COMPUTED: worked out from the input.
    ATTENTION: a constant times the activation of another neuron, the edge's gate.
    """

    LEARNED = 0
    FIXED = 1
    COMPUTED = 2
    ATTENTION = 3


@dataclass(frozen=True)
class Wiring:
    """What a synapses view reads: shapes on both sides and the block's parameters.

    inputs: the source activations of one trace, where weights are computed from the input; else empty.
    """

    sources: tuple[Shape, ...]
    target: Shape
    parameters: Mapping[str, Array]
    inputs: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Edges:
    """Decoded edges of one slot: arrays of equal length, local indices; parameter is -1 for none.

    gate: for each edge the neuron of source number gate_slot whose activation multiplies it, or None. weight
    then is the constant times that activation where the wiring has inputs, else the constant alone.
    """

    source: Array
    target: Array
    weight: Array
    parameter: Array
    kind: Kind
    gate: Array | None = None
    gate_slot: int = 0


class Scratch:
    """What a block keeps from forward to backward, and its buffers from step to step.

    fast: whether compiled kernels (float32) may be used. kept: anything that backward needs of forward.
    adding: whether backward is to add to its first source's gradient, see `Block.adds`. masked: whether the
    gradient by an input that is 0 is lost in any case, as behind ReLU, and may be left 0. replays: set by a
    block where all that its pass did is calls of part loops, see `kernels.parts.Recording`.
    """

    def __init__(self, fast: bool = False):
        self.fast = fast
        self.adding = self.masked = self.replays = False
        self.kept: dict[str, Any] = {}
        self._buffers: dict[str, Array] = {}
        self._last: dict[str, Array] = {}

    def array(self, name: str, size: int, dtype: npt.DTypeLike) -> Array:
        """A flat buffer of `size` arbitrary numbers, the same memory as long as it is large enough."""
        last = self._last.get(name)
        # One object as long as it is the same: its address need not be asked anew.
        if last is None or last.size != size:
            if name not in self._buffers or self._buffers[name].size < size:
                self._buffers[name] = aligned(size, dtype)
            last = self._last[name] = self._buffers[name][:size]
        return last

    def take_over(self, name: str, buffer: Array) -> None:
        """Have this flat array be the buffer of that name, as long as it is large enough."""
        self._buffers[name] = buffer

    def addresses(self, name: str) -> Any:
        """The `kernels.parts.Addresses` of one of the block's compiled loops, kept from call to call."""
        key = f"addresses of {name}"
        if key not in self.kept:
            # Numba takes a second to import: only what is compiled pays it.
            from engine.kernels.parts import Addresses  # noqa: PLC0415

            self.kept[key] = Addresses()
        return self.kept[key]


class Block(ABC):
    """Base of all blocks; subclasses are frozen dataclasses whose fields are their hyper-parameters.

    decayed: short names of the parameters that weight decay may shrink; no bias, no normalisation's scale, no
    position or class token is among them. adds: whether backward can add to its first source's gradient.
    """

    kind: ClassVar[str]
    adds: ClassVar[bool] = False
    decayed: ClassVar[frozenset[str]] = frozenset({"weight"})

    @abstractmethod
    def shape(self, sources: Sequence[Shape]) -> Shape:
        """Shape of the layer that this block computes; EngineError where the sources do not fit."""

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Names and shapes of the trainable arrays, in the order of their numbering."""
        del sources
        return {}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        """Fresh float32 parameters."""
        del sources, rng
        return {}

    @abstractmethod
    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        """Write pre-activations (B, *shape) into out; what else backward needs goes into scratch."""

    @abstractmethod
    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        """From grad (B, *shape) write (never add to) the gradients asked for, those not None.

        But for the first input gradient where `scratch.adding`.
        """

    @abstractmethod
    def edge_count(self, wiring: Wiring, slot: int) -> int:
        """How many edges come from source number `slot`; computed, not enumerated."""

    @abstractmethod
    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        """Decode edge numbers (any int array) of a slot."""

    @abstractmethod
    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        """Numbers of the slot's edges that end in one target neuron (flat index): int64 (n,), ascending."""

    @abstractmethod
    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        """Numbers of the slot's edges that start in one source neuron (flat index): int64 (n,), ascending."""

    def edges_between(self, wiring: Wiring, slot: int, source: int, target: int) -> Array:
        """Numbers of the slot's edges between two neurons (flat indices): int64 (n,), ascending."""
        ids = self.edges_into(wiring, slot, target)
        between: Array = ids[self.edges(wiring, slot, ids).source == source]
        return between

    def fan_out(self, wiring: Wiring, slot: int) -> Array | None:
        """How many of the slot's edges start in each source neuron, (size,), where that is quickly told.

        Only where a source that is silent adds nothing, as to a sum.
        """
        del wiring, slot
        return None

    def edges_gated_by(self, wiring: Wiring, slot: int, source: int) -> tuple[int, Array]:
        """Edges that neuron `source` of source number `slot` gates: their slot and numbers, ascending."""
        del wiring, source
        return slot, np.empty(0, np.int64)

    def biases(self, wiring: Wiring) -> Array | None:
        """The constant term of each target neuron, flat (size,), or None where there is none."""
        del wiring
        return None

    def combine(self, weights: Sequence[float], values: Sequence[float], bias: float) -> float:
        """One neuron's pre-activation from its incoming edges in order, slow and obvious.

        A weighted sum unless a block says otherwise (a maximum, say).
        """
        return bias + sum(weight * value for weight, value in zip(weights, values, strict=True))

    def product_rows(
        self, wiring: Wiring, slot: int, activation: Array, slope: Array | None
    ) -> Products | None:
        """All of the slot's products, see `top`, in a short form; None where they have none.

        With it the strongest and the sum are found without multiplying all of them out.
        """
        del wiring, slot, activation, slope
        return None

    def peaks(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None = None) -> Array:
        """Some of the slot's largest |products|, see `top`, each of another edge, found quickly.

        Where all connections' peaks are known, the k-th largest of them is a floor below which none of the k
        strongest edges can lie. None of them is always right.
        """
        rows = self.product_rows(wiring, slot, activation, slope)
        return np.empty(0, activation.dtype) if rows is None else rows.best()

    def top(
        self,
        wiring: Wiring,
        slot: int,
        activation: Array,
        k: int,
        floor: float = 0.0,
        slope: Array | None = None,
    ) -> tuple[Array, Array]:
        """The k edges of largest |weight x source activation x slope|: numbers ascending, and these products.

        activation is the source layer, flat; slope the target layer, flat, None for 1: a product then is a
        contribution. Ties go to the lower number; those below floor may be left out. Works in chunks of
        bounded memory.
        """
        rows = self.product_rows(wiring, slot, activation, slope)
        if rows is not None:
            return rows.top(k, floor)
        ids = np.empty(0, np.int64)
        values = np.empty(0, activation.dtype)
        for more, products in self._all_products(wiring, slot, activation, slope):
            above = positions_from(np.abs(products), floor)
            ids = np.concatenate([ids, more[above]])
            values = np.concatenate([values, products[above]])
            keep = top_positions(np.abs(values), k)
            ids, values = ids[keep], values[keep]
        return ids, values

    def total(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None = None) -> float:
        """The sum of the |products|, see `top`, of all of the slot's edges."""
        rows = self.product_rows(wiring, slot, activation, slope)
        if rows is not None:
            return rows.total()
        parts = self._all_products(wiring, slot, activation, slope)
        return sum(float(np.abs(products).sum(dtype=np.float64)) for _, products in parts)

    def _all_products(
        self, wiring: Wiring, slot: int, activation: Array, slope: Array | None
    ) -> Iterator[tuple[Array, Array]]:
        """Numbers and products of all edges, at most CHUNK at a time."""
        for start in range(0, self.edge_count(wiring, slot), CHUNK):
            ids = np.arange(start, min(start + CHUNK, self.edge_count(wiring, slot)))
            edges = self.edges(wiring, slot, ids)
            products = edges.weight * activation[edges.source]
            if slope is not None:
                # Rounded once, whatever type the weights are of: what `peaks` tells must be told here too.
                products = (products * slope[edges.target]).astype(activation.dtype, copy=False)
            yield ids, products
