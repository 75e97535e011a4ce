"""Accuracy, loss and confusion are counted right, over every image."""

import sys
import tracemalloc

import numpy as np
import pytest
from plain_nets import small

import data
import engine
from engine import EngineError, Recipe, evaluate, preset
from engine.run import sizes


def case():
    net = small(activation="log-softmax")
    rng = np.random.default_rng(5)
    return net, rng.random((11, 2, 2)).astype(np.float32), rng.integers(0, 2, 11)


def test_the_numbers_are_those_of_the_images_one_by_one():
    net, images, labels = case()
    answers = [net.trace(image).prediction for image in images]
    result = evaluate(net, images, labels, batch=4)
    assert result.total == 11
    assert result.correct == sum(answer == label for answer, label in zip(answers, labels, strict=True))
    assert result.accuracy == result.correct / 11
    for truth, answer in np.ndindex(2, 2):
        both = sum(a == answer and t == truth for a, t in zip(answers, labels, strict=True))
        assert result.confusion[truth, answer] == both
    logs = [net.trace(image).activation["output"][label] for image, label in zip(images, labels, strict=True)]
    assert result.loss == pytest.approx(-np.mean(logs), rel=1e-6)


def test_squared_error_is_half_the_sum_averaged_over_the_images():
    net, images, labels = case()
    net = small(activation="sigmoid").replace(recipe=Recipe(loss="squared-error"))
    outputs = np.array([net.trace(image).activation["output"] for image in images])
    expected = 0.5 * ((outputs - np.eye(2)[labels]) ** 2).sum(axis=1).mean()
    assert evaluate(net, images, labels, batch=4).loss == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(10, int), r"11 images need labels \(11,\), got \(10,\)"),
        (np.full(11, 2), r"labels must be 0\.\.1, got 2\.\.2"),
        (np.full(11, -1), "labels must be"),
        (np.zeros(11), "labels must be whole numbers"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    net, images, _ = case()
    with pytest.raises(EngineError, match=message):
        evaluate(net, images, labels)


def test_no_images_is_an_error():
    net, images, labels = case()
    with pytest.raises(EngineError, match="no image"):
        evaluate(net, images[:0], labels[:0])


def test_a_large_net_is_tested_in_little_memory():
    net = preset("vit-small", np.random.default_rng(0))
    images = np.random.default_rng(1).integers(0, 256, (400, 28, 28), np.uint8)
    tracemalloc.start()
    result = evaluate(net, images, np.zeros(400, int))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.total == 400
    # All 400 at once would take 94,634 neurons x 400 x 4 bytes, twice: 303 MB.
    assert peak < 220e6


def test_the_answers_and_probabilities_are_those_of_each_image_in_order():
    net, images, labels = case()
    result = evaluate(net, images, labels, batch=4)
    traces = [net.trace(image) for image in images]
    assert result.answers.tolist() == [trace.prediction for trace in traces]
    assert np.allclose(result.probabilities, [trace.probabilities for trace in traces], atol=1e-6)
    crop = preset("cnn-crop", np.random.default_rng(0))
    digits = np.random.default_rng(2).integers(0, 256, (5, 28, 28), np.uint8)
    seen = evaluate(crop, digits, np.zeros(5, int), crops=4)
    assert np.allclose(seen.probabilities, crop.predict(digits, crops=4), atol=1e-6)
    assert seen.answers.tolist() == seen.probabilities.argmax(axis=1).tolist()


def test_many_images_are_predicted_by_compiled_loops_with_the_same_answers(monkeypatch):
    # Trained, and of digits: of noise in new weights both ways come to the same bits.
    net, images = engine.load(data.model_path("cnn-crop")), data.load("digits").images[:30]
    plain = net.predict(images, batch=8, crops=4)
    monkeypatch.setattr("engine.run.sizes.MANY", 120)
    fast = net.predict(images, batch=8, crops=4)
    assert not np.array_equal(fast, plain)
    assert np.allclose(fast, plain, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "images", "crops", "loaded", "alone"),
    [
        ("mlp", 60_000, 1, False, False),
        ("cnn-fast", 10_000, 1, True, False),
        ("cnn-fast", 1000, 1, False, False),
        ("cnn-crop", 500, 4, True, False),
        ("cnn-crop", 10_000, 4, True, True),
        ("vit-small", 10_000, 1, True, True),
    ],
)
def test_a_test_loads_numba_only_where_that_is_repaid(name, images, crops, loaded, alone, monkeypatch):
    # Half a second, and several where its loops are compiled for the first time, to save a tenth of one.
    net = preset(name, np.random.default_rng(0))
    monkeypatch.setitem(sys.modules, "numba", sys)
    assert sizes.compiled_gains(net, images, crops) == loaded
    monkeypatch.delitem(sys.modules, "numba")
    assert sizes.compiled_gains(net, images, crops) == alone
    assert not sizes.compiled_gains(net.astype(np.float64), images, crops)
