"""Digits as people, print and displays have them, as ink: of a few strokes, of bars, of dots of light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from small_nets import Floats, Rng

SIDE = 80  # pixels of the page that all of it is drawn on
Path = list[tuple[float, float]]


def _arc(x: float, y: float, wide: float, high: float, begin: float, end: float) -> Path:
    """An ellipse's part around (x, y), by degrees clockwise from its right."""
    turn = np.deg2rad(np.linspace(begin, end, 12))
    return list(zip((x + wide * np.cos(turn)).tolist(), (y + high * np.sin(turn)).tolist(), strict=True))


# Each digit's forms, of strokes in shares of its box; what is open in one is closed in another.
_FORMS: tuple[tuple[list[Path], ...], ...] = (
    ([_arc(0.5, 0.5, 0.4, 0.5, -90, 270)], [_arc(0.5, 0.5, 0.45, 0.5, -80, 255)]),
    (
        [[(0.5, 0), (0.5, 1)]],
        [[(0.15, 0.3), (0.55, 0), (0.55, 1)]],
        [[(0.25, 0.2), (0.5, 0), (0.5, 1)], [(0.2, 1), (0.8, 1)]],
        [[(0.0, 0.45), (0.6, 0), (0.6, 1)]],
    ),
    (
        [[*_arc(0.5, 0.28, 0.4, 0.28, -180, 40), (0.1, 1), (0.95, 1)]],
        [[*_arc(0.45, 0.28, 0.4, 0.28, -160, 70), *_arc(0.25, 0.88, 0.18, 0.12, 120, 330), (0.95, 1)]],
        [[(0.05, 0), (0.9, 0), (0.05, 1), (0.95, 1)]],
    ),
    (
        [[*_arc(0.45, 0.25, 0.4, 0.25, -160, 90), *_arc(0.45, 0.74, 0.45, 0.26, -90, 160)]],
        [[(0.1, 0), (0.85, 0), (0.4, 0.4), *_arc(0.45, 0.7, 0.45, 0.3, -80, 160)]],
    ),
    (
        [[(0.25, 0), (0.05, 0.6), (0.95, 0.6)], [(0.7, 0.2), (0.65, 1)]],
        [[(0.7, 1), (0.7, 0), (0.02, 0.68), (0.98, 0.68)]],
        [[(0.1, 0), (0.08, 0.5), (0.85, 0.5)], [(0.85, 0), (0.85, 1)]],
    ),
    (
        [[(0.85, 0), (0.15, 0), (0.12, 0.42), *_arc(0.45, 0.68, 0.45, 0.32, -110, 150)]],
        [[(0.15, 0.02), (0.12, 0.42), *_arc(0.45, 0.68, 0.45, 0.32, -110, 150)], [(0.15, 0.02), (0.9, 0)]],
    ),
    (
        [[(0.75, 0), *_arc(0.5, 0.68, 0.42, 0.32, -180, 190)]],
        [[*_arc(0.55, 0.5, 0.45, 0.5, -60, -180), *_arc(0.5, 0.7, 0.4, 0.3, -180, 180)]],
        [[(0.2, 0), (0.12, 0.7), *_arc(0.45, 0.75, 0.33, 0.25, 180, -150)]],
    ),
    (
        [[(0.05, 0), (0.95, 0), (0.4, 1)]],
        [[(0.05, 0), (0.95, 0), (0.4, 1)], [(0.3, 0.5), (0.9, 0.5)]],
        [[(0.05, 0.18), (0.05, 0), (0.95, 0), (0.45, 1)]],
        [[(0.05, 0), (0.95, 0), (0.5, 1)], [(0.3, 1), (0.75, 1)]],
    ),
    (
        [_arc(0.5, 0.25, 0.35, 0.25, 90, 450), _arc(0.5, 0.75, 0.45, 0.25, -90, 270)],
        [
            [
                (0.85, 0.1),
                *_arc(0.45, 0.25, 0.35, 0.25, -60, -240),
                *_arc(0.5, 0.75, 0.4, 0.25, -60, 200),
                (0.85, 0.1),
            ]
        ],
    ),
    (
        [[*_arc(0.48, 0.3, 0.42, 0.3, 0, -360), (0.9, 0.3), (0.75, 1)]],
        [_arc(0.48, 0.28, 0.4, 0.28, 20, -340), [(0.88, 0.05), (0.88, 0.7), (0.6, 1), (0.15, 0.95)]],
        [[(0.85, 0.05), *_arc(0.45, 0.28, 0.38, 0.26, -60, -330), (0.85, 0.1), (0.85, 1)]],
    ),
)

# Which of a display's seven bars are lit: top, upper left and right, middle, lower left and right, bottom.
_BARS = ("1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111")
_BARS += ("1111011",)
_ENDS = ((0, 0, 1, 0), (0, 0, 0, 0.5), (1, 0, 1, 0.5), (0, 0.5, 1, 0.5), (0, 0.5, 0, 1), (1, 0.5, 1, 1))
_ENDS += ((0, 1, 1, 1),)

# Five columns and seven rows of a dot matrix, a row in each two hexadecimal figures.
_DOTS = ("0e11131519110e", "040c040404040e", "0e11010204081f", "1f02040201110e", "02060a121f0202")
_DOTS += ("1f101e0101110e", "0608101e11110e", "1f010204080808", "0e11110e11110e", "0e11110f01020c")


def written(rng: Rng) -> Floats:
    """A digit of a few strokes with a pen of 1 to 15 pixels, as a pad or a mouse draws it."""
    forms = _FORMS[rng.integers(10)]
    paths, bent = [], rng.uniform(0, 0.05)
    lean, wide = rng.uniform(-0.3, 0.4), rng.uniform(0.35, 1.0)
    pen = int(rng.integers(1, 16))
    for path in forms[rng.integers(len(forms))]:
        points = np.array(path) + _bends(len(path), bent, rng)
        points[:, 0] = (points[:, 0] - 0.5) * wide - lean * (points[:, 1] - 0.5)
        paths.append([(0.5 + 0.55 * x, 0.2 + 0.6 * y) for x, y in points.tolist()])
    page = Image.new("L", (4 * SIDE, 4 * SIDE))
    draw = ImageDraw.Draw(page)
    for path in paths:
        ends = [(4 * SIDE * x, 4 * SIDE * y) for x, y in path]
        draw.line(ends, fill=255, width=4 * pen, joint="curve")
        for x, y in (ends[0], ends[-1]) if rng.random() < 0.8 else ():
            draw.ellipse([x - 2 * pen, y - 2 * pen, x + 2 * pen, y + 2 * pen], fill=255)
    return np.asarray(page.reduce(4), np.float32) / 255


def _bends(count: int, bent: float, rng: Rng) -> NDArray[np.float64]:
    """What a hand misses each of a stroke's points by, alike for neighbours of a curve."""
    off = rng.normal(0, bent, (count, 2))
    return off if count < 6 else np.stack([np.convolve(each, np.ones(5) / 2.2, "same") for each in off.T], 1)


def lit(rng: Rng) -> Floats:
    """A digit of seven bars, with gaps or none, or of five by seven dots, upright or leaning."""
    page, digit = Image.new("L", (SIDE, SIDE)), rng.integers(10)
    draw = ImageDraw.Draw(page)
    high, wide, lean = 0.6 * SIDE, rng.uniform(0.25, 0.5) * SIDE, rng.uniform(-0.05, 0.25)

    def at(x: float, y: float) -> tuple[float, float]:
        return SIDE / 2 + (x - 0.5) * wide - lean * (y - 0.5) * high, 0.2 * SIDE + y * high

    if rng.random() < 0.5:
        pen, gap = int(rng.integers(2, 15)), rng.uniform(0, 0.14)
        for is_on, (x, y, to_x, to_y) in zip(_BARS[digit], _ENDS, strict=True):
            across, down = (to_x - x) * gap, (to_y - y) * gap
            ends = [at(x + across, y + down), at(to_x - across, to_y - down)]
            if is_on == "1":
                draw.line(ends, fill=255, width=pen)
    else:
        size = rng.uniform(0.25, 0.62) * min(wide / 4, high / 6)
        square = rng.random() < 0.3
        for row, bits in enumerate(bytes.fromhex(_DOTS[digit])):
            for column in range(5):
                if bits >> (4 - column) & 1:
                    x, y = at(column / 4, row / 6)
                    box = [x - size, y - size, x + size, y + size]
                    (draw.rectangle if square else draw.ellipse)(box, fill=255)
    return np.asarray(page, np.float32) / 255
