"""What files of weights leave open: where norms stand, and how pools go."""

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from weight_files import RNG, dense, norm, normed, stored

from engine import import_net


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
    texts = [way.make().text for way in import_net(stored(tmp_path, tensors)).readings]
    assert any(
        "stride 2 pad 1 relu | conv 4 3x3 stride 2 pad 1 relu | conv 3 7x7 |" in text for text in texts
    ), texts
