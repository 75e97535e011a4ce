"""Architectures as text: what is written is what is built, and an error points at the word that is wrong."""

import dataclasses
import inspect

import numpy as np
import pytest
from any_nets import graphs
from hypothesis import given, settings

import engine.text
from engine import ArchitectureError, EngineError, build, load, preset, presets, save
from engine.blocks.activations import activations
from engine.text import read, write
from engine.text.vocabulary import ENTRIES

PIECES = [*"|#\n 15x.é\t", "input 8x8 | ", "conv ", "dense ", "pool ", "from ", "as ", "add ", "relu "]
FEW = settings(max_examples=80, deadline=None)


def fresh(seed=0):
    return np.random.default_rng(seed)


def test_a_line_of_text_is_a_net():
    net = build("input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax", fresh())
    assert [layer.name for layer in net.layers] == ["input", "conv1", "pool1", "output"]
    assert [layer.title for layer in net.layers] == ["Input", "Convolution 1", "Max-pool 1", "Output"]
    assert [layer.shape for layer in net.layers] == [(28, 28, 1), (24, 24, 16), (12, 12, 16), (10,)]
    assert [layer.activation for layer in net.layers[1:]] == ["relu", "identity", "softmax"]
    assert [layer.dropout for layer in net.layers] == [0, 0, 0.2, 0]
    assert (net.name, net.recipe.loss) == ("custom", "cross-entropy")
    assert net.predict(np.zeros((2, 28, 28), np.uint8)).shape == (2, 10)


def test_the_same_seed_draws_the_same_net():
    text = "input 28x28 | dense 20 relu | dense 10 softmax"
    one, same, other = (build(text, fresh(seed)).parameters["hidden1.weight"] for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_its_text(name):
    net = preset(name, fresh())
    assert read(net.text) == net.layers
    assert write(read(net.text)) == net.text
    again = build(net.text, fresh(), name=name)
    assert all(np.array_equal(array, again.parameters[key]) for key, array in net.parameters.items())


def test_a_file_may_have_lines_comments_and_any_case():
    text = """
    # what the pixels go through
    INPUT 28x28
    conv 16 5   # windows of 5x5
      ReLU      # belongs to the convolution

    pool 2 | Dropout .2
    fc 10
    Softmax
    """
    assert write(read(text)) == "input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("input 28x28x1|fc 10", "input 28x28 | dense 10"),
        ("input 8x9x3 | dense 10", "input 8x9x3 | dense 10"),
        ("input 784 | dense 10 softmax as output", "input 784 | dense 10 softmax"),
        ("input 9x9 | conv 2 3×2 pad valid stride 1 | dense 2", "input 9x9 | conv 2 3x2 | dense 2"),
        (
            "input 9x9 | conv 2 3 relu pad same stride 2 | dense 2",
            "input 9x9 | conv 2 3x3 stride 2 pad same relu | dense 2",
        ),
        (
            "input 9x9 | maxpool 3 stride 2 pad 1 | avgpool 2 | dense 2",
            "input 9x9 | pool 3 stride 2 pad 1 | avgpool 2 | dense 2",
        ),
        (
            "input 9 | dense 4 relu dropout 0.5 init he | dense 2",
            "input 9 | dense 4 init he relu | dropout 0.5 | dense 2",
        ),
        (
            "input 9x9 | conv 4 3 | lrn 5 k 2 alpha 0.0001 beta .5 | dense 2",
            "input 9x9 | conv 4 3x3 | lrn 5 beta 0.5 k 2 | dense 2",
        ),
        ("input 9x9 | pool 2x2 | dense 2", "input 9x9 | pool 2 | dense 2"),
        ("input 9 | dense 8 | maxout 2 | dense 2 identity", "input 9 | dense 8 | maxout 2 | dense 2"),
        (
            "input 9 | dense 4 as first | dense 4 as hidden9 | dense 2 from first",
            "input 9 | dense 4 as first | dense 4 as hidden9 | dense 2 from first",
        ),
        ("input 9 | dense 4 as hidden1 | dense 2 from hidden1", "input 9 | dense 4 | dense 2"),
    ],
)
def test_each_thing_is_said_once_and_defaults_not_at_all(text, canonical):
    assert write(read(text)) == canonical
    assert write(read(canonical)) == canonical
    assert read(canonical) == read(text)


def test_a_row_of_neurons_reads_a_digit_row_by_row():
    flat, square = (build(f"input {size} | dense 10 softmax", fresh()) for size in ("784", "28x28"))
    digits = fresh().integers(0, 256, (3, 28, 28), dtype=np.uint8)
    assert np.array_equal(flat.predict(digits), square.predict(digits))
    with pytest.raises(EngineError, match=r"expects images \(B, 783\), got \(3, 28, 28\)"):
        build("input 783 | dense 10", fresh()).predict(digits)


def test_a_layer_may_have_the_name_of_another_kinds_option():
    text = "input 9 | dense 4 as k | dense 4 from input as stride | add k | lrn 3 k 2 | dense 2 from k"
    assert write(read(text)) == text


def test_a_layer_may_read_any_layer_before_it():
    layers = read("input 9 | dense 4 as left from input | dense 5 tanh from input | dense 2 from left")
    assert [layer.sources for layer in layers] == [(), ("input",), ("input",), ("left",)]
    assert [layer.title for layer in layers] == ["Input", "Left", "Hidden 2", "Output"]


BLOCK = """
norm as a.norm1
token-dense 8 as a.query
token-dense 8 from a.norm1 as a.key
token-dense 8 from a.norm1 as a.value
scores 2 softmax from a.query a.key as a.scores
attention from a.scores a.value as a.attention
token-dense 8 add tokens as a.residual1
norm as a.norm2
token-dense 5 gelu-tanh as a.hidden
token-dense 8 add a.residual1 as a.residual2
"""


def test_a_transformer_is_one_word_for_the_layers_that_could_be_written_one_by_one():
    before, after = "input 28x28 | patches 7 8\n", "\nhead 10 softmax"
    one_by_one = read(before + BLOCK + after)
    assert untitled(read(before + "transformer 2 heads mlp 5 as a" + after)) == untitled(one_by_one)
    assert write(one_by_one, "\n") == f"{before.replace(' | ', chr(10))}transformer 2 heads mlp 5 as a{after}"
    net = build(before + BLOCK + after, fresh())
    assert net.predict(np.zeros((1, 28, 28), np.uint8)).shape == (1, 10)


def untitled(layers):
    return [dataclasses.replace(layer, title="") for layer in layers]


def test_a_block_that_is_not_quite_a_transformer_is_written_layer_by_layer():
    text = "input 28x28\npatches 7 8\n" + BLOCK.strip().replace("hidden", "inner") + "\nhead 10 softmax"
    assert write(read(text), "\n") == "\n".join(" ".join(sorted_words(line)) for line in text.splitlines())


def sorted_words(line: str) -> list[str]:
    """A line's words in canonical order: sources ahead of the name, and only where they say something."""
    words = line.split()
    if "from" in words and "as" in words and words.index("as") < words.index("from"):
        a, f = words.index("as"), words.index("from")
        return words[:a] + words[f:] + words[a:f]
    return words


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("transformer 4 heads", "transformer 4 heads mlp 16"),
        ("transformer 4 heads relu mlp 9", "transformer 4 heads mlp 9 relu"),
        ("TRANSFORMER 1 head as block1", "transformer 1 heads mlp 16"),
        ("norm | norm eps 0.001 tanh", "norm | norm eps 0.001 tanh"),
        ("token-dense 8 relu | add tokens", "token-dense 8 relu | add tokens"),
        ("token-dense 8 add tokens from tokens", None),
        ("norm | token-dense 8 relu add tokens", "norm | token-dense 8 add tokens relu"),
        ("norm | add tokens | dropout 0.1", "norm | add tokens | dropout 0.1"),
    ],
)
def test_token_layers_have_words(text, canonical):
    before, after = "input 28x28 | patches 14 8 no-class no-positions | ", " | head 10 token 3 softmax"
    if canonical is None:
        with pytest.raises(ArchitectureError, match="name each source once"):
            read(before + text + after)
        return
    assert write(read(before + text + after)) == before + canonical + after


def test_a_skip_connection_adds_a_named_layer():
    net = build(
        "input 8x8 | conv 4 3x3 pad same relu as stem | conv 4 3x3 pad same | add stem relu | dense 2",
        fresh(),
    )
    assert net.layer("add1").sources == ("conv2", "stem")
    trace = net.trace(fresh().standard_normal((8, 8, 1)))
    total = trace.activation["conv2"] + trace.activation["stem"]
    assert np.array_equal(trace.pre["add1"], total)
    assert np.array_equal(trace.activation["add1"], np.maximum(total, 0))
    assert net.text.endswith("| add stem relu | dense 2")


@FEW
@given(graphs())
def test_any_graph_of_known_blocks_is_its_text(layers):
    for separator in (" | ", "\n"):
        again = read(write(layers, separator))
        assert untitled(again) == untitled(layers)
    assert write(again) == write(layers)


def test_a_net_from_text_survives_its_file(tmp_path):
    net = build(
        "input 28x28 | conv 4 5x5 relu as stem | lrn 3 | pool 2 | dense 10 softmax", fresh(), name="mine"
    )
    save(net, tmp_path / "net.npz")
    again = load(tmp_path / "net.npz")
    assert (again.layers, again.text, again.name) == (net.layers, net.text, "mine")


def test_the_grammar_tells_of_every_word():
    told = inspect.getdoc(engine.text)
    for entry in ENTRIES:
        assert f"\n    {entry.usage} " in told, entry.word
        assert all(option in told for option in entry.options)
    assert all(f"{name}," in told or f" {name}" in told for name in activations())
    for line in told.splitlines():
        if line.strip().startswith("input ") and "|" in line:
            read(line)
