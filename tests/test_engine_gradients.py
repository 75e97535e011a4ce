"""Every gradient is the slope of the value that it belongs to, by finite differences in float64."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from engine import Block, Dense, Layer, Net
from engine.graph.recipe import Recipe
from engine.graph.rules import parameter_shapes
from engine.run.losses import loss_of
from engine.run.machine import Machine
from engine.training.fit import Trainer


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


def stack(hidden: str, head: str, loss: str, dropout: float = 0.0) -> Net:
    return build(
        [
            Layer("input", "", (3, 2, 1)),
            Layer("a", "", (5,), Dense(5), ("input",), hidden, dropout),
            Layer("b", "", (4,), Dense(4), ("a",), hidden, dropout),
            Layer("output", "", (3,), Dense(3), ("b",), head),
        ],
        loss,
    )


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


def slopes(function, arrays: Mapping[str, np.ndarray], step: float = 1e-6) -> dict[str, np.ndarray]:
    found = {}
    for name, array in arrays.items():
        found[name] = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = function()
            array[place] = kept - step
            found[name][place] = (above - function()) / (2 * step)
            array[place] = kept
    return found


def check_parameters(net: Net, dropout_seed: int | None = None, idle: bool = False) -> None:
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, *net.layers[0].shape)), rng.integers(0, 3, 5)
    trainer = Trainer(net, net.recipe)
    loss = loss_of(net.recipe.loss)
    head = net.layers[-1].activation

    def run() -> tuple[float, np.ndarray]:
        dropping = None if dropout_seed is None else np.random.default_rng(dropout_seed)
        act = trainer.machine.forward(x, dropping)
        total, grad = loss(head, trainer.machine.pre["output"], act, labels)
        return total / len(labels), grad

    trainer.machine.backward(run()[1])
    expected = slopes(lambda: run()[0], trainer.parameters)
    for name, gradient in trainer.gradients.items():
        assert np.allclose(gradient, expected[name], rtol=1e-6, atol=1e-8), name
        # A softmax by row takes no notice of what all keys share.
        still = idle or name.startswith("unused") or name.endswith("key.bias")
        assert still or np.abs(gradient).max() > 1e-6, f"{name} was not worked out"


@pytest.mark.parametrize("hidden", ["identity", "relu", "sigmoid", "tanh", "softmax", "log-softmax"])
def test_parameter_gradients_of_every_activation(hidden):
    check_parameters(stack(hidden, "log-softmax", "nll"))


@pytest.mark.parametrize(
    ("head", "loss"),
    [
        ("softmax", "cross-entropy"),
        ("softmax", "nll"),
        ("log-softmax", "cross-entropy"),
        ("sigmoid", "binary-cross-entropy"),
        ("identity", "hinge"),
        *((head, "squared-error") for head in ("identity", "relu", "sigmoid", "tanh", "softmax")),
    ],
)
def test_parameter_gradients_of_every_loss(head, loss):
    check_parameters(stack("tanh", head, loss))


@pytest.mark.parametrize("hidden", ["relu", "sigmoid", "softmax"])
def test_parameter_gradients_under_dropout(hidden):
    check_parameters(stack(hidden, "log-softmax", "nll", dropout=0.4), dropout_seed=8)


def test_a_layer_that_feeds_two_gathers_both_gradients():
    check_parameters(residual())


@pytest.mark.parametrize("net", [stack("tanh", "log-softmax", "nll"), residual()], ids=["stack", "residual"])
def test_score_gradients_are_slopes_of_the_class_score(net):
    x = np.random.default_rng(4).standard_normal(net.layers[0].shape)
    found = net.trace(x, gradients_of=2).gradient
    machine = Machine(net.layers, net.parameters, 1)

    def score() -> float:
        machine.forward(x[None])
        return float(machine.pre["output"][0, 2])

    assert np.allclose(found["input"], slopes(score, {"x": x})["x"], rtol=1e-6, atol=1e-8)
    last = net.layers[-2].name
    assert np.allclose(found[last], net.parameters["output.weight"][:, 2])
    assert found["output"].tolist() == [0, 0, 1]
    if "unused" in found:
        assert not found["unused"].any()


def test_a_loss_that_needs_a_softmax_says_so():
    with pytest.raises(ValueError, match="loss nll needs a softmax or log-softmax output, got relu"):
        check_parameters(stack("tanh", "relu", "nll"))
