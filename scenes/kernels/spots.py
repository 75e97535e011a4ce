"""Spots: halos that add their light to a band of a picture, and triangles that cover some of it."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import jit
from scenes.kernels.lines import away, look
from scenes.kernels.values import Band, Bytes, Floats, Number, View, f

# Scene units by which a halo is taken for nearer: it is seen over the ball in whose middle it lies.
NEARER = 0.002


@jit
def aim_spots(places: Floats, radius: Floats, view: View, at: Floats) -> None:
    """Look at spots, float32 (n, 3) with radii (n,) in pixels at one scene unit's distance: see `Spots`."""
    for k in range(len(places)):
        w = away(places[k], view)
        at[k, 3] = f(0)
        if w >= view.near:
            at[k, 0], at[k, 1], at[k, 2] = look(places[k, 0], places[k, 1], places[k, 2], w, NEARER, view)
            at[k, 3] = radius[k] / f(w)


@jit
def splat(spot: Floats, rgba: Bytes, band: Band) -> None:
    """Add a halo to a band: light that falls with the third power to nothing at its radius."""
    acc, zed, rim, width, top = band.acc, band.zed, band.rim, band.width, band.top
    x, y, z, r = spot[0], spot[1], spot[2], spot[3]
    a = f(rgba[3]) * f(1 / 255)
    red, green, blue, per = f(rgba[0]) * a, f(rgba[1]) * a, f(rgba[2]) * a, f(1) / r
    first = max(top, int(np.ceil(y - r - f(0.5))))
    for v in range(first, min(top + band.rows, int(np.floor(y + r - f(0.5))) + 1)):
        dy = f(v) + f(0.5) - y
        half = np.sqrt(max(r * r - dy * dy, f(0)))
        left, right = (
            max(0, int(np.ceil(x - half - f(0.5)))),
            min(width, int(np.floor(x + half - f(0.5))) + 1),
        )
        base = (v - top + rim) * (width + 2 * rim) + rim
        for u in range(left, right):
            k = np.uint64(base + u)
            if z <= zed[k]:
                dx = f(u) + f(0.5) - x
                fall = max(f(1) - np.sqrt(dx * dx + dy * dy) * per, f(0))
                w = fall * fall * fall
                n = k * np.uint64(3)
                acc[n] += w * red
                acc[n + np.uint64(1)] += w * green
                acc[n + np.uint64(2)] += w * blue


@jit
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


@jit
def cover(corner: Floats, alpha: Bytes, band: Band) -> None:
    """Take from a band's light what a triangle covers that is drawn after it: see `Spots`."""
    acc, zed, rim, width, top = band.acc, band.zed, band.rim, band.width, band.top
    x0, y0, z0 = corner[0, 0], corner[0, 1], corner[0, 2]
    ax, ay, az = corner[1, 0] - x0, corner[1, 1] - y0, corner[1, 2] - z0
    bx, by, bz = corner[2, 0] - x0, corner[2, 1] - y0, corner[2, 2] - z0
    area = ax * by - bx * ay
    if not abs(area) > f(1e-6) or min(corner[0, 3], corner[1, 3], corner[2, 3]) <= 0:
        return
    low, high = min(y0, corner[1, 1], corner[2, 1]), max(y0, corner[1, 1], corner[2, 1])
    first = max(top, int(np.ceil(max(low, f(-9)) - f(0.5))))
    for v in range(first, min(top + band.rows, int(np.ceil(min(high, f(99999)) - f(0.5))))):
        left, right = between(corner, f(v) + f(0.5))
        base = (v - top + rim) * (width + 2 * rim) + rim
        start, end = int(np.ceil(max(left, f(0)) - f(0.5))), int(np.ceil(min(right, f(width)) - f(0.5)))
        for u in range(start, end):
            x, y = f(u) + f(0.5) - x0, f(v) + f(0.5) - y0
            s, t = (x * by - bx * y) / area, (ax * y - x * ay) / area
            k = base + u
            behind = zed[k] if zed[k] > f(-2) else f(-2) - zed[k]
            if z0 + s * az + t * bz <= behind:
                from_first = s * (f(alpha[1]) - f(alpha[0])) + t * (f(alpha[2]) - f(alpha[0]))
                keep = f(1) - min(max((f(alpha[0]) + from_first) * f(1 / 255), f(0)), f(1))
                for c in range(3):
                    acc[3 * k + c] *= keep


def triangles(count: int) -> NDArray[np.int64]:
    """Which corners the two triangles of each of so many quads have, counting all: (2 count, 3)."""
    corners: NDArray[np.int64] = 4 * np.arange(count)[:, None, None] + np.array([(0, 1, 2), (0, 2, 3)])
    return corners.reshape(-1, 3)
