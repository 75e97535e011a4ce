"""A sheet of paper on a desk, seen at an angle, or a disc: the digit on it is read, and not the sheet."""

import numpy as np
import pytest
from framed_pictures import assert_arrives
from PIL import Image, ImageDraw

from data import DataError, SeveralDigitsError, digit_from_image, load
from data.photo.shapes.noughts import is_straight

DIGITS = load("digits").images[:10]
DESKS = ((40, 80, 50), (120, 105, 40), (70, 90, 140), (90, 60, 95))
CORNERS = (
    [(20, 25), (290, 12), (312, 225), (8, 205)],
    [(45, 12), (270, 22), (300, 228), (15, 212)],
)


def on_a_sheet(digit: np.ndarray, desk: tuple[int, int, int], corners) -> Image.Image:
    """A light sheet with these corners, a digit in blue ink on its right, light that falls from the left."""
    image = Image.new("RGB", (320, 240), desk)
    ImageDraw.Draw(image).polygon(corners, fill=(236, 233, 224))
    ink = Image.fromarray(digit).resize((70, 70), Image.Resampling.BICUBIC)
    image.paste((30, 40, 120), (170, 90), ink)
    light = 1 - 0.25 * np.linspace(0, 1, 320)[None, :, None]
    noise = np.random.default_rng(2).normal(0, 2, (240, 320, 3))
    return Image.fromarray(np.clip(np.asarray(image) * light + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("corners", CORNERS)
@pytest.mark.parametrize("desk", DESKS)
def test_the_digit_on_a_sheet_at_an_angle_is_read(desk, corners):
    for digit in DIGITS:
        assert_arrives(on_a_sheet(digit, desk, corners), digit)


@pytest.mark.parametrize("ground", [(30, 30, 30), (20, 90, 50), (150, 30, 30)])
def test_a_light_digit_on_a_dark_disc_is_read(ground):
    for digit in DIGITS:
        image = Image.new("RGB", (260, 240), (245, 244, 240))
        ImageDraw.Draw(image).ellipse([40, 30, 220, 210], fill=ground)
        image.paste((250, 250, 250), (80, 70), Image.fromarray(digit).resize((100, 100)))
        assert_arrives(image, digit)


def on_a_badge(digits, wide: int) -> Image.Image:
    """Light digits side by side on a dark oval, which is a twentieth of its picture at most."""
    image = Image.new("L", (400, 360), 245)
    ImageDraw.Draw(image).ellipse([200 - wide // 2, 90, 200 + wide // 2, 166], fill=40)
    for number, digit in enumerate(digits):
        left = 200 + 30 * number - 15 * len(digits) - 7
        image.paste(245, (left, 106), Image.fromarray(digit).resize((44, 44)))
    return image


def test_a_digit_on_a_small_badge_is_read_and_of_two_each_can_be_picked():
    # Lost otherwise: the badge itself is read for a digit, silently, since it is no sheet by its size.
    assert_arrives(on_a_badge(DIGITS[:1], 76), DIGITS[0])
    two = on_a_badge(DIGITS[[3, 4]], 100)
    with pytest.raises(SeveralDigitsError, match="2 digits are seen; pick one"):
        digit_from_image(two)
    for pick, digit in ((1, DIGITS[3]), (2, DIGITS[4])):
        assert np.corrcoef(digit_from_image(two, pick).ravel(), digit.ravel())[0, 1] > 0.75


@pytest.mark.parametrize(("size", "pen", "dot"), [((60, 80), 25, 0), ((44, 60), 10, 7)])
def test_a_bold_nought_and_one_with_a_dot_in_it_are_no_badge(size, pen, dot):
    # Lost otherwise: a bold nought is read for a one, and the nought of a font for programs for its dot.
    image = Image.new("L", (400, 360), 245)
    pencil = ImageDraw.Draw(image)
    for inset, light in ((0, 20), (pen, 245), (size[0] / 2 - dot, 20))[: 3 if dot else 2]:
        across, down = inset, size[1] / 2 - dot if inset > pen else inset
        pencil.ellipse([150 + across, 100 + down, 150 + size[0] - across, 100 + size[1] - down], fill=light)
    assert (digit_from_image(image)[14, 14] > 100) == (dot > 0)


def test_two_digits_on_a_sheet_are_told():
    image = on_a_sheet(DIGITS[3], DESKS[0], CORNERS[0])
    ink = Image.fromarray(DIGITS[4]).resize((70, 70), Image.Resampling.BICUBIC)
    image.paste((30, 40, 120), (60, 90), ink)
    with pytest.raises(SeveralDigitsError, match="2 digits are seen"):
        digit_from_image(image)


def test_an_empty_sheet_holds_no_digit():
    with pytest.raises(DataError, match="no "):
        digit_from_image(on_a_sheet(np.zeros((28, 28), np.uint8), DESKS[0], CORNERS[0]))


@pytest.mark.parametrize("half", [12, 25])
@pytest.mark.parametrize("ground", [0, 255])
def test_a_bold_nought_is_no_sheet_with_a_hole_in_it(ground, half):
    image = Image.new("L", (200, 200), ground)
    ImageDraw.Draw(image).ellipse([55, 25, 145, 175], fill=255 - ground)
    ImageDraw.Draw(image).ellipse([100 - half, 60, 100 + half, 140], fill=ground)
    found = digit_from_image(image)
    assert found[14, 14] < 100
    assert found[14, 6:10].max() > 200


def test_on_a_pad_with_little_ink_no_sheet_is_looked_for(monkeypatch):
    # Lost otherwise: half a millisecond of each move of a pen.
    pad = np.zeros((280, 280), np.uint8)
    pad[60:220, 130:150] = 255
    before = digit_from_image(pad)
    monkeypatch.setattr("data.photo.shapes.sheets.reduce", None)
    np.testing.assert_array_equal(digit_from_image(pad), before)


@pytest.mark.parametrize("ground", [0, 255])
def test_a_narrow_nought_so_bold_that_a_slit_is_left_is_no_one(ground):
    # Lost otherwise: its slit is read for a one, silently.
    image = Image.new("L", (175, 175), ground)
    draw = ImageDraw.Draw(image)
    draw.ellipse([125, 5, 167, 88], fill=255 - ground)
    draw.ellipse([139, 26, 154, 67], fill=ground)
    found = digit_from_image(image)
    assert found[14, 14] < 100
    assert found[14, 9:12].max() > 200


def test_a_nought_of_a_pen_nearly_as_wide_as_half_of_it_is_no_one():
    image = Image.new("L", (240, 240), 255)
    for turn in np.linspace(0, 2 * np.pi, 200):
        x, y = 120 + 34.5 * np.cos(turn), 120 + 64 * np.sin(turn)
        ImageDraw.Draw(image).ellipse([x - 20, y - 20, x + 20, y + 20], fill=30)
    assert digit_from_image(image)[14, 14] < 100


@pytest.mark.parametrize("long", [70, 92, 130])
def test_a_one_on_an_oval_or_a_disc_is_read_and_not_what_it_is_on(long):
    # Lost otherwise: a nought is read, silently. A nought's hole narrows to its ends, and a stroke does not.
    for left in (20, 45, 60):
        image = Image.new("L", (240, 240), 255)
        draw = ImageDraw.Draw(image)
        draw.ellipse([left, 20, 240 - left, 220], fill=30)
        draw.line([120, 120 - long // 2, 120, 120 + long // 2], fill=240, width=14)
        found = digit_from_image(image)
        assert found[14, 14] > 200
        assert not found[:, :9].any()


def test_ink_in_parts_or_a_few_pixels_high_is_compared_without_a_warning():
    # Lost otherwise: a line of NumPy's beside the answer, of what was divided by nothing.
    whole = np.ones((12, 9), np.bool_)
    for rows in ([0, 1, 10, 11], [5], [5, 6], [4, 5, 6]):
        hole = np.zeros_like(whole)
        hole[rows, 4] = True
        assert is_straight(whole, hole) == (len(rows) == 4)
