"""Dust, dots, combs, lines that touch, chalk, notes on a desk: the digit arrives as it does without them."""

import numpy as np
import pytest
from digit_pictures import bytes_of
from framed_pictures import assert_arrives
from PIL import Image, ImageDraw

from data import digit_from_image, load

DIGITS = load("digits").images[:10]


def page(digit: np.ndarray, size: int = 120, height: int = 240, width: int = 240) -> Image.Image:
    """Black on white, the digit in the middle."""
    image = Image.new("L", (width, height), 255)
    big = Image.fromarray(255 - digit).resize((size, size), Image.Resampling.BICUBIC)
    image.paste(big, ((width - size) // 2, (height - size) // 2))
    return image


def box(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the ink."""
    dark = np.asarray(image) < 128
    columns, rows = np.flatnonzero(dark.any(0)), np.flatnonzero(dark.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


@pytest.mark.parametrize("low", [0.4, 0.75])
def test_the_tooth_of_a_comb_in_which_a_digit_stands_is_no_digit(low):
    """Forms have such fields: a line below and one up from each end, which was read in the digit's place."""
    for digit in DIGITS:
        image = page(digit)
        ImageDraw.Draw(image).line([20, 240 * low, 20, 220, 220, 220, 220, 240 * low], fill=60, width=3)
        assert_arrives(image, digit, 0.88)


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_salt_and_pepper_does_not_make_the_paper_the_ink(light, share):
    rng = np.random.default_rng(3)
    for digit in DIGITS:
        ink = np.asarray(page(digit)) if not light else 255 - np.asarray(page(digit))
        hit = rng.random(ink.shape)
        assert_arrives(
            np.where(hit < share / 2, 0, np.where(hit > 1 - share / 2, 255, ink)).astype(np.uint8), digit, 0.8
        )


def test_dust_on_clean_paper_is_no_ink():
    rng = np.random.default_rng(4)
    for digit in DIGITS:
        image = page(digit)
        draw = ImageDraw.Draw(image)
        for x, y in rng.uniform(0, 240, (50, 2)):
            draw.ellipse([x - 2, y - 2, x + 2, y + 2], fill=40)
        assert_arrives(image, digit, 0.8)


def test_dotted_paper_and_dotted_cells_leave_the_digit():
    for digit in DIGITS:
        dotted, cell = page(digit), page(digit)
        for draw, places in (
            (ImageDraw.Draw(dotted), [(x, y) for x in range(8, 240, 16) for y in range(8, 240, 16)]),
            (ImageDraw.Draw(cell), [(x, y) for x in range(12, 229, 6) for y in (12, 228)]),
        ):
            for x, y in places:
                draw.rectangle([x, y, x + 2, y + 2], fill=90)
        assert_arrives(dotted, digit, 0.8)
        assert_arrives(cell, digit)


@pytest.mark.parametrize("teeth", [0.3, 1.0])
@pytest.mark.parametrize("at", [0, 3])
def test_a_digit_in_a_row_of_cells_is_read_whether_these_are_open_or_not(teeth, at):
    for digit in DIGITS:
        image = Image.new("L", (540, 130), 255)
        image.paste(page(digit, 70, 96, 80), (11 + 90 * at, 12))
        draw = ImageDraw.Draw(image)
        draw.line([6, 114, 6 + 90 * 5, 114], fill=60, width=2)
        if teeth == 1:
            draw.line([6, 8, 6 + 90 * 5, 8], fill=60, width=2)
        for cell in range(6):
            draw.line([6 + 90 * cell, 114, 6 + 90 * cell, 114 - 106 * teeth], fill=60, width=2)
        assert_arrives(image, digit)


@pytest.mark.parametrize("longer", [0.35, 0.7])
@pytest.mark.parametrize("overlap", [0, 3])
def test_a_line_that_the_digit_stands_on_is_left_out(longer, overlap):
    for digit in DIGITS:
        image = page(digit)
        left, _, right, bottom = box(image)
        out = longer * max(right - left, 40)
        ImageDraw.Draw(image).line(
            [left - out, bottom - overlap, right + out, bottom - overlap], fill=0, width=4
        )
        assert_arrives(image, digit)


def test_a_margin_line_beside_the_digit_is_no_one():
    for digit in DIGITS:
        image = page(digit)
        left, top, _, bottom = box(image)
        ImageDraw.Draw(image).line([left - 20, top - 20, left - 20, bottom + 20], fill=0, width=3)
        assert_arrives(image, digit)


def test_a_long_stroke_of_one_pixel_is_no_rule():
    image = Image.new("L", (200, 200), 255)
    draw = ImageDraw.Draw(image)
    draw.line([60, 16, 60, 110, 150, 110], fill=0)
    draw.line([140, 16, 140, 184], fill=0)
    found = digit_from_image(image)
    assert (found[-10:].max(1) > 100).sum() >= 5  # the stem goes on below the bar


def test_ends_of_neighbours_at_the_border_are_left_out():
    for digit in DIGITS:
        image = page(digit, 120, 150, 150)
        draw = ImageDraw.Draw(image)
        draw.arc([-60, 20, 12, 130], -90, 90, fill=0, width=8)
        draw.line([146, 15, 146, 135], fill=0, width=10)
        assert_arrives(image, digit)


def test_grainy_chalk_is_one_digit():
    grain = np.random.default_rng(5).uniform(0, 1, (120, 120)).astype(np.float32)
    grain = np.asarray(Image.fromarray(grain).resize((240, 240), Image.Resampling.BICUBIC))
    for digit in DIGITS:
        ink = 1 - np.asarray(page(digit), np.float32) / 255
        assert_arrives(bytes_of(0.2 + 0.7 * ink * np.clip(0.6 + 1.5 * (grain - 0.5), 0, 1)), digit, 0.8)


@pytest.mark.parametrize("degrees", [-7, 7])
def test_a_note_askew_on_a_dark_desk_is_paper(degrees):
    noise = np.random.default_rng(6).normal(0, 0.02, (320, 320))
    for digit in DIGITS:
        note = page(digit).convert("RGBA").rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        desk = Image.new("RGBA", (320, 320), (60, 60, 60, 255))
        desk.alpha_composite(note, ((320 - note.width) // 2, (320 - note.height) // 2))
        assert_arrives(bytes_of(np.asarray(desk.convert("L")) / 255 + noise), digit, 0.75)


def test_a_hand_s_shadow_with_a_hard_edge_is_no_stroke():
    y, x = np.indices((240, 240))
    shadow = 1 - 0.45 * (np.hypot(x - 110, y - 150) < 70)
    noise = np.random.default_rng(7).normal(0, 0.01, (240, 240))
    for digit in DIGITS:
        ink = 1 - np.asarray(page(digit, 100), np.float32) / 255
        assert_arrives(bytes_of(0.93 * (1 - 0.85 * ink) * shadow + noise), digit, 0.8)


def test_a_white_digit_on_a_dark_label_is_still_the_digit():
    for digit in DIGITS:
        image = Image.new("L", (300, 300), 240)
        image.paste(page(digit).point(lambda value: 20 + (255 - value) * 210 // 255), (30, 30))
        assert_arrives(image, digit)


def test_a_very_wide_two_is_no_dash():
    wide = page(DIGITS[2]).crop(box(page(DIGITS[2]))).resize((240, 100))
    image = Image.new("L", (300, 160), 255)
    image.paste(wide, (30, 30))
    assert digit_from_image(image).shape == (28, 28)


@pytest.mark.parametrize("turned", [False, True])
def test_a_digit_on_a_long_strip_of_paper_is_read(turned):
    light = np.linspace(0.95, 0.8, 900)[None, :]
    noise = np.random.default_rng(8).normal(0, 0.01, (90, 900))
    for digit in DIGITS:
        image = Image.new("L", (90, 900) if turned else (900, 90), 255)
        image.paste(page(digit, 80, 86, 80), (5, 600) if turned else (600, 2))
        strip = 1 - 0.85 * (1 - np.asarray(image) / 255)
        assert_arrives(
            bytes_of(strip * (light.T if turned else light) + (noise.T if turned else noise)), digit
        )


@pytest.mark.parametrize("holes", ["spiral", "punch"])
def test_holes_along_the_edge_of_a_page_are_no_digits(holes):
    # Lost otherwise: a page out of a notebook is told as many digits, or its holes are read.
    for digit in DIGITS:
        image = page(digit, 110, 240, 260)
        draw = ImageDraw.Draw(image)
        for y in (70, 170) if holes == "punch" else range(12, 240, 24):
            draw.ellipse([12, y - 5, 22, y + 5], fill=40)
        assert_arrives(image, digit, 0.8)
