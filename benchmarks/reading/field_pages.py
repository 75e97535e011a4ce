"""Pictures with several digits, or with none: what is seen is to be said, not answered for one digit.

Each kind of several is a function (digits, rng) -> uint8 picture, digits a list of ink float32 (28, 28) 0..1
in reading order, and has the counts it is made of; each of none is a function (rng) -> uint8 picture. First
lines state the ranges.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from field_ink import Bytes, Floats, Rng, cut, enlarged, lines_on, photographed, to_bytes
from PIL import Image, ImageDraw, ImageFont

Several = Callable[[list[Floats], Rng], Bytes]
Nothing = Callable[[Rng], Bytes]

WORDS = [
    *("lorem", "ipsum", "dolor", "sit", "amet", "123", "consectetur", "adipiscing", "elit", "sed", "do"),
    *("eiusmod", "tempor", "2024", "ut", "labore", "et", "dolore", "magna", "aliqua", "0815", "enim", "ad"),
]


def on_paper(ink: Floats, rng: Rng) -> Bytes:
    """Half on clean white, half photographed."""
    return to_bytes(1 - ink) if rng.random() < 0.5 else photographed(ink, rng)


def in_a_row(digits: list[Floats], gaps: list[int], size: int, rng: Rng) -> Floats:
    """Digits side by side, each 85 to 110 % of size high, so many empty columns between them."""
    cuts = [cut(enlarged(ink, round(size * rng.uniform(0.85, 1.1)))) for ink in digits]
    width = sum(each.shape[1] for each in cuts) + sum(gaps)
    page = np.zeros((round(1.25 * size), width), np.float32)
    left = 0
    for each, gap in zip(cuts, [*gaps, 0], strict=True):
        top = int((len(page) - len(each)) * rng.uniform(0.3, 0.7))
        page[top : top + len(each), left : left + each.shape[1]] = each
        left += each.shape[1] + gap
    return page


def margined(page: Floats, size: int, rng: Rng) -> Floats:
    """With 15 to 50 % of a digit's height around."""
    sides = [int(size * rng.uniform(0.15, 0.5)) for _ in range(4)]
    return np.pad(page, (sides[:2], sides[2:]))


def pair(digits: list[Floats], rng: Rng) -> Bytes:
    """Two digits of 60 to 160 pixels, 8 to 80 % of their height apart."""
    size = int(rng.integers(60, 160))
    page = in_a_row(digits, [int(size * rng.uniform(0.08, 0.8))], size, rng)
    return on_paper(margined(page, size, rng), rng)


def strip(digits: list[Floats], rng: Rng) -> Bytes:
    """Five to twelve digits in one row, 24 to 120 pixels high, 8 to 40 % of it apart."""
    size = int(rng.integers(24, 120))
    gaps = [max(2, int(size * rng.uniform(0.08, 0.4))) for _ in digits[1:]]
    return on_paper(margined(in_a_row(digits, gaps, size, rng), size, rng), rng)


def rows(digits: list[Floats], rng: Rng) -> Bytes:
    """Two to four rows of three digits each, 30 to 90 pixels high, 15 to 60 % of it apart."""
    size = int(rng.integers(30, 90))
    lines = []
    for first in range(0, len(digits), 3):
        gaps = [int(size * rng.uniform(0.15, 0.6)) for _ in range(2)]
        lines.append(in_a_row(digits[first : first + 3], gaps, size, rng))
    width = max(line.shape[1] for line in lines)
    page = [np.pad(line, ((0, size // 3), (0, width - line.shape[1]))) for line in lines]
    return on_paper(margined(np.concatenate(page), size, rng), rng)


def touching(digits: list[Floats], rng: Rng) -> Bytes:
    """Two digits of 60 to 160 pixels whose ink meets: pushed together by 1 to 4 % of their height more."""
    size = int(rng.integers(60, 160))
    left, right = (cut(enlarged(ink, round(size * rng.uniform(0.85, 1.1)))) for ink in digits)
    height = max(len(left), len(right))
    tops = [int((height - len(each)) * rng.uniform(0, 1)) for each in (left, right)]
    whole = [
        np.pad(each, ((top, height - len(each) - top), (0, 0)))
        for each, top in zip((left, right), tops, strict=True)
    ]
    ends = whole[0].shape[1] - np.where(
        (whole[0] > 0.5).any(1), whole[0].shape[1] - (whole[0][:, ::-1] > 0.5).argmax(1), -9999
    )
    starts = np.where((whole[1] > 0.5).any(1), (whole[1] > 0.5).argmax(1), 9999)
    at = whole[0].shape[1] - int((ends + starts).min()) - max(1, round(size * rng.uniform(0.01, 0.04)))
    page = np.zeros((height, max(whole[0].shape[1], at + whole[1].shape[1])), np.float32)
    page[:, : whole[0].shape[1]] = whole[0]
    page[:, at : at + whole[1].shape[1]] = np.maximum(page[:, at : at + whole[1].shape[1]], whole[1])
    return on_paper(margined(page, size, rng), rng)


SEVERAL: dict[str, tuple[Several, tuple[int, ...]]] = {
    "pair": (pair, (2,)),
    "strip": (strip, tuple(range(5, 13))),
    "rows": (rows, (6, 9, 12)),
    "touching": (touching, (2,)),
}


def text(rng: Rng) -> Bytes:
    """A page of 300 to 900 by 200 to 1,200 pixels, filled with words 9 to 40 pixels high."""
    return words_on(int(rng.integers(300, 901)), int(rng.integers(200, 1201)), 99, rng)


def line(rng: Rng) -> Bytes:
    """The same with one to three lines of words alone."""
    return words_on(int(rng.integers(300, 901)), int(rng.integers(200, 1201)), int(rng.integers(1, 4)), rng)


def words_on(width: int, height: int, lines: int, rng: Rng) -> Bytes:
    """Words 9 to 40 pixels high in so many lines, or as many as there is room for."""
    size = int(rng.integers(9, 41))
    font = ImageFont.load_default(size)
    page = Image.new("L", (width, height))
    draw = ImageDraw.Draw(page)
    step = round(size * rng.uniform(1.3, 1.8))
    for number in range(min(lines, (height - 2 * step) // step)):
        told = ""
        while draw.textlength(longer := f"{told} {rng.choice(WORDS)}".strip(), font) < width - 2 * step:
            told = longer
        draw.text((step, step + number * step), told, fill=255, font=font)
    return on_paper(np.asarray(page, np.float32) / 255, rng)


def dash(rng: Rng) -> Bytes:
    """A line 20 to 60 % of 80 to 320 pixels long, 1 to 4 % thick, nearly level."""
    side = int(rng.integers(80, 321))
    half, y, lean = (
        side * rng.uniform(0.1, 0.3),
        side * rng.uniform(0.3, 0.7),
        side * rng.uniform(-0.03, 0.03),
    )
    ends = (side / 2 - half, y - lean, side / 2 + half, y + lean)
    return to_bytes(1 - lines_on((side, side), [ends], side * rng.uniform(0.01, 0.04), 1.0))


def noise(rng: Rng) -> Bytes:
    """Noise of 10 to 40 % of white, 80 to 320 pixels."""
    side = int(rng.integers(80, 321))
    return to_bytes(rng.normal(0.5, rng.uniform(0.1, 0.4), (side, side)))


def empty(rng: Rng) -> Bytes:
    """A photo of paper alone, 80 to 320 pixels."""
    side = int(rng.integers(80, 321))
    return photographed(np.zeros((side, side), np.float32), rng)


NOTHING: dict[str, Nothing] = {make.__name__: make for make in (text, line, dash, noise, empty)}
