"""Screenshots, displays of bars, crossed noughts, a small digit beside a large one."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from data import DataError, SeveralDigitsError, digit_from_image, load
from data.photo.screens import sheet_in

DIGITS = load("digits").images[:10]
SIDES = {  # of a display's digit: a above, then clockwise, g in the middle
    "a": (20, 0, 60, 10),
    "b": (65, 15, 75, 65),
    "c": (65, 85, 75, 135),
    "d": (20, 140, 60, 150),
    "e": (5, 85, 15, 135),
    "f": (5, 15, 15, 65),
    "g": (20, 70, 60, 80),
}
SHOWN = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two 28x28, moved by a pixel at most."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(np.roll(one, by, (0, 1)).ravel(), other.ravel())[0, 1]) for by in shifts)


def shown(digit: int, gap: int, left: int = 60) -> Image.Image:
    """A display's digit, black on white, its bars shorter by a gap at both ends; 0 leaves none."""
    image = Image.new("L", (200, 250), 255)
    draw = ImageDraw.Draw(image)
    for side in SHOWN[digit]:
        x, y, to_x, to_y = SIDES[side]
        more = np.array([-1, 0, 1, 0] if side in "adg" else [0, -1, 0, 1]) * (8 - gap)
        draw.rectangle((np.array([x, y, to_x, to_y]) + more + [left, 50, left, 50]).tolist(), fill=0)
    return image


@pytest.mark.parametrize("digit", range(10))
def test_the_bars_of_a_display_are_one_digit(digit):
    # Lost otherwise: lying bars were taken for underlines, and what was left was read as another digit.
    assert alike(digit_from_image(shown(digit, 7)), digit_from_image(shown(digit, 0))) > 0.75


def test_two_bars_side_by_side_are_an_eleven():
    image = Image.new("L", (200, 200), 255)
    for left in (80, 102):
        ImageDraw.Draw(image).rectangle((left, 50, left + 10, 150), fill=0)
    with pytest.raises(SeveralDigitsError, match="2 digits are seen"):
        digit_from_image(image)


@pytest.mark.parametrize("size", [32, 60])
def test_a_small_digit_beside_a_large_one_is_not_left_out_silently(size):
    image = Image.new("L", (320, 240), 255)
    image.paste(Image.fromarray(255 - DIGITS[3]).resize((160, 160), Image.Resampling.BICUBIC), (20, 40))
    image.paste(Image.fromarray(255 - DIGITS[2]).resize((size, size), Image.Resampling.BICUBIC), (190, 90))
    with pytest.raises(SeveralDigitsError, match="2 digits are seen"):
        digit_from_image(image)
    assert alike(digit_from_image(image, 1), DIGITS[3]) > 0.85
    assert alike(digit_from_image(image, 2), DIGITS[2]) > 0.7


def test_a_full_stop_behind_a_digit_is_no_digit():
    image = Image.new("L", (280, 240), 255)
    image.paste(Image.fromarray(255 - DIGITS[5]).resize((160, 160), Image.Resampling.BICUBIC), (40, 40))
    for size in (8, 14, 22):
        ImageDraw.Draw(image).ellipse((190, 170 - size, 190 + size, 170), fill=0)
        assert digit_from_image(image).shape == (28, 28)


def ringed(inside: list[tuple[int, int]]) -> Image.Image:
    image = Image.new("L", (240, 240), 255)
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 40, 170, 200), outline=0, width=12)
    draw.line(inside, fill=0, width=10)
    return image


def test_a_crossed_nought_is_a_nought_and_a_one_in_a_ring_a_one():
    plain = digit_from_image(ringed([(0, 0), (0, 0)]))
    for slash in ([(92, 158), (148, 82)], [(98, 150), (142, 90)]):
        assert alike(digit_from_image(ringed(slash)), plain) > 0.85
    assert alike(digit_from_image(ringed([(120, 80), (118, 160)])), plain) < 0.4
    cell = Image.new("L", (240, 240), 255)
    ImageDraw.Draw(cell).line([(92, 158), (148, 82)], fill=0, width=10)
    alone = digit_from_image(cell)
    ImageDraw.Draw(cell).rectangle((60, 50, 180, 190), outline=0, width=3)
    assert alike(digit_from_image(cell), alone) > 0.9


def window(canvas: Image.Image) -> Image.Image:
    """A paint program's window around a canvas: a title, buttons in colours, a ground, a status line."""
    wide, high = canvas.width + 200, canvas.height + 200
    screen = Image.new("RGB", (wide, high), (206, 206, 214))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, wide, 29), fill=(0, 90, 160))
    draw.rectangle((0, 30, wide, 90), fill=(245, 245, 245))
    for number in range(12):
        left = 10 + 30 * number
        draw.rectangle((left, 40, left + 20, 60), fill=(20 * number, 250 - 20 * number, 120))
        draw.text((left, 70), "tool", fill=0)
    draw.rectangle((0, high - 24, wide, high), fill=(240, 240, 240))
    draw.text((8, high - 18), "400 x 300 px", fill=0)
    screen.paste(canvas, (60, 120))
    return screen


@pytest.mark.parametrize("colour", [(0, 0, 0), (237, 28, 36), (63, 72, 204)])
def test_a_drawing_is_read_out_of_the_window_that_it_is_drawn_in(colour):
    # Lost otherwise: buttons and edges of the window are taken for the digit.
    for digit in DIGITS[:4]:
        canvas = Image.new("RGB", (400, 300), "white")
        canvas.paste(colour, (120, 60), Image.fromarray(digit).resize((180, 180), Image.Resampling.BICUBIC))
        assert np.array_equal(digit_from_image(window(canvas)), digit_from_image(canvas))


def test_a_picture_that_is_one_sheet_itself_and_a_photo_stay_as_they_are():
    sheet = np.ones((200, 200, 1), np.float32)
    sheet[40:160, 40:160] = 0
    sheet[50:150, 50:150] = 1
    sheet[90:110, 90:110] = 0
    assert sheet_in(sheet) is sheet
    photo = np.clip(np.random.default_rng(0).normal(0.7, 0.02, (200, 200, 3)), 0, 1).astype(np.float32)
    assert sheet_in(photo) is photo


@pytest.mark.parametrize("side", [800, 1000])
def test_a_digit_of_two_hundredths_of_its_picture_is_found_and_dust_is_not(side):
    # Lost otherwise: "no ink found" of a page with a small digit that anybody sees.
    image = Image.new("L", (side, side), 240)
    image.paste(20, (side // 3, side // 2), Image.fromarray(DIGITS[3]).resize((24, 24)))
    assert alike(digit_from_image(image), DIGITS[3]) > 0.75
    dusty = np.full((side, side), 240, np.uint8)
    rng = np.random.default_rng(2)
    for y, x in rng.integers(20, side - 20, (12, 2)):
        dusty[y : y + 3, x : x + 3] = 30
    with pytest.raises(DataError, match="no ink"):
        digit_from_image(dusty)
