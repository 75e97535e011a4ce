"""Attention of the class token without keys and values: the same numbers as with them.

Were one wrong, the last block of every transformer would learn something else.
"""

import dataclasses

import numpy as np
import pytest
from token_nets import TWO_BLOCKS, lean_machine

import engine
from engine import DivergedError, Layer, TokenDense
from engine.kernels.tokens.attention import Sizes
from engine.kernels.tokens.one_query import OneQuery
from engine.training.trainer import Trainer


def plain(heads, query, x, key, value, biases, grad):
    """The answer, and gradients by query, x, key, value and the values' bias, in the numbers' precision."""

    def split(rows):
        return rows.reshape(*rows.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    def joined(parts):
        return parts.transpose(0, 2, 1, 3).reshape(len(parts), parts.shape[2], -1)

    q, k, v, g = map(split, (query, x @ key + biases[0], x @ value + biases[1], grad))
    scale = 1 / np.sqrt(q.shape[3])
    a = np.exp(q @ k.swapaxes(2, 3) * scale)
    a /= a.sum(axis=3, keepdims=True)
    felt = g @ v.swapaxes(2, 3)
    slopes = a * (felt - (felt * a).sum(axis=3, keepdims=True)) * scale
    by_key, by_value = joined(slopes.swapaxes(2, 3) @ q), joined(a.swapaxes(2, 3) @ g)
    by_x = by_key @ key.T + by_value @ value.T
    weights = [np.einsum("nti,ntj->ij", x, back) for back in (by_key, by_value)]
    return joined(a @ v), joined(slopes @ k), by_x, *weights, by_value.sum(axis=(0, 1))


@pytest.mark.parametrize(
    ("sizes", "inner", "lanes", "room"),
    [
        (Sizes(4, 1, 17, 32), 128, 16, 28),
        (Sizes(3, 1, 5, 16), 32, 16, 28),
        (Sizes(2, 1, 50, 16), 48, 8, 13),
        (Sizes(1, 1, 2, 8), 16, 4, 13),
    ],
    ids=str,
)
@pytest.mark.parametrize("n", [1, 21])
def test_one_query_gives_what_keys_and_values_give(n, sizes, inner, lanes, room):
    rng, width = np.random.default_rng(0), sizes.heads * sizes.part
    shapes = [
        (n, 1, width),
        (n, sizes.keys, inner),
        (inner, width),
        (inner, width),
        (2, width),
        (n, 1, width),
    ]
    query, x, key, value, biases, grad = (rng.standard_normal(s).astype(np.float32) for s in shapes)
    key /= np.float32(np.sqrt(inner))
    step = OneQuery(sizes, inner, lanes, room)
    assert step.fits
    # A smaller batch ahead: there is room for the larger one then.
    step.forward(query[:1], x[:1], key, value, biases[1], np.empty_like(grad[:1]))
    out, *back = (np.full_like(array, np.nan) for array in (grad, query, x))
    learn = [{"weight": np.full_like(key, np.nan), "bias": np.full(width, np.nan, np.float32)} for _ in "kv"]
    step.forward(query, x, key, value, biases[1], out)
    step.backward(grad, query, x, (key, value), tuple(learn), tuple(back))
    found = out, *back, *(each["weight"] for each in learn), learn[1]["bias"]
    given = (array.astype(np.float64) for array in (query, x, key, value, biases, grad))
    for mine, other in zip(found, plain(sizes.heads, *given), strict=True):
        assert np.abs(mine - other).max() <= 2e-6 * np.abs(other).max()
    # Softmax does not know what is added to all its keys alike.
    assert not learn[0]["bias"].any()


def test_what_no_vectors_divide_or_is_too_large_has_its_keys():
    assert OneQuery(Sizes(2, 1, 17, 16), 64, 16, 28).fits
    for sizes, inner in (
        ((2, 1, 17, 8), 64),
        ((2, 1, 17, 16), 60),
        ((2, 1, 65, 16), 64),
        ((2, 2, 17, 16), 64),
    ):
        assert not OneQuery(Sizes(*sizes), inner, 16, 28).fits


@pytest.mark.parametrize("looked_into", [False, True])
def test_gradients_of_the_whole_network_are_the_exact_ones(looked_into):
    net, rng = engine.build(TWO_BLOCKS, np.random.default_rng(0)), np.random.default_rng(1)
    x, slope = rng.random((40, 28, 28, 1), np.float32), rng.standard_normal((40, 10)).astype(np.float32)
    (fast, found), (exact, expected) = lean_machine(net), lean_machine(net.astype(np.float64))
    for _ in range(3):
        fast.forward(x)
        if fast.pre.keys() >= {"block2.key"}:
            pytest.skip("vectors of four")
        # A pass that is looked into has keys; what they leave behind is not the next one's.
        fast.backward(slope, keep=looked_into)
        fast.forward(x)
        fast.backward(slope)
    exact.forward(x.astype(np.float64))
    exact.backward(slope.astype(np.float64))
    assert not found["block2.key.bias"].any()
    for name, array in expected.items():
        assert np.abs(found[name] - array).max() <= 1e-5 * max(np.abs(array).max(), 0.1), name


def unwritten(net):
    """The layers of the last block that a pass leaves out."""
    runs, _ = lean_machine(net)
    runs.forward(np.zeros((2, 28, 28, 1), np.float32))
    return {layer.name for layer in net.layers if layer.name.startswith("block2")} - runs.pre.keys()


def replaced(net, *changed, idle=()):
    named = {layer.name: layer for layer in changed}
    layers = [named.get(layer.name, layer) for layer in net.layers]
    parameters = dict(net.parameters)
    for layer in idle:
        parameters |= {f"{layer.name}.weight": np.ones((64, 2), np.float32)}
        parameters |= {f"{layer.name}.bias": np.ones(2, np.float32)}
    return engine.Net.of("test", "Test", (*layers[:-1], *idle, layers[-1]), parameters, net.recipe)


def test_keys_and_values_that_are_asked_for_are_made():
    net = engine.build(TWO_BLOCKS, np.random.default_rng(0))
    if unwritten(net) == {"block2.scores"}:
        pytest.skip("vectors of four")
    assert unwritten(net) == {"block2.key", "block2.value", "block2.scores"}
    for change in ({"dropout": 0.1}, {"activation": "relu"}, {"sources": ("block1.norm2",)}):
        other = dataclasses.replace(net.layer("block2.value"), **change)
        assert unwritten(replaced(net, other)) == {"block2.scores"}
    read = Layer("idle", "idle", (17, 2), TokenDense(2), ("block2.key",))
    assert unwritten(replaced(net, idle=[read])) == {"block2.scores"}
    assert unwritten(net.mutate("ablate block2.key:3,5")) == {"block2.scores"}


def test_keys_that_overflow_are_named():
    net = engine.build(TWO_BLOCKS, np.random.default_rng(0))
    parameters = dict(net.parameters)
    parameters["block2.key.weight"] = parameters["block2.key.weight"] * np.float32(3e38)
    net = engine.Net.of("test", "Test", net.layers, parameters, net.recipe)
    with pytest.raises(DivergedError, match=r"block2\.key"):
        Trainer(net, net.recipe).update(np.ones((8, 28, 28, 1), np.float32), np.arange(8), 1e-3, None)
