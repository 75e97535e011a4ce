"""Balls: shaded discs with a soft rim. Cold ones are lit like glass, hot ones glow from within.

They are, number for number, what the shader in scenes/vtk/window/clouds draws.
"""

import numpy as np

from scenes.kernels.compile import inner
from scenes.kernels.values import Band, Discs, Floats, Number, View, f

# Beside the camera a ball's outer rim is nearer than its inner one; else the driver takes both for equal.
_NEAR = 0.25
DARK, OWN, LIGHT = range(3)  # on a dark ground, with their own colours from limb to middle, on a light one
# Where light comes from, and where its gleam is seen: (-0.45, 0.65, 0.6) and (-0.3, 0.5, 0.9) of length 1.
_SUN = (f(-0.453379), f(0.654881), f(0.604506))
_GLEAM = (f(-0.279751), f(0.466252), f(0.839254))


@inner
def smooth(low: Number, high: Number, x: Number) -> Number:
    """GLSL's smoothstep."""
    t = min(max((x - low) / (high - low), f(0)), f(1))
    return t * t * (f(3) - f(2) * t)


@inner
def cold(
    base: Number, c: int, light: Number, gleam: Number, rim: Number, level: Number, manner: int
) -> Number:
    """A channel of a cold ball 0..1: base is its own colour's."""
    if manner == LIGHT:
        shade = f(0.20) if c == 0 else f(0.18) if c == 1 else f(0.12)
        return base * (f(0.62) + f(0.42) * light) - shade * rim + f(0.30) * gleam
    edge = f(0.30) if c == 0 else f(0.42) if c == 1 else f(0.75)
    glint = f(0.8) if c == 0 else f(0.88) if c == 1 else f(1)
    if manner == OWN:
        dim, bright, share = f(0.42), f(0.66), f(0.30)
    else:
        dim, bright, share = f(0.30), f(0.75), f(0.55)
    return base * (dim + bright * light) + edge * rim * share * (f(1) - level) + glint * gleam * f(0.35)


@inner
def hot(base: Number, c: int, gleam: Number, nz: Number, level: Number, manner: int) -> Number:
    """A channel of a hot ball."""
    if manner == DARK:
        limb = base * (f(0.78) if c == 0 else f(0.34) if c == 1 else f(0.22))
        heart = f(1) if c == 0 else f(0.82) if c == 1 else f(0.5)
        n2 = nz * nz
        glow = heart * n2 * n2 * n2 * level * level * f(0.45)
        return limb + (base * f(1.06) - limb) * smooth(f(0), f(0.85), nz) + glow
    if manner == OWN:
        limb = base * base * f(0.60)
        return limb + (base - limb) * smooth(f(0), f(0.75), nz) + f(0.25) * gleam
    limb = base * f(0.62)
    return limb + (base * f(1.04) - limb) * smooth(f(0), f(0.8), nz) + f(0.30) * gleam


def tilts(at: Floats, view: View, scale: float) -> Floats:
    """How balls that a camera sees at pixels (n, 4) are tilted: see `Discs`.

    scale: pixels for one scene unit at that distance.
    """
    aside = at[:, :2] - np.array([view.width / 2, view.height / 2], f)
    out = np.hypot(aside[:, 0], aside[:, 1])[:, None]
    way = np.where(out > 0, aside / np.maximum(out, f(1e-6)), np.array([1, 0], f))
    longer = np.hypot(out / f(scale), f(1))
    # A radius over its distance is that in pixels over those for one unit.
    nearer = at[:, 3:] / f(scale) * out / f(scale) / longer
    return np.concatenate([way, longer, np.where(nearer > _NEAR, nearer, f(0))], axis=1)


@inner
def add_discs(discs: Discs, band: Band) -> None:
    """Draw balls into a band."""
    for k in range(len(discs.at)):
        y, r = discs.at[k, 1], discs.at[k, 3]
        reach = r * discs.tilt[k, 2] / (f(1) - min(discs.tilt[k, 3], f(0.9)))
        if r > f(0) and y + reach > band.top and y - reach < band.top + band.rows:
            disc(discs, k, reach, band)


@inner
def disc(discs: Discs, k: int, reach: Number, band: Band) -> None:
    """Draw a ball into a band; reach: pixels beyond which nothing of it is."""
    rgba, (x0, y0, z, r), (ex, ey, longer, nearer) = discs.rgba, discs.at[k], discs.tilt[k]
    body, zed, rim, width, top = band.body, band.zed, band.rim, band.width, band.top
    level, per = f(rgba[k, 3]) * f(1 / 255), f(1) / r
    heat = smooth(f(0.02), f(0.45), level)
    first = max(top, int(np.ceil(y0 - reach - f(0.5))))
    for y in range(first, min(top + band.rows, int(np.floor(y0 + reach - f(0.5))) + 1)):
        dy = (f(y) + f(0.5) - y0) * per
        half = np.sqrt(max(reach * reach - dy * dy * r * r, f(0)))
        left = max(0, int(np.ceil(x0 - half - f(0.5))))
        right = min(width, int(np.floor(x0 + half - f(0.5))) + 1)
        base = (y - top + rim) * (width + 2 * rim) + rim
        for x in range(left, right):
            n = np.uint64(base + x)
            if z > zed[n]:
                continue
            dx = (f(x) + f(0.5) - x0) * per
            out = dx * ex + dy * ey
            if longer + out * nearer <= f(0):
                continue
            out /= longer + out * nearer
            aside = (dy * ex - dx * ey) * (f(1) - out * nearer)
            d2 = out * out + aside * aside
            if d2 > f(1):
                continue
            d, nz, far = np.sqrt(d2), np.sqrt(f(1) - d2), max(np.sqrt(dx * dx + dy * dy), f(1e-6))
            nx, ny = dx * d / far, -dy * d / far
            alpha = f(1) - smooth(f(1) - f(1.5) * per * (abs(dx) + abs(dy)) / far * d / far, f(1), d)
            if alpha <= f(0):
                continue
            lit = max(nx * _SUN[0] + ny * _SUN[1] + nz * _SUN[2], f(0))
            gleam = max(nx * _GLEAM[0] + ny * _GLEAM[1] + nz * _GLEAM[2], f(0)) ** 16
            gleam, edge = gleam * gleam * gleam, (f(1) - nz) * (f(1) - nz) * np.sqrt(f(1) - nz)
            p, keep = np.uint64(4) * n, f(1) - alpha
            for c in range(3):
                own = f(rgba[k, c]) * f(1 / 255)
                one = cold(own, c, lit, gleam, edge, level, discs.manner)
                two = hot(own, c, gleam, nz, level, discs.manner)
                shade = min(max(one + (two - one) * heat, f(0)), f(1))
                q = p + np.uint64(c)
                body[q] = body[q] * keep + f(255) * alpha * shade
            body[p + np.uint64(3)] = body[p + np.uint64(3)] * keep + f(255) * alpha
            zed[n] = z
