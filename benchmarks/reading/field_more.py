"""More kinds of pictures of one digit: pages with holes, cells that were cut off, rings of a pen, faxes.

As in `field_pictures` each kind is a function (ink, rng) -> uint8 picture, ink float32 (28, 28) 0..1. Its
first line states its ranges; what is drawn from a range is drawn evenly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from field_ink import Bytes, Floats, Rng, enlarged, lines_on, lit, photographed, put, to_bytes
from PIL import Image, ImageDraw


def _on_page(ink: Floats, rng: Rng, high: tuple[float, float]) -> tuple[Floats, tuple[int, int, int, int]]:
    """A digit of such a share of a page of 180 to 420 pixels, near its middle; top, left, bottom, right."""
    side = int(rng.integers(180, 421))
    shape = side, round(side * rng.uniform(0.8, 1.3))
    digit = enlarged(ink, int(min(shape) * rng.uniform(*high)))[:, : int(0.6 * shape[1])]
    room = shape[0] - digit.shape[0], shape[1] - digit.shape[1]
    top, left = int(room[0] * rng.uniform(0.4, 0.6)), int(room[1] * rng.uniform(0.4, 0.6))
    box = top, left, top + digit.shape[0], left + digit.shape[1]
    return put(digit, *shape, rng, (top, left)), box


def holes(ink: Floats, rng: Rng) -> Bytes:
    """A photo of a page with 6 to 14 holes of a spiral along its left or upper edge, or two of a punch."""
    page, _ = _on_page(ink, rng, (0.3, 0.45))
    height, width = page.shape
    upright = rng.random() < 0.6
    along = height if upright else width
    image = Image.fromarray(to_bytes(page))
    draw = ImageDraw.Draw(image)
    count = int(rng.integers(6, 15))
    places, size = (np.arange(count) + 0.5) * along / count, along / count * rng.uniform(0.17, 0.27)
    if rng.random() < 0.3:
        places, size = along * np.array([0.3, 0.7]), along * rng.uniform(0.02, 0.04)
    away = min(height, width) * rng.uniform(0.05, 0.08)
    for place in places:
        x, y = (away, place) if upright else (place, away)
        draw.ellipse([x - size, y - size, x + size, y + size], fill=255)
    return photographed(np.asarray(image, np.float32) / 255, rng)


def cut_cell(ink: Floats, rng: Rng) -> Bytes:
    """Two sides of a printed cell that meet in a corner, the others cut off, 8 to 30 % of the digit away."""
    page, (top, left, bottom, right) = _on_page(ink, rng, (0.4, 0.55))
    size = bottom - top
    a, b, c, d = (size * rng.uniform(0.08, 0.3) for _ in range(4))
    x = left - a if rng.random() < 0.5 else right + c
    y = top - b if rng.random() < 0.5 else bottom + d
    lines = [(left - a, y, right + c, y), (x, top - b, x, bottom + d)]
    box = lines_on(page.shape, lines, max(1.0, size * rng.uniform(0.01, 0.03)), rng.uniform(0.6, 1))
    page = np.maximum(page, box)
    return photographed(page, rng) if rng.random() < 0.5 else to_bytes(1 - page)


def ring(ink: Floats, rng: Rng) -> Bytes:
    """A digit that a pen has gone round: a ring that lacks 0 to 25 degrees or overlaps by 12, in a photo."""
    page, (top, left, bottom, right) = _on_page(ink, rng, (0.3, 0.42))
    size = bottom - top
    reach = np.hypot(size, right - left) / 2 + size * rng.uniform(0.12, 0.3)
    high = reach * rng.uniform(0.9, 1)
    x, y, begin = (left + right) / 2, (top + bottom) / 2, rng.uniform(0, 360)
    image = Image.fromarray(to_bytes(page))
    ImageDraw.Draw(image).arc(
        (x - reach, y - high, x + reach, y + high),
        begin,
        begin + rng.uniform(335, 372),
        fill=255,
        width=max(2, round(size * rng.uniform(0.02, 0.06))),
    )
    return photographed(np.asarray(image, np.float32) / 255, rng)


def fax(ink: Floats, rng: Rng) -> Bytes:
    """Greys by dots of black and white (Floyd and Steinberg, 1976), 180 to 420 pixels, lit as photos are."""
    page, _ = _on_page(ink, rng, (0.3, 0.6))
    grey = to_bytes(0.9 * (1 - rng.uniform(0.8, 1) * page) * lit(*page.shape, rng))
    return np.asarray(Image.fromarray(grey).convert("1"), np.uint8) * 255


MORE: dict[str, Callable[[Floats, Rng], Bytes]] = {
    make.__name__: make for make in (holes, cut_cell, ring, fax)
}
