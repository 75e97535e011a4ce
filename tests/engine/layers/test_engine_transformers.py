"""The vision transformers compute what PyTorch computes: every layer, the loss, every gradient."""

import importlib.util

import numpy as np
import pytest
from project import GOLDEN

from engine import Net, preset
from engine.run import as_inputs, loss_of
from engine.training import Trainer

_spec = importlib.util.spec_from_file_location("make_transformers", GOLDEN / "make_transformers.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)

# How the net may run: in float64, plain NumPy, compiled kernels; and how near it must come.
MODES = {
    "float64": (np.float64, False, 1e-9),
    "numpy": (np.float32, False, 2e-5),
    "fast": (np.float32, True, 2e-5),
}


def answers(name: str) -> dict[str, np.ndarray]:
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


def net_of(name: str, dtype) -> Net:
    return preset(name, np.random.default_rng(0)).replace(golden.parameters(name)).astype(dtype)


def assert_near(found, expected, tolerance, what, scale=None):
    # Relative to the largest: a sum that nearly cancels has no digits of its own to compare.
    error = np.abs(found - expected).max() / (np.abs(expected).max() if scale is None else scale)
    assert error <= tolerance, f"{what} is off by {error:.2g}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", golden.SIZES)
def test_layers_loss_and_gradients_are_pytorchs(name, mode):
    dtype, fast, tolerance = MODES[mode]
    expected = answers(name)
    net = net_of(name, dtype)
    trainer = Trainer(net, net.recipe, fast)
    images, labels = golden.images()
    outputs = trainer.machine.forward(as_inputs(net, images))
    head = net.layers[-1].activation
    total, grad = loss_of(net.recipe.loss)(head, trainer.machine.pre["output"], outputs, labels)
    assert_near(np.array([total / len(labels)]), expected["loss"], tolerance, "loss")
    trainer.machine.backward(grad)
    for key, gradient in trainer.gradients.items():
        # What all keys share changes nothing: its gradient is 0, beside that of the weights.
        other = key.replace("key.bias", "key.weight")
        scale = np.abs(expected[f"gradient {other}"]).max()
        assert_near(
            golden.digest(gradient), expected[f"gradient {key}"], tolerance, f"gradient of {key}", scale
        )
    # A fast pass leaves out what nobody reads; the way back fills it in where all is to be kept.
    trainer.machine.forward(as_inputs(net, images))
    trainer.machine.backward(grad, keep=True)
    for layer in net.layers[1:]:
        found = golden.digest(trainer.machine.activation[layer.name])
        assert_near(found, expected[f"layer {layer.name}"], tolerance, layer.name)


@pytest.mark.parametrize("name", golden.SIZES)
def test_a_golden_file_covers_every_layer_and_parameter(name):
    net = preset(name, np.random.default_rng(0))
    expected = {f"layer {layer.name}" for layer in net.layers[1:]} | {"loss"}
    assert set(answers(name)) == expected | {f"gradient {key}" for key in net.parameters}
