"""The per-token dense block: the same weights for every token; and further sources added as they are.

With a second source it is a whole residual step: what it makes of the first source plus the second.

Where only the class token is read out, the last step's other tokens change nothing: in training their
gradients are exact zeros, and are left out of the products. The sums are the same.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102, PLC0415

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import is_
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.in_registers import products_of
from engine.blocks.init import xavier
from engine.errors import EngineError
from engine.topk import Products, each_of_each

# Numbers from which a compiled loop adds them up sooner than NumPy, and repays what making it takes.
FEW = 1 << 13
# The share of rows that differ from zero up to which copying them pays.
SPARSE = 0.7


@dataclass(frozen=True)
class TokenDense(Block):
    """y = x W + b with W (n_in, units) for each token of x (tokens, n_in), plus any further sources.

    Further sources have the shape of y; each of their neurons goes to its like with weight 1. Fresh W:
    `init.xavier`, b is zero.

    An edge's number counts token, input and unit; from a further source it is the neuron's number.
    """

    kind: ClassVar[str] = "token-dense"
    adds: ClassVar[bool] = True
    units: int

    def __post_init__(self) -> None:
        if self.units < 1:
            raise EngineError(f"a per-token dense layer has 1 or more units, got {self.units}")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if not sources or len(sources[0]) != 2:
            raise EngineError(f"a per-token dense layer reads (tokens, n), got {list(sources)}")
        shape = (sources[0][0], self.units)
        if any(source != shape for source in sources[1:]):
            raise EngineError(f"a per-token dense layer of shape {shape} cannot add {list(sources[1:])}")
        return shape

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return {"weight": (sources[0][1], self.units), "bias": (self.units,)}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        return {
            "weight": xavier(rng, (sources[0][1], self.units)),
            "bias": np.zeros(self.units, np.float32),
        }

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        products = products_of(inputs[0], out, scratch) if len(inputs) < 3 else None
        bias = parameters["bias"]
        if products is not None:
            seen = [np.ascontiguousarray(x) for x in inputs]
            scratch.replays = all(map(is_, seen, inputs))
            products.forward(seen[0], parameters["weight"], bias, seen[1] if seen[1:] else None, out)
            return
        x, flat = inputs[0].reshape(-1, inputs[0].shape[-1]), out.reshape(-1, self.units)
        others = [more.reshape(-1, self.units) for more in inputs[1:]]
        np.dot(x, parameters["weight"], out=flat)
        if scratch.fast and len(others) < 2 and flat.size >= FEW:
            if others:
                _kernels().add_row_and(flat, bias, others[0])
            else:
                _kernels().add_row(flat, bias)
            return
        flat += bias
        for more in others:
            flat += more

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        handed = [more for more in input_gradients[1:] if more is not None and more is not grad]
        for more in handed:
            more[...] = grad
        x, flat = inputs[0].reshape(-1, inputs[0].shape[-1]), grad.reshape(-1, self.units)
        back = input_gradients[0]
        rows = _lit(flat, scratch) if scratch.fast else None
        products = products_of(inputs[0], grad, scratch) if rows is None else None
        if products is not None:
            scratch.replays = not handed and inputs[0].flags.c_contiguous
            if gradients is not None:
                x = np.ascontiguousarray(inputs[0])
                products.weights(x, grad, gradients["weight"], gradients["bias"])
            if back is not None:
                products.back(grad, parameters["weight"], back, scratch.adding)
            return
        if rows is not None:
            x, flat = _taken(x, rows, "x", scratch), _taken(flat, rows, "grad", scratch)
        if gradients is not None:
            np.dot(x.T, flat, out=gradients["weight"])
            # A product with ones: NumPy's own sum over the long axis is slower.
            np.dot(_ones(len(flat), flat.dtype), flat, out=gradients["bias"])
        if back is None:
            return
        weight, back = parameters["weight"].T, back.reshape(-1, x.shape[1])
        if scratch.adding:
            back[slice(None) if rows is None else rows] += np.dot(flat, weight)
        elif rows is None:
            np.dot(flat, weight, out=back)
        else:
            back[...] = 0
            back[rows] = np.dot(flat, weight)

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads, (n, tokens, 1) since all of a token read the same."""
        sums: Array = x.sum(axis=-1, keepdims=True)
        return sums

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of an input of this shape feels, for grad (n, tokens, units)."""
        return np.broadcast_to(grad.sum(axis=-1, keepdims=True), shape)

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return size_of(wiring.sources[slot]) * (1 if slot else self.units)

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        ids = np.asarray(ids, np.int64)
        if slot:
            weight = np.ones(len(ids), wiring.parameters["weight"].dtype)
            return Edges(ids, ids, weight, np.full(len(ids), -1, np.int64), Kind.FIXED)
        n_in = wiring.sources[0][1]
        source, unit = np.divmod(ids, self.units)
        parameter = source % n_in * self.units + unit
        weight = wiring.parameters["weight"].reshape(-1)[parameter]
        return Edges(source, source // n_in * self.units + unit, weight, parameter, Kind.LEARNED)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        if slot:
            return np.array([target])
        n_in = wiring.sources[0][1]
        token, unit = divmod(target, self.units)
        return (token * n_in + np.arange(n_in)) * self.units + unit

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        if slot:
            return np.array([source])
        return np.arange(source * self.units, (source + 1) * self.units)

    def biases(self, wiring: Wiring) -> Array | None:
        return np.tile(wiring.parameters["bias"], wiring.target[0])

    def peaks(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None = None) -> Array:
        if slot:
            return np.abs(activation if slope is None else activation * slope)
        return super().peaks(wiring, slot, activation, slope)

    def product_rows(
        self, wiring: Wiring, slot: int, activation: Array, slope: Array | None
    ) -> Products | None:
        if slot:
            return None
        tokens, n_in = wiring.sources[0]
        place, rows = each_of_each(tokens, n_in)
        slopes = None if slope is None else slope.reshape(tokens, self.units)
        return Products(activation, rows, wiring.parameters["weight"], None, slopes, place)


def _lit(grad: Array, scratch: Scratch) -> Array | None:
    """The rows of grad (n, m) that are not all zero, or None where they are too many for it to pay."""
    # The class token stands first: where the last token has a gradient, so have the others.
    if len(grad) and grad[-1, -1] != 0:
        return None
    rows = scratch.array("rows", len(grad), np.int64)
    count = _kernels().lit_rows(grad, rows)
    return rows[:count] if count < SPARSE * len(grad) else None


def _taken(x: Array, rows: Array, name: str, scratch: Scratch) -> Array:
    """Those rows of x (n, m), one behind another."""
    size = len(rows) * x.shape[1]
    out = scratch.array(name, size, x.dtype).reshape(len(rows), x.shape[1])
    _kernels().take_rows(x, rows, out)
    return out


@lru_cache(maxsize=16)
def _ones(count: int, dtype: np.dtype[Any]) -> Array:
    return np.ones(count, dtype)


@cache
def _kernels() -> ModuleType:
    # Numba takes a second to import: only training pays it.
    from engine.kernels.tokens import rows

    return rows
