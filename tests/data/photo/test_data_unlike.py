"""Pictures of things and shapes: said to be no digit, and read by their pick."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from data import DataError, UnlikeDigitsError, digit_from_image, read_digit

SIDE = 160


def star(rng: np.random.Generator) -> Image.Image:
    angles = rng.uniform(0, 1) + np.pi * np.arange(10) / 5
    reach = np.where(np.arange(10) % 2, rng.uniform(0.12, 0.2), 0.38)
    return filled(0.5 + reach * np.cos(angles), 0.5 + reach * np.sin(angles))


def heart(rng: np.random.Generator) -> Image.Image:
    turn, size = np.linspace(0, 2 * np.pi, 80), rng.uniform(0.018, 0.026)
    high = 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)
    return filled(0.5 + size * 16 * np.sin(turn) ** 3, 0.5 - size * high)


def house(rng: np.random.Generator) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE), 255)
    draw, pen = ImageDraw.Draw(image), int(rng.integers(4, 8))
    for box in ((0.25, 0.45, 0.75, 0.8), (0.45, 0.6, 0.56, 0.8)):
        draw.rectangle([at * SIDE for at in box], outline=0, width=pen)
    draw.line([at * SIDE for at in (0.2, 0.47, 0.5, 0.17, 0.8, 0.47)], fill=0, width=pen)
    return image


def filled(x: np.ndarray, y: np.ndarray) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE), 255)
    ImageDraw.Draw(image).polygon([(SIDE * a, SIDE * b) for a, b in zip(x, y, strict=True)], fill=0)
    return image


@pytest.mark.parametrize("thing", [star, heart, house])
def test_what_is_no_digit_is_not_answered_for(thing):
    """Lost otherwise: a stranger's picture of anything is a five, and the film says how sure that is."""
    answered = 0
    for seed in range(8):
        try:
            digit_from_image(thing(np.random.default_rng(seed)))
            answered += 1
        except DataError:
            pass
    assert answered == 0


def test_what_looks_like_no_digit_is_read_where_that_is_asked_or_where_letters_may_be_written():
    picture = heart(np.random.default_rng(3))
    with pytest.raises(UnlikeDigitsError) as told:
        digit_from_image(picture)
    assert str(told.value) == (
        "the image: what is seen looks like no digit; pick 1 to have it read all the same"
    )
    read = digit_from_image(picture, 1)
    assert (read == digit_from_image(picture, 0)).all()
    assert (read == read_digit(picture, letters=True).image).all()
