"""Lines of light: their points seen by a camera, and what a segment adds to a band of a picture."""

import numpy as np

from scenes.kernels.compile import inner, jit
from scenes.kernels.values import Band, Bytes, Floats, Lines, Number, View, f

FAR = f(1e9)  # rows, beyond any picture
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
    """Look at the lines that are lit: fill in `at`, `low` and `high`."""
    places, at, low, high, terms = lines.places, lines.at, lines.low, lines.high, depth_terms(view)
    for k in range(len(lines.line)):
        j, last, step = lines.line[k]
        low[k], high[k], nearer = FAR, -FAR, np.float64(lines.nearer[k])
        if not lit(lines.rgba, j, last):
            continue
        while True:
            w = away(places[j], view)
            at[j, 3] = f(w)
            if w >= view.near:
                x, y, z = places[j, 0], places[j, 1], places[j, 2]
                at[j, 0], at[j, 1], at[j, 2] = look(x, y, z, w, nearer, view, terms)
                low[k] = min(low[k], at[j, 1] - CORNER * lines.half[k])
                high[k] = max(high[k], at[j, 1] + CORNER * lines.half[k])
            else:
                # Where a line runs past the camera, any row may be reached.
                at[j, 0] = at[j, 1] = np.nan
                low[k], high[k] = -FAR, FAR
            if j == last:
                break
            j = min(j + step, last)


@inner
def shine(lines: Lines, j: int) -> Number:
    """A point's place in the picture and its light: x, y, depth, red, green, blue 0..255."""
    a = f(lines.rgba[j, 3]) * f(1 / 255)
    red, green, blue = f(lines.rgba[j, 0]) * a, f(lines.rgba[j, 1]) * a, f(lines.rgba[j, 2]) * a
    return lines.at[j, 0], lines.at[j, 1], lines.at[j, 2], red, green, blue


@inner
def cut(lines: Lines, seen: int, behind: int, view: View) -> Number:
    """Where a segment that runs past the camera comes into view: as `shine` tells of a point."""
    s = (f(view.near) - lines.at[behind, 3]) / (lines.at[seen, 3] - lines.at[behind, 3])
    p, q = lines.places[behind], lines.places[seen]
    x, y, z = p[0] + (q[0] - p[0]) * s, p[1] + (q[1] - p[1]) * s, p[2] + (q[2] - p[2]) * s
    x, y, z = look(x, y, z, view.near, 0.0, view, depth_terms(view))
    dark, bright = shine(lines, behind), shine(lines, seen)
    red = dark[3] + (bright[3] - dark[3]) * s
    green = dark[4] + (bright[4] - dark[4]) * s
    blue = dark[5] + (bright[5] - dark[5]) * s
    return x, y, z, red, green, blue


@inner
def segment(p: Number, q: Number, half: Number, band: Band) -> None:
    """Add the light of a segment between two points of light to a band; see `shine`.

    The coverage is that of OpenGL's smooth lines in Mesa: full up to half a pixel within the border, none
    half a pixel outside. It is stepped along the axis that is closer to it, pixel by pixel, and lights the
    pixels at its ends by the part that it runs through, so that segments which meet add up to one line.
    half: half the width in pixels, and half a pixel more.
    """
    acc, zed, rim, width, top = band.acc, band.zed, band.rim, band.width, band.top
    flat = abs(q[0] - p[0]) >= abs(q[1] - p[1])
    # u is the axis that is stepped along, v the one across.
    pu, pv, qu, qv = (p[0], p[1], q[0], q[1]) if flat else (p[1], p[0], q[1], q[0])
    if qu < pu:
        pu, pv, qu, qv, p, q = qu, qv, pu, pv, q, p
    run = qu - pu
    if not run > f(1e-3):  # NaN too
        return
    per = f(1) / run
    slope = (qv - pv) * per
    narrow = f(1) / np.sqrt(f(1) + slope * slope)
    reach = half / narrow
    lv, hv = (f(top), f(top + band.rows)) if flat else (f(0), f(width))
    lu, hu = (0, width) if flat else (top, top + band.rows)
    first, stop = pu, qu
    if slope != f(0):
        one, two = pu + (lv - reach - pv) / slope, pu + (hv + reach - pv) / slope
        first, stop = max(first, min(one, two)), min(stop, max(one, two))
    elif pv + reach < lv or pv - reach > hv:
        return
    if not stop > first:
        return
    start, end = max(lu, int(np.floor(max(first, f(-9))))), min(hu, int(np.ceil(min(stop, f(99999)))))
    du, dv = (1, width + 2 * rim) if flat else (width + 2 * rim, 1)
    ou, ov = (rim, rim - top) if flat else (rim - top, rim)
    taps, skip = int(f(2) * reach) + 1, np.uint64(dv)
    z0, c0, c1, c2 = p[2], p[3], p[4], p[5]
    rise, s0, s1, s2 = (q[2] - z0) * per, (q[3] - c0) * per, (q[4] - c1) * per, (q[5] - c2) * per
    for i in range(start, end):
        begin, finish = max(f(i), pu), min(f(i) + f(1), qu)
        # Its middle there lies within the line, and so behind a ball in whose middle it ends.
        part, t = finish - begin, f(0.5) * (begin + finish) - pu
        centre = pv + slope * t - f(0.5)
        j = int(np.floor(centre - reach)) + 1
        z = z0 + rise * t
        red, green, blue = part * (c0 + s0 * t), part * (c1 + s1 * t), part * (c2 + s2 * t)
        k = np.uint64((i + ou) * du + (j + ov) * dv)
        aside = (f(j) - centre) * narrow
        for _ in range(taps):
            w = min(max(half - abs(aside), f(0)), f(1))
            if z <= zed[k]:
                n = k * np.uint64(3)
                acc[n] += w * red
                acc[n + np.uint64(1)] += w * green
                acc[n + np.uint64(2)] += w * blue
            k += skip
            aside += narrow
