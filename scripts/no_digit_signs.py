"""Signs that are no digit, as ink: arrows, plus signs, crescents, ticks, hearts, soft balls, what is blurred.

What is a digit to the eye too is left out: rings, thin bows, crosses whose arms meet low or high as a four's
or a seven's do, arrows with hardly a head.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from no_digits import SIDE, Points, at, blank, shade, stroke
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from small_nets import Floats, Rng


def arrow(rng: Rng) -> Floats:
    """A shaft, straight or a little bent, with a head at one end or both, of two strokes or filled."""
    page, draw = blank()
    turn, bend, pen = rng.uniform(0, 2 * np.pi), _or_none(rng, 0.3, 0.25), int(rng.integers(2, 10))
    half = rng.uniform(0.2, 0.4)
    t = np.linspace(-1, 1, 15)
    shaft = _turned(t * half, bend * half * (1 - t**2), turn)
    draw.line(at(shaft), fill=255, width=pen, joint="curve")
    reach, apart, filled = rng.uniform(0.5, 1.1) * half, rng.uniform(0.35, 1), rng.random() < 0.5
    for way in (1, -1) if rng.random() < 0.2 else (1,):
        tip, leads = shaft[-1 if way > 0 else 0], turn - 2 * way * bend + (0 if way > 0 else np.pi)
        barbs = [
            (tip[0] - reach * np.cos(leads + a), tip[1] - reach * np.sin(leads + a)) for a in (apart, -apart)
        ]
        if filled:
            draw.polygon(at([barbs[0], tip, barbs[1]]), fill=255)
        else:
            draw.line(at([barbs[0], tip, barbs[1]]), fill=255, width=pen, joint="curve")
    return _whole(page)


def block_arrow(rng: Rng) -> Floats:
    """A broad arrow, filled or as an outline."""
    half, neck, wide = rng.uniform(0.25, 0.4), rng.uniform(-0.3, 0.4), rng.uniform(0.3, 0.8)
    thin = wide * rng.uniform(0.2, 0.6)
    x = np.array([-1, neck, neck, 1, neck, neck, -1]) * half
    y = np.array([thin, thin, wide, 0, -wide, -thin, -thin]) * half
    return _shape(_turned(x, y, rng.uniform(0, 2 * np.pi)), rng)


def plus(rng: Rng) -> Floats:
    """Two strokes that cross near their middles, upright or turned, of one length or nearly."""
    page, draw = blank()
    half, pen = rng.uniform(0.2, 0.4), int(rng.integers(2, 16))
    lean = rng.normal(0, 0.15) + (np.pi / 4 if rng.random() < 0.25 else 0)
    for turn in (lean, lean + np.pi / 2 + rng.normal(0, 0.1)):
        off, long = rng.normal(0, 0.12) * half, half * rng.uniform(0.75, 1)
        ends = np.array([off - long, off + long])
        draw.line(at(_turned(ends, 0 * ends, turn)), fill=255, width=pen)
    return _whole(page)


def crescent(rng: Rng) -> Floats:
    """A disc without another that covers a part of it, filled or as an outline."""
    radius, other, broad = rng.uniform(0.2, 0.4), rng.uniform(0.7, 1.1), rng.uniform(0.35, 0.9)
    off = max(other - 1 + broad, abs(1 - other) + 0.1)  # in radii
    meet = (1 + off**2 - other**2) / (2 * off)  # along the line between the middles
    edge = np.arccos(meet)
    outer = np.linspace(edge, 2 * np.pi - edge, 40)
    inner_edge = np.arctan2(np.sin(edge), meet - off)
    inner = np.linspace(2 * np.pi - inner_edge, inner_edge, 40)
    x = np.concatenate([np.cos(outer), off + other * np.cos(inner)]) * radius
    y = np.concatenate([np.sin(outer), other * np.sin(inner)]) * radius
    return _shape(_turned(x, y, rng.uniform(0, 2 * np.pi)), rng, outlined=0.2)


def tick(rng: Rng) -> Floats:
    """A short stroke down to the right, then a longer one up to the right."""
    page, draw = blank()
    down, up, long = rng.uniform(0.5, 1.3), rng.uniform(0.6, 1.2), rng.uniform(0.4, 0.65)
    short = long * rng.uniform(0.35, 0.65)
    corner = 0.4, 0.75
    ends = [
        (corner[0] - short * np.cos(down), corner[1] - short * np.sin(down)),
        corner,
        (corner[0] + long * np.cos(up), corner[1] - long * np.sin(up)),
    ]
    draw.line(at(ends), fill=255, width=int(rng.integers(2, 14)), joint="curve")
    return _whole(page)


def star(rng: Rng) -> Floats:
    """A star of four to eight points, filled, outlined, drawn in one go or of rays alone."""
    points, turn = int(rng.integers(4, 9)), rng.uniform(0, 2 * np.pi)
    if (kind := rng.random()) < 0.2 and points > 4:
        page, draw = blank()
        for number in range(points):
            a = turn + 2 * np.pi * number / points
            draw.line(at([(0.5, 0.5), (0.5 + 0.35 * np.cos(a), 0.5 + 0.35 * np.sin(a))]), fill=255, width=3)
        return _whole(page)
    if kind < 0.4:
        page, draw = blank()
        a = turn + 2 * np.pi * 2 * np.arange(6) / 5
        stroke(draw, _turned(0.35 * np.cos(a), 0.35 * np.sin(a), 0), rng)
        return _whole(page)
    reach = np.where(np.arange(2 * points) % 2, rng.uniform(0.25, 0.6), 1) * 0.37
    a = np.pi * np.arange(2 * points) / points
    return _shape(_turned(reach * np.cos(a), reach * np.sin(a), turn), rng)


def heart(rng: Rng) -> Floats:
    """A heart, filled or as an outline, upright or leaning."""
    t, size = np.linspace(0, 2 * np.pi, 60), rng.uniform(0.015, 0.023)
    high = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return _shape(_turned(size * 16 * np.sin(t) ** 3, -size * high, rng.normal(0, 0.25)), rng)


def wedge(rng: Rng) -> Floats:
    """A triangle, a half disc or a drop, filled or outlined, not slender."""
    kind, turn = rng.integers(3), rng.uniform(0, 2 * np.pi)
    if kind == 0:
        a = np.array([0, 2.1, 4.2]) + rng.normal(0, 0.25, 3)
        return _shape(_turned(0.35 * np.cos(a), 0.35 * np.sin(a), turn), rng, outlined=0.3)
    t = np.linspace(-np.pi / 2, np.pi / 2, 30) if kind == 1 else np.linspace(-2, 2, 30)
    x, y = 0.35 * np.cos(t), 0.35 * np.sin(t)
    if kind == 2:
        x, y = np.append(0.65 * x, -0.4), np.append(0.65 * y, 0)
    return _shape(_turned(x, y, turn), rng, outlined=0.15)


def ball(rng: Rng) -> Floats:
    """A round light that fades to its rim, sooner or later, in one of three with a paler one beside it."""
    ink = _glow(rng, 0.2, 0.5, 0)
    if rng.random() < 0.3:
        ink = np.maximum(ink, rng.uniform(0.3, 1) * _glow(rng, 0.1, 0.3, 0.25))
    return ink


def _glow(rng: Rng, least: float, most: float, off: float) -> Floats:
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2 - rng.uniform(-off, off, 2)[:, None, None] * SIDE
    turn, flat = rng.uniform(0, np.pi), rng.uniform(0.6, 1)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    away = np.hypot(along, across / flat) / (rng.uniform(least, most) * SIDE)
    return np.float32(np.clip(1 - away ** rng.uniform(0.7, 4), 0, 1) ** rng.uniform(0.6, 2))


def cloud(rng: Rng) -> Floats:
    """What is above a level in smooth noise of one scale, a few broad hills to many small ones."""
    cells = int(np.exp(rng.uniform(np.log(2), np.log(14))))
    coarse = rng.normal(0, 1, (cells + 3, cells + 3)).astype(np.float32)
    large = Image.fromarray(coarse).resize((SIDE * (cells + 3) // cells,) * 2, Image.Resampling.BICUBIC)
    field = np.asarray(large)[SIDE // cells :, SIDE // cells :][:SIDE, :SIDE]
    level = float(np.quantile(field, rng.uniform(0.3, 0.92)))
    ink = np.clip((field - level) / field.std() * rng.uniform(1, 15) + 0.5, 0, 1)
    return np.asarray(ink / max(float(ink.max()), 0.1), np.float32)


def softened(ink: Floats, rng: Rng) -> Floats:
    """Ink out of focus, its darkest place as dark as can be."""
    page = Image.fromarray(np.uint8(255 * np.pad(ink, 8)))
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.7, 3.5)))), np.float32)
    return soft / max(float(soft.max()), 1)


def _or_none(rng: Rng, share: float, most: float) -> float:
    return float(rng.uniform(-most, most)) if rng.random() < share else 0.0


def _turned(x: NDArray[np.float64], y: NDArray[np.float64], turn: float) -> Points:
    """Places around the page's middle, turned clockwise."""
    across, down = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    return list(zip((0.5 + across).tolist(), (0.5 + down).tolist(), strict=True))


def _shape(points: Points, rng: Rng, outlined: float = 0.4) -> Floats:
    """A closed line, filled or as an outline."""
    page, draw = blank()
    if rng.random() < outlined:
        stroke(draw, [*points, *points[:2]], rng)
    else:
        draw.polygon(at(points), fill=255)
    return _whole(page)


def _whole(page: Image.Image) -> Floats:
    """All of the page as ink: a part of a sign may be a digit."""
    return np.asarray(page, np.float32) / 255


SIGNS: tuple[Callable[[Rng], Floats], ...] = (
    *(arrow, arrow, arrow, block_arrow, plus, plus, crescent, crescent, tick),
    *(star, heart, wedge, ball, ball, cloud, cloud, shade),
)
