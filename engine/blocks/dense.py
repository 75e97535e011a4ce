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
from engine.blocks.in_registers import products_of
from engine.errors import EngineError
from engine.topk import Products

Rows = tuple[Array, Array, Array]
"""Compressed rows of an input, see `engine.kernels.sparse`."""

INITS = ("uniform", "normal", "he")
# The largest share of non-zero inputs at which the sparse products beat dense ones (measured: break-even at
# 0.28 to 0.4, from WIDE neurons on near 0.5).
SPARSE, SPARSE_WIDE, WIDE = 0.3, 0.47, 256
# Below so many examples the copies that the sparse product works with do not pay.
FEW = 16


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
        x = _flat(inputs[0])
        rows = _nonzero_rows(x, self.units, scratch) if scratch.fast else None
        scratch.kept["rows"] = rows
        weight, bias = parameters["weight"], parameters["bias"]
        products = products_of(x, out, scratch) if rows is None else None
        scratch.replays = (rows is not None or products is not None) and x.flags.c_contiguous
        if rows is not None:
            _sparse_product(rows, weight, bias, out, scratch, "there")
        elif products is not None:
            products.forward(np.ascontiguousarray(x), weight, bias, None, out)
        else:
            np.dot(x, weight, out=out)
            out += bias

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads, (n, 1) since all read the same, of an input (n, *shape)."""
        total: Array = np.add.reduce(_flat(x), axis=1, keepdims=True)
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
        x = _flat(inputs[0])
        scratch.replays = x.flags.c_contiguous and grad.flags.c_contiguous
        if gradients is not None:
            _weight_gradient(x, grad, gradients["weight"], gradients["bias"], scratch)
        if input_gradients[0] is not None:
            _input_gradient(grad, parameters["weight"], _flat(input_gradients[0]), scratch)

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
        slopes = None if slope is None else slope[None]
        return Products(activation, np.arange(len(activation)), wiring.parameters["weight"], slope=slopes)


def _flat(x: Array) -> Array:
    """A batch (n, *shape) as (n, numbers): itself where it is, so that its address need not be asked anew."""
    return x if x.ndim == 2 else x.reshape(len(x), -1)


def _nonzero_rows(x: Array, units: int, scratch: Scratch) -> Rows | None:
    """Compressed rows of x for a sparse product of so many columns, or None where it would not pay."""
    from engine.kernels import sparse

    if len(x) < FEW or not x.flags.c_contiguous:
        return None
    limit = int((SPARSE if units < WIDE else SPARSE_WIDE) * x.size)
    room = limit + sparse.BLOCK + 1
    start = scratch.array("row start", sparse.starts_of(*x.shape), np.int32)
    column, value = scratch.array("column", room, np.int32), scratch.array("row value", room, np.float32)
    fits, addresses = scratch.array("fits", 1, np.int64), scratch.addresses("rows")
    found = sparse.nonzero_rows(x, start, column, value, limit, fits=fits, addresses=addresses)
    return (start, column, value) if found else None


def _weight_gradient(x: Array, grad: Array, out: Array, by_bias: Array, scratch: Scratch) -> None:
    """Write out (n_in, n_out) = x^T grad, from the rows that forward compressed if any, and the bias's."""
    rows = scratch.kept["rows"]
    products = products_of(x, grad, scratch) if rows is None else None
    if products is not None:
        products.weights(np.ascontiguousarray(x), grad, out, by_bias)
        return
    if rows is None:
        np.sum(grad, axis=0, out=by_bias)
        np.dot(x.T, grad, out=out)
        scratch.replays = False
        return
    from engine.kernels import sparse

    n, m = x.shape
    start = scratch.array("column start", sparse.starts_of(m, n) + 1, np.int32)
    row = scratch.array("row", len(rows[1]), np.int32)
    value = scratch.array("column value", len(rows[1]), np.float32)
    sparse.nonzero_columns(n, m, rows, (start, row, value), scratch.addresses("columns"))
    sparse.column_sums(grad, by_bias, scratch.addresses("bias"))
    zeros = scratch.array("zeros", out.shape[1], np.float32)
    _sparse_product((start, row, value), grad, zeros, out, scratch, "back")


def _input_gradient(grad: Array, weight: Array, out: Array, scratch: Scratch) -> None:
    """Write out (n, n_in) = grad weight^T; where forward compressed rows and silent inputs may go without."""
    if scratch.masked and scratch.kept["rows"] is not None:
        from engine.kernels import sparse

        if sparse.slopes_fit(grad.shape[1]):
            sparse.sparse_slopes(scratch.kept["rows"], grad, weight, out, scratch.addresses("slopes"))
            return
    if (products := products_of(out, grad, scratch)) is not None:
        products.back(grad, weight, out, add=False)
    else:
        np.dot(grad, weight.T, out=out)
        scratch.replays = False


def _sparse_product(rows: Rows, w: Array, first: Array, out: Array, scratch: Scratch, name: str) -> None:
    from engine.kernels import sparse

    copies = scratch.array("copies", sparse.room(w.shape[1]), np.float32)
    sparse.sparse_product(rows, w, first, out, copies, addresses=scratch.addresses(name))
