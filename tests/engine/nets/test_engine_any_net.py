"""Any graph of any blocks: the fast pass, neurons that fire along their synapses, and slopes agree."""

import numpy as np
import pytest
from any_nets import nets
from finite_differences import slopes
from hypothesis import HealthCheck, given, settings

from engine import interpret
from engine.run import Machine

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@FEW
@given(nets())
def test_neurons_that_fire_along_their_synapses_hold_what_the_fast_pass_finds(net):
    x = np.random.default_rng(5).standard_normal(net.layers[0].shape)
    firing, trace = interpret(net, x), net.trace(x)
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    assert np.allclose(firing.pre, pre, rtol=1e-8, atol=1e-10)
    assert sum(len(part) for part in net.iter_synapses(chunk=13)) == net.edge_count
    assert sum(net.edge_counts.values()) == net.edge_count


@FEW
@given(nets())
def test_contributions_and_bias_add_up_to_what_each_neuron_holds(net):
    x = np.random.default_rng(5).standard_normal(net.layers[0].shape)
    trace = net.trace(x)
    values = np.concatenate([trace.activation[layer.name].reshape(-1) for layer in net.layers])
    for layer in net.layers[1:]:
        biases = layer.block.biases(net.wiring(layer.name, trace.activation))
        for index in range(min(layer.size, 20)):
            into = net.synapses_into(layer.name, index, trace)
            bias = 0.0 if biases is None else float(biases.reshape(-1)[index])
            total = bias + (into.weight * values[into.source]).sum()
            assert np.isclose(total, trace.pre[layer.name].reshape(-1)[index], rtol=1e-8, atol=1e-10)


@FEW
@given(nets())
@pytest.mark.slow
def test_gradients_are_slopes(net):
    rng = np.random.default_rng(6)
    x = rng.standard_normal((2, *net.layers[0].shape))
    grad = rng.standard_normal((2, *net.layers[-1].shape))
    parameters = {name: array.copy() for name, array in net.parameters.items()}
    found = {name: np.zeros_like(array) for name, array in parameters.items()}
    machine = Machine(net.layers, parameters, 2, gradients=found)

    def value() -> float:
        machine.forward(x)
        return float((machine.pre["output"] * grad).sum())

    value()
    found["x"] = machine.backward(grad.copy(), keep=True).get("input", np.zeros_like(x)).copy()
    found = {name: array.copy() for name, array in found.items()}
    for name, slope in slopes(value, {"x": x, **parameters}).items():
        # Here and there a maximum or a ReLU has its kink.
        near = np.isclose(found[name], slope, rtol=1e-3, atol=1e-5)
        assert near.mean() > 0.97, name


@pytest.mark.slow
@FEW
@given(nets())
def test_compiled_loops_compute_the_same(net):
    net = net.astype(np.float32)
    rng = np.random.default_rng(6)
    x = rng.standard_normal((3, *net.layers[0].shape)).astype(np.float32)
    grad = rng.standard_normal((3, *net.layers[-1].shape)).astype(np.float32)
    found = []
    for fast in (False, True):
        gradients = {name: np.zeros_like(array) for name, array in net.parameters.items()}
        machine = Machine(net.layers, net.parameters, 3, gradients=gradients, fast=fast)
        out = machine.forward(x, np.random.default_rng(8)).copy()
        machine.backward(grad.copy())
        found.append([out, *gradients.values()])
    for plain, compiled in zip(*found, strict=True):
        assert np.allclose(plain, compiled, rtol=1e-3, atol=1e-3 * max(np.abs(plain).max(), 1))
