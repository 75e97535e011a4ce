"""Keras's files of weights alone: laid out as Keras lays them out, read as the model that they are of."""

import numpy as np
import pytest
from foreign_nets import outputs
from keras_weights import keras_2, keras_3

from engine import EngineError, Told, import_net

RNG = np.random.default_rng(5)
KERNEL, BIAS = RNG.normal(0, 0.4, (3, 3, 1, 4)), RNG.normal(0, 0.2, 4)
NORM = (RNG.uniform(0.5, 1.5, 4), RNG.normal(0, 0.3, 4), RNG.normal(0, 0.3, 4), RNG.uniform(0.4, 2, 4))
ROW, SHIFT = RNG.normal(0, 0.1, (13 * 13 * 4, 5)), RNG.normal(0, 0.1, 5)
IMAGES = RNG.random((6, 1, 28, 28), np.float32)


def by_hand(late):
    """Convolution, batch norm before or behind a ReLU, pool, a row cell by cell, log-softmax."""
    windows = np.lib.stride_tricks.sliding_window_view(IMAGES[:, 0], (3, 3), axis=(1, 2))
    maps = np.einsum("nhwij,ijc->nhwc", windows, KERNEL[:, :, 0]) + BIAS
    gamma, beta, mean, variance = NORM
    relu = lambda x: np.maximum(x, 0)  # noqa: E731
    norm = lambda x: (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta  # noqa: E731
    maps = norm(relu(maps)) if late else relu(norm(maps))
    pooled = maps.reshape(6, 13, 2, 13, 2, 4).max(axis=(2, 4))
    sums = pooled.reshape(6, -1) @ ROW + SHIFT
    return sums - np.log(np.exp(sums).sum(axis=1, keepdims=True))


def files(tmp_path):
    arrays = {"conv2d": (KERNEL, BIAS), "batch_normalization": NORM, "dense": (ROW, SHIFT)}
    keys = {"batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance")}
    named = {
        name: dict(zip(keys.get(name, ("kernel", "bias")), own, strict=True)) for name, own in arrays.items()
    }
    return keras_3(tmp_path / "3.weights.h5", **arrays), keras_2(
        tmp_path / "2.weights.h5", max_pooling2d={}, flatten={}, **named
    )


@pytest.mark.parametrize("late", [False, True])
def test_weights_alone_of_keras_are_read_with_its_rows_and_its_eps(tmp_path, late):
    """Read as PyTorch's they would be wrong in silence: rows are cell by cell, and eps is 0.001."""
    for path in files(tmp_path):
        found = import_net(path)
        plain = [way for way in found.readings if "ReLU" in way.assumed and "no padding" in way.assumed]
        way = next(way for way in plain if ("behind" in way.assumed) == late)
        assert np.abs(outputs(way.make(), IMAGES) - by_hand(late)).max() < 1e-5, path
        assert "Keras's usual eps 0.001" in found.notes[0]


def test_an_architecture_says_how_weights_of_keras_go_on(tmp_path):
    text = "input 28x28 | conv 4 3x3 relu | pool 2 | dense 5 log-softmax"
    for path in files(tmp_path):
        net = import_net(path, Told(architecture=text)).net
        assert np.abs(outputs(net, IMAGES) - by_hand(late=False)).max() < 1e-5, path


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ({"lstm": (ROW, ROW, SHIFT)}, "recurrent layers are not taken"),
        ({"simple_rnn_cell": (RNG.random((28, 16)), RNG.random(16))}, "recurrent layers are not taken"),
        ({"conv2d_transpose": (RNG.random((3, 3, 4, 4)), BIAS), "dense": (ROW, SHIFT)}, "makes maps larger"),
        (
            {"depthwise_conv2d": (KERNEL,)},
            "are taken of Dense, Conv2D and BatchNormalization: save the whole",
        ),
        ({"dense": (ROW, SHIFT), "add": ()}, "its layers branch \\(add\\)"),
        ({"batch_normalization": NORM[:3]}, "of 3 arrays"),
        ({}, "without a model's configuration or weights"),
    ],
)
def test_what_weights_alone_do_not_tell_is_named(tmp_path, layers, words):
    with pytest.raises(EngineError, match=words):
        import_net(keras_3(tmp_path / "net.weights.h5", **layers))


def test_a_transposed_convolution_of_keras_2_is_no_convolution(tmp_path):
    wide = {"kernel": RNG.random((3, 3, 4, 4)), "bias": BIAS}
    layers = {"conv2d_transpose": wide, "dense": {"kernel": ROW, "bias": SHIFT}}
    with pytest.raises(EngineError, match="makes maps larger"):
        import_net(keras_2(tmp_path / "net.weights.h5", **layers))


def test_steps_of_two_over_padded_maps_begin_where_keras_begins_them(tmp_path):
    """An even side needs one cell of padding, at the end for Keras: PyTorch's two shift the picture."""
    row = RNG.normal(0, 0.1, (14 * 14 * 4, 5))
    found = import_net(keras_3(tmp_path / "net.weights.h5", conv2d=(KERNEL, BIAS), dense=(row, SHIFT)))
    padded = np.pad(IMAGES[:, 0], ((0, 0), (0, 1), (0, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2]
    maps = np.maximum(np.einsum("nhwij,ijc->nhwc", windows, KERNEL[:, :, 0]) + BIAS, 0)
    sums = maps.reshape(6, -1) @ row + SHIFT
    right = sums - np.log(np.exp(sums).sum(axis=1, keepdims=True))
    assert min(np.abs(outputs(way.make(), IMAGES) - right).max() for way in found.readings) < 1e-5


def test_a_layer_norm_is_taken_with_kerass_eps(tmp_path):
    """Where the sums hardly differ, PyTorch's 1e-5 would make them a quarter larger or more."""
    kernel, gamma, beta = RNG.normal(0, 0.001, (784, 5)), RNG.uniform(0.5, 1.5, 5), RNG.normal(0, 0.3, 5)
    out = RNG.normal(0, 1, (5, 3))
    named = {"dense": {"kernel": kernel, "bias": np.zeros(5)}}
    named |= {"layer_normalization": {"gamma": gamma, "beta": beta}}
    named |= {"dense_1": {"kernel": out, "bias": np.zeros(3)}}
    found = import_net(keras_2(tmp_path / "net.weights.h5", **named))
    h = IMAGES.reshape(6, -1) @ kernel
    h = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-3) * gamma + beta
    sums = np.maximum(h, 0) @ out
    expected = sums - np.log(np.exp(sums).sum(axis=1, keepdims=True))
    assert np.abs(outputs(found.net, IMAGES) - expected).max() < 1e-4
