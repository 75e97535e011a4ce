"""Pencil and chalk: what paper's grain makes of strokes is still one digit, beside black lines too."""

import numpy as np
import pytest
from digit_pictures import bytes_of
from framed_pictures import assert_arrives
from PIL import Image, ImageFilter

from data import load

DIGITS = load("digits", "all").images


def grainy(digit: np.ndarray, rng: np.random.Generator, side: int, soft: float, cover: float) -> np.ndarray:
    """A digit's ink 0..1, side pixels large, covering more or less of a rough paper's grain."""
    big = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC), np.float32)
    rough = Image.fromarray(bytes_of(rng.random((side, side)))).filter(ImageFilter.GaussianBlur(soft))
    grain = np.asarray(rough, np.float32)
    grain = (grain - grain.mean()) / grain.std()
    return np.clip((big / 255 - 0.4) * 4, 0, 1) * np.clip(0.5 + 0.5 * grain + cover, 0, 1)


def pencil_in_a_cell(number: int, dark: float, cover: float) -> np.ndarray:
    """A digit in pencil in a cell of two black lines' width, 160 pixels high."""
    rng = np.random.default_rng(number)
    page = np.ones((160, 192), np.float32)
    page[35:125, 51:141] -= dark * grainy(DIGITS[number], rng, 90, 0.8, cover)
    page[[8, 9, 150, 151]] = 0.05
    page[:, [8, 9, 182, 183]] = 0.05
    printed = Image.fromarray(bytes_of(page)).filter(ImageFilter.GaussianBlur(0.5))
    return bytes_of((np.asarray(printed) + rng.normal(0, 2, page.shape)) / 255)


def chalk(number: int) -> np.ndarray:
    """A digit in chalk on a board, 160 pixels large."""
    rng = np.random.default_rng(number)
    board = np.full((160, 160), 0.18, np.float32)
    board[25:135, 25:135] += 0.7 * grainy(DIGITS[number], rng, 110, 1, 0)
    return bytes_of(board + rng.normal(0, 3 / 255, board.shape))


def pale_in_a_small_cell(number: int, height: int, width: int, size: int) -> np.ndarray:
    """A digit in pale ink, so many pixels large, in a small printed cell; a scanner's noise."""
    rng = np.random.default_rng(number)
    page = np.full((height, width), 0.98, np.float32)
    big = np.asarray(Image.fromarray(DIGITS[number]).resize((size, size), Image.Resampling.BICUBIC))
    top, left = (height - size) // 2, max(0, (width - size) // 2)
    pale = 0.35 * big[:, :width] / np.float32(255)
    page[top : top + size, left : left + pale.shape[1]] -= pale
    page[[3, height - 5]] = page[:, [3, width - 5]] = 0.3
    return bytes_of(page + rng.normal(0, 0.01, page.shape))


@pytest.mark.parametrize(
    ("number", "dark", "cover"), [(0, 0.45, 0.2), (5, 0.45, 0.2), (7, 0.45, 0.2), (3, 0.35, 0), (21, 0.35, 0)]
)
def test_pencil_in_a_cell_of_black_lines_is_ink_and_no_stray_tone(number, dark, cover):
    # Lost otherwise: the darker half of a pencil's strokes is read for the digit, silently, or nothing is.
    assert_arrives(pencil_in_a_cell(number, dark, cover), DIGITS[number], 0.8)


def test_the_grain_of_chalk_is_no_row_of_marks():
    # Lost otherwise: "8 digits are seen" in one digit's grain.
    assert_arrives(chalk(12), DIGITS[12], 0.9)


def test_of_two_inks_nearly_as_clear_in_a_cell_the_smoothed_picture_decides():
    # Lost otherwise: "2 digits are seen" in the paper between a pale digit and the lines of its cell.
    assert_arrives(pale_in_a_small_cell(289, 81, 122, 42), DIGITS[289])
