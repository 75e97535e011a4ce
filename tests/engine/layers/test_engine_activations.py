"""Activation functions: values and slopes are PyTorch's, and every one goes out and comes back as itself."""

import importlib.util

import numpy as np
import pytest
from project import GOLDEN

import engine
from engine import EngineError, export_net, import_net
from engine.blocks.activations import activation, activations
from engine.foreign.graph.curves import GRID, Curve, named
from engine.foreign.graph.draft import View
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Chain
from engine.foreign.one_output import in_two_classes

_spec = importlib.util.spec_from_file_location("make_activations", GOLDEN / "make_activations.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)
SINGLE = [name for name in activations() if not activation(name).rowwise]


def test_all_functions_of_single_sums_are_held_to_pytorch():
    assert {*SINGLE} - {"identity"} <= {*golden.FUNCTIONS}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", golden.FUNCTIONS)
def test_value_and_slope_are_pytorchs(name, dtype):
    z = golden.sums().astype(dtype)
    with np.load(GOLDEN / "activations.npz", allow_pickle=False) as file:
        value, slope = file[name], file[f"{name} slope"]
    known = activation(name)
    a = np.empty_like(z)
    known.forward(z, a)
    slack = 1e-12 if dtype is np.float64 else 3e-6
    assert np.allclose(a, value, rtol=slack, atol=slack)
    grad = np.ones_like(z)
    known.backward(grad, z, a, grad)
    # PyTorch keeps the sixth of a hard sigmoid in float32.
    slack = max(slack, 1e-8) if name == "hard-sigmoid" else slack
    assert np.allclose(grad, slope, rtol=slack, atol=slack)
    assert (a.dtype, grad.dtype) == (dtype, dtype)
    # In place too, as the machine calls it.
    known.forward(z, z)
    assert np.array_equal(z, a)


@pytest.mark.parametrize("name", ["leaky-relu-0", "leaky-relu-1.5", "leaky-relu-", "leaky-relu-0.1x"])
def test_a_slope_that_is_none_is_no_activation(name):
    with pytest.raises(EngineError, match="unknown activation"):
        activation(name)


@pytest.mark.parametrize("name", [*SINGLE, "leaky-relu-0.2"])
def test_a_network_with_it_goes_to_onnx_and_comes_back(tmp_path, name):
    rng = np.random.default_rng(0)
    text = f"input 4x4 | dense 6 {name} | dense 3 softmax"
    net = engine.build(text, rng)
    net = net.replace({key: a + np.float32(0.3) for key, a in net.parameters.items()})
    export_net(net, tmp_path / "net.onnx")
    back = import_net(tmp_path / "net.onnx").net
    assert back.text == text.replace(" identity", "")
    images = rng.normal(0, 6, (5, 4, 4, 1)).astype(np.float32)
    assert np.abs(back.predict(images) - net.predict(images)).max() < 1e-6


def made_of(*steps) -> str:
    """The activation that these operations on a dense layer's sums are taken for."""
    chain = Chain((1, 4), None)
    chain.add("MatMul", "first", np.ones((4, 3)))
    for kind, arrays, settings in steps:
        chain.add(kind, kind, *arrays, **settings)
    chain.add("MatMul", "second", np.ones((3, 2)))
    return imported(chain.program(), "made").net.layers[1].activation


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("relu6", [("Relu", (), {}), ("Clip", (), {"max": 6.0})]),
        ("relu6", [("Relu", (), {}), ("Min", (np.array(6.0),), {})]),
        ("relu", [("Max", (np.array(0.0),), {})]),
        ("leaky-relu-0.3", [("LeakyRelu", (), {"alpha": 0.3})]),
        ("leaky-relu-0.25", [("PRelu", (np.full((3,), 0.25),), {})]),
        ("hard-sigmoid", [("HardSigmoid", (), {"alpha": 1 / 6})]),
        ("selu", [("Selu", (), {})]),
        ("elu", [("Elu", (), {})]),
    ],
)
def test_pieces_that_exporters_write_are_one_function(name, steps):
    assert made_of(*steps) == name


@pytest.mark.parametrize("times", [1e-3, 1.0, 2.0**40, 2.0**100])
def test_a_function_is_known_however_steep_it_is(times):
    """Of a hundred sums x + x it was said that no function is like it: their rounding is not within 1e-4."""
    for name, values in (("identity", GRID), ("relu", np.maximum(GRID, 0))):
        found = named(Curve(View(np.arange(3)), times * values, ("Add",)))
        assert found == (name, pytest.approx(times), pytest.approx(0, abs=1e-12 * times * GRID.max()))
    with pytest.raises(EngineError, match="no activation function"):
        named(Curve(View(np.arange(3)), times * np.minimum(GRID**2, 9), ("Mul",)))


@pytest.mark.parametrize("head", ["Sigmoid", None])
def test_one_neuron_scores_the_second_of_two_classes(head):
    """With one neuron alone every answer would be the same, with certainty."""
    weight = np.random.default_rng(0).normal(0, 1, (4, 1))
    chain = Chain((1, 4), None)
    chain.add("MatMul", "only", weight)
    if head:
        chain.add(head, "then")
    found = imported(chain.program(), "made")
    assert "it ends in one neuron" in found.notes[-1]
    x = np.random.default_rng(1).normal(0, 1, (5, 4)).astype(np.float32)
    score = (x @ weight)[:, 0]
    yes = 1 / (1 + np.exp(-score))
    shown = x.reshape(5, *found.net.layers[0].shape)
    if not head:  # the score of the second class where there are two, and else a number
        assert found.net.gives_numbers
        assert np.allclose(found.net.predict(shown)[:, 0], score, atol=1e-6)
    two = found.net if head else in_two_classes(found.net)
    assert np.allclose(two.predict(shown), np.stack([1 - yes, yes], axis=1), atol=1e-6)
