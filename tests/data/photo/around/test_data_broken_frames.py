"""Frames with gaps, shadows that run into a digit, dots, arrays in files: read, or said what is seen."""

import io

import numpy as np
import pytest
from framed_pictures import assert_arrives, page
from PIL import Image, ImageDraw, ImageFilter

from data import DataError, SeveralDigitsError, count_digits, digit_from_image, load

DIGITS = load("digits").images[:10]
SIDES = ((30, 30, 210, 30), (210, 30, 210, 210), (210, 210, 30, 210), (30, 210, 30, 30))


def dashed(draw: ImageDraw.ImageDraw) -> None:
    for x0, y0, x1, y1 in SIDES:
        for start in np.arange(0.05, 0.95, 0.11):
            across, down = (x1 - x0) * start, (y1 - y0) * start
            more = 0.06 * (x1 - x0), 0.06 * (y1 - y0)
            draw.line([x0 + across, y0 + down, x0 + across + more[0], y0 + down + more[1]], fill=0, width=2)


def dashed_from_a_corner_on(draw: ImageDraw.ImageDraw) -> None:
    for x in range(30, 210, 30):
        for y in (30, 210):
            draw.line([x, y, x + 20, y], fill=0, width=2)
            draw.line([y, x, y, x + 20], fill=0, width=2)


def corners(draw: ImageDraw.ImageDraw) -> None:
    for x, right in ((30, 1), (210, -1)):
        for y, down in ((30, 1), (210, -1)):
            draw.line([x, y, x + 40 * right, y], fill=0, width=2)
            draw.line([x, y, x, y + 40 * down], fill=0, width=2)


def two_sides(draw: ImageDraw.ImageDraw) -> None:
    draw.line([30, 205, 30, 30, 205, 30], fill=0, width=2)


def open_ring(draw: ImageDraw.ImageDraw) -> None:
    draw.arc([30, 28, 210, 212], 300, 640, fill=0, width=4)


@pytest.mark.parametrize("frame", [dashed, dashed_from_a_corner_on, corners, two_sides, open_ring])
def test_a_frame_of_dashes_or_corners_its_rest_or_an_open_ring_is_left_out(frame):
    # Lost otherwise: a digit in the corner of a cut-off cell is read with it, a circled one as two.
    for digit in DIGITS:
        image = page(digit)
        frame(ImageDraw.Draw(image))
        assert_arrives(image, digit)


@pytest.mark.parametrize("side", ["left", "bottom"])
def test_a_frame_with_a_gap_that_touches_the_digit_is_left_out(side):
    for digit in DIGITS:
        image = page(digit)
        ink = np.asarray(image) < 128
        left, bottom = np.flatnonzero(ink.any(0))[0], np.flatnonzero(ink.any(1))[-1]
        box = [left if side == "left" else 40, 40, 205, bottom if side == "bottom" else 205]
        draw = ImageDraw.Draw(image)
        draw.rectangle(box, outline=0, width=2)
        draw.rectangle([100, 35, 120, 45], fill=255)
        assert_arrives(image, digit, 0.8)


def thick(draw: ImageDraw.ImageDraw, left: int) -> None:
    draw.rectangle([left, 30, 205, 210], outline=0, width=7)
    draw.rectangle([100, 25, 120, 40], fill=255)


def low(draw: ImageDraw.ImageDraw, left: int) -> None:
    draw.rectangle([left, 40, 230, 190], outline=0, width=2)
    for x in (left, 230):
        draw.rectangle([x - 5, 160, x + 5, 175], fill=255)


@pytest.mark.parametrize("frame", [thick, low])
def test_a_thick_frame_or_a_low_one_that_hangs_on_the_digit_is_left_out(frame):
    # Lost otherwise: the gaps leave its lowest side alone, which is taken for an underline.
    for digit in DIGITS:
        image = page(digit)
        left = int(np.flatnonzero((np.asarray(image) < 128).any(0))[0])
        frame(ImageDraw.Draw(image), left)
        assert_arrives(image, digit, 0.8)


def test_dots_that_stand_for_greys_are_grey_again():
    # Lost otherwise: a fax is told as dozens of digits.
    for digit in DIGITS:
        grey = 225 - 0.8 * (255 - np.asarray(page(digit), np.float32)) - np.linspace(0, 60, 240)
        assert_arrives(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("1"), digit)


def test_sevens_and_ones_beside_a_digit_are_no_frame():
    # Lost otherwise: neighbours with straight strokes.
    image = Image.new("L", (300, 120), 255)
    draw = ImageDraw.Draw(image)
    for left in (20, 90, 160, 230):
        draw.line([left, 20, left + 40, 20, left + 40, 100], fill=0, width=6)
    assert count_digits(image) == 4


@pytest.mark.parametrize(
    "shape", [[(0, 90), (110, 60), (130, 150), (0, 200)], [(90, 0), (150, 0), (130, 130)]]
)
def test_a_hard_shadow_that_runs_into_a_digit_is_left_out(shape):
    for digit in DIGITS:
        lit = Image.new("L", (240, 240), 235)
        ImageDraw.Draw(lit).polygon(shape, fill=150)
        ink = np.asarray(page(digit), float) / 255
        assert_arrives((np.asarray(lit) * (0.1 + 0.9 * ink)).astype(np.uint8), digit, 0.8)


@pytest.mark.parametrize("size", [8, 14, 60])
def test_a_dot_is_no_digit(size):
    image = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(image).ellipse([90, 90, 90 + size, 90 + size], fill=0)
    with pytest.raises(DataError, match="but a dot"):
        digit_from_image(image)


def test_hardly_a_thick_digit_is_a_dot():
    refused = 0
    for digit in load("digits").images[:300]:
        grown = Image.fromarray(digit).filter(ImageFilter.MaxFilter(3))
        try:
            digit_from_image(np.asarray(grown)[2:])
        except SeveralDigitsError:
            continue
        except DataError:
            refused += 1
    assert refused <= 1  # one is filled all over


def test_an_empty_frame_is_no_nought():
    image = Image.new("L", (200, 200), 0)
    ImageDraw.Draw(image).rectangle([60, 60, 140, 140], outline=255, width=3)
    with pytest.raises(DataError, match="a frame with nothing in it"):
        digit_from_image(image)


def test_two_digits_one_above_the_other_are_two():
    image = Image.new("L", (120, 240), 255)
    draw = ImageDraw.Draw(image)
    draw.ellipse([30, 20, 90, 110], outline=0, width=8)
    draw.ellipse([30, 128, 90, 218], outline=0, width=8)
    with pytest.raises(SeveralDigitsError, match="2 digits"):
        digit_from_image(image)


@pytest.mark.parametrize(
    "change",
    [lambda x: x > 128, lambda x: x / 255, np.asfortranarray, lambda x: x[None].astype(">f4")],
)
def test_an_array_in_a_file_is_a_picture(tmp_path, change):
    digit = load("digits").images[3]
    np.save(tmp_path / "four.npy", change(digit))
    assert_arrives(str(tmp_path / "four.npy"), digit)


def test_an_array_in_a_file_that_is_damaged_or_holds_objects_is_said_in_one_line(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[1, "x"]], object))
    with pytest.raises(DataError, match=r"a\.npy holds Python objects"):
        digit_from_image(str(tmp_path / "a.npy"))
    kept = io.BytesIO()
    np.save(kept, DIGITS[0])
    whole = kept.getvalue()
    huge = whole.replace(b"(28, 28), }", b"(1 << 40,)}")
    for damaged in (whole[:9], whole[:60], whole[:-1], whole + b"x", huge):
        with pytest.raises(DataError, match="damaged") as caught:
            digit_from_image(io.BytesIO(damaged))
        assert "\n" not in str(caught.value)
