"""Attention in one pass: the same numbers as scores, softmax and mixing one by one.

Were a number in between wrong, training would still run and learn something else.
"""

import dataclasses

import numba
import numpy as np
import pytest
from token_nets import transformer, with_layers

import engine
from engine import DivergedError, Layer, TokenDense, TokenHead
from engine.kernels.tokens.attention import LARGEST, AttentionStep, Sizes
from engine.run import Machine
from engine.training.trainer import Trainer


def plain(query, key, value, grad, heads):
    """Mixed values, and the gradients by queries, keys and values, in the numbers' own precision."""

    def split(x):
        return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    def joined(x):
        return x.transpose(0, 2, 1, 3).reshape(len(x), x.shape[2], -1)

    q, k, v, g = map(split, (query, key, value, grad))
    scale = 1 / np.sqrt(q.shape[3])
    scores = q @ k.swapaxes(2, 3) * scale
    a = np.exp(scores - scores.max(axis=3, keepdims=True))
    a /= a.sum(axis=3, keepdims=True)
    felt = g @ v.swapaxes(2, 3)
    slopes = a * (felt - (felt * a).sum(axis=3, keepdims=True)) * scale
    return tuple(map(joined, (a @ v, slopes @ k, slopes.swapaxes(2, 3) @ q, a.swapaxes(2, 3) @ g)))


def numbers(n, sizes, seed=0, spread=1.0):
    rng = np.random.default_rng(seed)
    width = sizes.heads * sizes.part
    tokens = (sizes.queries, sizes.keys, sizes.keys, sizes.queries)
    return [(spread * rng.standard_normal((n, count, width))).astype(np.float32) for count in tokens]


def stepped(sizes, query, key, value, grad, lanes=0, room=0):
    step = AttentionStep(sizes, lanes, room)
    assert step.fits
    out = np.full_like(query, np.nan)
    back = [np.full_like(x, np.nan) for x in (query, key, value)]
    step.forward(query, key, value, out)
    step.backward(grad, (query, key, value), back)
    return out, *back


def near(found, expected):
    return np.abs(found - expected).max() <= 3e-6 * max(0.1, np.abs(expected).max())


# The presets' sizes, one query, one key, more queries than keys, numbers that no vector divides.
SIZES = [
    Sizes(4, 17, 17, 16),
    Sizes(4, 1, 17, 32),
    Sizes(3, 5, 1, 7),
    Sizes(1, 9, 6, 33),
    Sizes(2, 64, 64, 64),
]


# Every size by the widest vectors; of other processors' each by sizes that it does not divide.
WIDTHS = [
    *((sizes, 16, 28) for sizes in SIZES),
    (SIZES[3], 8, 13),
    (SIZES[3], 4, 26),
    (SIZES[2], 4, 13),
]


@pytest.mark.parametrize(("sizes", "lanes", "room"), WIDTHS, ids=str)
def test_one_pass_gives_what_each_step_gives(sizes, lanes, room):
    given = numbers(11, sizes)
    found = stepped(sizes, *given, lanes, room)
    expected = plain(*(x.astype(np.float64) for x in given), sizes.heads)
    for mine, other in zip(found, expected, strict=True):
        assert near(mine, other)


def test_attention_to_one_token_alone_keeps_its_digits():
    # Scores of some hundreds: a softmax that did not take off the largest would be NaN.
    sizes = Sizes(2, 5, 9, 8)
    given = numbers(3, sizes, spread=12.0)
    out = stepped(sizes, *given)[0]
    assert near(out, plain(*(x.astype(np.float64) for x in given), sizes.heads)[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_not_hidden(value):
    sizes = Sizes(2, 5, 18, 8)
    for place in (0, 17):
        query, key, other, grad = numbers(2, sizes)
        key[1, place, 3] = value
        out = stepped(sizes, query, key, other, grad)[0]
        assert np.isfinite(out[0]).all()
        assert np.isnan(out[1, :, :8]).all()
        assert np.isfinite(out[1, :, 8:]).all()


def test_what_is_large_is_left_to_the_library():
    assert AttentionStep(Sizes(1, LARGEST, LARGEST, LARGEST)).fits
    for large in (Sizes(1, LARGEST + 1, 2, 2), Sizes(1, 2, LARGEST + 1, 2), Sizes(1, 2, 2, LARGEST + 1)):
        assert not AttentionStep(large).fits


def lean(net, batch=4):
    """A machine of the net in float32 that leaves out what it may."""
    net = net.astype(np.float32)
    gradients = {name: np.zeros_like(array) for name, array in net.parameters.items()}
    kinds = {"fast": True, "lean": True, "overlay": net.overlay}
    return Machine(net.layers, net.parameters, batch, gradients=gradients, **kinds)


def unwritten(net) -> set[str]:
    """The layers that a lean pass leaves unwritten."""
    machine = lean(net)
    machine.forward(np.random.default_rng(0).random((2, *net.layers[0].shape), np.float32))
    return {layer.name for layer in net.layers} - machine.pre.keys()


def test_scores_are_left_unwritten_in_every_block():
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    # What the first and the last do in one pass more: `test_engine_alike`, `test_engine_one_query`.
    assert {"block1.scores", "block2.scores"} <= unwritten(net)


@pytest.mark.parametrize(
    ("layer", "change"),
    [
        ("block1.scores", {"activation": "identity"}),
        ("block1.scores", {"dropout": 0.1}),
        ("block1.attention", {"dropout": 0.1}),
        # Keys that are values too have one gradient of both.
        ("block1.attention", {"sources": ("block1.scores", "block1.key")}),
    ],
)
def test_what_cannot_be_done_in_one_pass_is_not(layer, change):
    net = transformer()
    assert unwritten(net) == {"block1.scores"}
    assert not unwritten(with_layers(net, dataclasses.replace(net.layer(layer), **change)))


@pytest.mark.parametrize("width", [2, 8])
def test_values_wider_or_narrower_than_queries_are_mixed_one_by_one(width):
    # Lost otherwise: loops read and write beyond the numbers that there are.
    net = transformer()
    value, mixed = (net.layer(f"block1.{name}") for name in ("value", "attention"))
    changed = {
        value.name: dataclasses.replace(value, block=TokenDense(width), shape=(5, width)),
        mixed.name: dataclasses.replace(mixed, shape=(5, width)),
    }
    own = {"value.weight": (4, width), "value.bias": (width,), "residual1.weight": (width, 4)}
    parameters = {**net.parameters, **{f"block1.{name}": np.ones(shape) for name, shape in own.items()}}
    layers = [changed.get(layer.name, layer) for layer in net.layers]
    assert not unwritten(engine.Net.of("test", "Test", layers, parameters, net.recipe))


def test_scores_that_are_dropped_are_written_where_all_tokens_are_read_too():
    net = transformer()
    net = with_layers(net, dataclasses.replace(net.layers[-1], block=TokenHead(3, token=2)))
    assert unwritten(net) == {"block1.scores"}
    assert not unwritten(with_layers(net, dataclasses.replace(net.layer("block1.scores"), dropout=0.1)))


def test_queries_that_another_layer_reads_whole_are_those_of_all_tokens():
    net = transformer()
    idle = Layer("idle", "idle", (5, 2), TokenDense(2), ("block1.query",))
    parameters = {**net.parameters, "idle.weight": np.ones((4, 2)), "idle.bias": np.ones(2)}
    net = engine.Net.of("test", "Test", (*net.layers[:-1], idle, net.layers[-1]), parameters, net.recipe)
    x = np.random.default_rng(0).standard_normal((4, *net.layers[0].shape))
    exact, found = Machine(net.layers, net.parameters, 4), lean(net)
    exact.forward(x)
    found.forward(x.astype(np.float32))
    assert np.allclose(found.pre["output"], exact.pre["output"], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("edit", ["ablate block1.scores:0,1,1", "scale block1.attention:0,0 2"])
def test_an_edit_sees_the_scores_that_it_needs(edit):
    assert not unwritten(transformer().mutate(edit))
    assert unwritten(transformer().mutate("ablate block1.hidden:0,1")) == {"block1.scores"}


def test_scores_that_overflow_are_named():
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    parameters = dict(net.parameters)
    for name in ("block1.query.weight", "block1.key.weight"):
        parameters[name] = parameters[name] * np.float32(1e30)
    net = engine.Net.of("test", "Test", net.layers, parameters, net.recipe)
    trainer = Trainer(net, net.recipe)
    x = np.random.default_rng(0).random((8, 28, 28, 1), np.float32)
    with pytest.raises(DivergedError, match=r"block1\.scores"):
        trainer.update(x, np.arange(8), 1e-3, None)


def trained(threads):
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 255, (100, 28, 28), np.uint8), rng.integers(0, 10, 100)
    run = engine.fit(engine.preset("vit-tiny", rng), images, labels, rng=rng, epochs=2, batch=50)
    *_, last = run
    numba.set_num_threads(before)
    return last.snapshot().parameters


def test_training_has_the_same_bits_on_one_thread_and_on_two():
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core only")
    alone, together = trained(1), trained(2)
    for name, array in alone.items():
        assert np.array_equal(array, together[name]), name
