"""Tokens that are alike in several images, worked on once: the same numbers as one by one.

Were their gradients lost or counted twice, a transformer would learn something else of blank patches.
"""

import dataclasses

import numpy as np
import pytest
from token_nets import TWO_BLOCKS, lean_machine

import engine
from engine.run.shortcuts import fused_attention

AHEAD = {"norm1", "query", "key", "value", "scores"}


def passed(told, x):
    """The answer and all gradients of a pass there and back."""
    runs, found = told
    answer = runs.forward(x.astype(runs.dtype)).copy()
    runs.backward(np.random.default_rng(1).standard_normal((len(x), 10)).astype(runs.dtype))
    return {"answer": answer, **found}


def images(kind, n=40):
    """(n, 28, 28, 1): all different, some patches blank, some whole images alike; or of one dot each."""
    rng = np.random.default_rng(0)
    if kind == "dots":
        return np.eye(784, dtype=np.float32)[rng.permutation(784)[:n]].reshape(n, 28, 28, 1)
    x = rng.random((n, 4, 7, 4, 7, 1), np.float32)
    if kind != "different":
        x *= rng.random((n, 4, 1, 4, 1, 1)) < 0.5
    if kind == "twins":
        x[n // 2 :] = x[: n - n // 2]
    return x.reshape(n, 28, 28, 1)


def unwritten(net):
    """The layers of the first block that a pass leaves out."""
    runs, _ = lean_machine(net)
    runs.forward(images("blank", 2))
    names = {layer.name for layer in net.layers} - runs.pre.keys()
    return {name.removeprefix("block1.") for name in names if name.startswith("block1.")}


@pytest.fixture
def net():
    net = engine.build(TWO_BLOCKS, np.random.default_rng(0))
    if unwritten(net) == {"scores"}:
        pytest.skip("vectors of four")
    assert unwritten(net) == AHEAD
    return net


def near(found, expected):
    for name, array in expected.items():
        # A bias of keys has none but what rounding leaves.
        assert np.abs(found[name] - array).max() <= 1e-5 * max(np.abs(array).max(), 1.0), name


@pytest.mark.parametrize("kind", ["different", "blank", "twins"])
def test_gradients_are_the_exact_ones_and_the_answer_has_its_bits(net, kind, monkeypatch):
    x = images(kind)
    found = passed(lean_machine(net), x)
    near(found, passed(lean_machine(net.astype(np.float64)), x))
    monkeypatch.setattr(fused_attention, "_first", lambda *_: None)
    assert np.array_equal(found["answer"], passed(lean_machine(net), x)["answer"])


def test_passes_with_more_or_fewer_alike_do_not_show_in_one_another(net):
    told = lean_machine(net)
    for n, kind in (
        (9, "different"),
        (40, "blank"),
        (40, "different"),
        (40, "twins"),
        (40, "blank"),
        (9, "twins"),
        (40, "blank"),
    ):
        x = images(kind, n)
        found, fresh = passed(told, x), passed(lean_machine(net), x)
        assert all(np.array_equal(found[name], fresh[name]) for name in fresh)


def test_tokens_that_attention_alone_reads_have_its_gradient_and_no_other(net):
    alone = {"sources": ("block1.attention",)}
    layers = [dataclasses.replace(n, **alone) if n.name == "block1.residual1" else n for n in net.layers]
    net = engine.Net.of("test", "Test", layers, dict(net.parameters), net.recipe)
    assert unwritten(net) == AHEAD
    told, exact = lean_machine(net), lean_machine(net.astype(np.float64))
    for kind in ("different", "blank"):
        near(passed(told, images(kind)), passed(exact, images(kind)))


@pytest.mark.parametrize(("value", "kind"), [(0.0, "dots"), (1e-12, "different")])
def test_patches_whose_weights_hide_that_they_differ_are_not_alike(net, value, kind):
    # Their tokens are the same, but not what the weights are to learn of them.
    parameters = {**net.parameters, "tokens.weight": np.full_like(net.parameters["tokens.weight"], value)}
    net = engine.Net.of("test", "Test", net.layers, parameters, net.recipe)
    x = images(kind)
    near(passed(lean_machine(net), x), passed(lean_machine(net.astype(np.float64)), x))


def test_what_others_read_is_worked_on_token_by_token(net):
    for name in ("norm1", "key"):
        read = engine.Layer("idle", "idle", (17, 2), engine.TokenDense(2), (f"block1.{name}",))
        own = {"idle.weight": np.ones((64, 2), np.float32), "idle.bias": np.ones(2, np.float32)}
        layers = (*net.layers[:-1], read, net.layers[-1])
        other = engine.Net.of("test", "Test", layers, {**net.parameters, **own}, net.recipe)
        assert unwritten(other) == {"scores"}


@pytest.mark.parametrize("change", [{"dropout": 0.1}, {"activation": "relu"}])
@pytest.mark.parametrize("name", ["tokens", "block1.norm1", "block1.query", "block1.value"])
def test_what_does_more_is_worked_on_token_by_token(net, name, change):
    layers = [dataclasses.replace(n, **change) if n.name == name else n for n in net.layers]
    other = engine.Net.of("test", "Test", layers, dict(net.parameters), net.recipe)
    assert unwritten(other) == {"scores"}


def test_patches_of_what_has_weights_of_its_own_are_not_taken_together(net):
    ahead = engine.build(TWO_BLOCKS.replace("|", "| conv 1 3x3 pad 1 relu |", 1), np.random.default_rng(0))
    assert unwritten(ahead) == {"scores"}
    assert unwritten(net.mutate("ablate tokens:3,5")) == {"scores"}
