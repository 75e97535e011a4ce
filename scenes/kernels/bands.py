"""A picture worked through in bands of rows, whose light and depth stay in the processor's cache."""

import numpy as np

from scenes.kernels.compile import jit
from scenes.kernels.lines import cut, segment, shine
from scenes.kernels.sheet import keep
from scenes.kernels.spots import cover, splat
from scenes.kernels.values import Band, Bytes, Floats, Lines, Number, Sheet, Spots, View, f


@jit
def clear(depth: Floats, band: Band) -> None:
    """Begin a band: no light, and the depth of the bodies, float32 (h, w), the bottom row first."""
    acc, zed, rim, width = band.acc, band.zed, band.rim, band.width
    for y in range(band.rows):
        o = (y + rim) * (width + 2 * rim) + rim
        row = depth[depth.shape[0] - 1 - band.top - y]
        for x in range(width):
            # Where there is no body, light may be farther away than all that was drawn.
            zed[o + x] = row[x] if row[x] < f(1) else f(1e9)
        # No slice: what Numba makes of one takes a second to compile.
        for x in range(3 * o, 3 * (o + width)):
            acc[x] = f(0)


@jit
def add_lines(lines: Lines, begin: int, end: int, view: View, band: Band) -> bool:
    """Add the light of lines begin...end to a band; whether any reached it."""
    low, high, at, alpha = f(band.top), f(band.top + band.rows), lines.at, lines.rgba
    reached = False
    for k in range(begin, end):
        if lines.high[k] < low or lines.low[k] > high:
            continue
        reached = True
        half = lines.half[k]
        j, last, step = lines.line[k]
        while j < last:
            i, j = j, min(j + step, last)
            if alpha[i, 3] == 0 and alpha[j, 3] == 0:
                continue
            # What is behind the camera has NaN for y, and is compared with nothing.
            y, v = at[i, 1], at[j, 1]
            if (y + half < low and v + half < low) or (y - half > high and v - half > high):
                continue
            p, q = shine(lines, i), shine(lines, j)
            if np.isnan(y):
                p = cut(lines, j, i, view)
            elif np.isnan(v):
                q = cut(lines, i, j, view)
            # One call, as each is compiled into its place.
            segment(p, q, half, band)
    return reached


@jit
def add_spots(spots: Spots, band: Band) -> None:
    """Add the light of halos to a band, and take away what is covered."""
    at = spots.at
    for k in range(len(at)):
        y, r = at[k, 1], at[k, 3]
        if spots.rgba[k, 3] and r > f(0) and y + r > band.top and y - r < band.top + band.rows:
            splat(at[k], spots.rgba[k], band)
    for k in range(len(spots.corner)):
        cover(spots.corner[k], spots.alpha[k], band)


@jit
def dim(bodies: Bytes, band: Band) -> None:
    """Take from a band's light what the bodies' opacity covers."""
    acc, rim, width = band.acc, band.rim, band.width
    for y in range(band.rows):
        o, body = (y + rim) * (width + 2 * rim) + rim, bodies[bodies.shape[0] - 1 - band.top - y]
        for x in range(width):
            if body[4 * x + 3]:
                keep = f(255 - np.int32(body[4 * x + 3])) * f(1 / 255)
                for c in range(3):
                    acc[3 * (o + x) + c] *= keep


@jit
def put(acc: Floats, body: Bytes, under: Bytes, out: Bytes, sign: Number) -> None:
    """One row: bodies (premultiplied RGBA) over the paper, and light added or, with sign -1, taken away."""
    for x in range(len(out) // 3):
        keep = f(255 - np.int32(body[4 * x + 3])) * f(1 / 255)
        a = f(under[3 * x]) * keep + f(body[4 * x]) + sign * acc[3 * x] + f(0.5)
        b = f(under[3 * x + 1]) * keep + f(body[4 * x + 1]) + sign * acc[3 * x + 1] + f(0.5)
        c = f(under[3 * x + 2]) * keep + f(body[4 * x + 2]) + sign * acc[3 * x + 2] + f(0.5)
        out[3 * x] = np.uint8(np.int32(min(max(a, f(0)), f(255))))
        out[3 * x + 1] = np.uint8(np.int32(min(max(b, f(0)), f(255))))
        out[3 * x + 2] = np.uint8(np.int32(min(max(c, f(0)), f(255))))


@jit
def light_bands(
    lines: Lines,
    spots: Spots,
    sheet: Sheet,
    view: View,
    room: Band,
    first: int,
    step: int,
    depth: Floats,
    bodies: Bytes,
    paper: Bytes,
    pixels: Bytes,
    kept: Bytes,
    sign: Number,
) -> None:
    """Light the bands first, first + step, ... of a picture.

    What shines is given as the camera sees it; `room` is for a band, and where that lies is set here. Depth,
    float32 (h, w), and bodies, uint8 (h, 4w) premultiplied, have the bottom row first. Paper, the ground, and
    pixels, which become the picture, have the top row first: uint8 (h, 3w). So has kept, uint8 (h, w), which
    tells where the sheet is seen; it is all 0 before. A sign of -1 takes light away.
    """
    acc, zed, rim, width, height = room.acc, room.zed, room.rim, view.width, view.height
    for top in range(first * room.rows, height, step * room.rows):
        band = Band(acc, zed, rim, width, top, min(room.rows, height - top))
        clear(depth, band)
        for part in range(3):
            if part == 2:
                keep(sheet, view, band, kept)
            if add_lines(lines, lines.parts[part], lines.parts[part + 1], view, band) and not part:
                dim(bodies, band)
        add_spots(spots, band)
        for y in range(band.rows):
            o = 3 * ((y + rim) * (width + 2 * rim) + rim)
            row = bodies[height - 1 - top - y]
            put(acc[o : o + 3 * width], row, paper[top + y], pixels[top + y], sign)
