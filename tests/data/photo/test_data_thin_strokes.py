"""Digits in strokes of one pixel, in small pictures: bits of them are no digits, and their feet no lines."""

import numpy as np
from PIL import Image, ImageDraw

from data import digit_from_image, read_digit
from data.photo.ink import _clearer_ink
from data.photo.shapes.touching import LIKELY, SURER, parts_that_touch
from data.photo.strokes import Found


def picture(*rows: str, at: tuple[int, int] = (4, 6)) -> np.ndarray:
    """28x28, black on white, # is ink."""
    page = np.full((28, 28), 255, np.uint8)
    for number, row in enumerate(rows):
        for column, mark in enumerate(row):
            page[at[0] + number, at[1] + column] = 0 if mark == "#" else 255
    return page


THREE = (
    "....######.....",
    "..##......##...",
    "............#..",
    "............#..",
    "............#..",
    "...........#...",
    "..........#....",
    "..##..####.....",
    ".#.##.....##...",
    "............#..",
    "............#..",
    ".............#.",
    ".............#.",
    "............#..",
    ".#.........#...",
    "..#......##....",
    "...######......",
)
FOUR = (
    "...........#......",
    "..........#.......",
    "..........#.......",
    ".#.......#........",
    ".#.......#........",
    "#.......#.....#...",
    "#.......#....##...",
    ".#.....#......#...",
    "..######......#...",
    "......#...........",
    "......#...........",
    ".....#............",
    ".....#............",
    ".....#............",
    "......##..........",
)
TWO = (
    "..........#######...........",
    "................##..........",
    "..................#.........",
    "..................#.........",
    "..................#.........",
    "..................#.........",
    ".................#..........",
    "................##..........",
    "...............##...........",
    "...............#............",
    ".............##.............",
    ".............#..............",
    "............##..............",
    "...........###..............",
    "...#......##.###..######....",
    "...##....##.....###.........",
    ".....####...................",
)

EIGHT = (
    "...####....",
    "..##..#....",
    ".##...##...",
    ".#.....#...",
    ".#....##..#",
    ".#....#..##",
    ".##...####.",
    "..#....##..",
    "..##..##...",
    "...###.....",
    "...##......",
    "..##.#.....",
    ".##..##....",
    "##....##...",
    "#......#...",
    "##....##...",
    ".######....",
)
SIX = (
    "......##............",
    "...###..............",
    "..#.................",
    ".#..................",
    "##..................",
    "#...................",
    "#............######.",
    "#..........###....##",
    "##.......###.......#",
    ".#......##........#.",
    ".#.....##.......###.",
    "..#...#......####...",
    "...####....###......",
    ".......#####........",
)

LOW_FIVE = (
    "........######",
    "......##......",
    ".....#........",
    "..............",
    "....##........",
    "......##......",
    "........#.....",
    "#.......#.....",
    ".#######......",
)
OPEN_EIGHT = (
    "...###..........",
    "..#...#.......##",
    "..#....#....##..",
    "..#....##.##....",
    "...#...###......",
    "....###.#.......",
    "....#....#......",
    "...#......#.....",
    "...#......#.....",
    "...#.....#......",
    "....#####.......",
)
BARRED_FIVE = (
    "...#######",
    "..........",
    "..........",
    "..#####...",
    ".......##.",
    ".........#",
    ".........#",
    "#........#",
    ".#......#.",
    "..######..",
)
BENT_TWO = ((14, 12), (34, 12), (38, 20), (36, 28), (18, 44), (7, 51), (6, 53), (14, 55), (24, 54), (46, 51))


def reach(ink: np.ndarray) -> tuple[int, int]:
    there = ink > 64
    return int(np.ptp(np.flatnonzero(there.any(1)))) + 1, int(np.ptp(np.flatnonzero(there.any(0)))) + 1


def test_a_broken_three_is_no_frame_around_its_own_middle():
    assert reach(digit_from_image(picture(*THREE))) == (20, 16)


def test_a_four_at_the_border_is_no_line_beside_a_blot():
    height, width = reach(digit_from_image(picture(*FOUR, at=(6, 0))))
    assert height == 20
    assert width > 14


def test_the_waved_foot_of_a_two_is_no_underline():
    height, width = reach(digit_from_image(picture(*TWO, at=(6, 0))))
    assert width == 20
    assert height < 19


def test_a_two_whose_stem_runs_into_its_foot_stands_on_no_underline():
    # Lost otherwise: it is read as a seven.
    page = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(page).line(BENT_TWO)
    height, width = reach(digit_from_image(page))
    assert height == 20
    assert width > 17


def test_a_five_in_two_strokes_at_the_border_keeps_both():
    # Lost otherwise: its bow is taken for a table's line, and the bar is refused as one.
    height, width = reach(digit_from_image(picture(*LOW_FIVE, at=(19, 6))))
    assert width == 20
    assert height > 11
    # Lost otherwise: in ten rows two are no fifth of a digit's height, and its bar is left out.
    assert reach(digit_from_image(picture(*BARRED_FIVE)))[0] == 20


def test_a_digit_that_was_stretched_is_brought_to_a_digits_width():
    # Lost otherwise: one of a hundred stretched digits is read as another.
    page = np.full((120, 200), 255, np.uint8)
    page[40:80, 40:46] = page[40:80, 154:160] = page[40:46, 40:160] = page[74:80, 40:160] = 0
    found = digit_from_image(page, 1)  # picked, for so wide a frame looks like no digit
    height, width = (np.ptp(np.flatnonzero(found.any(axis))) + 1 for axis in (1, 0))
    assert (height, width) == (18, 20)


def test_a_small_wide_six_and_a_narrow_eight_are_one_digit_each():
    # Lost otherwise: "2 digits that touch are seen" in one.
    for rows in (SIX, EIGHT, OPEN_EIGHT):
        assert read_digit(picture(*rows)).count == 1
    narrow = np.array([[mark == "#" for mark in row] for row in EIGHT], np.float32)
    assert parts_that_touch(narrow, LIKELY - SURER) is None


def test_two_small_twos_in_lines_that_touch_are_two():
    # Lost otherwise: they are read as one digit, which neither is.
    page = Image.new("L", (61, 61), 255)
    for left in (20, 30):
        ImageDraw.Draw(page).line([left, 20, left + 10, 20, left, 40, left + 10, 40])
    assert read_digit(page, pick=1).count == 2


def test_what_a_fine_line_encloses_on_a_dark_page_is_paper_however_clear_it_looks():
    """Lost otherwise: a six of one light pixel on a large page is read inside out, for a nought."""
    page, hole = Image.new("L", (180, 230)), Image.new("1", (180, 230))
    ImageDraw.Draw(page).line([60, 40, 55, 150, 90, 190], fill=60, width=2)
    ImageDraw.Draw(page).ellipse([90, 90, 150, 190], outline=60, width=2)
    ImageDraw.Draw(hole).ellipse([93, 93, 147, 187], fill=1)
    grey = np.asarray(page, np.float32) / 255
    line, inner = grey > 0, np.asarray(hole)
    light = Found(line.astype(np.float32), line, 0.06, known=True)
    dark = Found(inner.astype(np.float32), inner, 0.17)
    assert _clearer_ink(grey, dark, light, None) is light
