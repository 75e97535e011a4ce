"""Gradients that ReLU drops are left out where nobody looks at them, and only there."""

import dataclasses

import numpy as np
import pytest

import engine
from engine.kernels import sparse
from engine.run import Machine

BATCH = 40


def rows_of(x):
    """Compressed rows of x (n, k)."""
    room = x.size + sparse.BLOCK + 1
    rows = (
        np.empty(sparse.starts_of(*x.shape), np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.float32),
    )
    assert sparse.nonzero_rows(x, *rows, x.size)
    return rows


@pytest.mark.parametrize(
    ("n", "inner", "columns"), [(20, 300, 128), (1, 7, 64), (17, 112, 16), (5, 225, 256)]
)
def test_slopes_of_what_is_not_silent_are_those_of_numpy(n, inner, columns):
    rng = np.random.default_rng(0)
    x, grad, w = (
        rng.standard_normal(s).astype(np.float32) for s in ((n, inner), (n, columns), (inner, columns))
    )
    x[rng.random(x.shape) < 0.6] = 0
    out = np.full_like(x, np.nan)
    sparse.sparse_slopes(rows_of(x), grad, w, out)
    exact = np.where(x != 0, grad.astype(np.float64) @ w.T, 0)
    assert np.abs(out - exact).max() <= 3e-6 * max(1, np.abs(exact).max())
    assert (out[x == 0] == 0).all()


def gradients(net, keep=False, **kinds):
    """Gradients by the parameters, and by the activations where keep, of a pass of fixed numbers."""
    x = np.random.default_rng(1).random((BATCH, 28, 28, 1)).astype(net.dtype)
    found = {name: np.zeros_like(array) for name, array in net.parameters.items()}
    machine = Machine(net.layers, net.parameters, BATCH, gradients=found, overlay=net.overlay, **kinds)
    machine.forward(x)
    felt = machine.backward(
        np.random.default_rng(2).standard_normal((BATCH, 10)).astype(net.dtype), keep=keep
    )
    return found, felt


def silenced(net):
    """The net with so low biases that most hidden neurons are silent, as dropout makes them."""
    low = {"hidden1.bias": -0.3, "hidden2.bias": -0.05}
    fresh = {name: np.full_like(net.parameters[name], value) for name, value in low.items()}
    return net.replace({**net.parameters, **fresh})


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "tanh"])
@pytest.mark.parametrize("edit", ["", "clamp hidden1:3 0", "scale hidden2:5 2"])
def test_gradients_of_training_are_those_of_the_plain_pass(activation, edit):
    net = engine.preset("mlp", np.random.default_rng(0))
    layers = [
        dataclasses.replace(n, activation=activation if "hidden" in n.name else n.activation)
        for n in net.layers
    ]
    net = silenced(engine.Net.of("test", "Test", tuple(layers), dict(net.parameters), net.recipe))
    net = net.mutate(edit) if edit else net
    exact, _ = gradients(net.astype(np.float64))
    found, _ = gradients(net, fast=True, lean=True)
    for name, array in exact.items():
        assert np.abs(found[name] - array).max() <= 2e-5 * max(1e-3, np.abs(array).max()), name


def test_who_looks_at_gradients_sees_those_of_silent_neurons_too():
    net = silenced(engine.preset("mlp", np.random.default_rng(0)))
    _, exact = gradients(net.astype(np.float64), keep=True)
    x = np.random.default_rng(1).random((BATCH, 28, 28, 1)).astype(np.float32)
    machine = Machine(net.layers, net.parameters, BATCH)
    machine.forward(x)
    for name in ("hidden1", "hidden2"):
        assert 0.05 < (machine.activation[name] != 0).mean() < 0.29, name
    _, found = gradients(net, keep=True, fast=True, lean=True)
    assert (found["hidden1"] != 0).all()
    assert np.allclose(found["hidden1"], exact["hidden1"], rtol=1e-3, atol=1e-5)
