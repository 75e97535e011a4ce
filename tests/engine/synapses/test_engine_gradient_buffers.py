"""Gradients that lie in few buffers used in turns: none may be overwritten while it is wanted."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.run.gradient_buffers import laid_out, shared
from engine.run.machine import Machine


def gradients_of(net, x, grad, lean):
    found = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
    machine = Machine(net.layers, net.parameters, len(x), gradients=found, fast=True, lean=lean)
    machine.forward(x)
    felt = machine.backward(grad)
    return found, felt


@pytest.mark.parametrize("name", ["vit-tiny", "cnn-draw"])
def test_a_pass_in_few_buffers_gives_the_gradients_of_one_where_each_layer_has_its_own(name):
    net = engine.preset(name, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    # More than a part, and a last part that is smaller.
    x = rng.random((37, *net.layers[0].shape), np.float32)
    grad = rng.standard_normal((37, 10)).astype(np.float32)
    lean, none_told = gradients_of(net, x, grad, lean=True)
    whole, _ = gradients_of(net, x, grad, lean=False)
    most = max(np.abs(array).max() for array in whole.values())
    assert not none_told
    for key, array in whole.items():
        assert np.abs(lean[key] - array).max() <= 1e-4 * most, key


def test_no_two_gradients_that_are_wanted_at_once_share_a_buffer():
    layers = engine.preset("vit-tiny", np.random.default_rng(0)).layers
    shapes = {layer.name: layer.shape for layer in layers[1:-1]}
    numbers = shared(layers[1:], lambda layer: layer.sources, shapes)
    assert numbers.keys() == shapes.keys()
    assert len(set(numbers.values())) < len(shapes) / 2
    wanted: dict[str, str] = {}
    for layer in reversed(layers[1:]):
        own = numbers.get(layer.name)
        for source in layer.sources:
            sharing = [name for name in wanted if name != source and numbers[name] == numbers.get(source)]
            # A layer's own may be handed on to what it adds as it is: it is wanted no longer.
            assert sharing in ([], [layer.name]), source
            assert not sharing or layer.block.kind == "token-dense", source
            if source in shapes:
                wanted[source] = layer.name
        if own is not None:
            del wanted[layer.name]


def test_layers_of_one_buffer_and_one_shape_hold_one_array():
    shapes = {"a": (2, 3), "b": (2, 3), "c": (3, 2), "d": (2, 3)}
    arrays = laid_out({"a": 0, "b": 0, "c": 0, "d": 1}, shapes, 4, np.float32)
    assert arrays["a"] is arrays["b"]
    assert arrays["c"].shape == (4, 3, 2)
    assert np.shares_memory(arrays["a"], arrays["c"])
    assert not np.shares_memory(arrays["a"], arrays["d"])
