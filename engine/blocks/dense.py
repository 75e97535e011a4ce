"""The dense block: every source neuron to every target neuron.

A silent neuron sends nothing, so in training a sparse input (the paper around a digit, neurons that dropout
and ReLU silenced) is multiplied by its non-zeros alone. That leaves out exact zeros only: the sums are the
same.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102, PLC0415

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.errors import EngineError
from engine.topk import Products

INITS = ("uniform", "normal", "he")
# The largest share of non-zero inputs at which the sparse product beats BLAS (measured: break-even near 0.4).
SPARSE = 0.3


@dataclass(frozen=True)
class Dense(Block):
    """y = x W + b with W (n_in, n_out); an input of more axes is read flat, in C order.

    init "uniform": W and b uniform in +-1/sqrt(n_in), as torch.nn.Linear; "normal": W from N(0, 1)/sqrt(n_in)
    and b zero; "he": W from N(0, 2 / n_in) and b zero (He et al. 2015, section 2.2).
    """

    kind: ClassVar[str] = "dense"
    units: int
    init: str = "uniform"

    def __post_init__(self) -> None:
        if self.units < 1:
            raise EngineError(f"a dense layer has 1 or more neurons, got {self.units}")
        if self.init not in INITS:
            raise EngineError(f"unknown initialisation {self.init!r}: known are {', '.join(INITS)}")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1:
            raise EngineError(f"a dense layer has one source, got {len(sources)}: join them first")
        return (self.units,)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        return {"weight": (size_of(sources[0]), self.units), "bias": (self.units,)}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        n_in = size_of(sources[0])
        scale = 1 / np.sqrt(n_in)
        if self.init != "uniform":
            spread = scale * np.sqrt(2) if self.init == "he" else scale
            weight = rng.standard_normal((n_in, self.units)) * spread
            bias = np.zeros(self.units)
        else:
            weight = rng.uniform(-scale, scale, (n_in, self.units))
            bias = rng.uniform(-scale, scale, self.units)
        return {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32)}

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        x = inputs[0].reshape(len(inputs[0]), -1)
        rows = _nonzero_rows(x, scratch) if scratch.fast else None
        scratch.kept["rows"] = rows
        if rows is None:
            np.dot(x, parameters["weight"], out=out)
        else:
            from engine.kernels import dense as kernels

            kernels.sparse_product(*rows, parameters["weight"], out)
        out += parameters["bias"]

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads, (n, 1) since all read the same, of an input (n, *shape)."""
        total: Array = x.reshape(len(x), -1).sum(axis=1, keepdims=True)
        return total

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of an input of this shape (n, ...) feels, for grad (n, units)."""
        total = grad.sum(axis=1).reshape(-1, *(1,) * (len(shape) - 1))
        return np.broadcast_to(total, shape)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        x = inputs[0].reshape(len(inputs[0]), -1)
        if gradients is not None:
            _weight_gradient(x, grad, gradients["weight"], scratch)
            np.sum(grad, axis=0, out=gradients["bias"])
        if input_gradients[0] is not None:
            np.dot(grad, parameters["weight"].T, out=input_gradients[0].reshape(x.shape))

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        return size_of(wiring.sources[slot]) * self.units

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        source, target = np.divmod(ids, self.units)
        weight = wiring.parameters["weight"].reshape(-1)[ids]
        return Edges(source, target, weight, np.asarray(ids, np.int64), Kind.LEARNED)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        return np.arange(target, self.edge_count(wiring, slot), self.units)

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        return np.arange(source * self.units, (source + 1) * self.units)

    def edges_between(self, wiring: Wiring, slot: int, source: int, target: int) -> Array:
        # Its place is known: the weights of all other sources need not be fetched.
        return np.array([source * self.units + target])

    def biases(self, wiring: Wiring) -> Array | None:
        return wiring.parameters["bias"]

    def product_rows(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None) -> Products:
        felt = None if slope is None else slope[None]
        return Products(activation, np.arange(len(activation)), wiring.parameters["weight"], slope=felt)


def _nonzero_rows(x: Array, scratch: Scratch) -> tuple[Array, Array, Array] | None:
    """Compressed rows of x for the sparse product, or None where x is not sparse enough for it to pay."""
    from engine.kernels import dense as kernels

    n, m = x.shape
    limit = int(SPARSE * x.size)
    start = scratch.array("row start", n + 1, np.int64)
    column = scratch.array("column", limit + 2 * m, np.int32)
    value = scratch.array("row value", limit + 2 * m, np.float32)
    return (start, column, value) if kernels.nonzero_rows(x, start, column, value, limit) else None


def _weight_gradient(x: Array, grad: Array, out: Array, scratch: Scratch) -> None:
    """Write out (n_in, n_out) = x^T grad, from the rows that forward compressed where it did."""
    rows = scratch.kept["rows"]
    if rows is None:
        np.dot(x.T, grad, out=out)
        return
    from engine.kernels import dense as kernels

    start, column, value = rows
    count = int(start[-1])
    columns = scratch.array("column start", x.shape[1] + 1, np.int64)
    row = scratch.array("row", count, np.int32)
    turned = scratch.array("column value", count, np.float32)
    kernels.nonzero_columns(start, column, value, columns, row, turned)
    kernels.sparse_product(columns, row, turned, grad, out)
