"""The presets compute what PyTorch computes on the same weights: outputs, loss, gradients, training steps."""

from dataclasses import replace

import numpy as np
import pytest
from golden_files import golden
from project import GOLDEN

from engine import Net, preset
from engine.run import as_inputs, loss_of
from engine.training import Trainer

# How the net may run: in float64, plain NumPy, compiled kernels; and how near it must come.
MODES = {
    "float64": (np.float64, False, 1e-9),
    "numpy": (np.float32, False, 1e-5),
    "fast": (np.float32, True, 1e-5),
}
CASES = [(name, mode) for name in golden.NAMES for mode in MODES]


def answers(name: str) -> dict[str, np.ndarray]:
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


def net_of(name: str, dtype) -> Net:
    return preset(name, np.random.default_rng(0)).replace(golden.parameters(name)).astype(dtype)


def assert_near(found, expected, tolerance, what):
    # Relative to the largest: a sum that nearly cancels has no digits of its own to compare.
    error = np.abs(golden.digest(found) - expected).max() / np.abs(expected).max()
    assert error <= tolerance, f"{what} is off by {error:.2g}"


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_outputs_loss_and_gradients_are_pytorchs(name, mode):
    dtype, fast, tolerance = MODES[mode]
    expected = answers(name)
    net = net_of(name, dtype)
    trainer = Trainer(net, net.recipe, fast)
    images, labels = golden.images()
    outputs = trainer.machine.forward(as_inputs(net, images))
    assert_near(outputs, expected["outputs"], tolerance, "outputs")
    head = net.layers[-1].activation
    total, grad = loss_of(net.recipe.loss)(head, trainer.machine.pre["output"], outputs, labels)
    assert_near(np.array([total / len(labels)]), expected["loss"], tolerance, "loss")
    trainer.machine.backward(grad)
    for key, gradient in trainer.gradients.items():
        assert_near(gradient, expected[f"gradient {key}"], tolerance, f"gradient of {key}")


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize(("name", "mode"), CASES)
@pytest.mark.slow
def test_training_steps_are_pytorchs(name, mode, optimizer):
    dtype, fast, tolerance = MODES[mode]
    expected = answers(name)
    net = net_of(name, dtype)
    momentum = 0.9 if (name, optimizer) == ("mlp", "sgd") else 0.0
    trainer = Trainer(net, replace(net.recipe, optimizer=optimizer, momentum=momentum), fast)
    images, labels = golden.images()
    for step in range(1, golden.STEPS[-1] + 1):
        trainer.update(as_inputs(net, images), labels, golden.LR[optimizer], rng=None)
        if step in golden.STEPS:
            # Adam divides a gradient that nearly cancels by its own size, and rounding grows from step to
            # step; a wrong formula is off by far more.
            slack = tolerance * (3 if step == 1 else 10)
            for key, value in trainer.parameters.items():
                assert_near(value, expected[f"{optimizer} {step} {key}"], slack, f"{key} after step {step}")


def test_the_golden_steps_tell_adams_constants_apart():
    # After one step beta1 and beta2 cancel out; after five they must not.
    expected = answers("mlp")
    net = net_of("mlp", np.float64)
    trainer = Trainer(net, replace(net.recipe, beta2=0.99))
    images, labels = golden.images()
    for _ in range(5):
        trainer.update(as_inputs(net, images), labels, golden.LR["adam"], rng=None)
    with pytest.raises(AssertionError, match="is off by"):
        assert_near(trainer.parameters["hidden1.weight"], expected["adam 5 hidden1.weight"], 1e-4, "weight")
