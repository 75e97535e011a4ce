"""Segments of lines: which bands of a picture each reaches, and what it adds to one."""

import numpy as np
from numpy.typing import NDArray

from scenes.kernels.compile import inner
from scenes.kernels.lanes import CROSSED, LANES, across, along
from scenes.kernels.primitives.lines import CORNER, cut, shine
from scenes.kernels.values import Floats, Lines, Number, Rows, View, f


@inner
def bands_of(x: Number, y: Number, u: Number, v: Number, reach: Number, view: Number) -> Number:
    """The first and the last band that a segment from (x, y) to (u, v) reaches; the last before where none.

    view: width and height of the picture, and rows of a band. Numbers alone, see `Rows`.
    """
    width, height, high = view
    last = (height - 1) // high
    if np.isnan(y) or np.isnan(v):
        # Where a line runs past the camera, any row may be reached; what is all behind it reaches none.
        return (1, 0) if np.isnan(y) and np.isnan(v) else (0, last)
    top, low = max(min(y, v) - reach, f(0)), min(max(y, v) + reach, f(height))
    if low < f(0) or top > f(height) or max(x, u) + reach < f(0) or min(x, u) - reach > f(width):
        return 1, 0
    return int(top) // high, min(int(low) // high, last)


@inner
def spread(lines: Lines, view: View, high: int) -> tuple[Floats, NDArray[np.int64]]:
    """The segments that each band of so many rows reaches, in order, so that a band reads them one by one.

    Returns float32 (n, 16), of each segment its two ends as `shine` tells of them and `Lines.half`, and where
    those of each band begin and end: int64 (3 b + 1,), the bands of each part of the lines after the last's.
    """
    count, at, rgba, half = (view.height - 1) // high + 1, lines.at, lines.rgba, lines.half
    sizes = view.width, view.height, high
    ends, reached = np.zeros(3 * count + 1, np.int64), np.empty((len(at), 2), np.int16)
    for k in range(len(lines.line)):
        own = 1 + count * (np.int64(k >= lines.parts[1]) + np.int64(k >= lines.parts[2]))
        j, last, step = lines.line[k]
        while j < last:
            i, j = j, min(j + step, last)
            one, two = 1, 0
            if rgba[i, 3] or rgba[j, 3]:
                one, two = bands_of(at[i, 0], at[i, 1], at[j, 0], at[j, 1], CORNER * half[k], sizes)
            reached[i, 0], reached[i, 1] = one, two
            for band in range(one, two + 1):
                ends[own + band] += 1
    for band in range(3 * count):
        ends[band + 1] += ends[band]
    pieces, free = np.empty((ends[3 * count], 16), f), ends.copy()
    for k in range(len(lines.line)):
        own = count * (np.int64(k >= lines.parts[1]) + np.int64(k >= lines.parts[2]))
        j, last, step = lines.line[k]
        while j < last:
            i, j = j, min(j + step, last)
            if reached[i, 0] > reached[i, 1]:
                continue
            p, q = shine(at, rgba, i), shine(at, rgba, j)
            if np.isnan(p[1]):
                p = cut(lines, j, i, view)
            elif np.isnan(q[1]):
                q = cut(lines, i, j, view)
            for band in range(reached[i, 0], reached[i, 1] + 1):
                n = free[own + band]
                free[own + band] = n + 1
                pieces[n, 0], pieces[n, 1], pieces[n, 2], pieces[n, 3], pieces[n, 4], pieces[n, 5] = p
                pieces[n, 6], pieces[n, 7], pieces[n, 8], pieces[n, 9], pieces[n, 10], pieces[n, 11] = q
                pieces[n, 12] = half[k]
    return pieces, ends


@inner
def read(pieces: Floats, n: int, first: Number) -> Number:
    """An end of a segment that was written down."""
    return (
        pieces[n, first],
        pieces[n, first + 1],
        pieces[n, first + 2],
        pieces[n, first + 3],
        pieces[n, first + 4],
        pieces[n, first + 5],
    )


@inner
def segment(p: Number, q: Number, half: Number, rows: Rows) -> None:
    """Add the light of a segment between two points of light to some rows; see `shine`.

    The coverage is that of OpenGL's smooth lines in Mesa: full up to half a pixel within the border, none
    half a pixel outside. It is stepped along the axis that is closer to it, pixel by pixel, and lights the
    pixels at its ends by the part that it runs through, so that segments which meet add up to one line.
    half: half the width in pixels, and half a pixel more.
    """
    width, top = rows.width, rows.top
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
    longer = np.sqrt(f(1) + slope * slope)
    reach = half * longer
    lv, hv = (f(top), f(top + rows.rows)) if flat else (f(0), f(width))
    lu, hu = (0, width) if flat else (top, top + rows.rows)
    first, stop = pu, qu
    if slope != f(0):
        back = run / (qv - pv)
        one, two = pu + (lv - reach - pv) * back, pu + (hv + reach - pv) * back
        first, stop = max(first, min(one, two)), min(stop, max(one, two))
    elif pv + reach < lv or pv - reach > hv:
        return
    if not stop > first:
        return
    start, end = max(lu, int(np.floor(max(first, f(-9))))), min(hu, int(np.ceil(min(stop, f(99999)))))
    begun = p[2], p[3], p[4], p[5]
    slopes = (q[2] - p[2]) * per, (q[3] - p[3]) * per, (q[4] - p[4]) * per, (q[5] - p[5]) * per
    # From a pixel's edge to its middle.
    line = pv - f(0.5), slope, f(1) / longer, half, reach
    if flat:
        run_along(line, (pu, qu), (begun, slopes), (start, end), rows)
    else:
        run_across(line, (pu, qu), (begun, slopes), (start, end), rows)


@inner
def run_along(line: Number, ends: Number, light: Number, span: Number, rows: Rows) -> None:
    """Light the columns from start to end by a line that runs along the rows; see `segment`.

    line: the row in whose middle it begins, slope, narrow and half. ends: the columns where it begins and
    ends. light: what `along` is told of it.
    """
    (pv, slope, narrow, half, reach), (pu, qu), (start, end) = line, ends, span
    rim, stride = rows.rim, rows.width + 2 * rows.rim
    for i in range(start, end, LANES):
        one = pv + slope * (f(0.5) * (max(f(i), pu) + min(f(i + 1), qu)) - pu)
        last = min(i + LANES, end)
        two = pv + slope * (f(0.5) * (max(f(last - 1), pu) + min(f(last), qu)) - pu)
        low, high = int(np.floor(min(one, two) - reach)) + 1, int(np.ceil(max(one, two) + reach))
        for j in range(max(low, rows.top), min(high, rows.top + rows.rows)):
            row = (j - rows.top + rim) * stride
            middle = pv - f(j), slope, narrow, half
            k = row + rim + i
            along(rows.acc, rows.zed, k + 2 * row, k, stride, f(i), ends, middle, light[0], light[1])


@inner
def run_across(line: Number, ends: Number, light: Number, span: Number, rows: Rows) -> None:
    """Light the rows from start to end by a line that crosses them; see `run_along`."""
    (pv, slope, narrow, half, reach), (pu, qu), (start, end) = line, ends, span
    begun, slopes = light
    rim, stride = rows.rim, rows.width + 2 * rows.rim
    for i in range(start, end):
        begin, finish = max(f(i), pu), min(f(i) + f(1), qu)
        t = f(0.5) * (begin + finish) - pu
        centre = pv + slope * t
        here = (
            begun[0] + slopes[0] * t,
            begun[1] + slopes[1] * t,
            begun[2] + slopes[2] * t,
            begun[3] + slopes[3] * t,
        )
        row = (i - rows.top + rim) * stride
        low, high = int(np.floor(centre - reach)) + 1, int(np.ceil(centre + reach))
        for j in range(low, high, CROSSED):
            middle, k = ((f(j) - centre) * narrow, narrow, half, finish - begin), row + rim + j
            across(rows.acc, rows.zed, k + 2 * row, k, stride, middle, here)
