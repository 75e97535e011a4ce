"""Layer normalisation: the last axis of each row brought to mean 0 and variance 1, then scaled and shifted.

Ba, Kiros and Hinton 2016, "Layer normalization", section 3.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102, PLC0415

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array, Shape, add_columns, of_array, size_of
from engine.blocks.base import Edges, Kind, Scratch, Wiring
from engine.blocks.kinds import Normalisation
from engine.errors import EngineError
from engine.topk import Products, each_of_each


@dataclass(frozen=True)
class LayerNorm(Normalisation):
    """y = scale (x - mean) / sigma + shift with sigma = sqrt(variance + eps), over the last axis (d).

    Every neuron of a row sees the whole row: the edge from j to i has the weight scale_i (1[i = j] - 1/d) /
    sigma, which only an input can tell (Kind.COMPUTED), and shift is the bias. Where no input is known sigma
    is taken as 1.

    An edge's number counts row, source and target in the row.
    """

    kind: ClassVar[str] = "layer-norm"
    adds: ClassVar[bool] = True
    eps: float = 1e-5

    def __post_init__(self) -> None:
        if not 0 < self.eps < 1:
            raise EngineError(f"eps {self.eps} of a layer normalisation must be in 0..1, both excluded")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1:
            raise EngineError(f"a layer normalisation has one source, got {len(sources)}: add them first")
        return sources[0]

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return {"scale": (sources[0][-1],), "shift": (sources[0][-1],)}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        width = sources[0][-1]
        return {"scale": np.ones(width, np.float32), "shift": np.zeros(width, np.float32)}

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        x = inputs[0]
        width = x.shape[-1]
        if scratch.fast:
            rows = x.size // width
            mean, root = scratch.array("mean", rows, x.dtype), scratch.array("root", rows, x.dtype)
            scratch.kept["rows"] = mean, root
            known = parameters["scale"], parameters["shift"], _number(self.eps)
            scratch.replays = x.flags.c_contiguous
            seen = np.ascontiguousarray(x)
            _kernels().forward(seen, known, out, (mean, root), scratch.addresses("forward"))
            return
        centred = x - np.add.reduce(x, -1, keepdims=True) / width
        root = 1 / np.sqrt(np.add.reduce(centred * centred, -1, keepdims=True) / width + self.eps)
        centred *= root
        scratch.kept.update(normal=centred, root=root)
        np.multiply(centred, parameters["scale"], out=out)
        out += parameters["shift"]

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        if scratch.fast:
            self._fast_backward(grad, inputs[0], parameters, scratch, gradients, input_gradients[0])
            return
        normal, root = scratch.kept["normal"], scratch.kept["root"]
        if gradients is not None:
            rows = grad.reshape(-1, grad.shape[-1])
            np.sum(rows * normal.reshape(rows.shape), axis=0, out=gradients["scale"])
            np.sum(rows, axis=0, out=gradients["shift"])
        back = input_gradients[0]
        if back is not None:
            delta = (
                grad * parameters["scale"]
                if scratch.adding
                else np.multiply(grad, parameters["scale"], out=back)
            )
            along = np.mean(delta * normal, axis=-1, keepdims=True)
            delta -= np.mean(delta, axis=-1, keepdims=True)
            delta -= normal * along
            delta *= root
            if scratch.adding:
                back += delta

    def _fast_backward(
        self,
        grad: Array,
        x: Array,
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        back: Array | None,
    ) -> None:
        # Whatever nobody asked for is worked out all the same, into spare room.
        if gradients is None:
            width = x.shape[-1]
            gradients = {name: scratch.array(f"by {name}", width, x.dtype) for name in ("scale", "shift")}
        adding = scratch.adding and back is not None
        if back is None:
            back = scratch.array("back", x.size, x.dtype)
        scratch.replays = x.flags.c_contiguous and grad.flags.c_contiguous
        answer = back, gradients["scale"], gradients["shift"]
        seen, delta = np.ascontiguousarray(x), np.ascontiguousarray(grad)
        known, last = scratch.kept["rows"], scratch.addresses("backward")
        _kernels().backward(delta, seen, parameters["scale"], known, answer, adding, last)

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads, (..., 1) since all of a row read the same, of an input."""
        sums: Array = x.sum(axis=-1, keepdims=True)
        return sums

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of an input of this shape (n, ...) feels, for grad (n, ...)."""
        return np.broadcast_to(grad.sum(axis=-1, keepdims=True), shape)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return size_of(wiring.sources[slot]) * wiring.sources[slot][-1]

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        width = wiring.sources[slot][-1]
        row, start, place = _places(ids, width)
        scale = wiring.parameters["scale"]
        weight = _shares(start, place, width, scale.dtype) * scale[place]
        if wiring.inputs:
            weight = weight * self.roots(wiring.inputs[slot]).reshape(-1)[row]
        none = np.full(len(row), -1, np.int64)
        return Edges(row * width + start, row * width + place, weight, none, Kind.COMPUTED)

    def own_weights(self, x: Array, parameters: Mapping[str, Array], ids: Array) -> Array:
        row, start, place = _places(ids, x.shape[-1])
        factor = _shares(start, place, x.shape[-1], x.dtype) * parameters["scale"][place]
        weights: Array = self.roots(x).reshape(len(x), -1)[:, row] * factor
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
        width, scale = x.shape[-1], parameters["scale"]
        row, start, place = _places(ids, width)
        root = self.roots(x).reshape(len(x), -1)
        delta = grad * _shares(start, place, width, x.dtype)
        if gradients is not None:
            np.add.at(gradients["scale"], place, (delta * root[:, row]).sum(axis=0))
        if back is not None:
            # 1 / sigma falls by (x_k - mean) / (d sigma^3) for each x_k of its row.
            by_root = np.zeros_like(root)
            add_columns(by_root, row, delta * scale[place])
            by_root *= root**3 / width
            back -= by_root.reshape(*x.shape[:-1], 1) * (x - x.mean(axis=-1, keepdims=True))

    def roots(self, x: Array) -> Array:
        """1 / sigma of each row of x (..., d): (...)."""
        roots: Array = (1 / np.sqrt(x.var(axis=-1) + self.eps)).astype(x.dtype)
        return roots

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        width = wiring.sources[slot][-1]
        row, place = divmod(target, width)
        return (row * width + np.arange(width)) * width + place

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        width = wiring.sources[slot][-1]
        return np.arange(source * width, (source + 1) * width)

    def biases(self, wiring: Wiring) -> Array | None:
        shift = wiring.parameters["shift"]
        return np.tile(shift, size_of(wiring.target) // len(shift))

    def combine(self, weights: Sequence[float], values: Sequence[float], bias: float) -> float:
        mean = math.fsum(values) / len(values)
        variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
        total = math.fsum(weight * value for weight, value in zip(weights, values, strict=True))
        return total / math.sqrt(variance + self.eps) + bias

    def product_rows(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None) -> Products:
        width = wiring.sources[slot][-1]
        rows = len(activation) // width
        factor = np.repeat(self.roots(wiring.inputs[slot]).reshape(-1), width)
        slopes = None if slope is None else slope.reshape(rows, width)
        place, every = each_of_each(rows, width)
        return Products(
            activation, every, of_array(wiring.parameters["scale"], _table), factor, slopes, place
        )


def _places(ids: Array, width: int) -> tuple[Array, Array, Array]:
    """Row, and place in the row of source and target, of edge numbers."""
    source, place = np.divmod(np.asarray(ids, np.int64), width)
    row, start = np.divmod(source, width)
    return row, start, place


def _table(scale: Array) -> Array:
    """The weights of a row's edges, without its root: (d, d)."""
    every = np.arange(len(scale))
    table: Array = _shares(every[:, None], every, len(scale), scale.dtype) * scale
    return table


def _shares(start: Array, place: Array, width: int, dtype: np.dtype[Any]) -> Array:
    """1[i = j] - 1/d for sources j and targets i of a row."""
    shares: Array = (start == place).astype(dtype) - dtype.type(1 / width)
    return shares


@cache
def _number(value: float) -> Array:
    """A number where a compiled loop can read it."""
    return np.array([value], np.float32)


@cache
def _kernels() -> ModuleType:
    # Numba takes a second to import: only training pays it.
    from engine.kernels import layer_norm

    return layer_norm
