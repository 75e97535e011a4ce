"""Strips of digits, pages of text, touching digits: what is seen is said, and each digit can be picked."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from data import DataError, SeveralDigitsError, digit_from_image, load, read_digit

DIGITS = load("digits").images[:10]


def page_of_text(width: int, height: int, size: int) -> Image.Image:
    image = Image.new("L", (width, height), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for top in range(size, height - 2 * size, round(1.5 * size)):
        draw.text((size, top), "dolor sit 123 amet " * (width // (12 * size)), fill=0, font=font)
    return image


def strip(size: int, gap: int) -> Image.Image:
    image = Image.new("L", (10 * (size + gap) + gap, 2 * size), 255)
    for number, digit in enumerate(DIGITS):
        small = Image.fromarray(255 - digit).resize((size, size), Image.Resampling.BICUBIC)
        image.paste(small, (gap + number * (size + gap), size // 2))
    return image


@pytest.mark.parametrize(("width", "height", "size"), [(600, 500, 12), (300, 200, 12), (1200, 1600, 24)])
def test_a_page_of_text_is_not_answered_for_one_digit(width, height, size):
    with pytest.raises(SeveralDigitsError, match=r"a page of some \d+ letters or digits is seen"):
        digit_from_image(page_of_text(width, height, size))


@pytest.mark.parametrize("size", [40, 120])
def test_digits_in_a_long_strip_are_told_apart_and_each_can_be_picked(size):
    with pytest.raises(SeveralDigitsError, match="10 digits are seen"):
        digit_from_image(strip(size, 2))
    for pick in (1, 4, 10):
        reading = read_digit(strip(size, 2), pick)
        assert reading.place == f"digit {pick} of 10"
        assert np.corrcoef(reading.image.ravel(), DIGITS[pick - 1].ravel())[0, 1] > 0.75


def test_a_large_digit_on_a_printed_page_is_still_the_digit():
    page = page_of_text(600, 500, 12).point(lambda value: 150 + value * 105 // 255)
    page.paste(0, (200, 60), Image.fromarray(DIGITS[3]).resize((340, 340), Image.Resampling.BICUBIC))
    assert digit_from_image(page).shape == (28, 28)


def test_the_edge_of_a_shadow_is_no_digit():
    y, x = np.mgrid[:130, :130]
    paper = 220 - 70 / (1 + np.exp(-(y - 40 + 0.1 * x) / 2))
    with pytest.raises(DataError, match="no ink"):
        digit_from_image(paper.astype(np.uint8))


def test_two_digits_that_touch_are_not_answered_for_one_unless_asked():
    image = Image.new("L", (260, 240), 255)
    draw = ImageDraw.Draw(image)
    for left in (40, 124):
        draw.ellipse([left, 60, left + 90, 180], outline=0, width=10)
    with pytest.raises(DataError, match="looks like two digits that touch; give each alone, or pick 1"):
        digit_from_image(image)
    assert digit_from_image(image, 1).shape == (28, 28)


def test_a_page_says_so_and_a_strip_does_not():
    with pytest.raises(SeveralDigitsError) as page:
        digit_from_image(page_of_text(600, 500, 12))
    with pytest.raises(SeveralDigitsError) as few:
        digit_from_image(strip(40, 2))
    assert (page.value.page, few.value.page) == (True, False)
