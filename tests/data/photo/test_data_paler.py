"""Digits in several pens and lights: a pale one is counted too, rows close together are told apart."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from data import SeveralDigitsError, TooPaleError, digit_from_image, load, read_digit

DIGITS = load("digits").images[:10]
SIZE = 84  # pixels of a digit's 28, of which it is some 60 high


def sheet(lines, pens, down=SIZE, noise=2.0, paper=240.0) -> np.ndarray:
    """Rows of digits on paper, uint8 (h, w); pens: the share of light that each takes away."""
    page = np.zeros((down * (len(lines) - 1) + SIZE + 40, SIZE * max(map(len, lines)) + 40))
    for y, line in enumerate(lines):
        for x, digit in enumerate(line):
            big = Image.fromarray(DIGITS[digit]).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
            there = page[20 + down * y :, 20 + SIZE * x :][:SIZE, :SIZE]
            np.maximum(there, pens[y][x] * np.asarray(big) / 255, out=there)
    grain = np.random.default_rng(0).normal(0, noise, page.shape)
    return np.clip(paper * (1 - page) + grain, 0, 255).astype(np.uint8)


def told(picture) -> SeveralDigitsError:
    with pytest.raises(SeveralDigitsError) as error:
        digit_from_image(picture)
    return error.value


@pytest.mark.parametrize("paleness", [0.15, 0.3])
@pytest.mark.parametrize("place", range(4))
def test_a_pale_digit_in_a_row_of_dark_ones_is_counted_told_and_picked(place, paleness):
    """Lost otherwise: the count is one short, and every pick behind it is another digit."""
    pens = [paleness if place == at else 0.85 for at in range(4)]
    picture = sheet([[3, 0, 5, 2]], [pens])
    error = told(picture)
    assert error.count == 4
    assert f"4 digits are seen, number {place + 1} much paler than the rest; pick one" in str(error)
    for pick, digit in enumerate([3, 0, 5, 2], 1):
        assert np.corrcoef(read_digit(picture, pick).image.ravel(), DIGITS[digit].ravel())[0, 1] > 0.75


@pytest.mark.parametrize(("noise", "paper"), [(0.0, 255.0), (2.0, 240.0)])
def test_a_pale_digit_beside_a_single_dark_one_is_not_passed_over(noise, paper):
    """Lost otherwise: the dark one is answered for, without a word of the other."""
    assert told(sheet([[4, 3]], [[0.9, 0.25]], noise=noise, paper=paper)).count == 2


def test_a_pale_digit_below_a_shadows_edge_is_no_part_of_the_shadow():
    picture = sheet([[7, 2, 5, 3]], [[0.85, 0.85, 0.85, 0.3]]).astype(float)
    picture[:30] *= 0.7
    assert told(picture.astype(np.uint8)).count == 4


def test_pens_in_a_glare_are_counted():
    y, x = np.mgrid[: SIZE + 40, : 4 * SIZE + 40]
    glare = 0.75 * np.exp(-((y - 60) ** 2 + (x - 150) ** 2) / 60**2)
    page = sheet([[3, 2, 5, 8]], [[0.8, 0.7, 0.8, 0.75]], paper=215.0)
    assert told((page + (255 - page) * glare).astype(np.uint8)).count == 4


def test_what_is_left_of_squared_paper_is_no_pale_digit():
    for shade in (0.75, 0.9):
        page = sheet([[3, 0, 5]], [[0.85] * 3]).astype(float)
        page[10::34] *= shade
        page[:, 10::34] *= shade
        assert told(page.astype(np.uint8)).count == 3


def test_a_pale_stain_beside_a_digit_is_none():
    image = Image.fromarray(sheet([[4, 4]], [[0.9, 0.0]]))
    ImageDraw.Draw(image).ellipse([120, 30, 170, 95], fill=190)
    assert read_digit(image).count == 1


def test_something_too_pale_to_be_sure_of_is_asked_about():
    """Lost otherwise: the dark digit is answered for, though another seems to stand beside it."""
    image = Image.fromarray(sheet([[4, 4]], [[0.9, 0.0]]))
    draw = ImageDraw.Draw(image)
    draw.arc([118, 34, 160, 150], 180, 360, fill=185, width=7)
    with pytest.raises(TooPaleError, match="beside the digit is too pale to tell whether it is another"):
        digit_from_image(image)
    assert np.corrcoef(digit_from_image(image, 1).ravel(), DIGITS[4].ravel())[0, 1] > 0.75


@pytest.mark.parametrize("width", [2, 3])
def test_rows_so_close_that_they_nearly_touch_are_told_apart(width):
    """Lost otherwise: digits above one another are read as one."""
    lines = [[3, 2, 5][:width], [8, 0, 6][:width]]
    picture = sheet(lines, [[0.85] * width] * 2, down=70)
    assert told(picture).count == 2 * width
    for pick, digit in enumerate(lines[0] + lines[1], 1):
        assert np.corrcoef(read_digit(picture, pick).image.ravel(), DIGITS[digit].ravel())[0, 1] > 0.7


def test_digits_that_a_crease_cuts_in_two_stay_whole():
    """Their halves stand in two rows as well, but are broader than they are high."""
    picture = sheet([[3, 2]], [[0.85] * 2])
    picture[60:64] = 240
    assert told(picture).count == 2


@pytest.mark.parametrize("side", ["below", "left"])
def test_a_row_on_a_sheet_whose_desk_is_seen_along_one_side_can_be_picked_from(side):
    picture = sheet([[3, 0, 5, 2]], [[0.85] * 4])
    picture[(slice(-9, None), slice(None)) if side == "below" else (slice(None), slice(9))] = 70
    assert told(picture).count == 4
    assert np.corrcoef(read_digit(picture, 3).image.ravel(), DIGITS[5].ravel())[0, 1] > 0.75


def test_a_pale_hair_beside_a_digit_is_no_one():
    """Lost otherwise: what a shadow's edge leaves of a line of squared paper is counted."""
    page = sheet([[4, 4]], [[0.9, 0.0]])
    page[36:92, 140:142] -= 60
    assert read_digit(page).count == 1


def test_a_pale_digit_close_to_dark_ones_is_not_lost_beside_them():
    """Lost otherwise: the ink next to it counts as full, and its own as none."""
    page = sheet([[3, 0, 5, 2]], [[0.85, 0.3, 0.85, 0.85]])
    blank = (page < 200).sum(0) == 0
    runs = np.flatnonzero(~blank)
    kept = np.ones(page.shape[1], bool)
    for first, last in pairwise(runs):  # columns between digits, all but 14
        kept[first + 8 : last - 7] = False
    assert told(page[:, kept]).count == 4
