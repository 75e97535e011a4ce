"""What files of weights leave open: where norms stand, and how pools go."""

import re
from itertools import pairwise

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from weight_files import RNG, dense, norm, normed, stored

from engine import EngineError, import_net


def test_a_norm_that_no_row_of_modules_places_may_stand_behind_the_function_too(tmp_path):
    """fc1 and bn1 are called in an order that the file does not tell."""
    tensors = dense("fc1", 5, 16) | norm("bn1", 5) | dense("fc2", 3, 5)
    readings = import_net(stored(tmp_path, tensors)).readings
    way = next(way for way in readings if "batch norms behind the functions" in way.assumed)
    x = RNG.random((2, 1, 4, 4), np.float32)
    hidden = np.maximum(x.reshape(2, 16) @ tensors["fc1.weight"].T + tensors["fc1.bias"], 0)
    sums = normed(hidden, tensors, "bn1") @ tensors["fc2.weight"].T + tensors["fc2.bias"]
    assert np.abs(np.exp(outputs(way.make(), x)) - as_shares(sums)).max() < 1e-5


def test_a_norm_ahead_of_all_layers_is_of_the_image(tmp_path):
    tensors = norm("bn0", 16) | dense("fc1", 5, 16) | dense("fc2", 3, 5)
    found = import_net(stored(tmp_path, tensors))
    x = RNG.random((2, 1, 4, 4), np.float32)
    seen = normed(x.reshape(2, 16), tensors, "bn0")
    hidden = np.maximum(seen @ tensors["fc1.weight"].T + tensors["fc1.bias"], 0)
    sums = hidden @ tensors["fc2.weight"].T + tensors["fc2.bias"]
    assert np.abs(np.exp(outputs(found.net, x)) - as_shares(sums)).max() < 1e-5


@pytest.mark.parametrize(("reads", "pool"), [(4 * 81, "pool 3"), (4 * 49, "pool 4")])
def test_less_usual_pools_are_taken_where_no_usual_one_fits(tmp_path, reads, pool):
    side = 5 if pool == "pool 4" else 3
    if pool == "pool 3":
        side = 1
    tensors = {"conv.weight": RNG.normal(0, 1, (4, 1, side, side)), **dense("fc", 3, reads)}
    assert pool in import_net(stored(tmp_path, tensors)).net.text


def test_strides_may_end_before_the_last_convolution(tmp_path):
    """Two convolutions that halve the maps, and one over all that is left: no dense layer."""
    shapes = {"a": (4, 1, 3, 3), "b": (4, 4, 3, 3), "c": (3, 4, 7, 7)}
    tensors = {f"{name}.weight": RNG.normal(0, 0.3, shape) for name, shape in shapes.items()}
    found = import_net(stored(tmp_path, tensors))
    texts = [way.make().text for way in found.readings]
    assert any("its shapes fit " in note and "--architecture says which" in note for note in found.notes)
    assert any(
        "stride 2 pad 1 relu | conv 4 3x3 stride 2 pad 1 relu | conv 3 7x7 |" in text for text in texts
    ), texts


def test_a_norm_that_its_name_or_number_has_ahead_of_all_layers_is_of_the_image(tmp_path):
    """Where a layer too has the image's width, in a file that keeps no order."""
    for before, first, second in (("bn_input", "fc1", "fc2"), ("net.0", "net.1", "net.3")):
        tensors = norm(before, 16) | dense(first, 16, 16) | dense(second, 3, 16)
        found = import_net(stored(tmp_path, tensors))
        x = RNG.random((2, 1, 4, 4), np.float32)
        seen = normed(x.reshape(2, 16), tensors, before)
        hidden = np.maximum(seen @ tensors[f"{first}.weight"].T + tensors[f"{first}.bias"], 0)
        sums = hidden @ tensors[f"{second}.weight"].T + tensors[f"{second}.bias"]
        assert np.abs(np.exp(outputs(found.net, x)) - as_shares(sums)).max() < 1e-5


@pytest.mark.parametrize("names", [("0", "1", "2", "3", "4"), ("fc1", "prelu1", "fc2", "prelu2", "fc3")])
def test_slopes_of_a_prelu_and_a_layer_norm_stand_behind_their_layers(tmp_path, names):
    one, act, two, after, three = names
    tensors = dense(one, 6, 16) | {f"{act}.weight": np.array([0.3])} | dense(two, 4, 6) | dense(three, 3, 4)
    tensors |= {f"{after}.weight": np.array([0.1])}
    x = RNG.random((2, 1, 4, 4), np.float32)

    def layer(name, h):
        return h @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    h = layer(one, x.reshape(2, 16))
    h = layer(two, np.where(h > 0, h, 0.3 * h))
    sums = layer(three, np.where(h > 0, h, 0.1 * h))
    found = import_net(stored(tmp_path, tensors))
    assert np.abs(np.exp(outputs(found.net, x)) - as_shares(sums)).max() < 1e-5
    assert any("its PReLU after each layer" in note for note in found.notes)
    tensors = dense("a.0", 6, 16) | {"a.1.weight": RNG.normal(1, 0.2, 6), "a.1.bias": RNG.normal(0, 1, 6)}
    tensors |= dense("a.3", 3, 6)
    h = layer("a.0", x.reshape(2, 16))
    h = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-5)
    h = np.maximum(h * tensors["a.1.weight"] + tensors["a.1.bias"], 0)
    found = import_net(stored(tmp_path, tensors))
    assert np.abs(np.exp(outputs(found.net, x)) - as_shares(layer("a.3", h))).max() < 1e-5


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"rms1.weight": np.full(6, 0.9)}, "rms1.weight (6,) with no bias: a norm without shifts"),
        ({"act.weight": np.full(6, 1.2)}, "act.weight (6,) with no bias: a norm without shifts"),
        ({"bn1.weight": np.ones(6), "bn1.bias": np.zeros(6)}, "by its name no layer norm"),
        ({"gn1.weight": np.ones(6), "gn1.bias": np.zeros(6)}, "by its name no layer norm"),
    ],
)
def test_what_is_no_prelu_and_no_layer_norm_is_not_read_as_one(tmp_path, arrays, told):
    with pytest.raises(EngineError, match=re.escape(told)):
        import_net(stored(tmp_path, dense("fc1", 6, 16) | arrays | dense("fc2", 3, 6), "net.npz"))


def test_a_layer_norm_that_shapes_alone_tell_is_said_to_be_taken_so(tmp_path):
    arrays = {"ln1.weight": RNG.normal(1, 0.2, 6), "ln1.bias": RNG.normal(0, 1, 6)}
    notes = import_net(stored(tmp_path, dense("fc1", 6, 16) | arrays | dense("fc2", 3, 6))).notes
    assert any("its norms ln1 are taken as layer norms, with PyTorch's usual eps 1e-05" in n for n in notes)


def test_a_prelu_behind_one_layer_alone_is_told(tmp_path):
    tensors = dense("0", 6, 16) | {"1.weight": np.array([0.3])} | dense("2", 4, 6) | dense("4", 3, 4)
    notes = import_net(stored(tmp_path, tensors)).notes
    assert any("taken with ReLU after each layer that has no PReLU of its own" in note for note in notes)


def test_ways_beside_one_differ_in_one_thing_and_lead_to_odd_networks(tmp_path):
    """A stride in the middle alone, and dense layers with another function than the convolutions."""
    convs = {"a": (4, 1, 5, 5), "b": (4, 4, 5, 5), "c": (6, 4, 3, 3)}
    tensors = {f"{name}.weight": RNG.normal(0, 0.3, shape) for name, shape in convs.items()}
    way = import_net(stored(tmp_path, tensors | dense("fc1", 5, 6 * 36) | dense("fc2", 3, 5))).readings[0]
    for told in ("ReLU after each convolution, tanh after each dense layer", "strides 1 2 1"):
        way = next(each for each in (*way.near(), *way.far()) if told in each.assumed)
    found = (
        "conv 4 5x5 pad same relu | conv 4 5x5 stride 2 pad 2 relu | conv 6 3x3 relu | pool 2 | dense 5 tanh"
    )
    texts = [each.make().text for each in (way, *way.far())]
    assert any(found in text for text in texts), texts


def test_convolutions_may_halve_their_maps_down_to_one_cell(tmp_path):
    """As fastai's first convolutional network: no pool, no dense layer, ten maps of one cell."""
    widths = (1, 4, 6, 8, 8, 3)
    shapes = [(after, before, 3, 3) for before, after in pairwise(widths)]
    tensors = {f"{2 * i}.weight": RNG.normal(0, 0.3, shape) for i, shape in enumerate(shapes)}
    text = import_net(stored(tmp_path, tensors)).net.text
    assert text.count("3x3 stride 2 pad") == len(shapes), text
    assert "pool" not in text


def test_functions_that_digits_hardly_tell_apart_are_near_each_other(tmp_path):
    """Else a net with SiLU that came to hard-swish first would stay there, and nothing would be said."""
    found = import_net(stored(tmp_path, dense("fc1", 6, 16) | dense("fc2", 3, 6)))
    swish = next(way for way in found.readings[0].near() if way.assumed.startswith("hard-swish after each"))
    beside = {way.beside for way in swish.near()}
    assert {"silu", "GELU", "ReLU"} <= beside, beside
