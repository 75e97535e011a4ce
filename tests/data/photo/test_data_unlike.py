"""Pictures of things and shapes: said to be no digit, and read by their pick."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

import data
from data import DataError, UnlikeDigitsError, digit_from_image, read_digit
from data.augment.hands import hands
from data.photo.canvas import place
from data.photo.shapes.unlike import is_no_digit

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


def arrow(rng: np.random.Generator) -> Image.Image:
    image, pen, turn = Image.new("L", (SIDE, SIDE), 255), int(rng.integers(6, 16)), rng.uniform(0, 2 * np.pi)
    tip = SIDE * (0.5 + 0.35 * np.array([np.cos(turn), np.sin(turn)]))
    for back, long in ((np.pi, 0.7), (2.4, 0.35), (-2.4, 0.35)):
        end = tip + SIDE * long * np.array([np.cos(turn + back), np.sin(turn + back)])
        ImageDraw.Draw(image).line([*tip, *end], fill=0, width=pen)
    return image


def plus(rng: np.random.Generator) -> Image.Image:
    image, pen = Image.new("L", (SIDE, SIDE), 255), int(rng.integers(8, 20))
    for ends in ((0.2, 0.5, 0.8, 0.5), (0.5, 0.2, 0.5, 0.8)):
        ImageDraw.Draw(image).line([at * SIDE for at in ends], fill=0, width=pen)
    return image


def crescent(rng: np.random.Generator) -> Image.Image:
    image, turn = Image.new("L", (SIDE, SIDE), 255), rng.uniform(0, 2 * np.pi)
    for off, reach, ink in ((0, 0.38, 0), (rng.uniform(0.15, 0.25), 0.34, 255)):
        x, y = SIDE * (0.5 + off * np.cos(turn)), SIDE * (0.5 + off * np.sin(turn))
        ImageDraw.Draw(image).ellipse(
            [x - SIDE * reach, y - SIDE * reach, x + SIDE * reach, y + SIDE * reach], fill=ink
        )
    return image


def bent_arrow(rng: np.random.Generator) -> Image.Image:
    image, pen, way = Image.new("L", (SIDE, SIDE), 255), int(rng.integers(5, 11)), rng.choice([-1, 1])
    draw, turn = ImageDraw.Draw(image), np.linspace(0, way * rng.uniform(1.2, 2.2), 20) + rng.uniform(0, 6)
    ends = SIDE * 0.36 * np.stack([np.cos(turn), np.sin(turn)], 1)
    ends += SIDE / 2 - (ends.min(0) + ends.max(0)) / 2
    draw.line(ends.ravel().tolist(), fill=0, width=pen, joint="curve")
    for side in (-0.6, 0.6):
        back = turn[-1] - way * np.pi / 2 + side
        barb = ends[-1] + SIDE * 0.2 * np.array([np.cos(back), np.sin(back)])
        draw.line([*ends[-1], *barb], fill=0, width=pen)
    return image


def wandering(rng: np.random.Generator) -> Image.Image:
    image, steps = Image.new("L", (SIDE, SIDE), 255), rng.normal(0, 1, (2, 30)).cumsum(1)
    ways = [np.interp(np.linspace(0, 29, 240), np.arange(30), each) for each in steps]
    soft = np.stack([np.convolve(way, np.ones(9) / 9, "valid") for way in ways], 1)
    ends = SIDE * (0.15 + 0.7 * (soft - soft.min(0)) / np.ptp(soft, axis=0))
    ImageDraw.Draw(image).line(ends.ravel().tolist(), fill=0, width=int(rng.integers(3, 7)), joint="curve")
    return image


def tick(rng: np.random.Generator) -> Image.Image:
    image, pen = Image.new("L", (SIDE, SIDE), 255), int(rng.integers(6, 18))
    ends = np.array([[0.2, 0.5], [0.4, 0.75], [0.8, 0.25]]) + rng.normal(0, 0.03, (3, 2))
    ImageDraw.Draw(image).line((SIDE * ends).ravel().tolist(), fill=0, width=pen, joint="curve")
    return image


def filled(x: np.ndarray, y: np.ndarray) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE), 255)
    ImageDraw.Draw(image).polygon([(SIDE * a, SIDE * b) for a, b in zip(x, y, strict=True)], fill=0)
    return image


SELDOM = ((star, 0), (heart, 0), (house, 0), (tick, 0), (plus, 0), (crescent, 0))


@pytest.mark.parametrize(("thing", "most"), [*SELDOM, (arrow, 3), (wandering, 1), (bent_arrow, 4)])
def test_what_is_no_digit_is_not_answered_for(thing, most):
    """Lost otherwise: a stranger's picture of anything is a five, and the film says how sure that is."""
    answered = 0
    for seed in range(8):
        try:
            digit_from_image(thing(np.random.default_rng(seed)))
            answered += 1
        except DataError:
            pass
    assert answered <= most


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


@pytest.mark.parametrize("wide", [0.6, 1.0, 1.6])
def test_digits_are_digits_however_they_are_stretched(wide):
    """Lost otherwise: who writes broad or narrow digits is told that they are none."""
    refused = 0
    for image in data.load("digits", "test").images[::6]:
        large = Image.fromarray(image).resize((round(84 * wide), 84), Image.Resampling.BICUBIC)
        ink = np.asarray(large.crop(large.getbbox()), np.float32) / 255
        refused += is_no_digit(place(ink))
    assert refused == 0


def test_forms_that_people_write_and_mnist_has_seldom_are_digits():
    """Lost otherwise: who writes a one with a long flag or a seven with a foot is told it is no digit."""
    tests = data.load("digits", "test")
    forms, _ = hands(tests.images, tests.labels, np.random.default_rng(31))
    assert sum(is_no_digit(form) for form in forms[len(tests) :]) <= 1  # a one is all but filled


ALONE = """
import time
import numpy as np
from data.photo.shapes import crossed, odds, unlike
from data.photo.shapes.small_net import told

asked = [(unlike, (28, 28)), (crossed, 2 * (crossed.PAGE,)), (odds, (odds.ROWS, odds.COLUMNS))]
pages = [(np.ones((count, *size), np.float32), each.WEIGHTS) for each, size in asked for count in (1, 9)]
whole, mine = time.process_time(), time.thread_time()
for page, weights in 60 * pages:
    told(page, weights)
mine = time.thread_time() - mine
print((time.process_time() - whole - mine) / mine)
"""


def test_what_a_picture_shows_is_told_by_one_thread():
    # Lost otherwise: beside programs that keep the processors busy, or a training, threads of BLAS that wait
    # for each other take thirty times as long.
    words, env = [sys.executable, "-c", ALONE], os.environ | {"OPENBLAS_NUM_THREADS": "2"}
    others = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    assert float(others) < 0.2
