"""The dense block: every source neuron to every target neuron."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Block, Edges, Kind, Wiring
from engine.errors import EngineError
from engine.select import top_positions

INITS = ("uniform", "normal")


@dataclass(frozen=True)
class Dense(Block):
    """y = x W + b with W (n_in, n_out); an input of more axes is read flat, in C order.

    init "uniform": W and b uniform in +-1/sqrt(n_in), as torch.nn.Linear; "normal": W from N(0, 1)/sqrt(n_in), b zero.
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
        if self.init == "normal":
            weight = rng.standard_normal((n_in, self.units)) * scale
            bias = np.zeros(self.units)
        else:
            weight = rng.uniform(-scale, scale, (n_in, self.units))
            bias = rng.uniform(-scale, scale, self.units)
        return {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32)}

    def forward(self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array) -> object:
        x = inputs[0].reshape(len(inputs[0]), -1)
        np.dot(x, parameters["weight"], out=out)
        out += parameters["bias"]
        return None

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        cache: object,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        x = inputs[0].reshape(len(inputs[0]), -1)
        if gradients is not None:
            np.dot(x.T, grad, out=gradients["weight"])
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

    def biases(self, wiring: Wiring) -> Array | None:
        return wiring.parameters["bias"]

    def top(self, wiring: Wiring, slot: int, activation: Array, k: int) -> tuple[Array, Array]:
        # A silent source contributes nothing, and most are silent: leave their rows out before selecting.
        active = np.flatnonzero(activation)
        values = (wiring.parameters["weight"][active] * activation[active, None]).reshape(-1)
        keep = top_positions(np.abs(values), k)
        row, column = np.divmod(keep, self.units)
        return active[row] * self.units + column, values[keep]
