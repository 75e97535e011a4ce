"""Spots: halos that add their light to a band of a picture."""

import numpy as np

from scenes.kernels.compile import inner, jit
from scenes.kernels.primitives.lines import away, depth_terms, look
from scenes.kernels.values import Band, Bytes, Floats, View, f

# Scene units by which a halo is taken for nearer: it is seen over the ball in whose middle it lies.
NEARER = 0.002


@jit
def aim_spots(places: Floats, radius: Floats, nearer: float, view: View, at: Floats) -> None:
    """Look at spots, float32 (n, 3) with radii (n,) in pixels at one scene unit's distance: see `Spots`.

    nearer: scene units by which they are taken for nearer. Those that are too near are all 0: no radius.
    """
    terms = depth_terms(view)
    for k in range(len(places)):
        w = away(places[k], view)
        at[k] = f(0)
        if w >= view.near:
            x, y, z = places[k, 0], places[k, 1], places[k, 2]
            at[k, 0], at[k, 1], at[k, 2] = look(x, y, z, w, nearer, view, terms)
            at[k, 3] = radius[k] / f(w)


@inner
def splat(spot: Floats, rgba: Bytes, band: Band) -> None:
    """Add a halo to a band: light that falls with the third power to nothing at its radius."""
    acc, zed, rim, width, top = band.acc, band.zed, band.rim, band.width, band.top
    x, y, z, r = spot[0], spot[1], spot[2], spot[3]
    a = f(rgba[3]) * f(1 / 255)
    red, green, blue, per = f(rgba[0]) * a, f(rgba[1]) * a, f(rgba[2]) * a, f(1) / r
    stride, two = np.uint64(width + 2 * rim), np.uint64(2 * (width + 2 * rim))
    first = max(top, int(np.ceil(y - r - f(0.5))))
    for v in range(first, min(top + band.rows, int(np.floor(y + r - f(0.5))) + 1)):
        dy = f(v) + f(0.5) - y
        half = np.sqrt(max(r * r - dy * dy, f(0)))
        left, right = (
            max(0, int(np.ceil(x - half - f(0.5)))),
            min(width, int(np.floor(x + half - f(0.5))) + 1),
        )
        row = (v - top + rim) * (width + 2 * rim)
        base, above = row + rim, np.uint64(2 * row)
        for u in range(left, right):
            k = np.uint64(base + u)
            if z <= zed[k]:
                dx = f(u) + f(0.5) - x
                fall = max(f(1) - np.sqrt(dx * dx + dy * dy) * per, f(0))
                w = fall * fall * fall
                n = k + above
                acc[n] += w * red
                acc[n + stride] += w * green
                acc[n + two] += w * blue
