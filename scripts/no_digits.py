"""What people's pictures hold that is no digit, as ink: light and shade, shapes, scribble, things."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw
from small_nets import Floats, Rng

SIDE = 80  # pixels of the page that all of it is drawn on
Points = list[tuple[float, float]]


def shade(rng: Rng) -> Floats:
    """What is darker than some level in smooth noise of one to four scales."""
    field = np.zeros((SIDE, SIDE), np.float32)
    cells = int(rng.integers(2, 9))
    for octave in range(int(rng.integers(1, 5))):
        coarse = rng.normal(0, 0.6**octave, (cells + 1, cells + 1)).astype(np.float32)
        field += np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        cells = min(2 * cells, SIDE)
    field -= np.quantile(field, rng.uniform(0.4, 0.9))
    return np.clip(field / field.std() * rng.uniform(2, 20) + 0.5, 0, 1)


def land(rng: Rng) -> Floats:
    """All below a wavy line, or between two such."""
    x = np.arange(SIDE)
    lines = [
        rng.uniform(0.1, 0.6) * SIDE + sum(_wave(x, rng) for _ in range(int(rng.integers(1, 5))))
        for _ in range(2)
    ]
    y = np.arange(SIDE)[:, None]
    below = y > lines[0][None]
    other = lines[0] + rng.uniform(0.1, 0.4) * SIDE + lines[1] - lines[1].mean()
    return _turned(np.float32(below & (y < other[None]) if rng.random() < 0.5 else below), rng)


def _wave(x: Floats, rng: Rng) -> Floats:
    return rng.uniform(0, 0.15) * SIDE * np.sin(x / SIDE * rng.uniform(2, 40) + rng.uniform(0, 6))


def _turned(ink: Floats, rng: Rng) -> Floats:
    return np.rot90(ink, int(rng.integers(4)))


def filled(rng: Rng) -> Floats:
    """One to six discs, boxes or polygons that overlap."""
    page, draw = blank()
    for _ in range(int(rng.integers(1, 7))):
        x, y = rng.uniform(0.25, 0.75, 2)
        wide, high = rng.uniform(0.05, 0.28, 2)
        kind = rng.integers(3)
        if kind == 0:
            wide = high if rng.random() < 0.6 else wide
            draw.ellipse(at([(x - wide, y - high), (x + wide, y + high)]), fill=255)
        elif kind == 1:
            draw.rectangle(at([(x - wide, y - high), (x + wide, y + high)]), fill=255)
        else:
            draw.polygon(at(_corners(rng, x, y, 0.08, 0.4)), fill=255)
    return inked(page, rng)


def _corners(rng: Rng, x: float, y: float, least: float, most: float) -> Points:
    count = int(rng.integers(3, 10))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    return [
        (x + r * np.cos(a), y + r * np.sin(a))
        for a, r in zip(angles, rng.uniform(least, most, count), strict=True)
    ]


def blot(rng: Rng) -> Floats:
    """A blot or a star, filled or as an outline; with plain dents, which a nought has hardly."""
    page, draw = blank()
    t = np.linspace(0, 2 * np.pi, 90)
    lobes = int(rng.integers(2, 10))
    radius = 1 + sum(rng.uniform(0, 0.3) * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 6))
    radius += rng.uniform(0.15, 0.35) * np.cos(int(rng.integers(3, 6)) * t + rng.uniform(0, 6))
    if rng.random() < 0.5:
        radius = 1 + rng.uniform(0.2, 0.6) * np.abs(((t * lobes / np.pi + rng.random()) % 2) - 1) * 2
    points = [(0.5 + 0.2 * r * np.cos(a), 0.5 + 0.2 * r * np.sin(a)) for a, r in zip(t, radius, strict=True)]
    if rng.random() < 0.5:
        draw.polygon(at(points), fill=255)
    else:
        stroke(draw, [*points, points[0]], rng)
    return inked(page, rng)


def scribble(rng: Rng) -> Floats:
    """A pen that goes on through 7 to 30 places, smoothly or in straight lines."""
    page, draw = blank()
    count = int(rng.integers(7, 31))
    points = rng.uniform(0.1, 0.9, (count, 2))
    if rng.random() < 0.4:  # to and fro
        points[:, 0] = np.linspace(0.1, 0.9, count)
        points[:, 1] = (
            0.5 + np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.1, 0.4) + rng.normal(0, 0.04, count)
        )
        points = points[:, ::-1] if rng.random() < 0.5 else points
    if rng.random() < 0.7:
        t = np.linspace(0, count - 1, 8 * count)
        first = np.minimum(t.astype(int), count - 2)
        share = (t - first)[:, None]
        share = share**2 * (3 - 2 * share)
        points = points[first] * (1 - share) + points[first + 1] * share
    stroke(draw, [(float(x), float(y)) for x, y in points], rng)
    return inked(page, rng)


def loops(rng: Rng) -> Floats:
    """Loops beside or over one another, or a spiral."""
    page, draw = blank()
    t = np.linspace(0, 1, 300)
    turn = 2 * np.pi * rng.uniform(2.5, 10) * t + rng.uniform(0, 6)
    size = 1.2 * t if rng.random() < 0.3 else 0.7 + 0.3 * np.cos(turn * rng.uniform(0.2, 0.8))
    x = rng.uniform(0.1, 0.35) * size * np.cos(turn) + (t - 0.5) * rng.uniform(0.1, 0.6)
    y = rng.uniform(0.1, 0.35) * size * np.sin(turn + rng.uniform(0, 2)) + (t - 0.5) * rng.uniform(-0.3, 0.3)
    stroke(draw, [(0.5 + float(a), 0.5 + float(b)) for a, b in zip(x, y, strict=True)], rng)
    return inked(page, rng)


def lines(rng: Rng) -> Floats:
    """Four to ten straight strokes anywhere, or a lattice, turned a little."""
    page, draw = blank()
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(4, 11))):
            stroke(draw, [(float(x), float(y)) for x, y in rng.uniform(0.1, 0.9, (2, 2))], rng)
        return inked(page, rng)
    rows, columns = rng.integers(2, 6, 2)
    pen = int(rng.integers(1, 5))
    for share in np.linspace(0.15, 0.85, columns):
        draw.line(at([(share, 0.15), (share, 0.85)]), fill=255, width=pen)
    for share in np.linspace(0.15, 0.85, rows):
        draw.line(at([(0.15, share), (0.85, share)]), fill=255, width=pen)
    return inked(page.rotate(float(rng.uniform(-45, 45))), rng)


def fields(rng: Rng) -> Floats:
    """A board's fields or stripes, straight or wavy, a few of them, turned."""
    y, x = np.mgrid[:SIDE, :SIDE]
    turn, wide = rng.uniform(0, np.pi), rng.uniform(8, 40)
    u = x * np.cos(turn) + y * np.sin(turn) + rng.uniform(0, wide)
    v = y * np.cos(turn) - x * np.sin(turn) + rng.uniform(0, wide)
    u = u + rng.uniform(0, 0.3) * wide * np.sin(v / wide * rng.uniform(0.5, 4))
    level = np.sin(np.pi * u / wide) * (np.sin(np.pi * v / wide) if rng.random() < 0.6 else 1)
    ink = np.float32(level > rng.uniform(-0.2, 0.4))
    if rng.random() < 0.4:
        ink = ink * np.float32(np.hypot(x - SIDE / 2, y - SIDE / 2) < rng.uniform(0.25, 0.5) * SIDE)
    return ink


def tree(rng: Rng) -> Floats:
    """What branches two to five times."""
    page, draw = blank()
    wide = rng.uniform(0.2, 0.8)

    def branch(x: float, y: float, angle: float, length: float, left: int) -> None:
        end = x + length * float(np.cos(angle)), y - length * float(np.sin(angle))
        draw.line(at([(x, y), end]), fill=255, width=max(1, round(SIDE * length * 0.15)))
        for side in (-1, 1) if left else ():
            branch(*end, angle + side * rng.uniform(0.2, wide), length * rng.uniform(0.6, 0.85), left - 1)

    branch(0.5, 0.85, np.pi / 2 + rng.normal(0, 0.2), rng.uniform(0.15, 0.3), int(rng.integers(2, 6)))
    return inked(page, rng)


def thing(rng: Rng) -> Floats:
    """Outlines in and beside outlines, as of a face, a house or a figure."""
    page, draw = blank()
    pen = int(rng.integers(1, 6))
    x, y, wide, high = 0.5, 0.5, rng.uniform(0.2, 0.4), rng.uniform(0.2, 0.4)
    for number in range(int(rng.integers(3, 7))):
        box = at([(x - wide, y - high), (x + wide, y + high)])
        kind = rng.integers(5)
        fill = 255 if number and rng.random() < 0.3 else None
        if kind < 2:
            draw.ellipse(box, outline=255, fill=fill, width=pen)
        elif kind == 2:
            draw.rectangle(box, outline=255, fill=fill, width=pen)
        elif kind == 3:
            draw.line(at([(x - wide, y + high), (x, y - high), (x + wide, y + high)]), fill=255, width=pen)
        else:
            draw.line(at([(x, y - high), (x, y + high)]), fill=255, width=pen)
            draw.line(at([(x - wide, y), (x + wide, y)]), fill=255, width=pen)
        x, y = x + rng.uniform(-0.2, 0.2), y + rng.uniform(-0.3, 0.3)
        wide, high = wide * rng.uniform(0.2, 1), high * rng.uniform(0.2, 1)
    return inked(page, rng)


def blank() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty page and what draws on it."""
    page = Image.new("L", (SIDE, SIDE))
    return page, ImageDraw.Draw(page)


def at(points: Points) -> Points:
    """Shares of the page's sides as pixels."""
    return [(SIDE * x, SIDE * y) for x, y in points]


def stroke(draw: ImageDraw.ImageDraw, points: Points, rng: Rng) -> None:
    """A pen of 1 to 8 pixels along points, in shares of the page's sides."""
    draw.line(at(points), fill=255, width=int(rng.integers(1, 9)), joint="curve")


def inked(page: Image.Image, rng: Rng) -> Floats:
    """The page as ink, some of it wide or narrow, or in part."""
    ink = np.asarray(page, np.float32) / 255
    if rng.random() < 0.3:
        wide = round(SIDE * np.exp(rng.uniform(-0.6, 0.4)))
        ink = np.asarray(Image.fromarray(ink).resize((wide, SIDE), Image.Resampling.BILINEAR))
    if rng.random() < 0.1:
        ink = ink[: int(rng.uniform(0.4, 1) * len(ink)), : int(rng.uniform(0.4, 1) * ink.shape[1])]
    return ink


KINDS: tuple[Callable[[Rng], Floats], ...] = (
    *(shade, shade, shade, land, filled, filled, blot),
    *(scribble, scribble, loops, lines, fields, tree, thing),
)
