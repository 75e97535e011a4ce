"""Windows over an image: their padding, what is refused, and that a file keeps them."""

import numpy as np
import pytest
from image_nets import stack

from engine import (
    AveragePool,
    Conv,
    EngineError,
    MaxPool,
    build,
    load,
    save,
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv(0, 3, 3), "1 or more maps, got 0"),
        (lambda: Conv(1, 3, 0), "3x0 window with stride 1: every number must be 1 or more"),
        (
            lambda: Conv(1, 3, 3, padding="sane"),
            "unknown padding 'sane': known are valid, same, or the number",
        ),
        (lambda: Conv(1, 3, 3, padding=3), r"padding 3 of a 3x3 window must be 0\.\.2"),
        (
            lambda: Conv(1, 1, 5, padding=1),
            r"padding 1 of a 1x5 window must be 0\.\.0 down and 0",
        ),
        (
            lambda: Conv(1, 3, 5, padding=(2, 5)),
            r"padding 2x5 of a 3x5 window must be 0\.\.2 down and 0",
        ),
        (lambda: Conv(1, 3, 5, padding=(1, 2, 3)), "unknown padding"),
        (lambda: MaxPool(2, 0), "every number must be 1 or more"),
        (lambda: Conv(1, 5, 5).shape([(4, 9, 1)]), "a window of 5 cells does not fit into 4"),
        (lambda: Conv(1, 5, 5).shape([(40,)]), r"one source of shape \(h, w, maps\), got \[\(40,\)\]"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(make, message):
    with pytest.raises(EngineError, match=message):
        make()


def test_each_side_of_a_window_has_its_own_padding():
    assert Conv(1, 1, 5, padding=(0, 2)).shape([(4, 9, 1)]) == (4, 9, 1)
    assert Conv(1, 3, 3, padding=(1, 1)) == Conv(1, 3, 3, padding=1)
    text = "input 6x6 | conv 2 1x5 pad 0x2 | pool 3 pad 1x0 | dense 2"
    net = build(text, np.random.default_rng(0))
    assert net.text == text
    assert [layer.shape for layer in net.layers[1:3]] == [(6, 6, 2), (2, 2, 2)]


def test_each_side_of_a_window_has_its_own_length_and_stride():
    assert Conv(1, 3, 3, (2, 2)) == Conv(1, 3, 3, 2)
    assert MaxPool((2, 2), (1, 1)) == MaxPool(2, 1)
    text = "input 9x9 | conv 2 3x5 stride 2x1 relu | pool 2x1 | avgpool 1x3 stride 1x2 | dense 2"
    net = build(text, np.random.default_rng(0))
    assert net.text == text
    assert [layer.shape for layer in net.layers[1:4]] == [(4, 5, 2), (2, 5, 2), (2, 2, 2)]


def test_a_net_of_windows_survives_its_file(tmp_path):
    blocks = [
        Conv(2, 3, 4, 2, "same"),
        Conv(2, 1, 5, padding=(0, 2)),
        MaxPool(2, 1),
        AveragePool(2, padding=1),
        Conv(2, 2, 2, (1, 2), "same"),
        MaxPool((2, 1), (1, 2)),
    ]
    net = stack((9, 9, 1), blocks)
    save(net, tmp_path / "net.npz")
    again = load(tmp_path / "net.npz")
    assert again.layers == net.layers
    x = np.random.default_rng(0).standard_normal((9, 9, 1))
    assert np.array_equal(again.trace(x).neurons, net.trace(x).neurons)
