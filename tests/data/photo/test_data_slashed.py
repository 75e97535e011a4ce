"""Noughts with a slash through them, as programmers and soldiers write them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

import engine
from data import digit_from_image, model_path

SIZE = 200


@pytest.fixture(scope="module")
def net():
    return engine.load(model_path("cnn-draw"))


def drawn(*strokes, width=14) -> np.ndarray:
    """Strokes of points in 0..200 as ink, float (200, 200) 0..1."""
    image = Image.new("L", (2 * SIZE, 2 * SIZE))
    for stroke in strokes:
        points = [(2 * x, 2 * y) for x, y in stroke]
        ImageDraw.Draw(image).line(points, fill=255, width=2 * width, joint="curve")
    return np.asarray(image.reduce(2)) / 255


def ring(across, down, width) -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, 40)
    return drawn([(100 + across * np.cos(t), 100 + down * np.sin(t)) for t in turns], width=width)


def answer(net, page) -> int:
    picture = np.uint8(np.clip(255 * page, 0, 255))
    return int(net.predict(digit_from_image(picture)[None]).argmax())


@pytest.mark.parametrize("reach", [0.6, 1.0, 1.35])
@pytest.mark.parametrize("width", [6, 12])
def test_a_slashed_nought_is_a_nought(net, reach, width):
    """Were ones where the slash stood free, else eights."""
    across, down = 36, 68
    x, y = 0.55 * across * reach, 0.75 * down * reach
    slash = drawn([(100 - x, 100 + y), (100 + x, 100 - y)], width=width)
    assert answer(net, 1 - np.maximum(ring(across, down, width), slash)) == 0
