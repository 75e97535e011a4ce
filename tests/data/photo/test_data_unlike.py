"""Pictures of things, of light and shade, of scribble: said to be no digit, and read by their pick."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from data import DataError, UnlikeDigitsError, digit_from_image, read_digit

SIDE = 160


def star(rng: np.random.Generator) -> Image.Image:
    angles = rng.uniform(0, 1) + np.pi * np.arange(10) / 5
    reach = np.where(np.arange(10) % 2, rng.uniform(0.12, 0.2), 0.38)
    return filled([(0.5 + r * np.cos(a), 0.5 + r * np.sin(a)) for a, r in zip(angles, reach, strict=True)])


def silhouette(rng: np.random.Generator) -> Image.Image:
    """A body with a head and two legs, filled."""
    image = filled([(0.35, 0.4), (0.65, 0.38), (0.7, 0.9), (0.55, 0.9), (0.5, 0.6), (0.42, 0.9), (0.28, 0.9)])
    x = 0.5 + rng.uniform(-0.05, 0.05)
    ImageDraw.Draw(image).ellipse([at * SIDE for at in (x - 0.14, 0.12, x + 0.14, 0.42)], fill=20)
    return image


def scribble(rng: np.random.Generator) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE), 235)
    places = [tuple(SIDE * at) for at in rng.uniform(0.15, 0.85, (24, 2))]
    ImageDraw.Draw(image).line(places, fill=30, width=4, joint="curve")
    return image


def window(rng: np.random.Generator) -> Image.Image:
    """Panes in a frame, and a lamp."""
    image = Image.new("L", (SIDE, SIDE), 235)
    draw, low = ImageDraw.Draw(image), rng.uniform(0.5, 0.7)
    for box in ((0.2, 0.2, 0.8, 0.8), (0.2, 0.2, 0.5, low), (0.5, low, 0.8, 0.8)):
        draw.rectangle([at * SIDE for at in box], outline=20, width=5)
    draw.ellipse([at * SIDE for at in (0.28, 0.3, 0.42, 0.44)], fill=20)
    return image


def filled(points: list[tuple[float, float]]) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE), 235)
    ImageDraw.Draw(image).polygon([(SIDE * x, SIDE * y) for x, y in points], fill=20)
    return image.filter(ImageFilter.GaussianBlur(0.7))


@pytest.mark.parametrize("thing", [star, silhouette, scribble, window])
def test_what_is_no_digit_is_not_answered_for(thing):
    """Lost otherwise: a stranger's picture of anything is a five, and the film says how sure that is."""
    answered = 0
    for seed in range(12):
        try:
            digit_from_image(thing(np.random.default_rng(seed)))
            answered += 1
        except DataError:
            pass
    assert answered <= 1


def test_what_looks_like_no_digit_is_read_where_that_is_asked_or_where_letters_may_be_written():
    picture = star(np.random.default_rng(3))
    with pytest.raises(UnlikeDigitsError) as told:
        digit_from_image(picture)
    assert str(told.value) == (
        "the image: what is seen looks like no digit; pick 1 to have it read all the same"
    )
    read = digit_from_image(picture, 1)
    assert (read == digit_from_image(picture, 0)).all()
    assert (read == read_digit(picture, letters=True).image).all()
