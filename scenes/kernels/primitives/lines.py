"""Lines of light: their points as a camera sees them."""

import numpy as np

from scenes.kernels.compile import inner, jit
from scenes.kernels.values import Bytes, Floats, Lines, Number, View, f

CORNER = f(1.4143)  # a line's reach along an axis is at most so many times its own: the square root of two


@inner
def away(place: Floats, view: View) -> Number:
    """How far from the camera a point (3,) is."""
    m = view.m
    return m[3, 0] * place[0] + m[3, 1] * place[1] + m[3, 2] * place[2] + m[3, 3]


@inner
def depth_terms(view: View) -> Number:
    """The numbers a and b of which depth -1..1 is made: a + b / w for what is w away."""
    m = view.m
    along = m[2, 0] * m[3, 0] + m[2, 1] * m[3, 1] + m[2, 2] * m[3, 2]
    a = along / (m[3, 0] ** 2 + m[3, 1] ** 2 + m[3, 2] ** 2)
    return a, m[2, 3] - a * m[3, 3]


@inner
def look(x: Number, y: Number, z: Number, w: Number, nearer: float, view: View, terms: Number) -> Number:
    """A point that is w > 0 away, in pixels x, y, and depth 0..1, as if it were so much nearer.

    terms: see `depth_terms`, which are the same for all points that a camera sees.
    """
    m, (a, b) = view.m, terms
    return (
        f(((m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]) / w + 1) * 0.5 * view.width),
        f((1 - (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]) / w) * 0.5 * view.height),
        f((a + b / w * (1 + nearer / max(w, 1.0)) + 1) * 0.5),
    )


@inner
def lit(rgba: Bytes, first: int, last: int) -> bool:
    """Whether any of these points gives light."""
    for j in range(first, last + 1):  # noqa: SIM110 -- compiled
        if rgba[j, 3]:
            return True
    return False


@jit
def aim(lines: Lines, view: View) -> None:
    """Look at the lines that are lit: fill in `at`."""
    places, at, terms = lines.places, lines.at, depth_terms(view)
    for k in range(len(lines.line)):
        j, last, step = lines.line[k]
        nearer = np.float64(lines.nearer[k])
        if not lit(lines.rgba, j, last):
            continue
        while True:
            w = away(places[j], view)
            at[j, 3] = f(w)
            if w >= view.near:
                x, y, z = places[j, 0], places[j, 1], places[j, 2]
                at[j, 0], at[j, 1], at[j, 2] = look(x, y, z, w, nearer, view, terms)
            else:
                at[j, 0] = at[j, 1] = np.nan
            if j == last:
                break
            j = min(j + step, last)


@inner
def shine(at: Floats, rgba: Bytes, j: int) -> Number:
    """A point's place in the picture and its light: x, y, depth, red, green, blue 0..255."""
    a = f(rgba[j, 3]) * f(1 / 255)
    red, green, blue = f(rgba[j, 0]) * a, f(rgba[j, 1]) * a, f(rgba[j, 2]) * a
    return at[j, 0], at[j, 1], at[j, 2], red, green, blue


@inner
def cut(lines: Lines, seen: int, behind: int, view: View) -> Number:
    """Where a segment that runs past the camera comes into view: as `shine` tells of a point."""
    s = (f(view.near) - lines.at[behind, 3]) / (lines.at[seen, 3] - lines.at[behind, 3])
    p, q = lines.places[behind], lines.places[seen]
    x, y, z = p[0] + (q[0] - p[0]) * s, p[1] + (q[1] - p[1]) * s, p[2] + (q[2] - p[2]) * s
    x, y, z = look(x, y, z, view.near, 0.0, view, depth_terms(view))
    dark, bright = shine(lines.at, lines.rgba, behind), shine(lines.at, lines.rgba, seen)
    red = dark[3] + (bright[3] - dark[3]) * s
    green = dark[4] + (bright[4] - dark[4]) * s
    blue = dark[5] + (bright[5] - dark[5]) * s
    return x, y, z, red, green, blue
