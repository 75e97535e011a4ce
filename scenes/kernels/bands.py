"""A picture worked through in bands of rows, whose light and depth stay in the processor's cache."""

import numpy as np

from scenes.kernels.compile import inner, jit
from scenes.kernels.primitives.balls import add_discs
from scenes.kernels.primitives.cells import add_raster
from scenes.kernels.primitives.segments import read, segment, spread
from scenes.kernels.primitives.sheet import keep
from scenes.kernels.primitives.sides import add_sides
from scenes.kernels.primitives.spots import splat
from scenes.kernels.primitives.stamps import add_stamp
from scenes.kernels.values import (
    Band,
    Bodies,
    Bytes,
    Floats,
    Lines,
    Number,
    Rows,
    Sheet,
    Spots,
    Stamps,
    View,
    f,
)


@inner
def clear(band: Band) -> None:
    """Begin a band: no light, and no body."""
    acc, zed, body, rim, width = band.acc, band.zed, band.body, band.rim, band.width
    for y in range(band.rows):
        # Numbers without a sign, as loops over others are not done by vectors. No slices: what Numba makes
        # of one takes a second to compile.
        o = np.uint64((y + rim) * (width + 2 * rim) + rim)
        for x in range(np.uint64(width)):
            # Light may be farther away than all that is drawn.
            zed[o + x] = f(1e9)
        red = np.uint64(3) * (o - np.uint64(rim))
        for x in range(np.uint64(3 * (width + 2 * rim))):
            acc[red + x] = f(0)
        for x in range(np.uint64(4 * width)):
            body[np.uint64(4) * o + x] = f(0)


@inner
def add_bodies(bodies: Bodies, view: View, band: Band) -> None:
    """Draw what covers into a band, but for what is laid over the light: some sides, and stamps."""
    for r in range(len(bodies.rasters.form)):
        top, end = bodies.rasters.rows[r]
        if top < band.top + band.rows and end > band.top:
            add_raster(bodies.rasters, r, view, band)
    add_discs(bodies.discs, band)
    add_sides(bodies.sides, band)


@inner
def add_stamps(stamps: Stamps, band: Band) -> None:
    """Lay small pictures over the bodies of a band, and thinly over the light of its lines."""
    for k in range(len(stamps.at)):
        y, half = stamps.at[k, 1], stamps.at[k, 3]
        if half > f(0) and y + half > band.top and y - half < band.top + band.rows:
            add_stamp(stamps, k, band)


@inner
def add_lines(pieces: Floats, begin: int, end: int, band: Band) -> None:
    """Add the light of segments begin...end to a band; see `spread`."""
    rows = Rows(band.acc.ctypes.data, band.zed.ctypes.data, band.rim, band.width, band.top, band.rows)
    # A 0 and a 6 as they are would be types of their own, for which `read` is compiled twice.
    one, other = np.int64(0), np.int64(6)
    for n in range(begin, end):
        segment(read(pieces, n, one), read(pieces, n, other), pieces[n, 12], rows)


@inner
def add_spots(spots: Spots, band: Band) -> None:
    """Add the light of halos to a band."""
    at = spots.at
    for k in range(len(at)):
        y, r = at[k, 1], at[k, 3]
        if spots.rgba[k, 3] and r > f(0) and y + r > band.top and y - r < band.top + band.rows:
            splat(at[k], spots.rgba[k], band)


@inner
def dim(band: Band) -> None:
    """Take from a band's light what the bodies' opacity covers."""
    acc, body, rim, width = band.acc, band.body, band.rim, band.width
    stride = np.uint64(width + 2 * rim)
    for y in range(band.rows):
        o = np.uint64((y + rim) * (width + 2 * rim) + rim)
        red = o + np.uint64(2 * (y + rim)) * stride
        green, blue = red + stride, red + stride + stride
        # Each, as most are quickest so: without a body all is kept.
        for x in range(np.uint64(width)):
            keep = f(1) - body[np.uint64(4) * (o + x) + np.uint64(3)] * f(1 / 255)
            acc[red + x] *= keep
            acc[green + x] *= keep
            acc[blue + x] *= keep


@inner
def put(band: Band, y: int, under: Bytes, out: Bytes, sign: Number) -> None:
    """A row of a band: bodies over the paper, and light added or, with sign -1, taken away."""
    acc, body, rim, width = band.acc, band.body, band.rim, band.width
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    stride = np.uint64(width + 2 * rim)
    o = np.uint64((y + rim) * (width + 2 * rim) + rim)
    red = o + np.uint64(2 * (y + rim)) * stride
    green, blue = red + stride, red + stride + stride
    # Numbers without a sign: a quarter of the time, see `clear`.
    for x in range(np.uint64(width)):
        p, i = np.uint64(4) * (o + x), three * x
        keep = f(1) - body[p + three] * f(1 / 255)
        a = f(under[i]) * keep + body[p] + sign * acc[red + x] + f(0.5)
        b = f(under[i + one]) * keep + body[p + one] + sign * acc[green + x] + f(0.5)
        c = f(under[i + two]) * keep + body[p + two] + sign * acc[blue + x] + f(0.5)
        out[i] = np.uint8(np.int32(min(max(a, f(0)), f(255))))
        out[i + one] = np.uint8(np.int32(min(max(b, f(0)), f(255))))
        out[i + two] = np.uint8(np.int32(min(max(c, f(0)), f(255))))


@jit
def draw_bands(
    bodies: Bodies,
    lines: Lines,
    spots: Spots,
    sheet: Sheet,
    view: View,
    room: Band,
    first: int,
    step: int,
    paper: Bytes,
    pixels: Bytes,
    kept: Bytes,
    sign: Number,
) -> None:
    """Draw the bands first, first + step, ... of a picture.

    All is given as the camera sees it; `room` is for a band, and where that lies is set here. Paper, the
    ground, and pixels, which become the picture, have the top row first: uint8 (h, 3w). So has kept, uint8
    (h, w), which tells where the sheet is seen; it is all 0 before. A sign of -1 takes light away.
    """
    acc, zed, body, rim, width, height = room.acc, room.zed, room.body, room.rim, view.width, view.height
    pieces, ends = spread(lines, view, room.rows)
    count = len(ends) // 3
    for top in range(first * room.rows, height, step * room.rows):
        band = Band(acc, zed, body, rim, width, top, min(room.rows, height - top))
        clear(band)
        add_bodies(bodies, view, band)
        for part in range(3):
            if part == 2:
                keep(sheet, view, band, kept)
            own = part * count + top // room.rows
            add_lines(pieces, ends[own], ends[own + 1], band)
            if not part and ends[own + 1] > ends[own]:
                dim(band)
        add_stamps(bodies.stamps, band)
        add_spots(spots, band)
        add_sides(bodies.over, band)
        for y in range(band.rows):
            put(band, y, paper[top + y], pixels[top + y], sign)
