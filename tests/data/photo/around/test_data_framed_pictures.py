"""Frames, lines, tight crops, masks, several digits: the digit arrives, or what was seen is said."""

import numpy as np
import pytest
from framed_pictures import assert_arrives, page
from PIL import Image, ImageDraw

from data import (
    DataError,
    SeveralDigitsError,
    augmentation,
    count_digits,
    digit_from_image,
    load,
    read_digit,
)

DIGITS = load("digits").images[:10]


@pytest.mark.parametrize("margin", [3, 12, 30])
@pytest.mark.parametrize("width", [1, 4])
def test_a_frame_at_any_margin_is_left_out(margin, width):
    for digit in DIGITS:
        image = page(digit)
        ImageDraw.Draw(image).rectangle([margin, margin, 239 - margin, 239 - margin], outline=0, width=width)
        assert_arrives(image, digit)


def test_the_lines_of_a_form_that_run_off_the_picture_are_left_out():
    for digit in DIGITS:
        image = page(digit).point(lambda value: 120 + value * 135 // 255)  # pencil, paler than the form
        draw = ImageDraw.Draw(image)
        for at in (20, 218):
            draw.line([at, 0, at + 3, 240], fill=20, width=4)
            draw.line([0, at, 240, at + 3], fill=20, width=4)
        assert_arrives(image, digit)


@pytest.mark.parametrize("gap", [8, 20])
def test_an_underline_is_left_out(gap):
    for digit in DIGITS:
        rows = np.flatnonzero(np.asarray(page(digit)).min(1) < 128)
        image = page(digit)
        ImageDraw.Draw(image).line([50, rows[-1] + gap, 190, rows[-1] + gap + 4], fill=0, width=4)
        assert_arrives(image, digit)


@pytest.mark.parametrize("light", [False, True])
def test_a_tight_crop_has_its_holes_as_paper(light):
    for digit in DIGITS:
        ink = 255 - np.asarray(page(digit))
        rows, columns = np.flatnonzero(ink.max(1) > 128), np.flatnonzero(ink.max(0) > 128)
        cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert_arrives(cut if light else 255 - cut, digit)


def test_a_mask_of_0_and_1_is_read():
    for digit in DIGITS:
        assert_arrives((np.asarray(page(digit)) < 128).astype(np.uint8), digit)


@pytest.mark.parametrize("ground", [0, 255])
def test_strokes_of_one_pixel_are_thickened_in_28x28(ground):
    image = Image.new("L", (28, 28), ground)
    ImageDraw.Draw(image).line([(8, 5), (19, 5), (11, 22)], fill=255 - ground)
    found = digit_from_image(image)
    assert np.median((found > 100).sum(1)[found.max(1) > 0][4:-1]) >= 2


def two() -> Image.Image:
    image = Image.new("L", (420, 240), 255)
    image.paste(page(DIGITS[7]).crop((40, 0, 200, 240)), (0, 0))
    image.paste(page(DIGITS[2]).crop((40, 0, 200, 240)), (220, 0))
    return image


def test_of_two_digits_none_is_answered_silently_and_each_can_be_picked():
    with pytest.raises(SeveralDigitsError, match="2 digits are seen"):
        digit_from_image(two())
    assert count_digits(two()) == 2
    for pick, digit in ((1, DIGITS[7]), (2, DIGITS[2])):
        reading = read_digit(two(), pick)
        assert reading.place == f"digit {pick} of 2"
        assert np.corrcoef(reading.image.ravel(), digit.ravel())[0, 1] > 0.8
    with pytest.raises(DataError, match="there is no number 3; give 1 to 2"):
        digit_from_image(two(), 3)


def test_a_dash_is_no_digit():
    image = Image.new("L", (240, 240), 255)
    ImageDraw.Draw(image).line([60, 120, 180, 122], fill=0, width=8)
    with pytest.raises(DataError, match="no digit found, but a line"):
        digit_from_image(image)


def test_a_moving_picture_is_read_by_its_first_inked_frame(tmp_path):
    path = tmp_path / "moving.gif"
    Image.new("L", (240, 240), 255).save(path, save_all=True, append_images=[page(DIGITS[4])])
    reading = read_digit(path)
    assert reading.place == "frame 2"
    assert np.corrcoef(reading.image.ravel(), DIGITS[4].ravel())[0, 1] > 0.8


def test_a_tiff_with_nan_is_named(tmp_path):
    path = tmp_path / "nan.tif"
    Image.fromarray(np.full((30, 30), np.nan, np.float32)).save(path)
    with pytest.raises(DataError, match=r"nan.tif has NaN"):
        digit_from_image(path)


@pytest.mark.parametrize("side", [1, 5])
def test_too_few_pixels_have_one_rule(side):
    with pytest.raises(DataError, match=f"{side}x{side} pixels are too few"):
        digit_from_image(np.zeros((side, side), np.uint8))


def test_a_list_of_rows_is_a_picture():
    rows = np.asarray(page(DIGITS[3]))
    np.testing.assert_array_equal(digit_from_image(rows.tolist()), digit_from_image(rows.astype(float)))
    with pytest.raises(DataError, match="rows of the same number"):
        digit_from_image([[0, 1], [0]])


def test_style_changes_half_of_the_images_and_the_seed_decides():
    images = load("digits").images
    change = augmentation("style").change
    one, same = (change(images, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one, same)
    kept = (one == images).all(axis=(1, 2)).mean()
    assert 0.4 < kept < 0.6
    assert one.dtype == np.uint8
