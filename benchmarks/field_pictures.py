"""Pictures as people have them, made of MNIST's digits: photos, forms, frames, underlines, crops, masks.

Each kind is a function (ink, rng) -> uint8 picture, ink float32 (28, 28) 0..1. Its first line states its
ranges; what is drawn from a range is drawn evenly. `reading.py` measures with them; nothing is trained on
them.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rng = np.random.Generator
Maker = Callable[[Floats, Rng], Bytes]

PENS = ((30, 30, 35), (25, 40, 130), (150, 30, 35), (90, 90, 95), (20, 90, 50))  # RGB
PAPERS = ((245, 244, 240), (225, 222, 210), (250, 245, 215), (205, 208, 212))

AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))  # clockwise from above


def enlarged(ink: Floats, height: int, wide: float = 1.0, soft: float = 1.0) -> Floats:
    """The digit alone, (height, width) 0..1, with smooth outlines; wide stretches it, soft blurs its edge."""
    rows, columns = (np.flatnonzero((ink > 0.2).any(axis)) for axis in (1, 0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    part = np.pad(part, 1)
    width = max(2, round(height * part.shape[1] / part.shape[0] * wide))
    big = Image.fromarray(part).resize((width, height), Image.Resampling.BICUBIC)
    slope = max(1.0, height / 28) / soft
    return np.asarray(np.clip((np.asarray(big, np.float32) - 0.45) * slope + 0.5, 0, 1), np.float32)


def slanted(ink: Floats, degrees: float) -> Floats:
    """The digit leaning to the right by so many degrees: (28, 28) to (28, 56)."""
    lean = float(np.tan(np.deg2rad(degrees)))
    wide = Image.fromarray(np.pad(ink, ((0, 0), (14, 14))))
    map_back = (1, lean, -lean * 13.5, 0, 1, 0)
    return np.asarray(wide.transform(wide.size, Image.Transform.AFFINE, map_back, Image.Resampling.BICUBIC))


def with_stroke(ink: Floats, width: float) -> Floats:
    """The digit's middle line drawn with a round pen, width in pixels of 28x28: (34, 34)."""
    big = np.asarray(Image.fromarray(ink).resize((112, 112), Image.Resampling.BICUBIC), np.float32)
    reach = width * 2
    page = Image.new("L", (136, 136))
    draw = ImageDraw.Draw(page)
    for y, x in zip(*np.nonzero(thinned(big > 0.45)), strict=True):
        draw.ellipse([x + 12 - reach, y + 12 - reach, x + 12 + reach, y + 12 + reach], fill=255)
    return np.asarray(page.resize((34, 34), Image.Resampling.BOX), np.float32) / 255


def thinned(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask's middle lines, one pixel wide (Zhang and Suen, 1984)."""
    line = np.pad(mask, 1)
    while True:
        before = np.count_nonzero(line)
        for turn in (0, 1):
            near = [np.roll(line, by, (0, 1)) for by in AROUND]
            up, right, down, left = near[0], near[2], near[4], near[6]
            count = sum(side.astype(int) for side in near)
            steps = sum((~near[k] & near[(k + 1) % 8]).astype(int) for k in range(8))
            if turn == 0:
                free = ~(up & right & down) & ~(right & down & left)
            else:
                free = ~(up & right & left) & ~(up & down & left)
            line = line & ~(line & (count >= 2) & (count <= 6) & (steps == 1) & free)
        if np.count_nonzero(line) == before:
            return line[1:-1, 1:-1]


def put(digit: Floats, height: int, width: int, rng: Rng, at: tuple[int, int] | None = None) -> Floats:
    """The digit's ink somewhere on an empty sheet (height, width)."""
    sheet = np.zeros((height, width), np.float32)
    room = height - digit.shape[0], width - digit.shape[1]
    top, left = at or (int(rng.integers(0, max(room[0], 0) + 1)), int(rng.integers(0, max(room[1], 0) + 1)))
    sheet[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return sheet


def lit(height: int, width: int, rng: Rng) -> Floats:
    """Light on a sheet: a slope of 0 to 40 %, and in two of five a shadow's edge of 10 to 40 %."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - rng.uniform(0, 0.4) * (np.cos(angle) * x + np.sin(angle) * y + 1.41) / 2.82
    if rng.random() < 0.4:
        angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(0.02, 0.2)
        away = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(-0.6, 0.6)
        light *= 1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-away / edge * 4))
    return np.asarray(light, np.float32)


def photographed(ink: Floats, rng: Rng) -> Bytes:
    """Ink on paper as a camera sees it: pens of five colours, papers of four, light, blur 0 to 1.5 pixels,
    noise of 0 to 3 %, JPEG of quality 50 to 95.
    """
    pen, paper = (
        np.array(colours[rng.integers(len(colours))], np.float32) / 255 for colours in (PENS, PAPERS)
    )
    cover = ink[:, :, None] * rng.uniform(0.7, 1)
    page = (paper * (1 - cover) + pen * cover) * lit(*ink.shape, rng)[:, :, None]
    page += rng.normal(0, rng.uniform(0, 0.03), page.shape)
    image = Image.fromarray(to_bytes(page)).filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.5)))
    return through_jpeg(image, int(rng.integers(50, 96)))


def through_jpeg(image: Image.Image, quality: int) -> Bytes:
    """The picture after it was saved as a JPEG."""
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept))


def to_bytes(page: NDArray[np.floating]) -> Bytes:
    """0..1 to uint8."""
    return np.asarray(np.clip(page * 255 + 0.5, 0, 255), np.uint8)


def lines_on(
    shape: tuple[int, int], lines: list[tuple[float, float, float, float]], width: float, shade: float
) -> Floats:
    """Straight lines' ink (h, w), x0 y0 x1 y1 in pixels, with soft edges."""
    page = Image.new("L", (shape[1] * 2, shape[0] * 2))
    draw = ImageDraw.Draw(page)
    for line in lines:
        draw.line([2 * place for place in line], fill=255, width=max(1, round(2 * width)))
    return np.asarray(page.reduce(2), np.float32) / 255 * np.float32(shade)


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
    """Strokes of one pixel: the digit 16 to 120 pixels high, in 28x28 to 200x200, either way round."""
    size = int(rng.integers(16, 121)) if rng.random() < 0.5 else int(rng.integers(16, 25))
    big = enlarged(ink, 4 * size + 16, soft=2)
    small = np.asarray(
        Image.fromarray(big).resize((max(3, big.shape[1] * size // len(big)), size), Image.Resampling.BOX)
    )
    line = thinned(small > 0.5)
    side = 28 if size < 25 else int(size * rng.uniform(1.2, 1.6))
    line = line[:, : side - 2]
    page = put(line.astype(np.float32), side, side, rng)
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


def cut(digit: Floats) -> Floats:
    """The digit's ink cut out tightly."""
    rows, columns = (np.flatnonzero((digit > 0.5).any(axis)) for axis in (1, 0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


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
        thick,
        slant,
        stretched,
        specks,
    )
}


def two_digits(one: Floats, other: Floats, rng: Rng) -> Bytes:
    """Two digits side by side, 8 to 80 % of their height apart, on clean or on photographed paper."""
    size = int(rng.integers(60, 160))
    digits = [cut(enlarged(ink, int(size * rng.uniform(0.85, 1.1)))) for ink in (one, other)]
    gap = int(size * rng.uniform(0.08, 0.8))
    side = int(size * rng.uniform(1.3, 1.8))
    width = sum(each.shape[1] for each in digits) + gap + int(size * rng.uniform(0.3, 1))
    left = int(size * 0.15)
    page = np.zeros((side, width), np.float32)
    for digit in digits:
        top = int((side - len(digit)) * rng.uniform(0.35, 0.65))
        page[top : top + len(digit), left : left + digit.shape[1]] = digit
        left += digit.shape[1] + gap
    return to_bytes(1 - page) if rng.random() < 0.5 else photographed(page, rng)


def no_digit(rng: Rng) -> Bytes:
    """A dash, noise, an empty photo, or a page with lines of many small digits' worth of marks."""
    kind, side = int(rng.integers(4)), int(rng.integers(80, 321))
    if kind == 0:
        half, y, lean = (
            side * rng.uniform(0.1, 0.3),
            side * rng.uniform(0.3, 0.7),
            side * rng.uniform(-0.03, 0.03),
        )
        line = (side / 2 - half, y - lean, side / 2 + half, y + lean)
        return to_bytes(1 - lines_on((side, side), [line], side * rng.uniform(0.01, 0.04), 1.0))
    if kind == 1:
        return to_bytes(rng.normal(0.5, rng.uniform(0.1, 0.4), (side, side)))
    if kind == 2:
        return photographed(np.zeros((side, side), np.float32), rng)
    page = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(page)
    step = max(10, side // 12)
    for y in range(step, side - step, step * 2):
        draw.text((step, y), "lorem ipsum 123 dolor sit amet"[: side // 7], fill=0)
    return np.asarray(page)
