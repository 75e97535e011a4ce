"""Shadows of an arm, of fingers, of a phone: the digit in them or beside them is read, and not they."""

import numpy as np
import pytest
from framed_pictures import assert_arrives, page
from PIL import Image, ImageDraw, ImageFilter

from data import SeveralDigitsError, digit_from_image, load
from data.photo.shadows import _spread, without_shadows

DIGITS = load("digits").images[:10]


def arm(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(120, 0), (200, 0), (240, 240), (160, 240)], fill=255)


def fingers(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([90, 180, 290, 380], fill=255)
    for x in (96, 146, 196, 246):
        draw.line([x, 230, x + 4, 120 + abs(x - 170) // 3], fill=255, width=34)


@pytest.mark.parametrize("soft", [4, 12])
@pytest.mark.parametrize("shadow", [arm, fingers])
def test_a_digit_in_a_shadow_is_read_without_it(shadow, soft):
    cast = Image.new("L", (320, 240))
    shadow(ImageDraw.Draw(cast))
    light = 1 - 0.45 * np.asarray(cast.filter(ImageFilter.GaussianBlur(soft)), np.float32) / 255
    noise = np.random.default_rng(6).normal(0, 2, (240, 320, 3))
    for digit in DIGITS:
        image = Image.new("RGB", (320, 240), (240, 238, 230))
        image.paste(
            (40, 45, 60), (130, 85), Image.fromarray(digit).resize((90, 90), Image.Resampling.BICUBIC)
        )
        picture = np.clip(np.asarray(image) * light[:, :, None] + noise, 0, 255).astype(np.uint8)
        found = digit_from_image(picture)
        shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        like = max(np.corrcoef(np.roll(found, by, (0, 1)).ravel(), digit.ravel())[0, 1] for by in shifts)
        assert like > 0.85


@pytest.mark.parametrize("cast", [[(0, 240), (60, 90), (300, 100)], [(160, 0), (240, 0), (235, 110)]])
def test_a_hard_shadow_across_a_digit_or_beside_it_is_no_digit(cast):
    # Lost otherwise: a corner of the shadow is told as a second digit, or read with the first.
    lit = Image.new("L", (240, 240), 235)
    ImageDraw.Draw(lit).polygon(cast, fill=125)
    for digit in DIGITS[:4]:
        ink = np.asarray(page(digit, (20, 90)), float) / 255
        assert_arrives((np.asarray(lit) * (0.1 + 0.9 * ink)).astype(np.uint8), digit)


@pytest.mark.parametrize(
    "points", [[(0, 0), (70, 0), (25, 120)], [(0, 18), (35, 0), (70, 30), (4, 120), (70, 120)]]
)
def test_a_digit_of_a_broader_and_paler_pen_beside_another_is_no_shadow(points):
    image = Image.new("L", (300, 200), 240)
    draw = ImageDraw.Draw(image)
    draw.line([(40 + x, 40 + y) for x, y in points], fill=130, width=20, joint="curve")
    draw.line([(211, 40), (190, 112), (260, 112)], fill=30, width=5, joint="curve")
    noisy = np.asarray(image) + np.random.default_rng(1).normal(0, 3, (200, 300))
    with pytest.raises(SeveralDigitsError, match="2 digits"):
        digit_from_image(np.clip(noisy, 0, 255).astype(np.uint8))


def chalk(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(0, 240), (0, 90), (240, 150), (240, 240)], fill=70)
    draw.ellipse((180, 170, 222, 225), outline=20, width=9)
    draw.line([(50, 70), (140, 70), (140, 110), (60, 170)], fill=240, width=14)


def label(draw: ImageDraw.ImageDraw) -> None:
    draw.line([(30, 60), (90, 60), (40, 200)], fill=20, width=24)
    draw.rectangle((150, 100, 189, 139), fill=150)


@pytest.mark.parametrize(("paper", "drawn"), [(120, chalk), (240, label)])
def test_a_wiped_board_and_a_pale_mark_beside_the_ink_are_no_shadows(paper, drawn):
    # Lost otherwise: the board around chalk is lit as if it were paper, and a mark beside a digit is gone.
    image = Image.new("L", (240, 240), paper)
    drawn(ImageDraw.Draw(image))
    grey = np.clip(np.asarray(image) + np.random.default_rng(1).normal(0, 2, (240, 240)), 0, 255)
    picture = (grey / 255).astype(np.float32)
    assert without_shadows(picture) is picture


def test_where_nothing_is_known_of_the_light_nothing_is_spread():
    # Lost otherwise: the search for the nearest light would never end.
    assert not _spread(np.zeros((4, 5), np.float32)).any()


def test_a_shade_that_fades_is_left_as_it_is():
    # Lost otherwise: a part of it is lit, and ends in an edge that is taken for ink.
    y, x = np.mgrid[-1:1:260j, -1:1:336j]
    sheet = (0.95 * (1 - 0.4 / (1 + np.exp((x + 0.5 * y + 0.4) * 8)))).astype(np.float32)
    sheet[90:190, 200:216] *= 0.2
    assert without_shadows(sheet) is sheet
