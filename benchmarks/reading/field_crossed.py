"""Digits that their writer crossed out: what is plainly struck is to be told, not answered for.

Each kind is a function (ink, rng) -> uint8 picture, ink float32 (28, 28) 0..1, and has the digits that it
leaves out, since one so struck is written as that digit too. First lines state the ranges.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from field_ink import Bytes, Floats, Rng, cut, enlarged, photographed, to_bytes
from PIL import Image, ImageDraw

Points = list[tuple[float, float]]
Maker = Callable[[Floats, Rng], Bytes]

BARRED, SLASHED = (1, 4, 7), (0,)


def struck_level(ink: Floats, rng: Rng) -> Bytes:
    """One line, at most 8 degrees askew, through 35 to 65 % of the height."""
    return _crossed(ink, rng, [_line(rng, rng.uniform(-8, 8), rng.uniform(-0.15, 0.15))])


def struck_slanting(ink: Floats, rng: Rng) -> Bytes:
    """One line, 15 to 50 degrees up to the right, or down in one of five, past 35 to 65 % of the height."""
    degrees = rng.uniform(15, 50) * (1 if rng.random() < 0.2 else -1)
    return _crossed(ink, rng, [_line(rng, degrees, rng.uniform(-0.15, 0.15))])


def struck_twice(ink: Floats, rng: Rng) -> Bytes:
    """Two lines side by side, level or up to 45 degrees, 12 to 30 % of the height apart."""
    degrees, apart = rng.uniform(-45, 8), rng.uniform(0.12, 0.3)
    middle = rng.uniform(-0.1, 0.1)
    return _crossed(
        ink,
        rng,
        [_line(rng, degrees + rng.uniform(-4, 4), middle + side * apart / 2) for side in (-1, 1)],
    )


def by_an_x(ink: Floats, rng: Rng) -> Bytes:
    """Two lines across one another, 30 to 60 degrees up and down."""
    return _crossed(
        ink, rng, [_line(rng, sign * rng.uniform(30, 60), rng.uniform(-0.1, 0.1)) for sign in (-1, 1)]
    )


def zigzag(ink: Floats, rng: Rng) -> Bytes:
    """Four to seven strokes up and down, 50 to 100 % of the height, across the digit's width and more."""
    count, high = int(rng.integers(4, 8)), rng.uniform(0.5, 1)
    x = np.linspace(-rng.uniform(0.6, 0.8), rng.uniform(0.6, 0.8), count + 1)
    y = np.where(np.arange(count + 1) % 2, 1, -1) * high / 2 + rng.normal(0, 0.05, count + 1)
    return _crossed(ink, rng, [list(zip(x, y, strict=True))])


def scribbled(ink: Floats, rng: Rng) -> Bytes:
    """Six to twelve loops of a pen over the digit's middle, 60 to 110 % of its width and height."""
    turns, wide, high = rng.uniform(6, 12), rng.uniform(0.6, 1.1) / 2, rng.uniform(0.6, 1.1) / 2
    t = np.linspace(0, 1, 160)
    angle = 2 * np.pi * turns * t + rng.uniform(0, 6)
    drift = (t - 0.5) * wide
    x = drift + 0.6 * wide * np.cos(angle) + rng.normal(0, 0.01, t.size)
    y = high * np.sin(angle + 0.4 * np.sin(angle * 0.37)) * rng.uniform(0.8, 1, t.size)
    return _crossed(ink, rng, [list(zip(x, y, strict=True))])


def _line(rng: Rng, degrees: float, middle: float) -> Points:
    """A hand's line, a little bent, that leaves the digit on both sides by 12 to 40 % of its longer side.

    In shares of the digit's box from its middle; degrees clockwise. What leaves is measured by `_crossed`.
    """
    bend, t = rng.normal(0, 0.03), np.linspace(-1, 1, 15)
    direction = np.deg2rad(degrees)
    ends = rng.uniform(0.12, 0.4, 2)
    along, across = np.cos(direction), np.sin(direction)
    reach = np.where(t < 0, 0.5 + ends[0], 0.5 + ends[1]) / max(abs(along), abs(across))
    x = t * reach * along - bend * (1 - t**2) * across
    y = t * reach * across + bend * (1 - t**2) * along + middle
    return list(zip(x, y, strict=True))


def _crossed(ink: Floats, rng: Rng, strokes: list[Points]) -> Bytes:
    """A digit of 50 to 220 pixels with strokes over it, their pen 0.6 to 1.3 times its; half photographed."""
    size = int(rng.integers(50, 221))
    digit = cut(enlarged(ink, size))
    height, width = digit.shape
    outline = sum(np.abs(np.diff(np.pad(digit, 1), axis=axis)).sum() for axis in (0, 1)) / 1.27
    pen = max(2.0, 2 * digit.sum() / outline * rng.uniform(0.6, 1.3))
    margin = int(size * 0.75)
    page = Image.new("L", (2 * (width + 2 * margin), 2 * (height + 2 * margin)))
    draw = ImageDraw.Draw(page)
    wide, middle = max(width, 0.5 * height), (margin + width / 2, margin + height / 2)
    for stroke in strokes:
        at = [(2 * (middle[0] + x * wide), 2 * (middle[1] + y * height)) for x, y in stroke]
        draw.line(at, fill=255, width=round(2 * pen), joint="curve")
    drawn = np.asarray(page.reduce(2), np.float32) / 255
    there = drawn[margin : margin + height, margin : margin + width]
    np.maximum(there, digit, out=there)
    free = int(size * 0.15)
    rows, columns = (np.flatnonzero((drawn > 0.5).any(axis)) for axis in (1, 0))
    around = (slice(max(0, each[0] - free), each[-1] + 1 + free) for each in (rows, columns))
    drawn = drawn[tuple(around)]
    return to_bytes(1 - drawn) if rng.random() < 0.5 else photographed(drawn, rng)


CROSSED: dict[str, tuple[Maker, tuple[int, ...]]] = {
    "struck level": (struck_level, BARRED),
    "struck slanting": (struck_slanting, SLASHED),
    "struck twice": (struck_twice, ()),
    "crossed by an X": (by_an_x, ()),
    "zigzag over it": (zigzag, ()),
    "scribbled over": (scribbled, ()),
}
