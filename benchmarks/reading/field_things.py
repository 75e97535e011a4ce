"""Drawings of what is no digit: to be told, not answered for.

Signs and shapes of SHAPES are of sorts that the reader's small network learns from, drawn here by code of
their own; those of UNSEEN it never learns from. Each is a function (rng) -> a page, places in shares of it
from its middle; `pictured` makes a picture of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from field_ink import Bytes, Rng, photographed, to_bytes
from field_pages import Nothing
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw

SIDE = 480
Places = NDArray[np.float64]


class Page:
    """A page that is drawn on in shares of its side, (0, 0) in its middle, turned clockwise, and a pen."""

    def __init__(self, rng: Rng, turn: float = 0.0, pen: tuple[float, float] = (0.02, 0.07)) -> None:
        self.image = Image.new("L", (SIDE, SIDE))
        self.draw = ImageDraw.Draw(self.image)
        self.turn, self.pen = turn, rng.uniform(*pen)

    def line(self, points: ArrayLike, pen: float | None = None) -> None:
        """A line with round ends."""
        ends, width = self.at(points), SIDE * (pen or self.pen)
        self.draw.line(ends, fill=255, width=round(width), joint="curve")
        for x, y in (ends[0], ends[-1]):
            self.draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)

    def shape(self, points: ArrayLike, fill: bool = True) -> None:
        """A closed shape, filled or as an outline."""
        if fill:
            self.draw.polygon(self.at(points), fill=255)
        else:
            every = np.asarray(points)
            self.line([*every, *every[:2]])

    def at(self, points: ArrayLike) -> list[tuple[float, float]]:
        """Places as pixels."""
        x, y = np.asarray(points, float).T
        across = x * np.cos(self.turn) - y * np.sin(self.turn)
        down = x * np.sin(self.turn) + y * np.cos(self.turn)
        return [(SIDE * (0.5 + a), SIDE * (0.5 + b)) for a, b in zip(across, down, strict=True)]


def arc(x: float, y: float, wide: float, high: float, begin: float = 0, end: float = 360) -> Places:
    """An ellipse's part, in degrees clockwise from its right."""
    t = np.deg2rad(np.linspace(begin, end, 40))
    return np.stack([x + wide * np.cos(t), y + high * np.sin(t)], 1)


def arrow(rng: Rng) -> Page:
    """A straight arrow any way, its head 30 to 60 % of it, of two strokes or filled."""
    page, half = Page(rng, rng.uniform(0, 7)), rng.uniform(0.2, 0.38)
    page.line([(-half, 0), (half, 0)])
    reach, apart = half * rng.uniform(0.6, 1.2), np.deg2rad(rng.uniform(25, 50))
    back, side = half - reach * np.cos(apart), reach * np.sin(apart)
    head = [(back, side), (half, 0), (back, -side)]
    (page.line if rng.random() < 0.6 else page.shape)(head)
    return page


def bent_arrow(rng: Rng) -> Page:
    """An arc of 70 to 140 degrees with a head of two strokes."""
    page, t, reach = Page(rng, rng.uniform(0, 7)), np.deg2rad(rng.uniform(70, 140)), rng.uniform(0.15, 0.25)
    ends = 0.35 * np.stack([np.cos(a := np.linspace(0, t, 30)), np.sin(a)], 1) - (0.2, 0.2)
    page.line(ends)
    for side in (-0.6, 0.6):
        back = t + np.pi / 2 + side
        page.line([ends[-1], ends[-1] - reach * np.array([np.cos(back), np.sin(back)])])
    return page


def broad_arrow(rng: Rng) -> Page:
    """A broad arrow level or upright, filled or as an outline."""
    page, half = Page(rng, rng.integers(4) * np.pi / 2 + rng.normal(0, 0.2)), rng.uniform(0.25, 0.4)
    neck, thin, wide = rng.uniform(-0.1, 0.4), rng.uniform(0.15, 0.35), rng.uniform(0.5, 0.8)
    x, y = np.array([-1, neck, neck, 1, neck, neck, -1]), np.array([-thin, -thin, -wide, 0, wide, thin, thin])
    page.shape(half * np.stack([x, y], 1), rng.random() < 0.5)
    return page


def plus(rng: Rng) -> Page:
    """A plus sign, its pen 3 to 17 % of the page, up to 5 degrees askew."""
    return _crossing(Page(rng, rng.uniform(-0.09, 0.09), (0.03, 0.17)), rng)


def leaning_cross(rng: Rng) -> Page:
    """A cross that leans by 40 to 50 degrees, its pen 3 to 13 % of the page."""
    return _crossing(Page(rng, np.pi / 4 + rng.uniform(-0.09, 0.09), (0.03, 0.13)), rng)


def _crossing(page: Page, rng: Rng) -> Page:
    half = rng.uniform(0.2, 0.38)
    page.line([(-half, 0), (half, 0)])
    page.line([(0, -half), (0, half)])
    return page


def tick(rng: Rng) -> Page:
    """A short stroke down, a long one up."""
    page = Page(rng, 0.0, (0.025, 0.12))
    page.line(np.array([(-0.3, 0), (-0.1, 0.24), (0.32, -0.27)]) + rng.uniform(-0.05, 0.05, (3, 2)))
    return page


def crescent(rng: Rng) -> Page:
    """A disc without another of 75 to 100 % of its radius, 40 to 80 % of a radius broad."""
    page, size, other = Page(rng, rng.uniform(0, 7)), rng.uniform(0.2, 0.4), rng.uniform(0.75, 1)
    off = max(other - 1 + rng.uniform(0.4, 0.8), 1.05 - other)
    page.shape(size * arc(0, 0, 1, 1))
    page.draw.polygon(page.at(size * arc(off, 0, other, other)), fill=0)
    return page


def triangle(rng: Rng) -> Page:
    """A triangle, filled or as an outline."""
    page, t = Page(rng, rng.uniform(0, 7)), np.deg2rad(120 * np.arange(3) + rng.uniform(-12, 12, 3))
    page.shape(0.35 * np.stack([np.cos(t), np.sin(t)], 1), rng.random() < 0.5)
    return page


def discs(rng: Rng) -> Page:
    """Two to four discs anywhere."""
    page = Page(rng)
    for x, y in rng.uniform(-0.2, 0.2, (rng.integers(2, 5), 2)):
        page.shape(rng.uniform(0.08, 0.2) * arc(0, 0, 1, 1) + (x, y))
    return page


def boxes(rng: Rng) -> Page:
    """Two to four boxes anywhere."""
    page = Page(rng)
    for x, y in rng.uniform(-0.3, 0.1, (rng.integers(2, 5), 2)):
        wide, high = rng.uniform(0.1, 0.33, 2)
        page.shape([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    return page


def polygon(rng: Rng) -> Page:
    """A filled shape of four to eight corners."""
    page, t = Page(rng), np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 9)))
    page.shape(rng.uniform(0.12, 0.4, (len(t), 1)) * np.stack([np.cos(t), np.sin(t)], 1))
    return page


def blot(rng: Rng) -> Page:
    """A filled shape with a smooth edge of two to five waves."""
    page, t = Page(rng), np.linspace(0, 2 * np.pi, 120)
    radius = 0.27 * (
        1 + sum(rng.uniform(0.1, 0.6) / k * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 6))
    )
    page.shape(np.stack([radius * np.cos(t), radius * np.sin(t)], 1))
    return page


def wanders(rng: Rng) -> Page:
    """A pen's way of 8 to 19 chance steps, smoothed."""
    page, count = Page(rng, 0.0, (0.017, 0.04)), int(rng.integers(8, 20))
    steps = rng.normal(0, 1, (count, 2)).cumsum(0)
    steps = 0.62 * ((steps - steps.min(0)) / np.ptp(steps, axis=0) - 0.5)
    t = np.linspace(0, count - 1, 12 * count)
    fine = [np.interp(t, np.arange(count), each) for each in steps.T]
    page.line(np.stack([np.convolve(each, np.ones(9) / 9, "valid") for each in fine], 1))
    return page


def key(rng: Rng) -> Page:
    """A ring with a shaft and two or three teeth, any way."""
    page, size = Page(rng, rng.uniform(0, 7)), rng.uniform(0.08, 0.15)
    page.shape(arc(-0.25, 0, size, size), False)
    page.line([(-0.25 + size, 0), (0.35, 0)])
    for x in np.linspace(0.35, rng.uniform(0.15, 0.25), rng.integers(2, 4)):
        page.line([(x, 0), (x, rng.uniform(0.07, 0.14))])
    return page


def fish(rng: Rng) -> Page:
    """A body and a tail, filled or as an outline, that swims left or right."""
    page, fill, high = (
        Page(rng, rng.choice([0, np.pi]) + rng.normal(0, 0.2)),
        rng.random() < 0.5,
        rng.uniform(0.1, 0.2),
    )
    page.shape(arc(-0.06, 0, 0.26, high), fill)
    page.shape([(0.18, 0), (0.36, -high), (0.36, high)], fill)
    return page


def cup(rng: Rng) -> Page:
    """A cup with a handle at its right or left, filled or as an outline."""
    page, side, fill = Page(rng), rng.choice([-1, 1]), rng.random() < 0.5
    foot = rng.uniform(0.12, 0.22)
    page.shape(np.array([(-0.24, -0.25), (0.24, -0.25), (foot, 0.25), (-foot, 0.25)]) * (side, 1), fill)
    page.line(arc(0.22, -0.05, rng.uniform(0.1, 0.16), 0.13, -90, 90) * (side, 1))
    return page


def umbrella(rng: Rng) -> Page:
    """A roof, filled or as an outline, over a stick with a hook."""
    page = Page(rng, rng.normal(0, 0.2))
    page.shape(arc(0, -0.05, 0.34, rng.uniform(0.2, 0.3), 180, 360), rng.random() < 0.5)
    page.line([(0, -0.05), (0, 0.28), *arc(0.06, 0.28, 0.06, 0.07, 180, 0)])
    return page


def flower(rng: Rng) -> Page:
    """Four to seven petals around a middle, some on a stalk."""
    page, count, size = Page(rng), int(rng.integers(4, 8)), rng.uniform(0.06, 0.1)
    for t in 2 * np.pi * np.arange(count) / count:
        page.shape(arc(0.15 * np.cos(t), -0.1 + 0.15 * np.sin(t), size, size), count > 5)
    if rng.random() < 0.6:
        page.line([(0, -0.1), (rng.normal(0, 0.03), 0.38)])
    return page


def bolt(rng: Rng) -> Page:
    """Lightning: a filled zigzag that ends in a point."""
    page, wide = Page(rng, rng.normal(0, 0.15)), rng.uniform(0.6, 1.2)
    corners = np.array(
        [(0.1, -0.38), (-0.2, 0.05), (-0.02, 0.05), (-0.12, 0.38), (0.2, -0.08), (0.02, -0.08), (0.2, -0.38)]
    )
    page.shape(corners * (wide, 1), rng.random() < 0.6)
    return page


def spectacles(rng: Rng) -> Page:
    """Two rings side by side, a bridge and two arms."""
    page, size = Page(rng, rng.normal(0, 0.1), (0.015, 0.04)), rng.uniform(0.1, 0.15)
    for side in (-1, 1):
        page.shape(arc(side * 0.2, 0, size, size), False)
        page.line([(side * (0.2 + size), 0), (side * 0.42, -rng.uniform(0.02, 0.1))])
    page.line(arc(0, 0, 0.2 - size, 0.05, 180, 360))
    return page


def leaf(rng: Rng) -> Page:
    """A pointed leaf with its ribs and a stalk, any way."""
    page, wide = Page(rng, rng.uniform(0, 7), (0.012, 0.03)), rng.uniform(0.12, 0.22)
    t = np.linspace(-1, 1, 30)
    side = np.stack([0.3 * t, wide * (1 - t**2)], 1)
    page.shape([*side, *(side[::-1] * (1, -1))], False)
    page.line([(-0.3, 0), (0.4, 0)])
    for x in (-0.12, 0.0, 0.12):
        page.line([(x, 0), (x - 0.08, wide * 0.6)])
        page.line([(x, 0), (x - 0.08, -wide * 0.6)])
    return page


def anchor(rng: Rng) -> Page:
    """A ring, a shaft with a bar, and two flukes."""
    page = Page(rng, rng.normal(0, 0.2))
    page.shape(arc(0, -0.31, 0.06, 0.06), False)
    page.line([(0, -0.25), (0, 0.34)])
    page.line([(-0.14, -0.15), (0.14, -0.15)])
    page.line(arc(0, 0.1, rng.uniform(0.2, 0.28), 0.24, 10, 170))
    return page


def bottle(rng: Rng) -> Page:
    """A bottle with a neck, filled or as an outline, upright or lying."""
    page, wide, neck = Page(rng, rng.choice([0, np.pi / 2])), rng.uniform(0.1, 0.18), rng.uniform(0.03, 0.06)
    half = [(neck, -0.38), (neck, -0.18), (wide, -0.05), (wide, 0.36)]
    page.shape([*half, *(np.array(half[::-1]) * (-1, 1))], rng.random() < 0.5)
    return page


def pictured(make: Callable[[Rng], Page]) -> Nothing:
    """What makes pictures of 60 to 240 pixels of a drawing; half are photographed, some light on dark."""

    def picture(rng: Rng) -> Bytes:
        side = int(rng.integers(60, 241))
        ink = np.asarray(make(rng).image.resize((side, side), Image.Resampling.BOX), np.float32) / 255
        if rng.random() < 0.5:
            return photographed(ink, rng)
        return to_bytes(ink if rng.random() < 0.3 else 1 - ink)

    return picture


_SHAPES = (arrow, bent_arrow, broad_arrow, plus, leaning_cross, tick, crescent, triangle, discs, boxes)
_UNSEEN = (key, fish, cup, umbrella, flower, bolt, spectacles, leaf, anchor, bottle)


def _named(makers: tuple[Callable[[Rng], Page], ...]) -> dict[str, Nothing]:
    return {make.__name__.replace("_", " "): pictured(make) for make in makers}


SHAPES: dict[str, Nothing] = _named((*_SHAPES, polygon, blot, wanders))
UNSEEN: dict[str, Nothing] = _named(_UNSEEN)
