"""Sides: triangles with a colour and an opacity at each corner, laid over a band of a picture."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import inner
from scenes.kernels.values import Band, Bytes, Floats, Number, Sides, f


@inner
def between(corner: Floats, y: Number) -> Number:
    """From where to where a triangle (3, 4) crosses a row, in pixels; nowhere where the first is larger."""
    left, right = f(1e9), f(-1e9)
    for e in range(3):
        # From its upper end, so that two triangles find the same place on the side that they share.
        swap = corner[(e + 1) % 3, 1] < corner[e, 1]
        i, j = ((e + 1) % 3, e) if swap else (e, (e + 1) % 3)
        top, low = corner[i, 1], corner[j, 1]
        if top <= y < low:
            x = corner[i, 0] + (corner[j, 0] - corner[i, 0]) * ((y - top) / (low - top))
            left, right = min(left, x), max(right, x)
    return left, right


@inner
def cover(corner: Floats, rgba: Bytes, band: Band) -> None:
    """Lay a triangle over a band, its light included, where nothing is nearer: see `Sides`."""
    acc, zed, body, rim, width, top = band.acc, band.zed, band.body, band.rim, band.width, band.top
    x0, y0, z0 = corner[0, 0], corner[0, 1], corner[0, 2]
    ax, ay, az = corner[1, 0] - x0, corner[1, 1] - y0, corner[1, 2] - z0
    bx, by, bz = corner[2, 0] - x0, corner[2, 1] - y0, corner[2, 2] - z0
    area = ax * by - bx * ay
    if not abs(area) > f(1e-6):
        return
    low, high = min(y0, corner[1, 1], corner[2, 1]), max(y0, corner[1, 1], corner[2, 1])
    flat = True
    for c in range(4):
        if rgba[0, c] != rgba[1, c] or rgba[0, c] != rgba[2, c]:
            flat = False
    alpha, red, green, blue = inks(rgba, f(0), f(0))
    stride = np.uint64(width + 2 * rim)
    first, per = max(top, int(np.ceil(max(low, f(-9)) - f(0.5)))), f(1) / area
    for v in range(first, min(top + band.rows, int(np.ceil(min(high, f(99999)) - f(0.5))))):
        left, right = between(corner, f(v) + f(0.5))
        base = (v - top + rim) * (width + 2 * rim) + rim
        above = np.uint64(2 * (base - rim))
        start, end = int(np.ceil(max(left, f(0)) - f(0.5))), int(np.ceil(min(right, f(width)) - f(0.5)))
        y = f(v) + f(0.5) - y0
        # Most of what lies behind a wall ends here: depth along a row is a line.
        z, slope = z0 + (az * -bx + bz * ax) * per * y, (az * by - bz * ay) * per
        for u in range(start, end):
            x, n = f(u) + f(0.5) - x0, np.uint64(base + u)
            behind = zed[n] if zed[n] > f(-2) else f(-2) - zed[n]
            if z + slope * x > behind:
                continue
            if not flat:
                alpha, red, green, blue = inks(rgba, (x * by - bx * y) * per, (ax * y - x * ay) * per)
            p, q, keep = np.uint64(4) * n, n + above, f(1) - alpha
            for c in range(3):
                acc[q + np.uint64(c) * stride] *= keep
            body[p] = body[p] * keep + red
            body[p + np.uint64(1)] = body[p + np.uint64(1)] * keep + green
            body[p + np.uint64(2)] = body[p + np.uint64(2)] * keep + blue
            body[p + np.uint64(3)] = body[p + np.uint64(3)] * keep + f(255) * alpha


@inner
def mixed(rgba: Bytes, s: Number, t: Number, c: Number) -> Number:
    """A channel of a triangle's colours (3, 4), s of the way to its second corner and t to its third."""
    one = f(rgba[0, c])
    return one + s * (f(rgba[1, c]) - one) + t * (f(rgba[2, c]) - one)


@inner
def inks(rgba: Bytes, s: Number, t: Number) -> Number:
    """Opacity 0..1 at such a place of a triangle, and red, green and blue times that."""
    alpha = min(max(mixed(rgba, s, t, np.int64(3)) * f(1 / 255), f(0)), f(1))
    return (
        alpha,
        alpha * mixed(rgba, s, t, np.int64(0)),
        alpha * mixed(rgba, s, t, np.int64(1)),
        alpha * mixed(rgba, s, t, np.int64(2)),
    )


@inner
def add_sides(sides: Sides, band: Band) -> None:
    """Lay triangles over a band."""
    corner, top, end = sides.corner, f(band.top), f(band.top + band.rows)
    for k in range(len(corner)):
        # Before the call, which costs more than what most triangles have to draw in a band.
        low = min(corner[k, 0, 1], corner[k, 1, 1], corner[k, 2, 1])
        if low < end and max(corner[k, 0, 1], corner[k, 1, 1], corner[k, 2, 1]) > top:
            cover(corner[k], sides.rgba[k], band)


def triangles(count: int) -> NDArray[np.int64]:
    """Which corners the two triangles of each of so many quads have, counting all: (2 count, 3)."""
    corners: NDArray[np.int64] = 4 * np.arange(count)[:, None, None] + np.array([(0, 1, 2), (0, 2, 3)])
    return corners.reshape(-1, 3)
