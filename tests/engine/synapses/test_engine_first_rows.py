"""Tokens that nobody reads are left out of training: the same numbers as with all of them.

Were one that is read left out, or another's gradient lost, training would still run and learn something else.
"""

import dataclasses

import numpy as np
import pytest
from token_nets import transformer, with_layers

import engine
from engine import Add, Layer, LayerNorm, TokenDense, TokenHead
from engine.run import Machine
from engine.run.shortcuts.first_rows import first_row_layers
from engine.training.training import Training

SHORT = {"attention", "scores", "query", "residual1", "norm2", "hidden", "out", "residual2"}


def short(net) -> set[str]:
    """The layers of which training holds the first token alone."""
    return set(first_row_layers(net.layers, net.overlay))


def passes(net, x, grad, lean, keep=False):
    """A pass forward and back: the answer, the parameters' gradients, the layers' gradients."""
    gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
    kinds = {"fast": lean, "lean": lean, "overlay": net.overlay}
    machine = Machine(net.layers, net.parameters, len(x), gradients=gradients, **kinds)
    out = machine.forward(x).copy()
    return out, gradients, machine.backward(grad, keep=keep), machine


def batch(net, count, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, *net.layers[0].shape))
    return x, rng.standard_normal((count, net.layers[-1].size))


def near(found, expected, least=0.1):
    return np.abs(found - expected).max() <= 2e-4 * max(least, np.abs(expected).max())


def all_near(gradients, expected):
    # Some gradients are nothing but what rounding leaves, as those of the keys' biases.
    least = 0.1 * max(np.abs(array).max() for array in expected.values())
    for name, array in expected.items():
        assert near(gradients[name], array, least), name


def same(net, count, keep=False):
    """Assert that a lean pass of float32 gives what a plain one of float64 does; the lean machine."""
    x, grad = batch(net, count)
    single = net.astype(np.float32)
    out, gradients, felt, machine = passes(single, x.astype(np.float32), grad.astype(np.float32), True, keep)
    exact, expected, all_felt, plain = passes(net, x, grad, False, keep)
    assert near(out, exact)
    all_near(gradients, expected)
    if keep:
        assert felt.keys() == all_felt.keys()
        for name, array in all_felt.items():
            assert near(felt[name], array), name
            assert near(machine.activation[name], plain.activation[name]), name
    return machine, grad.astype(np.float32), expected


# 40 examples are two parts.
@pytest.mark.parametrize("count", [1, 5, 40])
def test_the_last_block_works_on_the_class_token_alone(count):
    net = transformer(heads=2)
    assert short(net) == {f"block1.{name}" for name in SHORT}
    machine, _, _ = same(net, count)
    assert machine.pre["block1.hidden"].shape == (count, 1, 8)
    assert machine.pre["block1.attention"].shape == (count, 1, 4)
    assert machine.pre["block1.key"].shape == (count, 5, 4)


def test_blocks_before_the_last_work_on_all_tokens():
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    found = short(net)
    assert found
    assert all(name.startswith("block2.") for name in found)
    assert not {"block2.norm1", "block2.key", "block2.value"} & found
    same(net.astype(np.float64), 3)


def test_gradients_that_are_kept_are_those_of_every_token():
    machine, grad, expected = same(transformer(), 7, keep=True)
    assert machine.pre["block1.hidden"].shape == (7, 5, 8)
    # An update after that needs no new pass forward, and one after a new pass is lean again.
    for again in (False, True):
        if again:
            machine.forward(machine.activation["input"].copy())
            assert machine.pre["block1.hidden"].shape == (7, 1, 8)
        machine.backward(grad)
        all_near(machine._parts[0].gradients, expected)


def test_of_a_single_token_no_gradient_is_lost():
    # What a residual hands on lies in the very place of the gradient that it is a part of.
    net = transformer(patch=4, class_token=False)
    assert not short(net)
    same(net, 5)


def test_of_scores_that_are_normed_and_added_the_first_query_is_held_not_the_first_head():
    net = transformer(heads=2)
    shape = net.layer("block1.scores").shape
    more = (
        Layer("normed", "", shape, LayerNorm(), ("block1.scores",)),
        Layer("added", "", shape, Add(), ("normed", "block1.scores")),
    )
    mixed = dataclasses.replace(net.layer("block1.attention"), sources=("added", "block1.value"))
    at = net.layers.index(net.layer("block1.attention"))
    own = {"normed.scale": np.full(shape[2:], 0.7), "normed.shift": np.zeros(shape[2:])}
    layers = (*net.layers[:at], *more, mixed, *net.layers[at + 1 :])
    net = engine.Net.of("test", "Test", layers, {**net.parameters, **own}, net.recipe)
    assert short(net) >= {"normed", "added", "block1.scores"}
    for keep in (False, True):
        same(net, 5, keep=keep)


def test_a_head_that_reads_another_token_has_all_of_them():
    net = transformer()
    net = with_layers(net, dataclasses.replace(net.layers[-1], block=TokenHead(3, token=2)))
    assert not short(net)
    same(net, 3)


def test_what_drops_neurons_by_their_place_keeps_all_tokens():
    net = transformer()
    dropping = dataclasses.replace(net.layer("block1.hidden"), dropout=0.5)
    assert short(with_layers(net, dropping)) == {"block1.out", "block1.residual2"}
    scores = dataclasses.replace(net.layer("block1.scores"), dropout=0.5)
    net = with_layers(net, scores)
    assert short(net) == {f"block1.{name}" for name in SHORT - {"scores", "query"}}
    # Its attention is of one token, its scores are of all.
    machine, _, _ = same(net, 4)
    assert machine.pre["block1.scores"].shape == (4, 2, 5, 5)


def test_a_layer_that_nobody_reads_reads_all_tokens():
    net = transformer()
    idle = Layer("idle", "idle", (5, 2), TokenDense(2), ("block1.hidden",))
    layers = (*net.layers[:-1], idle, net.layers[-1])
    parameters = {**net.parameters, "idle.weight": np.ones((8, 2)), "idle.bias": np.ones(2)}
    net = engine.Net.of("test", "Test", layers, parameters, net.recipe)
    assert "block1.hidden" not in short(net)
    assert "block1.out" in short(net)
    machine = Machine(net.layers, net.parameters, 2, overlay=net.overlay)
    single = net.astype(np.float32)
    lean = Machine(single.layers, single.parameters, 2, fast=True, lean=True)
    x = batch(net, 2)[0]
    assert near(lean.forward(x.astype(np.float32)), machine.forward(x))
    assert near(lean.activation["idle"], machine.activation["idle"])


# What is edited, and which layers it has written whole beside it.
@pytest.mark.parametrize(
    ("edit", "whole"),
    [
        ("cut tokens:1,1 -> block1.norm1", set()),
        ("ablate tokens:0,1; scale block1.key:2,1 3", set()),
        ("ablate block1.hidden:0,1", {"hidden", "norm2"}),
        ("ablate block1.hidden:3,1; nudge block1.norm2 -> block1.hidden 0.1", {"hidden", "norm2"}),
        ("shift block1.query:0,1 1", {"query"}),
        ("scale block1.scores:0,0,2 2", {"scores", "query"}),
        ("scale block1.attention:0,1 2", {"attention", "scores"}),
        ("set block1.hidden:0,3 -> block1.out:0,2 0.5", {"out", "hidden"}),
        ("cut block1.hidden -> block1.out", {"out", "hidden"}),
        ("add block1.hidden:3,1 -> output:1 0.5", SHORT & {"hidden", "norm2", "residual1", "residual2"}),
        ("add block1.query:3,1 -> block1.value:2,2 0.5", {"query"}),
        ("shift output:1 2", {"residual2"}),
    ],
)
def test_of_an_edited_net_what_edits_read_has_all_tokens(edit, whole):
    net = transformer(heads=2).mutate(edit)
    assert not {f"block1.{name}" for name in whole} & short(net)
    assert whole or short(net) == {f"block1.{name}" for name in SHORT}
    for keep in (False, True):
        same(net, 5, keep=keep)


def test_training_learns_the_same_as_without_compiled_loops():
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 255, (96, 28, 28), np.uint8), rng.integers(0, 10, 96)
    learned = []
    for fast in (True, False):
        net = engine.preset("vit-tiny", np.random.default_rng(0))
        recipe = net.recipe.change(epochs=2, batch=32)
        run = Training(net, recipe, (images, labels), np.random.default_rng(1), fast=fast)
        learned.append([step.loss for step in run])
    assert len(learned[0]) == 6
    assert np.allclose(*learned, rtol=2e-4)


def test_neighbours_of_a_batch_are_not_mixed():
    net = transformer().astype(np.float32)
    x = batch(net, 6)[0].astype(np.float32)
    machine = Machine(net.layers, net.parameters, 6, fast=True, lean=True)
    together = machine.forward(x).copy()
    for i in range(6):
        assert near(machine.forward(x[i : i + 1]), together[i : i + 1])
