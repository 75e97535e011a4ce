"""Stamps: small pictures that face the camera, such as a tick's text, as soft as a mip-mapped texture.

Light falls over them, as over all bodies, but they are laid over it once more, thinly: strands shine
through a text that can be read still.
"""

import numpy as np

from scenes.kernels.compile import inner, jit
from scenes.kernels.values import Band, Bytes, Number, Stamps, f


def levels_of(picture: Bytes) -> Bytes:
    """A picture, uint8 (h, w, 4), and after it those of half its sides and so on, while even: (p, 4)."""
    levels = [picture.reshape(-1, 4)]
    while not any(side % 2 for side in picture.shape[:2]):
        fine = np.ascontiguousarray(picture)
        picture = np.empty((fine.shape[0] // 2, fine.shape[1] // 2, 4), np.uint8)
        halve(fine, picture)
        levels.append(picture.reshape(-1, 4))
    return np.concatenate(levels)


@jit
def halve(fine: Bytes, small: Bytes) -> None:
    """Means of 2 x 2 pixels: uint8 (2h, 2w, 4) to (h, w, 4)."""
    for y in range(small.shape[0]):
        for x in range(small.shape[1]):
            for c in range(4):
                above = np.int32(fine[2 * y, 2 * x, c]) + fine[2 * y, 2 * x + 1, c]
                below = np.int32(fine[2 * y + 1, 2 * x, c]) + fine[2 * y + 1, 2 * x + 1, c]
                small[y, x, c] = (above + below + 2) >> 2


@inner
def texel(levels: Bytes, level: Number, u: Number, v: Number, c: Number) -> Number:
    """A channel 0..255 of a level (first, rows, columns) at (u, v), 0..1, mixed of the four pixels around."""
    first, high, wide = level
    x, y = u * f(wide) - f(0.5), v * f(high) - f(0.5)
    i, j = int(np.floor(x)), int(np.floor(y))
    s, t = x - f(i), y - f(j)
    left, right = min(max(i, 0), wide - 1), min(max(i + 1, 0), wide - 1)
    upper, lower = first + wide * min(max(j, 0), high - 1), first + wide * min(max(j + 1, 0), high - 1)
    above = f(levels[upper + left, c]) * (f(1) - s) + f(levels[upper + right, c]) * s
    below = f(levels[lower + left, c]) * (f(1) - s) + f(levels[lower + right, c]) * s
    return above * (f(1) - t) + below * t


@inner
def halved(level: Number) -> Number:
    """The next smaller level of one (first, rows, columns)."""
    first, high, wide = level
    return first + high * wide, high // 2, wide // 2


@inner
def add_stamp(stamps: Stamps, k: int, band: Band) -> None:
    """Lay a small picture over a band, where nothing is nearer."""
    x0, y0, z, half = stamps.at[k]
    acc, body, zed, levels = band.acc, band.body, band.zed, stamps.levels[k]
    aside = half * f(stamps.wide) / f(stamps.high)
    # The level of which a pixel shows one, and how much of the next smaller one it shows.
    # A 0 and a 3 as they are would be types of their own, for which loops are compiled once more.
    level, clear = (np.int64(0), stamps.high, stamps.wide), np.int64(3)
    while level[1] % 2 == 0 and level[2] % 2 == 0 and f(level[1]) >= f(4) * half:
        level = halved(level)
    stride = band.width + 2 * band.rim
    more = min(max(np.log2(f(level[1]) / (f(2) * half)), f(0)), f(1))
    if level[1] % 2 or level[2] % 2:
        more = f(0)
    for y in range(
        max(band.top, int(np.ceil(y0 - half - f(0.5)))),
        min(band.top + band.rows, int(np.ceil(y0 + half - f(0.5)))),
    ):
        v = (f(y) + f(0.5) - y0 + half) / (f(2) * half)
        o = (y - band.top + band.rim) * stride + band.rim
        for x in range(
            max(0, int(np.ceil(x0 - aside - f(0.5)))), min(band.width, int(np.ceil(x0 + aside - f(0.5))))
        ):
            # What no strand is to light is marked by its depth: see `keep`.
            deep = zed[o + x] if zed[o + x] > f(-1) else f(-2) - zed[o + x]
            if z > deep:
                continue
            u = (f(x) + f(0.5) - x0 + aside) / (f(2) * aside)
            alpha = texel(levels, level, u, v, clear)
            if more > f(0):
                alpha += more * (texel(levels, halved(level), u, v, clear) - alpha)
            if not alpha > f(0):
                continue
            alpha *= f(1 / 255)
            thin = f(stamps.over) * alpha
            # Laid twice: under the light and over it.
            alpha += thin * (f(1) - alpha)
            for c in range(3):
                ink = texel(levels, level, u, v, c)
                if more > f(0):
                    ink += more * (texel(levels, halved(level), u, v, c) - ink)
                body[4 * (o + x) + c] = body[4 * (o + x) + c] * (f(1) - alpha) + alpha * ink
                acc[3 * (o - band.rim) + c * stride + band.rim + x] *= f(1) - thin
            p = 4 * (o + x) + 3
            body[p] = body[p] * (f(1) - alpha) + f(255) * alpha
