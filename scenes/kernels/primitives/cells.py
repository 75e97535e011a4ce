"""Cells: rasters of flat colours, of which each pixel of a picture shows the mean of what it covers."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import inner, written_out
from scenes.kernels.primitives.lines import depth_terms
from scenes.kernels.values import Band, Bytes, Floats, Number, Rasters, View, f

_MOST = 16.0  # cells aside or below that a pixel shows, where a raster is seen nearly from its edge
_STEP = 8  # pixels side by side that show equally large parts of a raster
_STRETCH = 8.0  # how much longer than wide such a part may be, as of the driver's textures


@inner
def softened(one: Number, other: Number) -> Number:
    """How wide a part a driver mixes to a pixel that is one and other texels wide: two numbers of texels.

    It mixes two levels of a texture, each of half the texels of the one before, by the narrower side, and
    as many places along the wider one as it takes. What is told is as far spread.
    """
    least, most = min(one, other), max(one, other)
    least = max(least, most / _STRETCH, 1.0)
    blur, rest = 3.0, least
    while rest >= 2.0:
        blur, rest = 4.0 * blur, 0.5 * rest
    if rest > 1.0:  # a logarithm takes longer than the rest
        blur *= 1.0 + 3.0 * np.log2(rest)
    return np.sqrt(blur + max(one * one - least * least, 0.0)), np.sqrt(
        blur + max(other * other - least * least, 0.0)
    )


@inner
def narrowed(left: Number, right: Number, p: Number, q: Number) -> Number:
    """The part of left...right where p x + q is not negative."""
    if p > 0:
        return max(left, -q / p), right
    if p < 0:
        return left, min(right, -q / p)
    return left, right if q >= 0 else left - 1


@inner
def seen_of(m: NDArray[np.float64], rows: int, cols: int, y: float, view: View) -> Number:
    """The first column of a row of the picture that shows a raster, and the one after the last."""
    u, v, k = m[0, 1] * y + m[0, 2], m[1, 1] * y + m[1, 2], m[2, 1] * y + m[2, 2]
    left, right = narrowed(0.0, float(view.width), m[0, 0], u)
    left, right = narrowed(left, right, m[1, 0], v)
    left, right = narrowed(left, right, cols * m[2, 0] - m[0, 0], cols * k - u)
    left, right = narrowed(left, right, rows * m[2, 0] - m[1, 0], rows * k - v)
    # Neither behind the camera nor too near to it.
    left, right = narrowed(left, right, m[2, 0], k - 1e-9)
    left, right = narrowed(left, right, -m[2, 0], 1 / view.near - k)
    return max(int(np.ceil(left - 0.5)), 0), min(int(np.ceil(right - 0.5)), view.width)


@written_out
def mean(rgba: Bytes, ink: Floats, form: Number, part: Number) -> Number:
    """The sum of the colours of a part of a raster: red, green, blue, and how much is inked and is there.

    form: rows, columns, first cell, first ink of columns and of rows, whether it is whole: see `Rasters`.
    part: left, top, right and bottom in cells, within the raster.
    """
    rows, cols, first, across, down, whole = form
    left, top, right, low = part
    red, green, blue, inked, there = f(0), f(0), f(0), f(0), f(0)
    for j in range(int(top), min(int(low), rows - 1) + 1):
        n = np.uint64(down + j)
        begin, end = max(top - f(j), f(0)), min(low - f(j), f(1))
        tall = end - begin
        dyed = max(min(end, ink[n, 1]) - max(begin, ink[n, 0]), f(0))
        for i in range(int(left), min(int(right), cols - 1) + 1):
            c, n = np.uint64(first + j * cols + i), np.uint64(across + i)
            begin, end = max(left - f(i), f(0)), min(right - f(i), f(1))
            if not whole:
                if not rgba[c, 3]:
                    continue
                there += tall * (end - begin)
            w = dyed * max(min(end, ink[n, 1]) - max(begin, ink[n, 0]), f(0))
            inked += w
            red += w * f(rgba[c, 0])
            green += w * f(rgba[c, 1])
            blue += w * f(rgba[c, 2])
    return red, green, blue, inked, there


@inner
def add_raster(rasters: Rasters, r: int, view: View, band: Band) -> None:
    """Draw a raster into a band: before what is farther away, behind what nearer ones leave to be seen."""
    m, rgba, ink, whole = rasters.m[r], rasters.rgba, rasters.ink, rasters.whole[r]
    rows, cols, first, across, down = rasters.form[r]
    form, (top, end) = (rows, cols, first, across, down, whole), rasters.rows[r]
    texels_wide, texels_high = rasters.texels[r]
    back_red, back_green, back_blue = rasters.backing[r]
    a, b = depth_terms(view)
    body, zed = band.body, band.zed
    ax, ay, cx, cy, kx, ky = m[0, 0], m[0, 1], m[1, 0], m[1, 1], m[2, 0], m[2, 1]
    for y in range(max(top, band.top), min(end, band.top + band.rows)):
        middle = y + 0.5
        start, stop = seen_of(m, rows, cols, middle, view)
        u0, v0, k0 = ay * middle + m[0, 2], cy * middle + m[1, 2], ky * middle + m[2, 2]
        o = (y - band.top + band.rim) * (band.width + 2 * band.rim) + band.rim
        known, wide, high = start, f(0), f(0)
        for x in range(start, stop):
            at = x + 0.5
            k, n = kx * at + k0, np.uint64(o + x)
            z = f((a + b * k + 1) * 0.5)
            ahead, p = z < zed[n], np.uint64(4) * n
            if not ahead and body[p + np.uint64(3)] >= f(254.5):
                continue
            per = 1 / k
            u, v = (ax * at + u0) * per, (cx * at + v0) * per
            if x >= known:
                known = x + _STEP
                # How far (u, v) goes from a pixel to the next ones.
                one = texels_wide * per * np.sqrt((ax - u * kx) ** 2 + (ay - u * ky) ** 2)
                two = texels_high * per * np.sqrt((cx - v * kx) ** 2 + (cy - v * ky) ** 2)
                one, two = softened(one, two)
                wide, high = f(0.5 * min(one / texels_wide, _MOST)), f(0.5 * min(two / texels_high, _MOST))
            left, right = max(f(u) - wide, f(0)), min(f(u) + wide, f(cols))
            upper, low = max(f(v) - high, f(0)), min(f(v) + high, f(rows))
            red, green, blue, inked, there = mean(rgba, ink, form, (left, upper, right, low))
            area = max((right - left) * (low - upper), f(1e-12))
            back = (area if whole else there) - inked
            alpha = f(255) if whole else f(255) * there / area
            if ahead:
                keep, share = f(1) - alpha * f(1 / 255), f(1) / area
                if alpha > f(0):
                    zed[n] = z
            else:
                keep, share = f(1), (f(1) - body[p + np.uint64(3)] * f(1 / 255)) / area
                alpha *= share * area
            body[p] = body[p] * keep + share * (red + back * back_red)
            body[p + np.uint64(1)] = body[p + np.uint64(1)] * keep + share * (green + back * back_green)
            body[p + np.uint64(2)] = body[p + np.uint64(2)] * keep + share * (blue + back * back_blue)
            body[p + np.uint64(3)] = body[p + np.uint64(3)] * keep + alpha


def aim_rasters(
    axes: NDArray[np.float64], sizes: NDArray[np.int64], view: View
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """From pixels to the columns and rows of r rasters, and the rows of the picture that each can reach.

    axes: float64 (r, 4, 3), of each the ways from a cell to the next aside and below and its upper left
    corner, in scene units, as columns, with 0, 0 and 1 beneath. sizes: int64 (r, 2), its rows and columns.

    Returns `m` and `rows` of `Rasters`; one that is seen from its edge reaches none.
    """
    x, y, _, w = (view.m @ axes).transpose(1, 0, 2)
    seen = np.stack([0.5 * view.width * (x + w), 0.5 * view.height * (w - y), w], axis=1)
    flat = np.abs(np.linalg.det(seen)) < 1e-9
    high, wide = sizes.astype(np.float64).T
    none, one = np.zeros_like(high), np.ones_like(high)
    corners = np.stack([none, none, one, wide, none, one, none, high, one, wide, high, one])
    ends = seen @ corners.reshape(4, 3, -1).transpose(2, 1, 0)
    away = ends[:, 2]
    level = ends[:, 1] / np.where(away > 0, away, 1)
    # One that runs past the camera can be seen in any row.
    past = away.min(axis=1) < view.near
    first = np.where(past, 0, np.clip(np.floor(level.min(axis=1)), 0, view.height))
    last = np.where(past, view.height, np.clip(np.ceil(level.max(axis=1)), 0, view.height))
    last = np.where(flat | (away.max(axis=1) < view.near), first, last)
    seen[flat] = np.eye(3)
    return np.linalg.inv(seen), np.stack([first, last], axis=1).astype(np.int64)
