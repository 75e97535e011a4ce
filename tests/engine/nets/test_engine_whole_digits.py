"""A net of a smaller input sees all of a digit, or is known to see its middle; none is cut unsaid."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import data
import engine
from engine.files.description import to_json
from engine.run.inputs import as_inputs


def net_of(text):
    return engine.build(f"input {text} | dense 10 softmax", np.random.default_rng(0))


def by_definition(picture, high, wide):
    """Each pixel the mean over its area: of a picture so much enlarged that areas are whole pixels."""
    large = np.kron(picture, np.ones((high, wide)))
    return large.reshape(high, picture.shape[0], wide, picture.shape[1]).mean(axis=(1, 3))


@pytest.mark.parametrize("side", [14, 7])
def test_sides_that_divide_28_are_means_of_blocks_of_all_pixels(side):
    image = data.load("digits").images[0] / np.float32(255)
    step = 28 // side
    blocks = image.reshape(side, step, side, step).mean(axis=(1, 3))
    np.testing.assert_allclose(as_inputs(net_of(f"{side}x{side}"), image[None])[0, ..., 0], blocks, atol=1e-6)


@pytest.mark.parametrize("sides", [(8, 8), (16, 16), (10, 12), (19, 19), (8, 24)])
def test_others_see_the_square_that_the_ink_fills(sides):
    digit = np.random.default_rng(1).integers(1, 256, (20, 13)).astype(np.uint8)
    image = np.zeros((28, 28), np.uint8)
    image[2:22, 9:22] = digit
    square = np.zeros((20, 20))
    square[:, 4:17] = digit
    seen = as_inputs(net_of("x".join(map(str, sides))), image[None])[0, ..., 0] * 255
    assert np.abs(seen - by_definition(square, *sides)).max() <= 0.5 + 1e-4
    moved = np.roll(image, (3, -5), (0, 1))
    np.testing.assert_array_equal(
        as_inputs(net_of("x".join(map(str, sides))), moved[None])[0, ..., 0] * 255, seen
    )


def test_what_fills_more_than_a_digit_is_seen_whole_and_colours_stay_apart():
    shirt = np.random.default_rng(2).integers(1, 256, (2, 28, 28, 3)).astype(np.uint8)
    shirt[1] = 0
    shirt[1, 4:24, 4:24, 2] = 255
    seen = as_inputs(net_of("8x8x3"), shirt) * 255
    for channel in range(3):
        assert np.abs(seen[0, ..., channel] - by_definition(shirt[0, ..., channel], 8, 8)).max() <= 0.5 + 1e-4
    assert (seen[1, ..., 2] == 255).all()
    assert not seen[1, ..., :2].any()


def test_an_empty_page_no_page_and_floats_are_seen_too():
    net = net_of("8x8")
    assert not as_inputs(net, np.zeros((1, 28, 28), np.uint8)).any()
    assert as_inputs(net, np.zeros((0, 28, 28), np.uint8)).shape == (0, 8, 8, 1)
    images = data.load("digits").images[:50]
    as_bytes, as_floats = as_inputs(net, images), as_inputs(net, images / np.float64(255))
    assert np.abs(as_bytes - as_floats).max() <= 0.5 / 255 + 1e-6
    with pytest.raises(engine.EngineError, match=r"divide by 255"):
        as_inputs(net, images.astype(np.float32))


@pytest.mark.parametrize("side", [20, 24])
def test_from_20_pixels_on_the_middle_is_seen(side):
    image, off = data.load("digits").images[0], (28 - side) // 2
    seen = as_inputs(net_of(f"{side}x{side}"), image[None])[0, ..., 0] * 255
    np.testing.assert_allclose(seen, image[off : off + side, off : off + side], atol=1e-3)


def test_crops_are_refused_where_all_of_the_digit_is_seen():
    with pytest.raises(engine.EngineError, match="8x8x1; give 1"):
        net_of("8x8").predict(data.load("digits").images[:2], crops=4)


def test_a_small_net_learns_what_it_could_not_see_in_the_middle():
    train, test = data.load("digits", "train"), data.load("digits", "test")
    rng = np.random.default_rng(0)
    net = engine.build("input 8x8 | dense 32 relu | dense 10 softmax", rng)
    recipe = engine.Recipe("cross-entropy", "adam", lr=1e-2, batch=32, epochs=8)
    training = engine.fit(net, train.images, train.labels, rng=rng, recipe=recipe)
    for _ in training:
        pass
    # 0.927 here; of the middle 8x8 alone 0.827.

    assert engine.evaluate(training.snapshot(), test.images, test.labels).accuracy > 0.9


@pytest.mark.parametrize(("framing", "shown"), [("whole", (0, 28)), ("middle", (10, 18)), ("ink", (4, 24))])
def test_a_net_sees_digits_as_it_was_shown_them_and_its_file_keeps_that(tmp_path, framing, shown):
    """A net of 8x8 that learned from shrunk pictures read 27 % of digits, shown their ink alone."""
    ramp = np.random.default_rng(3).integers(1, 256, (20, 20)).astype(np.uint8)
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 4:24] = ramp
    net = replace(net_of("8x8"), framing=framing)
    engine.save(net, tmp_path / "net.npz")
    again = engine.load(tmp_path / "net.npz")
    part = slice(*shown)
    seen = as_inputs(again, image[None])[0, ..., 0] * 255
    assert np.abs(seen - by_definition(image[part, part], 8, 8)).max() <= 0.5 + 1e-4
    assert to_json(again)["version"] == 6, "an older viz3d would show it another part"
    assert to_json(net_of("8x8"))["version"] == 1
    trace = again.trace(image)
    other = replace(again, framing="ink" if framing == "whole" else "whole")
    np.testing.assert_array_equal(
        other.trace(image, base=trace).pre["input"], other.trace(image).pre["input"]
    )


def test_an_unknown_framing_is_refused_and_crops_are_of_the_middle_alone():
    with pytest.raises(
        engine.EngineError, match="framing 'hole': give middle, ink, whole, padded, or nothing"
    ):
        replace(net_of("8x8"), framing="hole")
    whole = replace(net_of("24x24"), framing="whole")
    with pytest.raises(engine.EngineError, match="24x24x1; give 1"):
        whole.predict(data.load("digits").images[:2], crops=4)


def test_larger_pictures_have_the_digit_in_their_middle_or_enlarged_as_others_enlarge_it():
    """LeNet-5's 32x32: an imported network misreads what is framed in another way than in its training."""
    image = np.random.default_rng(3).integers(0, 256, (28, 28)).astype(np.uint8)
    net = replace(net_of("32x32"), framing="padded")
    seen = as_inputs(net, image[None])[0, ..., 0] * 255
    np.testing.assert_allclose(seen, np.pad(image, 2), atol=1e-3)
    for side in (32, 40, 64):
        net = replace(net_of(f"{side}x{side}"), framing="whole")
        seen = as_inputs(net, image[None].astype(np.float32) / 255)[0, ..., 0]
        theirs = Image.fromarray(image.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(seen * 255, np.asarray(theirs), atol=1e-2)


def test_a_network_of_three_colours_is_shown_them_alike_where_it_is_told_so():
    image = np.random.default_rng(4).integers(0, 256, (28, 28)).astype(np.uint8)
    net = replace(net_of("28x28x3"), framing="whole")
    seen = as_inputs(net, image[None])[0] * 255
    np.testing.assert_allclose(seen, np.repeat(image[..., None], 3, axis=2), atol=1e-3)
    with pytest.raises(engine.EngineError, match="expects images"):
        as_inputs(net_of("28x28x3"), image[None])
