"""A digit on a page, and whether it is what was read, for tests of what lies around it."""

import numpy as np
from PIL import Image

from data import digit_from_image


def page(digit: np.ndarray, at: tuple[int, int] = (60, 60), side: int = 240) -> Image.Image:
    """Black on white, the digit 120 pixels large."""
    image = Image.new("L", (side, side), 255)
    image.paste(Image.fromarray(255 - digit).resize((120, 120), Image.Resampling.BICUBIC), at)
    return image


def assert_arrives(picture, digit: np.ndarray, least: float = 0.85) -> None:
    found = digit_from_image(picture)
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    like = max(np.corrcoef(np.roll(found, by, (0, 1)).ravel(), digit.ravel())[0, 1] for by in shifts)
    assert like > least
