"""Classroom pictures: sheets and boards with one digit, a row or two of them, in several pens and lights.

Each scene is a function (lines, rng) -> uint8 picture, lines a list of rows of ink float32 (28, 28) 0..1. Its
first line states its ranges; what is drawn from a range is drawn evenly. Ink takes light away from its paper,
as a dry pen does. All are digits 40 to 110 pixels high, each 85 to 110 % of that, 15 to 70 % apart, rows 15
to 50 % apart, as a camera sees them: blur 0.3 to 1.2 pixels, noise 0.5 to 2 %, JPEG of quality 60 to 92.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from field_ink import Bytes, Floats, Rng, cut, enlarged, lines_on, lit, through_jpeg, to_bytes
from field_pages import Several
from field_pictures import Maker
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Lines = list[list[Floats]]
Scene = Callable[[Lines, Rng], Bytes]
Placed = list[tuple[slice, slice, Floats]]

DARK = ((30, 30, 35), (25, 40, 130), (40, 40, 45))  # RGB of pens
COLOURS = (*DARK, (150, 30, 35), (20, 100, 50), (200, 90, 20), (110, 40, 140))
MARKERS = ((30, 30, 35), (20, 60, 170), (190, 30, 40), (20, 120, 60))
WHITE = (0.96, 0.96, 0.94)


def laid(lines: Lines, rng: Rng) -> tuple[Placed, tuple[int, int], int]:
    """Where each digit's ink comes on a sheet of this shape, and how high digits are."""
    size, placed, top, widest = int(rng.integers(40, 111)), Placed(), 0, 0
    around = [int(size * rng.uniform(0.3, 0.9)) for _ in range(4)]
    for line in lines:
        inks = [cut(enlarged(ink, round(size * rng.uniform(0.85, 1.1)))) for ink in line]
        left, height = around[2], max(len(ink) for ink in inks)
        for ink in inks:
            y = around[0] + top + int((height - len(ink)) * rng.uniform(0.2, 0.8))
            placed.append((slice(y, y + len(ink)), slice(left, left + ink.shape[1]), ink))
            widest = max(widest, left + ink.shape[1])
            left += ink.shape[1] + int(size * rng.uniform(0.15, 0.7))
        top += height + int(size * rng.uniform(0.15, 0.5))
    bottom = max(rows.stop for rows, _, _ in placed)
    return placed, (bottom + around[1], widest + around[3]), size


def inked(placed: Placed, shape: tuple[int, int], pens: list[Floats]) -> NDArray[np.float32]:
    """The share of light that ink leaves, (h, w, 3) 0..1; pens: RGB 0..1 of each digit's full ink."""
    left = np.ones((*shape, 3), np.float32)
    for (rows, columns, ink), pen in zip(placed, pens, strict=True):
        left[rows, columns] *= 1 - ink[:, :, None] * (1 - pen)
    return left


def pens_of(count: int, colours: tuple[tuple[int, int, int], ...], rng: Rng) -> list[Floats]:
    """A pen for each digit, covering 75 to 100 %."""
    chosen = rng.integers(0, len(colours), count)
    return [
        np.asarray(1 - rng.uniform(0.75, 1) * (1 - np.array(colours[k]) / 255), np.float32) for k in chosen
    ]


def seen_by_camera(page: NDArray[np.floating], rng: Rng, quality: int | None = None) -> Bytes:
    """With blur, noise and JPEG; quality: in place of 60 to 92."""
    blurred = Image.fromarray(to_bytes(page)).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    noisy = np.asarray(blurred, np.float32) / 255 + rng.normal(0, rng.uniform(0.005, 0.02), page.shape)
    drawn = int(rng.integers(60, 93))
    return through_jpeg(Image.fromarray(to_bytes(noisy)), quality or drawn)


def _written(
    lines: Lines, rng: Rng, colours: tuple[tuple[int, int, int], ...] = DARK, one_pen: bool = True
) -> tuple[Floats, tuple[int, int], int]:
    placed, shape, size = laid(lines, rng)
    pens = pens_of(len(placed), colours, rng)
    return inked(placed, shape, pens[:1] * len(pens) if one_pen else pens), shape, size


def shadow_on_desk(lines: Lines, rng: Rng) -> Bytes:
    """A slope of light of 0 to 40 % and, mostly, a shadow's edge; a darker desk along 0 to 2 sides."""
    page, shape, size = _written(lines, rng)
    page = page * WHITE
    sides, desk = rng.permutation(4)[: rng.integers(0, 3)], rng.uniform(0.2, 0.5, 3)
    for side in sides:
        wide = int(size * rng.uniform(0.1, 0.25))
        np.rot90(page, side)[:wide] = desk  # a view, so that the page itself is drawn on
    light = lit(*shape, rng)
    return seen_by_camera(page * light[:, :, None], rng)


def squared(lines: Lines, rng: Rng) -> Bytes:
    """Squares of 25 to 60 % of a digit's height, lines that take 15 to 40 % of the light, a degree askew."""
    return _on_lines(lines, rng, rng.uniform(0.25, 0.6), True)


def ruled(lines: Lines, rng: Rng) -> Bytes:
    """Lines 40 to 110 % of a digit's height apart that take 15 to 40 % of the light, a degree askew."""
    return _on_lines(lines, rng, rng.uniform(0.4, 1.1), False)


def _on_lines(lines: Lines, rng: Rng, step: float, both: bool) -> Bytes:
    page, (height, width), size = _written(lines, rng)
    lean, shade = np.tan(np.deg2rad(rng.uniform(-1, 1))), rng.uniform(0.15, 0.4)
    first, apart = rng.uniform(0, 1, 2), step * size
    drawn = [
        (0.0, y - lean * width / 2, float(width), y + lean * width / 2)
        for y in np.arange(first[0] * apart, height, apart)
    ]
    if both:
        drawn += [
            (x + lean * height / 2, 0.0, x - lean * height / 2, float(height))
            for x in np.arange(first[1] * apart, width, apart)
        ]
    rules = lines_on((height, width), drawn, max(1.0, size * rng.uniform(0.01, 0.025)), shade)
    page = page * WHITE * (1 - rules[:, :, None] * np.array((1.0, 0.7, 0.4)))
    return seen_by_camera(page * lit(height, width, rng)[:, :, None], rng)


def pale_pencil(lines: Lines, rng: Rng) -> Bytes:
    """One digit of each row in pencil with a grain, 20 to 50 % as dark as the others' pen."""
    placed, shape, _ = laid(lines, rng)
    pens = pens_of(1, DARK, rng) * len(placed)
    first = 0
    for line in lines:
        pale = first + int(rng.integers(0, len(line)))
        darkness = rng.uniform(0.2, 0.5) * float(1 - pens[pale].mean())
        pens[pale] = np.full(3, 1 - darkness, np.float32)
        rows, columns, ink = placed[pale]
        grain = Image.fromarray(to_bytes(rng.uniform(0, 1, ink.shape)))
        smooth = np.asarray(grain.filter(ImageFilter.BoxBlur(1)), np.float32) / 255
        placed[pale] = rows, columns, ink * np.clip(1.3 - 0.6 * smooth, 0, 1)
        first += len(line)
    page = inked(placed, shape, pens) * WHITE
    return seen_by_camera(page * lit(*shape, rng)[:, :, None], rng)


def whiteboard(lines: Lines, rng: Rng) -> Bytes:
    """Markers of four colours on a board, with one or two glares of 30 to 150 % of a digit's height that hide
    30 to 80 % of what is in them.
    """
    page, (height, width), size = _written(lines, rng, MARKERS, one_pen=False)
    page = page * rng.uniform(0.75, 0.92)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for _ in range(rng.integers(1, 3)):
        middle, reach = rng.uniform(0, 1, 2) * (height, width), size * rng.uniform(0.3, 1.5, 2)
        away = ((y - middle[0]) / reach[0]) ** 2 + ((x - middle[1]) / reach[1]) ** 2
        page = page + (1.0 - page) * (rng.uniform(0.3, 0.8) * np.exp(-away))[:, :, None]
    return seen_by_camera(page, rng)


def coloured_pens(lines: Lines, rng: Rng) -> Bytes:
    """A pen of seven colours for each digit, light as of a lamp."""
    page, shape, _ = _written(lines, rng, COLOURS, one_pen=False)
    return seen_by_camera(page * WHITE * lit(*shape, rng)[:, :, None], rng)


def bad_jpeg(lines: Lines, rng: Rng) -> Bytes:
    """JPEG of quality 8, light as of a lamp."""
    page, shape, _ = _written(lines, rng)
    return seen_by_camera(page * WHITE * lit(*shape, rng)[:, :, None], rng, 8)


def turned(lines: Lines, rng: Rng) -> Bytes:
    """The sheet turned by 2 to 7 degrees either way."""
    page, _, _ = _written(lines, rng)
    image = Image.fromarray(to_bytes(page * WHITE))
    around = to_bytes(np.array(WHITE)).tolist()
    degrees = rng.uniform(2, 7) * rng.choice([-1, 1])
    leaning = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=tuple(around))
    page = np.asarray(leaning, np.float32) / 255
    return seen_by_camera(page * lit(*page.shape[:2], rng)[:, :, None], rng)


def _one(scene: Scene, ink: Floats, rng: Rng) -> Bytes:
    return scene([[ink]], rng)


def _row(scene: Scene, digits: list[Floats], rng: Rng) -> Bytes:
    return scene([digits], rng)


def _two_rows(scene: Scene, digits: list[Floats], rng: Rng) -> Bytes:
    half = len(digits) // 2
    return scene([digits[:half], digits[half:]], rng)


_SCENES: dict[str, Scene] = {
    "shadow on a desk": shadow_on_desk,
    "squared paper": squared,
    "ruled paper": ruled,
    "pale pencil": pale_pencil,
    "whiteboard": whiteboard,
    "coloured pens": coloured_pens,
    "JPEG 8": bad_jpeg,
    "turned": turned,
}
ONE: dict[str, Maker] = {name: partial(_one, scene) for name, scene in _SCENES.items()}
ROWS: dict[str, tuple[Several, tuple[int, ...]]] = {
    f"{name}, {arranged}": (partial(make, scene), counts)
    for name, scene in _SCENES.items()
    for arranged, make, counts in (("row", _row, (2, 3, 4, 5, 6)), ("two rows", _two_rows, (4, 6, 8, 10)))
}
