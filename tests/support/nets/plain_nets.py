"""Small nets of dense layers, shared by the tests of the engine, and one with two paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine import Block, Dense, Layer, Net, Recipe
from engine.graph.rules import parameter_shapes


def small(rng: np.random.Generator | None = None, **output) -> Net:
    rng = rng or np.random.default_rng(0)
    layers = (
        Layer("input", "Input", (2, 2, 1)),
        Layer("hidden1", "Hidden 1", (3,), Dense(3), ("input",), "relu"),
        Layer("output", "Output", (2,), Dense(2), ("hidden1",), **{"activation": "softmax", **output}),
    )
    shapes = {"hidden1.weight": (4, 3), "hidden1.bias": (3,), "output.weight": (3, 2), "output.bias": (2,)}
    parameters = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    return Net.of("small", "Small", layers, parameters)


@dataclass(frozen=True)
class Sum(Block):
    """Adds two layers: the smallest block with two sources."""

    kind: ClassVar[str] = "test-sum"

    def shape(self, sources):
        return sources[0]

    def forward(self, inputs, parameters, out, scratch):
        np.add(*inputs, out=out)

    def backward(
        self,
        grad,
        inputs: Sequence,
        parameters: Mapping,
        scratch,
        gradients,
        input_gradients,
    ):
        for target in input_gradients:
            if target is not None:
                target[...] = grad

    def edge_count(self, wiring, slot):
        raise NotImplementedError

    edges = edges_into = edges_out_of = edge_count


def build(layers: Sequence[Layer], loss: str, seed: int = 0) -> Net:
    rng = np.random.default_rng(seed)
    parameters = {name: rng.standard_normal(shape) for name, shape in parameter_shapes(layers).items()}
    return Net.of("test", "Test", tuple(layers), parameters, Recipe(loss=loss, batch=5))


def residual() -> Net:
    # Two paths from "a" to the output: its gradient is the sum of both, and one path ends in nothing.
    return build(
        [
            Layer("input", "", (6,)),
            Layer("a", "", (4,), Dense(4), ("input",), "tanh"),
            Layer("b", "", (4,), Dense(4), ("a",), "sigmoid"),
            Layer("unused", "", (2,), Dense(2), ("a",)),
            Layer("sum", "", (4,), Sum(), ("a", "b"), "tanh"),
            Layer("output", "", (3,), Dense(3), ("sum",), "log-softmax"),
        ],
        "nll",
    )
