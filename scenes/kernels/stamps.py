"""Stamps: small pictures that face the camera, such as a tick's text, as soft as a mip-mapped texture."""

import numpy as np

from scenes.kernels.compile import jit
from scenes.kernels.values import Band, Bytes, Number, Stamps, f


def levels_of(picture: Bytes) -> Bytes:
    """A picture, uint8 (s, s, 4), and after it those of half its side and so on, while it is even: (p, 4)."""
    levels, side = [picture.reshape(-1, 4)], len(picture)
    while side % 2 == 0:
        side //= 2
        whole = picture.astype(np.uint16).reshape(side, 2, side, 2, 4).sum(axis=(1, 3))
        picture = ((whole + 2) // 4).astype(np.uint8)
        levels.append(picture.reshape(-1, 4))
    return np.concatenate(levels)


@jit
def texel(levels: Bytes, first: int, side: int, u: Number, v: Number, c: int) -> Number:
    """A channel 0..255 of a level at (u, v), 0..1, mixed of the four pixels around."""
    x, y = u * f(side) - f(0.5), v * f(side) - f(0.5)
    i, j = int(np.floor(x)), int(np.floor(y))
    s, t = x - f(i), y - f(j)
    left, right = min(max(i, 0), side - 1), min(max(i + 1, 0), side - 1)
    upper, lower = first + side * min(max(j, 0), side - 1), first + side * min(max(j + 1, 0), side - 1)
    above = f(levels[upper + left, c]) * (f(1) - s) + f(levels[upper + right, c]) * s
    below = f(levels[lower + left, c]) * (f(1) - s) + f(levels[lower + right, c]) * s
    return above * (f(1) - t) + below * t


@jit
def add_stamp(stamps: Stamps, k: int, band: Band) -> None:
    """Lay a small picture over a band, where nothing is nearer."""
    x0, y0, z, half = stamps.at[k]
    body, zed, levels = band.body, band.zed, stamps.levels[k]
    first, side = 0, stamps.side
    # The level of which a pixel shows one, and how much of the next smaller one it shows.
    while side % 2 == 0 and f(side) >= f(4) * half:
        first, side = first + side * side, side // 2
    more = min(max(np.log2(f(side) / (f(2) * half)), f(0)), f(1)) if side % 2 == 0 else f(0)
    for y in range(
        max(band.top, int(np.ceil(y0 - half - f(0.5)))),
        min(band.top + band.rows, int(np.ceil(y0 + half - f(0.5)))),
    ):
        v = (f(y) + f(0.5) - y0 + half) / (f(2) * half)
        o = (y - band.top + band.rim) * (band.width + 2 * band.rim) + band.rim
        for x in range(
            max(0, int(np.ceil(x0 - half - f(0.5)))), min(band.width, int(np.ceil(x0 + half - f(0.5))))
        ):
            if z > zed[o + x]:
                continue
            u = (f(x) + f(0.5) - x0 + half) / (f(2) * half)
            alpha = texel(levels, first, side, u, v, 3)
            if more > f(0):
                alpha += more * (texel(levels, first + side * side, side // 2, u, v, 3) - alpha)
            if not alpha > f(0):
                continue
            alpha *= f(1 / 255)
            for c in range(3):
                ink = texel(levels, first, side, u, v, c)
                if more > f(0):
                    ink += more * (texel(levels, first + side * side, side // 2, u, v, c) - ink)
                body[4 * (o + x) + c] = body[4 * (o + x) + c] * (f(1) - alpha) + alpha * ink
            p = 4 * (o + x) + 3
            body[p] = body[p] * (f(1) - alpha) + f(255) * alpha
