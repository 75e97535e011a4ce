"""The fast pass, the synapses view and neuron-by-neuron firing are one and the same net."""

import numpy as np
import pytest
from plain_nets import small
from slow_cases import slow_but

from engine import Net, interpret, preset, presets


def image() -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.integers(1, 256, (28, 28)) * (rng.random((28, 28)) < 0.3)).astype(np.uint8)


# The 11 million edges of vit-small, the same blocks four times over, would take a minute.
@pytest.mark.parametrize(
    "name", slow_but(("mlp", "cnn-fast"), (name for name in presets() if name != "vit-small"))
)
def test_the_fast_pass_agrees_with_the_reference_over_every_edge(name):
    net = preset(name, np.random.default_rng(0))
    firing = interpret(net, image())
    trace = net.trace(image())
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    assert np.allclose(firing.pre, pre, rtol=1e-4, atol=1e-5)
    assert np.allclose(firing.activation, trace.neurons, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("hidden", ["identity", "relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("head", ["softmax", "log-softmax", "sigmoid", "tanh"])
def test_every_activation_agrees(hidden, head):
    from dataclasses import replace

    net = small(activation=head).astype(np.float64)
    layers = (net.layers[0], replace(net.layers[1], activation=hidden), net.layers[2])
    net = Net.of(net.name, net.title, layers, net.parameters, net.recipe)
    x = np.array([[1.0, 0.25], [0, 0.5]])
    trace = net.trace(x)
    expected = np.concatenate([trace.activation[layer.name].reshape(-1) for layer in layers])
    assert np.allclose(interpret(net, x).activation, expected, rtol=1e-12)


def test_no_neuron_fires_before_its_inputs_and_each_fires_once():
    net = preset("mlp-sigmoid", np.random.default_rng(0))
    order = interpret(net, image()).order
    assert sorted(order.tolist()) == list(range(net.neuron_count))
    fired_at = np.empty(net.neuron_count, np.int64)
    fired_at[order] = np.arange(net.neuron_count)
    for part in net.iter_synapses():
        assert (fired_at[part.source] < fired_at[part.target]).all()


def test_a_layer_can_be_run_by_itself_from_what_a_trace_has_of_the_others():
    net = preset("vit-tiny", np.random.default_rng(0)).mutate(
        "ablate block1.scores:1,2,3; add input:14,14 -> block2.norm1:3,5 0.5; clamp input:3,3 1"
    )
    trace = net.trace(image())
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    chosen = ["block1.scores", "block1.attention", "block2.norm1", "output"]
    firing = interpret(net, image(), chosen)
    assert np.allclose(firing.pre, pre, rtol=1e-4, atol=1e-5)
    assert sorted(firing.order) == list(range(net.neuron_count))
    ran = np.zeros(net.neuron_count, bool)
    for name in chosen:
        ran[net.offset(name) : net.offset(name) + net.layer(name).size] = True
    assert (firing.pre[~ran] == pre[~ran]).all()
    # Python's numbers are longer than float32: what was worked out anew shows it.
    assert (firing.pre[ran] != pre[ran]).mean() > 0.5
