"""Every gradient is the slope of the value that it belongs to, by finite differences in float64."""

import numpy as np
import pytest
from finite_differences import check_parameters, slopes
from plain_nets import build, residual

from engine import Dense, Layer, Net
from engine.run import Machine


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
