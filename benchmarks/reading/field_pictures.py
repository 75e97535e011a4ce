"""Pictures as people have them, made of MNIST's digits: photos, forms, frames, underlines, crops, masks.

Each kind is a function (ink, rng) -> uint8 picture, ink float32 (28, 28) 0..1. Its first line states its
ranges; what is drawn from a range is drawn evenly. `reading.py` measures with them; nothing is trained on
them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from field_ink import (
    Bytes,
    Floats,
    Rng,
    cut,
    enlarged,
    lines_on,
    pencilled,
    photographed,
    put,
    slanted,
    thinned,
    through_jpeg,
    to_bytes,
    with_stroke,
)
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Maker = Callable[[Floats, Rng], Bytes]


def photo(ink: Floats, rng: Rng) -> Bytes:
    """A photo of 200 to 500 pixels, the digit 25 to 60 % of it."""
    side = int(rng.integers(200, 501))
    digit = enlarged(ink, int(side * rng.uniform(0.25, 0.6)))
    return photographed(put(digit, side, round(side * rng.uniform(1, 1.4)), rng), rng)


def form(ink: Floats, rng: Rng) -> Bytes:
    """A printed cell, digit 45 to 75 % of its height, lines 0.6 to 2.5 % thick that go on 0 to 12 %, at most
    2 degrees askew; pencil or pen.
    """
    height = int(rng.integers(60, 220))
    width = round(height * rng.uniform(0.8, 1.6))
    digit = enlarged(ink, int(height * rng.uniform(0.45, 0.75)))
    digit = digit[:, : width - 8] if digit.shape[1] > width - 8 else digit
    more = [int(height * rng.uniform(0.02, 0.12)) for _ in range(4)]
    shape = height + more[0] + more[1], width + more[2] + more[3]
    room = height - digit.shape[0], width - digit.shape[1]
    at = (more[0] + int(room[0] * rng.uniform(0.25, 0.75)), more[2] + int(room[1] * rng.uniform(0.25, 0.75)))
    top, bottom, left, right = more[0], more[0] + height, more[2], more[2] + width
    lean = float(np.tan(np.deg2rad(rng.uniform(-2, 2))))
    h, w = shape
    on = [0.0 if rng.random() < 0.7 else 1.0 for _ in range(2)]
    ends = (left * on[0], w - (w - right) * on[0], top * on[1], h - (h - bottom) * on[1])
    lines = [(ends[0], y - lean * w / 2, ends[1], y + lean * w / 2) for y in (top, bottom)]
    lines += [(x + lean * h / 2, ends[2], x - lean * h / 2, ends[3]) for x in (left, right)]
    box = lines_on(shape, lines, max(1.0, height * rng.uniform(0.006, 0.025)), rng.uniform(0.6, 1))
    inked = put(digit, *shape, rng, at) * rng.uniform(0.3, 1)
    page = 0.98 - 0.93 * np.maximum(inked, box) + rng.normal(0, 0.01, shape)
    return to_bytes(page)


def frame(ink: Floats, rng: Rng) -> Bytes:
    """A photo with a thin drawn frame, 0.3 to 1.5 % thick, 1 to 15 % from the border."""
    side = int(rng.integers(160, 420))
    shape = side, round(side * rng.uniform(0.8, 1.3))
    margin = rng.uniform(0.01, 0.15) * min(shape)
    digit = enlarged(ink, int(shape[0] * rng.uniform(0.3, 0.5)))
    room = shape[0] - digit.shape[0], shape[1] - digit.shape[1]
    at = (int(room[0] * rng.uniform(0.4, 0.6)), int(room[1] * rng.uniform(0.4, 0.6)))
    a, b, c, d = margin, margin, shape[1] - margin, shape[0] - margin
    sides = [(a, b, c, b), (c, b, c, d), (c, d, a, d), (a, d, a, b)]
    box = lines_on(shape, sides, max(1.0, side * rng.uniform(0.003, 0.015)), rng.uniform(0.6, 1))
    return photographed(np.maximum(put(digit, *shape, rng, at), box), rng)


def underline(ink: Floats, rng: Rng) -> Bytes:
    """A photo with a line under the digit: 3 to 20 % of its height below, 0.9 to 2.5 times as long as it is
    wide, 1.5 to 5 % thick, at most 4 degrees askew.
    """
    side = int(rng.integers(160, 420))
    digit = enlarged(ink, int(side * rng.uniform(0.35, 0.55)))
    rows, columns = (np.flatnonzero((digit > 0.5).any(axis)) for axis in (1, 0))
    size = len(digit)
    at = (int((side - size) * rng.uniform(0.25, 0.5)), int((side - digit.shape[1]) * rng.uniform(0.35, 0.65)))
    half = max(columns[-1] - columns[0], 0.5 * size) * rng.uniform(0.9, 2.5) / 2
    middle = at[1] + (columns[0] + columns[-1]) / 2 + half * rng.uniform(-0.15, 0.15)
    lean = float(np.tan(np.deg2rad(rng.uniform(-4, 4)))) * half
    width = max(1.5, size * rng.uniform(0.015, 0.05))
    y = at[0] + rows[-1] + size * rng.uniform(0.03, 0.2) + width / 2 + abs(lean) + 1
    line = lines_on(
        (side, side), [(middle - half, y - lean, middle + half, y + lean)], width, rng.uniform(0.8, 1)
    )
    return photographed(np.maximum(put(digit, side, side, rng, at), line), rng)


def tight(ink: Floats, rng: Rng) -> Bytes:
    """Cut out at the ink, a margin of 0 or 1 pixel, 20 to 200 pixels high, dark on light or light on dark."""
    height = int(rng.integers(20, 201))
    digit = cut(enlarged(ink, height))
    if rng.random() < 0.5:
        digit = np.pad(digit, 1)
    page = 0.05 + 0.9 * digit if rng.random() < 0.5 else 0.95 - 0.85 * digit
    return to_bytes(page + rng.normal(0, 0.01, page.shape))


def tight16(ink: Floats, rng: Rng) -> Bytes:
    """Cut out at the ink and stretched to 16x16, black and white alone, either way round."""
    digit = cut(enlarged(ink, 112))
    small = np.asarray(Image.fromarray(digit).resize((16, 16), Image.Resampling.BOX)) > 0.5
    return to_bytes(small if rng.random() < 0.5 else ~small)


def mask(ink: Floats, rng: Rng) -> Bytes:
    """A mask of 0 and 1, or of 0 and 255, of 28 to 320 pixels, the digit 50 to 80 % of it."""
    side = int(rng.integers(28, 321))
    digit = enlarged(ink, int(side * rng.uniform(0.5, 0.8)))
    there = put(digit[:, :side], side, side, rng) > 0.5
    return np.asarray(there * (1 if rng.random() < 0.7 else 255), np.uint8)


def thin(ink: Floats, rng: Rng) -> Bytes:
    """A pen of one pixel: the digit's longer side 14 to 118 pixels, half of them under 23, in 28x28 to
    200x200, either way round. What hangs together still does, and loops stay open where pixels have room.
    """
    size = int(rng.integers(16, 121)) if rng.random() < 0.5 else int(rng.integers(16, 25))
    return _one_pixel(pencilled(ink, size - 2), size, rng)


def worn(ink: Floats, rng: Rng) -> Bytes:
    """The same sizes from a bad print: reduced to black and white, then thinned to one pixel. Loops that
    closed are lost, fine strokes fall into pieces. Some are no digit to the eye any more.
    """
    size = int(rng.integers(16, 121)) if rng.random() < 0.5 else int(rng.integers(16, 25))
    big = enlarged(ink, 4 * size + 16, soft=2)
    small = np.asarray(
        Image.fromarray(big).resize((max(3, big.shape[1] * size // len(big)), size), Image.Resampling.BOX)
    )
    return _one_pixel(thinned(small > 0.5), size, rng)


def _one_pixel(line: NDArray[np.bool_], size: int, rng: Rng) -> Bytes:
    side = 28 if size < 25 else int(size * rng.uniform(1.2, 1.6))
    page = put(line[:, : side - 2].astype(np.float32), side, side, rng)
    return to_bytes(page if rng.random() < 0.3 else 1 - page)


def thick(ink: Floats, rng: Rng) -> Bytes:
    """Strokes of 3.2 to 4.8 pixels of 28x28, 28 to 200 pixels, with JPEG of quality 30 to 95."""
    digit = with_stroke(ink, rng.uniform(3.2, 4.8))
    side = 28 if rng.random() < 0.4 else int(rng.integers(40, 201))
    digit = enlarged(digit, int(side * rng.uniform(0.5, 0.8)))[:, :side]
    page = put(digit, side, side, rng)
    page = page if rng.random() < 0.5 else 1 - page
    return through_jpeg(Image.fromarray(to_bytes(page)), int(rng.integers(30, 96)))


def slant(ink: Floats, rng: Rng) -> Bytes:
    """Leaning by 10 to 25 degrees to the right or 5 to 15 to the left, on white, 60 to 200 pixels."""
    degrees = rng.uniform(10, 25) if rng.random() < 0.7 else -rng.uniform(5, 15)
    side = int(rng.integers(60, 201))
    digit = enlarged(slanted(ink, degrees), int(side * rng.uniform(0.45, 0.6)))[:, :side]
    return to_bytes(1 - put(digit, side, side, rng))


def stretched(ink: Floats, rng: Rng) -> Bytes:
    """Wider by 1.2 to 1.6 or narrower by 0.6 to 0.85, on white, 60 to 200 pixels."""
    wide = rng.uniform(1.2, 1.6) if rng.random() < 0.5 else rng.uniform(0.6, 0.85)
    side = int(rng.integers(60, 201))
    digit = enlarged(ink, int(side * rng.uniform(0.4, 0.55)), wide)[:, :side]
    return to_bytes(1 - put(digit, side, side, rng))


def specks(ink: Floats, rng: Rng) -> Bytes:
    """Noise of 3 to 8 %, 3 to 12 specks of 1 to 3 % of the side, JPEG of quality 15 to 40; 80 to 240 wide."""
    side = int(rng.integers(80, 241))
    page = put(enlarged(ink, int(side * rng.uniform(0.4, 0.7)))[:, :side], side, side, rng)
    image = Image.fromarray(to_bytes(page))
    draw = ImageDraw.Draw(image)
    for x, y, size in rng.uniform((0, 0, 0.005), (1, 1, 0.015), (rng.integers(3, 13), 3)) * side:
        draw.ellipse([x - size, y - size, x + size, y + size], fill=int(rng.integers(60, 256)))
    page = (
        0.92
        - 0.8 * np.asarray(image, np.float32) / 255
        + rng.normal(0, rng.uniform(0.03, 0.08), (side, side))
    )
    return through_jpeg(Image.fromarray(to_bytes(page)), int(rng.integers(15, 41)))


def plain(ink: Floats, rng: Rng) -> Bytes:
    """Drawn on clean paper, 200 to 320 pixels, the digit 45 to 75 % of it, either way round."""
    side = int(rng.integers(200, 321))
    page = put(enlarged(ink, int(side * rng.uniform(0.45, 0.75)))[:, :side], side, side, rng)
    return to_bytes(page if rng.random() < 0.5 else 1 - page)


def corners(ink: Floats, rng: Rng) -> Bytes:
    """Marks of a frame's corners, arms 8 to 18 % long, 0.5 to 1.5 % thick, 5 to 14 % from the border; half
    of them have dashes of 2 to 8 % all the way instead.
    """
    side = int(rng.integers(120, 380))
    shape = side, round(side * rng.uniform(0.85, 1.3))
    margin, width = rng.uniform(0.05, 0.14) * min(shape), max(1.0, side * rng.uniform(0.005, 0.015))
    a, b, c, d = margin, margin, shape[1] - margin, shape[0] - margin
    lines: list[tuple[float, float, float, float]] = []
    if rng.random() < 0.5:
        arm = side * rng.uniform(0.08, 0.18)
        for x, right in ((a, arm), (c, -arm)):
            for y, down in ((b, arm), (d, -arm)):
                lines += [(x, y, x + right, y), (x, y, x, y + down)]
    else:
        dash = side * rng.uniform(0.02, 0.08)
        step = dash * rng.uniform(1.5, 2.2)
        for x in np.arange(a, c - dash / 2, step):
            lines += [(x, y, min(x + dash, c), y) for y in (b, d)]
        for y in np.arange(b, d - dash / 2, step):
            lines += [(x, y, x, min(y + dash, d)) for x in (a, c)]
    digit = enlarged(ink, int(side * rng.uniform(0.3, 0.5)))[:, : int(0.6 * shape[1])]
    room = shape[0] - digit.shape[0], shape[1] - digit.shape[1]
    at = int(room[0] * rng.uniform(0.4, 0.6)), int(room[1] * rng.uniform(0.4, 0.6))
    page = np.maximum(put(digit, *shape, rng, at), lines_on(shape, lines, width, rng.uniform(0.7, 1)))
    return photographed(page, rng) if rng.random() < 0.5 else to_bytes(1 - page)


def gapped(ink: Floats, rng: Rng) -> Bytes:
    """A frame 10 % away on three sides, on the fourth as far as the ink, each side with a gap of 5 to 20 % or
    none; lines 0.5 to 1.5 % thick.
    """
    side = int(rng.integers(120, 380))
    shape = side, round(side * rng.uniform(0.85, 1.3))
    digit = cut(enlarged(ink, int(side * rng.uniform(0.45, 0.6))))[:, : int(0.7 * shape[1])]
    height, across = digit.shape
    top, left = (shape[0] - height) // 2, (shape[1] - across) // 2
    width = max(1.0, side * rng.uniform(0.005, 0.015))
    ends = [left - 0.12 * side, top - 0.1 * side, left + across + 0.12 * side, top + height + 0.1 * side]
    touched = int(rng.integers(4))
    ends[touched] = (left + width / 2, top + width / 2, left + across - width / 2, top + height - width / 2)[
        touched
    ]
    a, b, c, d = ends
    lines: list[tuple[float, float, float, float]] = []
    for x0, y0, x1, y1 in ((a, b, c, b), (c, b, c, d), (c, d, a, d), (a, d, a, b)):
        gap = (rng.uniform(0.2, 0.6), rng.uniform(0.05, 0.2)) if rng.random() < 0.5 else (1.0, 0.0)
        for start, end in ((0.0, gap[0]), (sum(gap), 1.0)):
            across_by, down_by = x1 - x0, y1 - y0
            lines.append(
                (x0 + across_by * start, y0 + down_by * start, x0 + across_by * end, y0 + down_by * end)
            )
    page = np.maximum(put(digit, *shape, rng, (top, left)), lines_on(shape, lines, width, 1.0))
    return photographed(page, rng) if rng.random() < 0.5 else to_bytes(1 - page)


def shadow(ink: Floats, rng: Rng) -> Bytes:
    """One or two polygons of shadow with hard edges, 25 to 55 % dark, in, beside and across the digit."""
    side = int(rng.integers(160, 400))
    shape = side, round(side * rng.uniform(0.8, 1.3))
    dark = Image.new("L", shape[::-1])
    draw = ImageDraw.Draw(dark)
    for _ in range(int(rng.integers(1, 3))):
        x, y = rng.uniform(-0.1, 1.1, 2) * shape[::-1]
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
        reach = rng.uniform(0.25, 0.7, len(angles)) * side
        outline = np.stack([x + np.cos(angles) * reach, y + np.sin(angles) * reach], 1)
        draw.polygon([(float(a), float(b)) for a, b in outline], fill=255)
    dark = dark.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))
    shade = np.asarray(dark, np.float32) / 255 * rng.uniform(0.25, 0.55)
    digit = enlarged(ink, int(side * rng.uniform(0.3, 0.6)))[:, : shape[1]]
    page = 0.92 * (1 - 0.85 * put(digit, *shape, rng)) * (1 - shade) + rng.normal(0, 0.012, shape)
    return through_jpeg(Image.fromarray(to_bytes(page)), 85)


KINDS: dict[str, Maker] = {
    make.__name__: make
    for make in (
        plain,
        photo,
        form,
        frame,
        underline,
        tight,
        tight16,
        mask,
        thin,
        worn,
        thick,
        slant,
        stretched,
        specks,
        corners,
        gapped,
        shadow,
    )
}
