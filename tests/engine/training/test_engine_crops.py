"""Crops: a net that sees a part of the digit answers from several parts, each counted alike."""

import numpy as np
import pytest

import engine
from data import load, model_path
from engine import EngineError


@pytest.fixture(scope="module")
def net():
    return engine.load(model_path("cnn-crop"))


@pytest.fixture(scope="module")
def digits():
    return load("digits", "test")


def shown(net, images, places):
    """The mean over crops at the same places for all images, cut out by hand."""
    return np.mean([net.predict(images[:, i : i + 24, j : j + 24]) for i, j in places], axis=0)


def test_four_crops_are_the_mean_of_four_places_and_the_same_each_time(net, digits):
    images = digits.images[:50]
    found = net.predict(images, crops=4)
    np.testing.assert_allclose(found, shown(net, images, [(1, 1), (1, 3), (3, 1), (3, 3)]), atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found, net.predict(images, crops=4, batch=7), atol=1e-6)
    np.testing.assert_array_equal(found, net.predict(images, crops=4))


def test_twenty_five_crops_are_every_place_there_is(net, digits):
    images = digits.images[:20]
    np.testing.assert_allclose(net.predict(images, crops=25), shown(net, images, np.ndindex(5, 5)), atol=1e-6)


def test_one_crop_is_the_centre_as_in_the_film(net, digits):
    images = digits.images[:20]
    np.testing.assert_array_equal(net.predict(images), shown(net, images, [(2, 2)]))
    np.testing.assert_allclose(net.predict(images)[3], net.trace(images[3]).probabilities, atol=1e-6)


def test_random_crops_come_from_the_rng_and_differ_from_image_to_image(net, digits):
    same = np.repeat(digits.images[:1], 40, axis=0)
    found, again, other = (net.predict(same, crops=4, rng=np.random.default_rng(s)) for s in (0, 0, 1))
    np.testing.assert_array_equal(found, again)
    assert not np.array_equal(found, other)
    assert len(np.unique(found, axis=0)) > 20


def test_many_random_crops_come_to_the_mean_over_all_places(net, digits):
    # By what four crops say of it, or the places but those of one side, the answer would be 0.08 off.
    image = digits.images[288:289]
    # Each time the image stands there it has crops of its own: few passes over many are quick.
    many = net.predict(np.repeat(image, 1500, axis=0), crops=2, rng=np.random.default_rng(0))
    assert np.abs(many.mean(axis=0) - net.predict(image, crops=25)).max() < 0.04


def test_the_accuracy_with_crops_is_that_of_the_averaged_answers(net, digits):
    images, labels = digits.images[:130], digits.labels[:130]
    result = engine.evaluate(net, images, labels, batch=50, crops=4)
    answers = net.predict(images, crops=4).argmax(axis=1)
    assert result.correct == (answers == labels).sum()
    assert result.confusion.sum() == len(labels)
    alone = [
        engine.evaluate(net, images[:, i : i + 24, j : j + 24], labels).loss for i in (1, 3) for j in (1, 3)
    ]
    assert result.loss == pytest.approx(np.mean(alone), rel=1e-5)


def test_what_cannot_be_cropped_is_refused_with_the_way_out(net, digits):
    images = digits.images[:2]
    whole = engine.preset("mlp", np.random.default_rng(0))
    for crops, chosen, pixels, message in (
        (4, whole, images, "4 crops: mlp looks at 28x28x1; give 1"),
        (0, net, images, "crops is a whole number of 1 or more, got 0"),
        (5, net, images, "5 crops make no square grid: give 4, 9"),
        (
            4,
            net,
            images[:, 2:26, 2:26],
            r"crops are taken from whole digits \(B, 28, 28\), got \(2, 24, 24\)",
        ),
    ):
        with pytest.raises(EngineError, match=message):
            chosen.predict(pixels, crops=crops)
