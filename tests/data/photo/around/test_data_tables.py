"""Tables, combs and frames: digits in one cell of many are read, and lines with nothing in them are none."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from data import DataError, digit_from_image, load
from data.photo.rules.no_digit import check_strokes

FIVE = load("digits").images[5]


def digit(height: int) -> Image.Image:
    """A digit's ink, white on black, cut out tightly."""
    rows, columns = (np.flatnonzero(FIVE.any(axis)) for axis in (1, 0))
    part = Image.fromarray(FIVE[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return part.resize((height * part.width // part.height, height), Image.Resampling.BICUBIC)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def page(size: tuple[int, int], at: tuple[int, int], height: int) -> Image.Image:
    """White paper with the digit in black."""
    image = Image.new("L", size, 255)
    image.paste(0, at, digit(height))
    return image


PLAIN = digit_from_image(page((120, 120), (40, 30), 60))


@pytest.mark.parametrize(("across", "down"), [(4, 4), (6, 5), (3, 2)])
def test_a_digit_in_one_cell_of_a_table_is_read(across, down):
    """Lost otherwise: the table's lines are read as a digit, or an empty cell is taken for the sheet."""
    image = page((across * 50 + 20, down * 44 + 20), (10 + 50 + 14, 10 + 44 + 7), 30)
    draw = ImageDraw.Draw(image)
    for k in range(across + 1):
        draw.line([10 + 50 * k, 10, 10 + 50 * k, 10 + 44 * down], fill=0)
    for k in range(down + 1):
        draw.line([10, 10 + 44 * k, 10 + 50 * across, 10 + 44 * k], fill=0)
    assert alike(digit_from_image(image), PLAIN) > 0.9


@pytest.mark.parametrize("tooth", [12, 30])
def test_a_comb_s_tooth_is_no_part_of_the_digit_above_it(tooth):
    """Lost otherwise: a low tooth is counted in, and the digit is read with a line under it."""
    image = page((140, 120), (50, 20), 70)
    ImageDraw.Draw(image).line([15, 98 - tooth, 15, 98, 125, 98, 125, 98 - tooth], fill=0, width=3)
    assert alike(digit_from_image(image), PLAIN) > 0.9


@pytest.mark.parametrize("side", [60, 100, 200])
@pytest.mark.parametrize("pen", [2, 4])
def test_a_frame_with_nothing_in_it_is_no_digit(side, pen):
    """Lost otherwise: it is answered for a nought, or offered as two ones, its sides."""
    image = Image.new("L", (side * 3 // 2, side * 3 // 2), 255)
    ImageDraw.Draw(image).rectangle(
        [side // 4, side // 4, side * 5 // 4, side * 6 // 5], outline=0, width=pen
    )
    with pytest.raises(DataError, match="a frame with nothing in it"):
        digit_from_image(image)


def test_ruled_paper_with_nothing_on_it_has_no_ink():
    """Lost otherwise: a traceback."""
    image = Image.new("RGB", (120, 120), (255, 255, 255))
    for y in range(15, 120, 22):
        ImageDraw.Draw(image).line([0, y, 120, y], fill=(60, 60, 160), width=2)
    with pytest.raises(DataError, match="no ink found"):
        digit_from_image(image)


def test_what_is_filled_from_side_to_side_is_no_digit():
    """Lost otherwise: a page of close text is answered for a digit."""
    with pytest.raises(DataError, match="something filled"):
        check_strokes(np.ones((32, 20), np.float32))
    check_strokes(np.ones((32, 12), np.float32))  # a thick one
