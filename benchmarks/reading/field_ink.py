"""What the field's pictures are made of: digits' outlines and strokes, light, paper, lines, JPEG.

Ink is float32 (h, w) 0..1; what is drawn from a range is drawn evenly.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rng = np.random.Generator

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


def pencilled(ink: Floats, size: int) -> NDArray[np.bool_]:
    """The digit's middle line, found in 112x112, in lines of one pixel, its longer side so many pixels."""
    big = np.asarray(Image.fromarray(ink).resize((112, 112), Image.Resampling.BICUBIC), np.float32)
    ys, xs = np.nonzero(middle_line(big > 0.45))
    scale = (size - 1) / max(np.ptp(ys), np.ptp(xs), 1)
    at = np.round((np.stack([xs, ys], 1) - (xs.min(), ys.min())) * scale).astype(int)
    place = {(x, y): tuple(end) for x, y, end in zip(xs, ys, at.tolist(), strict=True)}
    page = Image.new("1", (int(at[:, 0].max()) + 1, int(at[:, 1].max()) + 1))
    draw = ImageDraw.Draw(page)
    for (x, y), end in place.items():
        draw.point(end, 1)
        for beside in ((x + 1, y), (x - 1, y + 1), (x, y + 1), (x + 1, y + 1)):
            if beside in place:
                draw.line([end, place[beside]], fill=1)
    return np.asarray(page)


def middle_line(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask's middle lines, one pixel wide; what hangs together still does (Guo and Hall, 1989, A1)."""
    line = np.pad(mask, 1)
    while True:
        before = np.count_nonzero(line)
        for turn in (0, 1):
            p2, p3, p4, p5, p6, p7, p8, p9 = (np.roll(line, by, (0, 1)) for by in AROUND)
            sides = ((p2, p3, p4), (p4, p5, p6), (p6, p7, p8), (p8, p9, p2))
            branches = sum((~one & (two | three)).astype(int) for one, two, three in sides)
            pairs = [
                sum((one | two).astype(int) for one, two in pairs)
                for pairs in (
                    ((p9, p2), (p3, p4), (p5, p6), (p7, p8)),
                    ((p2, p3), (p4, p5), (p6, p7), (p8, p9)),
                )
            ]
            count = np.minimum(*pairs)
            kept = (p6 | p7 | ~p9) & p8 if turn == 0 else (p2 | p3 | ~p5) & p4
            line = line & ~((branches == 1) & (count >= 2) & (count <= 3) & ~kept)
        if np.count_nonzero(line) == before:
            return line[1:-1, 1:-1]


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


def cut(digit: Floats) -> Floats:
    """The digit's ink cut out tightly."""
    rows, columns = (np.flatnonzero((digit > 0.5).any(axis)) for axis in (1, 0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


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
