"""What is paper and what is ink: fine strokes, tight crops, labels, a loose foot; and what holds no digit."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from data import DataError, NoInkError, digit_from_image, read_digit


def drawn(size: tuple[int, int], *lines, pen: int, paper: int = 0, ink: int = 255) -> Image.Image:
    page = Image.new("L", size, paper)
    for line in lines:
        ImageDraw.Draw(page).line(line, fill=ink, width=pen, joint="curve")
    return page


@pytest.mark.parametrize("paper", [0, 20])
def test_a_fine_light_pen_on_a_large_dark_page_is_ink_and_what_it_goes_round_is_paper(paper):
    sides = (400, 100), (140, 620), (550, 620)
    page = drawn((700, 1000), sides, ((410, 100), (410, 900)), pen=1, paper=paper, ink=210)

    digit = digit_from_image(page)

    assert np.count_nonzero(digit > 100) < 85  # its triangle, filled, is more


def test_a_blurred_light_digit_on_dark_paper_is_not_what_its_strokes_enclose():
    page = drawn(
        (200, 240), ((70, 70), (140, 70), (100, 170)), ((85, 120), (140, 120)), pen=10, paper=18, ink=150
    )

    digit = digit_from_image(page.filter(ImageFilter.GaussianBlur(5)))

    assert np.count_nonzero(digit[4:9, 8:20].max(0) > 100) > 9  # a seven's roof, from side to side
    assert np.count_nonzero(digit > 100) > 100


def test_the_corners_and_eyes_of_an_eight_cut_out_tightly_are_no_marks_in_rows():
    page = Image.new("L", (129, 233), 210)
    for box in ((12, 0, 116, 110), (0, 100, 128, 232)):
        ImageDraw.Draw(page).ellipse(box, outline=0, width=28)

    assert read_digit(page).count == 1


def test_a_soft_digit_of_few_pixels_that_fills_its_picture_is_ink():
    large = drawn((120, 190), ((8, 10), (110, 10), (40, 182)), pen=16, paper=20, ink=240)
    digit = digit_from_image(large.resize((12, 19), Image.Resampling.BILINEAR))

    assert np.count_nonzero(digit.max(1) > 150) > 18
    roof = digit[np.flatnonzero(digit.max(1) > 150)[0]]
    assert np.count_nonzero(roof > 150) > 8


@pytest.mark.parametrize("paper", [0, 255])
def test_a_bold_digit_that_nearly_fills_its_label_is_read_and_not_the_label(paper):
    page = Image.new("L", (220, 220), paper)
    pen = ImageDraw.Draw(page)
    pen.ellipse((5, 5, 215, 215), fill=255 - paper)
    for line in (((100, 45), (70, 120), (160, 120)), ((140, 50), (130, 185))):
        pen.line(line, fill=paper, width=30, joint="curve")

    digit = digit_from_image(page)

    assert not (digit[10:18, 4:7].max() > 100 and digit[10:18, 21:24].max() > 100)  # the label's sides
    assert digit[13:20, 8:20].max(0).min() > 100  # the bar of a four


TWO = ((45, 75), (55, 50), (85, 42), (112, 58), (112, 88), (50, 160))


@pytest.mark.parametrize(("line", "kept"), [((46, 128), True), ((10, 160), False), ((90, 150), False)])
def test_a_two_keeps_the_foot_that_its_stem_misses_and_loses_an_underline(line, kept):
    page = drawn((170, 220), TWO, ((line[0], 178), (line[1], 178)), pen=10)
    digit = digit_from_image(page)

    below = digit[:, 15:][np.flatnonzero(digit.any(1))[-3:]]
    assert bool(below.max() > 100) == kept


SEVEN, NINE = (
    ((50, 62), (140, 45), (60, 160)),
    ((130, 75), (115, 50), (80, 52), (62, 80), (80, 105), (115, 98), (130, 75), (62, 160)),
)


@pytest.mark.parametrize("digit", [SEVEN, NINE])
def test_an_underline_as_wide_as_a_seven_or_a_nine_is_no_foot(digit):
    bare = digit_from_image(drawn((190, 220), digit, pen=10))
    lined = digit_from_image(drawn((190, 220), digit, ((62, 176), (130, 176)), pen=10))

    assert np.array_equal(lined, bare)


@pytest.mark.parametrize("side", [40, 150])
@pytest.mark.parametrize("values", ["grey", "two"])
def test_noise_all_over_is_no_ink_and_a_digit_in_noise_is_still_seen(side, values):
    rng = np.random.default_rng(side)
    noise = (
        rng.uniform(0, 255, (side, side)) if values == "grey" else 255.0 * (rng.random((side, side)) < 0.4)
    )
    with pytest.raises(NoInkError, match="but noise"):
        digit_from_image(noise.astype(np.uint8))

    page = np.asarray(drawn((150, 150), ((40, 30), (110, 30), (70, 125)), pen=14), float)
    noisy = np.clip(0.5 * page + 60 + rng.normal(0, 50, page.shape), 0, 255).astype(np.uint8)
    assert digit_from_image(noisy).max() > 200


def test_two_dots_are_not_offered_as_digits():
    page = Image.new("L", (200, 200), 255)
    for x, y in ((60, 60), (140, 120)):
        ImageDraw.Draw(page).ellipse((x - 6, y - 6, x + 6, y + 6), fill=0)

    with pytest.raises(DataError, match="2 dots"):
        digit_from_image(page)
