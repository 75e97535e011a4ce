"""What is wrong in an architecture is told at the word that is wrong, with what is known there."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_nets import residual

from engine import ArchitectureError, EngineError, build
from engine.text import read, write

PIECES = [*"|#\n 15x.é\t", "input 8x8 | ", "conv ", "dense ", "pool ", "from ", "as ", "add ", "relu "]
FEW = settings(max_examples=80, deadline=None)


@FEW
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_whatever_is_typed_is_a_net_or_an_error_that_points_at_it(text):
    try:
        layers = read(text)
    except ArchitectureError as found:
        error = found
    else:
        assert read(write(layers)) == layers
        return
    lines = text.splitlines() or [""]
    assert 1 <= error.line <= len(lines)
    assert lines[error.line - 1][error.column - 1 :].startswith(error.word)
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("", "", 'the architecture is empty: begin with "input 28x28"'),
        (" # nothing\n", "", 'the architecture is empty: begin with "input 28x28"'),
        ("conv 16 5x5 | dense 10", "conv", 'an architecture begins with its input, such as "input 28x28"'),
        ("inptu 28x28 | dense 10", "inptu", "did you mean input?"),
        ("input", "", "the input's size is missing, such as 28x28"),
        ("input 28*28 | dense 10", "28*28", "no size of an input: give 28x28"),
        ("input 28 x 28 | dense 2", "x", "write the input's size as one word, such as 28x28"),
        ("input 28x28", "", 'no layer follows the input: add one, such as "| dense 10 softmax"'),
        ("input 28x28 conv 3 3x3", "conv", 'the input ends here: put "|" before the next layer'),
        ("input 9 | dense 5 | input 9", "input", "the input comes first, and only once"),
        (
            "input 9x9 | pool2 | dense 5",
            "pool2",
            "unknown layer: did you mean pool? known are dense, conv, pool",
        ),
        ("input 9x9 | conv2d 3 3x3 | dense 5", "conv2d", "did you mean conv?"),
        ("input 9x9 | linear 5", "linear", "unknown layer: did you mean dense?"),
        ("input 9x9 | conv 3 3 | flatten | dense 5", "flatten", "a dense layer reads maps as they are"),
        (
            "input 9x9 | pool 2x3x1 | dense 5",
            "2x3x1",
            "expected the window's size, its side in cells, as in pool 2",
        ),
        ("input 9x9 | stride 2", "stride", "a layer begins with its kind, one of dense, conv"),
        (
            "input 9x9 | conv 16 5x5 rellu | dense 10",
            "rellu",
            "unknown word: did you mean relu? after conv come stride, pad, identity, relu",
        ),
        (
            "input 9x9 | conv 16 | dense 10",
            "",
            'after "conv 16": the window\'s size is missing, as in conv 16 5x5',
        ),
        (
            "input 9x9 | conv 5x5 16",
            "5x5",
            "expected the number of maps, a whole number from 1 to 9,999,999, as in conv 16 5x5",
        ),
        (
            "input 9x9 | conv 4 3x3x3",
            "3x3x3",
            "expected the window's size, height x width, as in conv 16 5x5",
        ),
        ("input 9x9 | dense 0", "0", "a whole number from 1"),
        ("input 9x9 | dense 99999999999", "99999999999", "a whole number from 1"),
        ("input 9x9 | conv 4 3x3 dense 10", "dense", 'another layer begins here: put "|" before it'),
        (
            "input 9x9 | conv 4 10x3 | dense 2",
            "10x3",
            "a window of 10 cells does not fit into 9 with padding valid; it reads input (9x9x1)",
        ),
        (
            "input 9x9 | dense 10 | conv 3 3x3",
            "conv",
            "conv reads an image or maps, but hidden1 is a row of 10 neurons",
        ),
        ("input 9x9 | pool 2 pad 2 | dense 2", "2", "padding 2 of a 2x2 window must be 0..1"),
        (
            "input 9x9 | pool 2 pad sane | dense 2",
            "sane",
            "pad needs valid, same or a number of cells, such as same",
        ),
        ("input 9x9 | pool 2 stride", "", "stride needs a whole number of cells, such as 2"),
        ("input 9 | dense 4 init he init he | dense 2", "init", "a second init: give it once"),
        ("input 9 | dense 4 relu tanh | dense 2", "tanh", "a second activation: give it once"),
        (
            "input 9 | dense 5 | maxout 2 | dense 2",
            "2",
            "5 neurons cannot be divided into groups of 2; it reads hidden1",
        ),
        ("input 9x9 | lrn 5 alpha lots | dense 2", "lots", "alpha needs a number, such as 1e-4"),
        ("input 9x9 | lrn 5 k 0 | dense 2", "0", "lrn has k = 0"),
        ("input 9 | dense 4 dropout 20% | dense 2", "20%", "a number between 0 and 1 such as 0.2"),
        ("input 9 | dense 4 | dropout 1 | dense 2", "1", "a number between 0 and 1 such as 0.2"),
        (
            "input 9 | dense 4 | dropout 0.2 0.3 | dense 2",
            "0.3",
            'dropout ends here: put "|" before the next layer',
        ),
        ("input 9 | dropout 0.2 | dense 2", "dropout", "the input takes no dropout and no activation"),
        (
            "input 9 | dense 2 softmax | dropout 0.2",
            "dropout",
            "no layer follows that could miss the dropped neurons",
        ),
        ("input 9 | dense 2 dropout 0.2", "", "no layer follows that could miss the dropped neurons"),
        (
            "input 9 | dense 4 dropout 0.2 | dropout 0.3 | dense 2",
            "dropout",
            "hidden1 already has dropout 0.2",
        ),
        (
            "input 9 | dense 4 | dropout 0.2 | relu | dense 2",
            "relu",
            "put the activation before the dropout of hidden1",
        ),
        ("input 9 | dense 4 tanh | relu | dense 2", "relu", "hidden1 already has activation tanh"),
        (
            "input 9 | dense 4 as stem | dense 2 from steam",
            "steam",
            "no layer before this one has that name: did you mean stem? known are input, stem",
        ),
        ("input 9 | dense 2 from", "", "from needs the name of a layer before it"),
        ("input 9 | dense 4 | dense 2 from relu", "relu", "from needs the name of a layer before it"),
        (
            "input 9 | dense 4 as relu | dense 2",
            "relu",
            "that is a word of the language: choose another name",
        ),
        (
            "input 9 | dense 4 as a:b | dense 2",
            "a:b",
            "a name has letters, digits, - and _, and dots only inside",
        ),
        ("input 9 | dense 4 as", "", "as needs a name, such as stem"),
        ("input 9 | dense 4 as a | dense 4 as a | dense 2", "a", "a layer before this one is named a"),
        (
            "input 9 | dense 4 as hidden2 | dense 4 | dense 2",
            "dense",
            "a layer before this one is named hidden2",
        ),
        ("input 9 | dense 4 as output | dense 2", "output", "only the last layer is named output"),
        ("input 9 | dense 4 as answer", "answer", "the last layer is named output"),
        ("input 9 | dense 4 | dense 2 from input hidden1", "2", "one source, got 2"),
        ("input 9x9 | dense 5 | add | dense 2", "", "add needs the name of a layer before it"),
        ("input 9x9 | dense 5 | add input | dense 2", "add", "layers that are added must have one shape"),
        ("input 9x9 | dense 5 | transformer 4 heads | dense 2", "transformer", "begin with patches"),
        ("input 9x9 | patches 2 8 | head 2", "2", "patches of 2x2 pixels do not tile an image of 9x9"),
        ("input 9x9 | patches 3 8 | transformer | head 2", "", "the number of heads is missing, as in"),
        ("input 9x9 | patches 3 8 | transformer four heads | head 2", "four", "a whole number, as in"),
        ("input 9x9 | patches 3 8 | transformer 4 mlp 8 | head 2", "mlp", "expected heads: transformer 4"),
        ("input 9x9 | patches 3 8 | transformer 4 | head 2", "", "expected heads: transformer 4 heads"),
        ("input 9x9 | patches 3 8 | transformer 3 heads | head 2", "3", "cannot be shared among 3 heads"),
        ("input 9x9 | patches 3 8 | transformer 2 heads mpl 8 | head 2", "mpl", "did you mean mlp?"),
        ("input 9x9 | patches 3 8 | transformer 2 heads mlp | head 2", "", "hidden neurons of each token"),
        ("input 9x9 | patches 3 8 | transformer 2 heads", "", "a transformer is no output"),
        ("input 9x9 | patches 3 8 no-clas | head 2", "no-clas", "did you mean no-class?"),
        ("input 9x9 | patches 3 8 | head 2 token 10", "10", "no token 10"),
        ("input 9x9 | patches 3 8 | conv 3 3x3 | dense 2", "conv", "but tokens is 10 tokens of 8"),
        ("input 9x9 | head 2", "head", "head reads tokens, but input is 9x9x1"),
        ("input 9 | dense 4 | dense 2 from input input", "input", "name each source once"),
    ],
)
def test_an_error_points_at_the_word_that_is_wrong(text, word, says):
    with pytest.raises(ArchitectureError) as caught:
        read(text)
    error = caught.value
    assert says in str(error)
    assert len(str(error).splitlines()) == 1
    assert error.word == word
    line = (text.splitlines() or [""])[error.line - 1]
    assert line[error.column - 1 :].startswith(word or " ") or error.column in (1, len(line) + 1)
    source, caret = error.picture.splitlines()
    assert source == line
    assert caret.index("^") == error.column - 1
    assert caret.count("^") == max(len(word), 1)


def test_an_error_tells_the_line_of_a_file():
    with pytest.raises(
        ArchitectureError,
        match=r'^line 3, column 4, "dens" in "dens 10 softmax": unknown layer: did you mean dense',
    ):
        read("input 28x28\nconv 3 3x3  # first\n   dens 10 softmax")


def test_a_net_that_nobody_can_mean_is_refused_before_it_fills_the_memory():
    with pytest.raises(EngineError, match="has 7,849,999,215 parameters, at most 268,435,456 are taken"):
        build("input 28x28 | dense 9999999", np.random.default_rng(0))
    with pytest.raises(EngineError, match="neurons, at most 16,777,216 are taken"):
        build("input 28x28 | conv 99999 1x1 | pool 28 | dense 10", np.random.default_rng(0))


def test_a_block_without_words_is_named():
    with pytest.raises(EngineError, match="layer sum cannot be written as text: its block has no word"):
        residual().text  # noqa: B018


def test_a_text_is_refused_rather_than_written_wrong():
    layers = list(read("input 9 | dense 4 | dense 2"))
    layers[1] = dataclasses.replace(layers[1], name="relu")
    layers[2] = dataclasses.replace(layers[2], sources=("relu",))
    with pytest.raises(EngineError, match=r"cannot be written as text: .* that is a word of the language"):
        write(layers)
