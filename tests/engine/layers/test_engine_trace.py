"""A trace holds what every neuron did, and probabilities that can be drawn as bars."""

import numpy as np
import pytest
from plain_nets import small

from engine import EngineError, preset

IMAGE = np.array([[1.0, 0.25], [0, 0.5]])


def test_every_layer_is_the_weighted_sum_of_the_one_before():
    net = small()
    p = net.parameters
    trace = net.trace(IMAGE)
    pre = IMAGE.reshape(-1) @ p["hidden1.weight"] + p["hidden1.bias"]
    hidden = np.maximum(pre, 0)
    score = hidden @ p["output.weight"] + p["output.bias"]
    softmax = np.exp(score) / np.exp(score).sum()
    assert np.allclose(trace.activation["input"].reshape(-1), IMAGE.reshape(-1))
    assert trace.activation["input"].shape == (2, 2, 1)
    assert np.allclose(trace.pre["hidden1"], pre)
    assert np.allclose(trace.activation["hidden1"], hidden)
    assert np.allclose(trace.pre["output"], score)
    assert np.allclose(trace.probabilities, softmax)
    assert trace.prediction == softmax.argmax()
    assert trace.confidence == pytest.approx(softmax.max())


def test_neurons_are_all_activations_in_id_order():
    net = small()
    trace = net.trace(IMAGE)
    assert trace.neurons.dtype == np.float32
    for layer in net.layers:
        start = net.offset(layer.name)
        found = trace.neurons[start : start + layer.size]
        assert np.array_equal(found, trace.activation[layer.name].reshape(-1))


@pytest.mark.parametrize("head", ["softmax", "log-softmax", "sigmoid", "relu"])
def test_probabilities_sum_to_one_for_every_head(head):
    trace = small(activation=head).trace(IMAGE)
    assert trace.probabilities.sum() == pytest.approx(1)
    assert (trace.probabilities >= 0).all()
    assert np.array_equal(trace.display("output"), trace.probabilities)


def test_log_softmax_and_softmax_give_the_same_probabilities():
    nets = [small(activation=head) for head in ("softmax", "log-softmax")]
    assert np.allclose(nets[0].trace(IMAGE).probabilities, nets[1].trace(IMAGE).probabilities)


def test_sigmoid_probabilities_are_shares_of_the_activations():
    trace = small(activation="sigmoid").trace(IMAGE)
    activation = trace.activation["output"]
    assert np.allclose(trace.probabilities, activation / activation.sum())


def test_outputs_that_are_all_silent_share_equally():
    net = small(activation="relu")
    silent = {**net.parameters, "output.bias": np.full(2, -1000, np.float32)}
    assert net.replace(silent).trace(IMAGE).probabilities.tolist() == [0.5, 0.5]


def test_a_picture_shows_activations_of_all_but_the_output():
    trace = small(activation="log-softmax").trace(IMAGE)
    assert np.array_equal(trace.display("hidden1"), trace.activation["hidden1"])
    assert trace.display("input").shape == (4,)
    assert (trace.display("output") >= 0).all()


def test_bytes_are_scaled_to_one():
    net = preset("mlp", np.random.default_rng(0))
    image = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    trace = net.trace(image)
    assert np.array_equal(trace.activation["input"][..., 0], np.divide(image, 255, dtype=np.float32))
    assert np.array_equal(trace.neurons, net.trace(np.divide(image, 255, dtype=np.float32)).neurons)


def test_dropout_is_off_in_a_trace():
    net = preset("mlp", np.random.default_rng(0))
    image = np.full((28, 28), 200, np.uint8)
    assert np.array_equal(net.trace(image).neurons, net.trace(image).neurons)


def test_scores_beyond_exps_range_still_give_probabilities():
    net = small(activation="log-softmax")
    loud = {**net.parameters, "output.bias": np.array([5000, -5000], np.float32)}
    assert net.replace(loud).trace(IMAGE).probabilities.tolist() == [1, 0]
    steep = small(activation="sigmoid").replace(loud).trace(IMAGE)
    assert steep.probabilities.tolist() == [1, 0]


def test_predict_gives_the_traces_probabilities_for_many_images():
    net = preset("mlp", np.random.default_rng(0))
    images = np.random.default_rng(1).integers(0, 256, (7, 28, 28), dtype=np.uint8)
    found = net.predict(images, batch=3)
    assert found.shape == (7, 10)
    assert np.allclose(found, [net.trace(image).probabilities for image in images], atol=1e-6)


def test_a_trace_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        small().trace(IMAGE).activation["hidden1"][0] = 1


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((27, 28), np.uint8), r"traces one image \(28, 28, 1\), got \(27, 28\)"),
        (np.zeros((28, 28), np.int64), r"expects uint8 .* or float .* images, got int64"),
        (np.full((28, 28), np.nan), "NaN or infinity"),
        (np.float64(0), "traces one image"),
    ],
)
def test_what_is_no_image_is_refused(image, message):
    with pytest.raises(EngineError, match=message):
        preset("mlp", np.random.default_rng(0)).trace(image)


def test_a_class_that_is_not_there_says_which_are():
    with pytest.raises(EngineError, match=r"no class 2: the classes are 0\.\.1"):
        small().trace(IMAGE, gradients_of=2)


def test_images_may_be_a_list_and_one_may_be_lists_of_numbers():
    # Lost otherwise: pictures that one has collected in a list must be stacked by hand.
    net = preset("mlp", np.random.default_rng(0))
    images = np.random.default_rng(1).integers(0, 256, (3, 28, 28), np.uint8)
    assert np.array_equal(net.predict(list(images)), net.predict(images))
    assert np.array_equal(net.predict(images.tolist()), net.predict(images))
    for wrong in (
        (images // 200).tolist(),
        (images.astype(int) + 1).tolist(),
    ):  # a mask, and more than a byte
        with pytest.raises(EngineError, match="expects uint8"):
            net.predict(wrong)
    scaled = (images[0] / 255).tolist()
    assert net.trace(scaled).prediction == net.trace(images[0]).prediction
