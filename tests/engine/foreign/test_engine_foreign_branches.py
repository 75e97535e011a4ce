"""Weights whose shapes fit one behind another though their network was no chain: refused, or said so."""

import re

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from weight_files import RNG, dense, stored

from engine import EngineError, Told, import_net
from engine.foreign.readers.pytorch.branches import CHAINED


def convolution(name, maps, channels, side):
    return {f"{name}.weight": RNG.normal(0, 1, (maps, channels, side, side)), f"{name}.bias": np.zeros(maps)}


def square(*names):
    """A chain by its shapes: layers of these names of as many numbers as they read, between two others."""
    middle = {key: array for name in names for key, array in dense(name, 6, 6).items()}
    return dense("first", 6, 16) | middle | dense("last", 3, 6)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("fc", "gate"), "gate is by its name a gate"),
        (("block.gate_proj", "block.up_proj"), "block.gate_proj is by its name a gate"),
        (("highway.0", "highway.1"), "highway.0 is by its name a gate"),
        (("a.se.0", "a.se.2"), "a.se.0 is by its name a gate"),
        (("body.selfAttn", "ff"), "body.selfAttn is by its name attention"),
        (("res1.0", "res1.1"), "res1.0 is by its name a shortcut or what one goes around"),
        (("conv", "layer1.shortcut.0"), "layer1.shortcut.0 is by its name a shortcut"),
        (("lora_A", "fc"), "lora_A is by its name a small layer beside a large one"),
        (("experts.0", "experts.1"), "experts.0 is by its name one of several ways that a gate mixes"),
        (("i2h", "h2h"), "i2h is by its name a recurrent layer"),
        (("ih", "hh"), "hh is by its name a recurrent layer"),
        (("q", "k", "v"), "it has layers called q, k, v, as attention has them"),
        (("att.query", "x.key", "x.value"), "att.query is by its name attention"),
    ],
)
def test_names_of_what_is_no_chain_are_refused_with_the_way_round(tmp_path, names, told):
    path = stored(tmp_path, square(*names), "net.npz")
    # An ONNX file tells all but products, which no layer here stands for.
    way = "not taken: train it without" if "gate" in told else "export the network as ONNX"
    with pytest.raises(EngineError, match=f"{re.escape(told)}.*{way}; .*--order first,"):
        import_net(path)
    # Who knows that they follow one another says so, and is believed.
    found = import_net(path, Told(order=("first", *names, "last")))
    assert found.net.text.count("dense 6 relu") == len(names) + 1
    assert not any(note.startswith(CHAINED) for note in found.notes)


@pytest.mark.parametrize(
    "names",
    [("res1", "skip", "out"), ("attention", "gate", "aux"), ("q", "k", "v"), ("fc", "shortcut", "out")],
)
def test_layers_that_fit_in_one_way_only_follow_one_another_whatever_they_are_called(tmp_path, names):
    """Each makes another number of things: nothing goes around one, and none is multiplied with another."""
    sizes = (16, 8, 6, 3)
    tensors: dict = {}
    for name, count, many in zip(names, sizes, sizes[1:], strict=False):
        tensors |= dense(name, many, count)
    found = import_net(stored(tmp_path, tensors, "net.npz"))
    assert found.net.text == "input 4x4 | dense 8 relu | dense 6 relu | dense 3 log-softmax"


@pytest.mark.parametrize("name", ["results", "gateway", "selection", "keys", "base", "res", "rescale", "ih"])
def test_names_that_only_look_like_it_are_taken(tmp_path, name):
    assert import_net(stored(tmp_path, square(name), "net.npz")).net.text.count("dense") == 3


def test_a_word_that_all_names_have_says_nothing_of_one(tmp_path):
    tensors = {f"attention.{name}": array for name, array in square("b").items()}
    assert import_net(stored(tmp_path, tensors, "net.npz")).net.text.count("dense") == 3
    # A layer by itself is a chain, whatever it is called.
    assert import_net(stored(tmp_path, dense("skip", 3, 16), "net.npz")).net.text.count("dense") == 1


@pytest.mark.parametrize("dense_pair", [False, True])
def test_a_pair_that_squeezes_maps_is_refused_by_its_sizes(tmp_path, dense_pair):
    pair = (
        dense("one", 2, 8) | dense("two", 8, 2)
        if dense_pair
        else convolution("one", 2, 8, 1) | convolution("two", 8, 2, 1)
    )
    after = {} if dense_pair else convolution("b", 9, 8, 3)
    tensors = convolution("a", 8, 1, 3) | pair | after | dense("fc", 3, 8 if dense_pair else 9)
    with pytest.raises(EngineError, match="one and two make 2 of 8 maps and 8 of them again, as squeeze"):
        import_net(stored(tmp_path, tensors, "net.npz"))


def test_a_chain_that_other_networks_have_the_shapes_of_is_said_to_be_a_guess(tmp_path):
    def guesses(tensors):
        found = import_net(stored(tmp_path, tensors, "net.npz"))
        return [note for note in found.notes if note.startswith(CHAINED)]

    assert "a guess: b gives as many numbers as it reads" in guesses(square("b"))[0]
    wide = dense("in", 6, 16) | dense("up", 9, 6) | dense("down", 6, 9) | dense("out", 3, 6)
    assert "a guess: up to down give as many numbers as they read" in guesses(wide)[0]
    assert not guesses(dense("in", 6, 16) | dense("mid", 5, 6) | dense("out", 3, 5))
    # Numbers of a row with room for what has no weights are an nn.Sequential's, not a ModuleList's.
    row = [(6, 16), (6, 6), (3, 6)]
    sequential = {k: a for n, shape in enumerate(row) for k, a in dense(f"net.{2 * n}", *shape).items()}
    assert not guesses(sequential)
    assert not guesses({k: a for n, shape in enumerate(row) for k, a in dense(f"{n}", *shape).items()})
    maps = convolution("a", 8, 1, 3) | convolution("depthwise", 8, 1, 3) | convolution("point", 9, 8, 1)
    assert not guesses(maps | dense("out", 3, 9)), "a layer of its own for each map adds none"
    assert guesses({k: a for n, shape in enumerate(row) for k, a in dense(f"net.{n}", *shape).items()})


@pytest.mark.parametrize("befores", [("student.", "teacher."), ("", "ema."), ("a.", "b.", "c.")])
def test_networks_of_the_same_layers_are_told_apart(tmp_path, befores):
    tensors = {before + name: a for before in befores for name, a in square().items()}
    with pytest.raises(EngineError, match=r"several networks of the same layers .*save one of them"):
        import_net(stored(tmp_path, tensors, "net.npz"))
    alone = {f"my net.{name}": array for name, array in square().items()}
    assert import_net(stored(tmp_path, alone, "net.npz")).net.text.count("dense") == 2
    layers = dense("a", 16, 16) | dense("b", 16, 16)
    assert import_net(stored(tmp_path, layers, "net.npz")).net.text.count("dense") == 2, "of one network"


@pytest.mark.parametrize(("count", "where"), [(2, "behind"), (2, "no"), (2, "in what"), (1, "behind")])
def test_shortcuts_around_dense_layers_are_among_the_ways_to_read_them(tmp_path, count, where):
    tensors = {name: 0.4 * array for name, array in square(*"abcd").items()}  # no sum ends the others

    def layer(name, h):
        return h @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def relu(h):
        return np.maximum(h, 0)

    x = RNG.random((9, 1, 4, 4), np.float32)
    h = relu(layer("first", x.reshape(9, 16)))
    for names in ("ab", "cd") if count == 2 else "abcd":
        made = h
        for name in names:
            made = layer(name, made if name == names[0] else relu(made))
        h = {"behind": lambda h, f: relu(h + f), "no": np.add, "in what": lambda h, f: h + relu(f)}[where](
            h, made
        )
    ways = import_net(stored(tmp_path, tensors, "net.npz")).readings
    told = f"around each {'2 layers' if count == 2 else 'layer'} of as many numbers"
    (way,) = [
        each
        for each in ways
        if told in each.assumed and f", {where}" in each.assumed.replace("the function ", "")
    ]
    assert np.abs(np.exp(outputs(way.make(), x)) - as_shares(layer("last", h))).max() < 1e-5


def test_layers_of_a_row_with_room_for_functions_get_no_shortcuts(tmp_path):
    row = [(6, 16), (6, 6), (3, 6)]
    tensors = {k: a for n, shape in enumerate(row) for k, a in dense(f"{2 * n}", *shape).items()}
    assert not any(
        "shortcut" in way.assumed for way in import_net(stored(tmp_path, tensors, "net.npz")).readings
    )
