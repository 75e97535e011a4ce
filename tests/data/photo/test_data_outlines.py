"""A digit drawn as its outline alone is filled, and nothing else is."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import data
from data.photo.pixels.morphology import box_of
from data.photo.shapes.outlines import without_outline


def drawn(lines: list[list[tuple[int, int]]]) -> np.ndarray:
    """Ink 0..1 of strokes 26 pixels wide in 200x200."""
    page = Image.new("L", (200, 200))
    draw = ImageDraw.Draw(page)
    for line in lines:
        draw.line(line, fill=255, width=26, joint="curve")
    return np.asarray(page, np.float32) / 255


FIVE = [[(150, 35), (62, 35), (58, 92), (120, 92), (146, 130), (120, 168), (50, 168)]]
ONE = [[(104, 30), (96, 172)]]
SIX = [[(120, 18), (62, 90), (45, 140), (80, 182), (130, 180), (155, 145), (120, 108), (54, 125)]]
SEVEN = [[(50, 40), (150, 40), (90, 170)]]


def outlined(ink: np.ndarray) -> np.ndarray:
    inner = Image.fromarray(np.asarray(ink * 255, np.uint8)).filter(ImageFilter.MinFilter(7))
    return ink - np.asarray(inner, np.float32) / 255


def cut(ink: np.ndarray) -> np.ndarray:
    return ink[box_of(ink > 0.5)]


def test_an_outlined_digit_is_read_as_the_filled_one_is():
    for lines in (FIVE, SEVEN, SIX):
        ink = drawn(lines)
        filled = data.digit_from_image(np.asarray(255 - 255 * ink, np.uint8)).astype(float)
        again = data.digit_from_image(np.asarray(255 - 255 * outlined(ink), np.uint8)).astype(float)
        assert np.minimum(filled, again).sum() > 0.85 * max(filled.sum(), again.sum())


def test_an_outlined_one_is_no_narrow_nought():
    part = cut(outlined(drawn(ONE)))
    assert part.mean() < 0.5
    assert without_outline(part).mean() > 0.7


def test_holes_of_strokes_stay_open():
    # Lost otherwise: noughts, and those with a loop inside, become blots.
    ring = Image.new("L", (200, 200))
    draw = ImageDraw.Draw(ring)
    draw.ellipse([50, 20, 150, 180], outline=255, width=9)
    nought = np.asarray(ring, np.float32) / 255
    draw.line([(100, 20), (118, 70)], fill=255, width=9)
    looped = np.asarray(ring, np.float32) / 255
    for ink in (nought, looped, nought.T, drawn(FIVE), drawn(SEVEN)):
        part = cut(ink)
        assert without_outline(part) is part
    digits = data.load("digits").images
    for image in digits[::3]:
        part = cut(image / np.float32(255))
        assert without_outline(part) is part


def test_the_outline_of_a_digit_with_an_eye_is_no_ring_around_it():
    nine = [[(140, 70), (100, 40), (62, 75), (96, 112), (142, 80), (150, 60), (128, 182)]]
    eight = [[(100, 30), (60, 60), (140, 135), (100, 172), (60, 135), (140, 60), (100, 30)]]
    for lines in (nine, eight):
        ink = drawn(lines)
        picture = np.asarray(255 - 240 * outlined(ink), np.uint8)
        filled = data.digit_from_image(np.asarray(255 - 255 * ink, np.uint8)).astype(float)
        again = data.digit_from_image(picture).astype(float)
        assert np.minimum(filled, again).sum() > 0.85 * max(filled.sum(), again.sum())
