"""What is much like a digit and none, as ink: bent arrows, thick crosses, discs, boxes, a pen that wanders.

What is a digit to the eye too is left out: discs one above the other, a pen's few turns, lone slim boxes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from no_digit_signs import crescent
from no_digits import Points, at, blank
from numpy.typing import NDArray
from small_nets import Floats, Rng

LONGEST = 3.8  # times a digit's longer side: an eight's line is some 3.3, a looped two's 3


def bent_arrow(rng: Rng) -> Floats:
    """A shaft that turns by 20 to 180 degrees, one way or to and fro, with a head or two."""
    turned = rng.uniform(0, 2 * np.pi) + rng.uniform(0.35, 3.2) * np.linspace(0, 1, 25) * rng.choice([-1, 1])
    if rng.random() < 0.2:
        turned = np.where(np.arange(25) < rng.integers(8, 18), turned, turned[::-1])
    ends = np.cumsum(np.stack([np.cos(turned), np.sin(turned)], 1), 0)
    long = len(ends)  # of the shaft, in its own steps
    reach, apart, filled = long * rng.uniform(0.2, 0.45), rng.uniform(0.5, 0.9), rng.random() < 0.4
    strokes, heads = [ends], []
    for way in (1, -1) if rng.random() < 0.15 else (1,):
        tip, before = (ends[-1], ends[-3]) if way > 0 else (ends[0], ends[2])
        leads = np.arctan2(*(tip - before)[::-1])
        barbs = [tip - reach * np.array([np.cos(leads + a), np.sin(leads + a)]) for a in (apart, -apart)]
        (heads if filled else strokes).append(np.array([barbs[0], tip, barbs[1]]))
    return _drawn(strokes, heads, int(rng.integers(2, 10)))


def thick_cross(rng: Rng) -> Floats:
    """Two broad bars that cross near their middles, upright or leaning."""
    long, broad, lean = 10.0, rng.uniform(0.18, 0.6), rng.choice([0, np.pi / 4], p=[0.7, 0.3])
    bars = []
    for turn in (lean + rng.normal(0, 0.1), lean + np.pi / 2 + rng.normal(0, 0.1)):
        half, off = long * rng.uniform(0.75, 1), rng.normal(0, 0.08) * long
        x, y = np.array([-1, 1, 1, -1]) * half + off, np.array([-1, -1, 1, 1]) * broad * long
        bars.append(np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1))
    return _drawn([], bars, 1)


def discs(rng: Rng) -> Floats:
    """Two to six discs, of one size or several, that overlap or nearly, not in a column."""
    while True:
        count = int(rng.integers(2, 7))
        radii = rng.uniform(0.08, 0.24) * np.exp(rng.uniform(-0.6, 0.6, count) * (rng.random() < 0.7))
        middles = np.cumsum(rng.normal(0, 1, (count, 2)) * rng.uniform(0.5, 1) * radii[:, None], 0)
        wide, high = np.ptp(middles, axis=0)
        if wide > 0.6 * high:
            break
    t = np.linspace(0, 2 * np.pi, 40)
    edge = np.stack([np.cos(t), np.sin(t)], 1)
    return _drawn([], [middle + radius * edge for middle, radius in zip(middles, radii, strict=True)], 1)


def boxes(rng: Rng) -> Floats:
    """Two to six boxes or polygons that overlap, all upright or leaning."""
    lean, shapes = rng.choice([0, rng.uniform(0, np.pi)], p=[0.7, 0.3]), []
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    many = rng.random() < 0.3
    for middle in rng.uniform(-0.3, 0.3, (int(rng.integers(2, 7)), 2)):
        if many:
            a = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 9))))
            shape = rng.uniform(0.1, 0.5, (len(a), 1)) * np.stack([np.cos(a), np.sin(a)], 1)
        else:
            shape = corners * rng.uniform(0.08, 0.4, 2)
        shapes.append(
            (middle + shape) @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
        )
    return _drawn([], shapes[: 1 if many and rng.random() < 0.6 else None], 1)


def lobed(rng: Rng) -> Floats:
    """A smooth blot, filled, its edge in and out by a fifth and more."""
    t = np.linspace(0, 2 * np.pi, 120)
    waves = [rng.uniform(0.2, 1) / k * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 7)]
    radius = 1 + rng.uniform(0.35, 0.8) * sum(waves) / 1.2
    radius = np.maximum(radius, 0.15)
    return _drawn([], [np.stack([radius * np.cos(t), radius * np.sin(t)], 1)], 1)


def wander(rng: Rng) -> Floats:
    """A pen's smooth way through chance places or turns, longer than any digit's line."""
    while True:
        if rng.random() < 0.6:
            steps = rng.normal(0, 1, (int(rng.integers(7, 26)), 2)).cumsum(0)
            t = np.linspace(0, len(steps) - 1, 10 * len(steps))
            way = np.stack([np.interp(t, np.arange(len(steps)), each) for each in steps.T], 1)
            soft = np.ones(int(rng.integers(3, 12)))
            way = np.stack([np.convolve(each, soft / soft.sum(), "valid") for each in way.T], 1)
        else:
            turn = np.repeat(rng.normal(0, rng.uniform(0.15, 0.5), int(rng.integers(8, 30))), 10).cumsum()
            way = np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1), 0)
        span = np.ptp(way, axis=0)
        if np.hypot(*np.diff(way, axis=0).T).sum() > LONGEST * max(span) and min(span) > 0.3 * max(span):
            return _drawn([way], [], int(rng.integers(2, 9)))


def _drawn(strokes: list[NDArray[np.float64]], filled: list[NDArray[np.float64]], pen: int) -> Floats:
    """Lines (n, 2) and shapes anywhere, fitted into the page."""
    every = np.concatenate([*strokes, *filled])
    low, long = every.min(0), max(np.ptp(every, axis=0))
    page, draw = blank()

    def inside(points: NDArray[np.float64]) -> Points:
        x, y = (0.15 + 0.7 * (points - low) / long).T
        return at(list(zip(x.tolist(), y.tolist(), strict=True)))

    for line in strokes:
        draw.line(inside(line), fill=255, width=pen, joint="curve")
    for shape in filled:
        draw.polygon(inside(shape), fill=255)
    return np.asarray(page, np.float32) / 255


PENS: tuple[Callable[[Rng], Floats], ...] = (
    *(bent_arrow, bent_arrow, bent_arrow, thick_cross, discs, discs, boxes, lobed),
    *(wander, wander, wander, crescent),
)
