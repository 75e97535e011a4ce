"""The sheet: a raster of pixels that keep their colours, whatever shines before them."""

import numpy as np

from scenes.kernels.compile import inner
from scenes.kernels.primitives.lines import depth_terms
from scenes.kernels.values import Band, Bytes, Floats, Sheet, View, f

_SHUT = 255
# Scene units before the sheet where another body is taken to cover it.
_NEARER = 0.3


def aim_sheet(corner: Floats, right: Floats, down: Floats, marks: Bytes, view: View) -> Sheet:
    """A raster as a camera sees it; see `Sheet`.

    corner: (3,), its upper left one in scene units; right, down: (3,), from a cell to the next; marks: uint8
    (rows, cols), of each cell.
    """
    axes = np.zeros((4, 3))
    axes[:3, 0], axes[:3, 1], axes[:3, 2], axes[3, 2] = right, down, corner, 1.0
    x, y, _, w = view.m @ axes
    seen = np.stack([0.5 * view.width * (x + w), 0.5 * view.height * (w - y), w])
    rows, cols = marks.shape
    ends = seen @ np.array([(0, 0, 1), (cols, 0, 1), (0, rows, 1), (cols, rows, 1)], np.float64).T
    if not marks.any() or ends[2].min() < view.near or abs(np.linalg.det(seen)) < 1e-9:
        return NOTHING
    low, high = (ends[:2] / ends[2]).min(axis=1), (ends[:2] / ends[2]).max(axis=1)
    left, top = np.maximum(np.floor(low), 0).astype(int)
    end, bottom = np.minimum(np.ceil(high), (view.width, view.height)).astype(int)
    box = np.array([left, top, end, bottom], np.int64)
    return Sheet(np.linalg.inv(seen), np.ascontiguousarray(marks), box)


NOTHING = Sheet(np.eye(3), np.zeros((0, 0), np.uint8), np.zeros(4, np.int64))
"""A sheet that is not seen."""


@inner
def keep(sheet: Sheet, view: View, band: Band, kept: Bytes) -> None:
    """Tell in `kept`, uint8 (h, w), which pixels show a cell, and hide those of shut cells from strands.

    Their depth z becomes -2 - z, before which no light is.
    """
    left, top, end, bottom = sheet.box
    a, b = depth_terms(view)
    m, zed = sheet.m, band.zed
    rows, cols = sheet.marks.shape
    for y in range(max(top, band.top), min(bottom, band.top + band.rows)):
        o = (y - band.top + band.rim) * (band.width + 2 * band.rim) + band.rim
        middle = y + 0.5
        u0, v0, k0 = m[0, 1] * middle + m[0, 2], m[1, 1] * middle + m[1, 2], m[2, 1] * middle + m[2, 2]
        for x in range(left, end):
            # One over the distance from the camera, in which depth is nearly linear.
            k = m[2, 0] * (x + 0.5) + k0
            u, v = (m[0, 0] * (x + 0.5) + u0) / k, (m[1, 0] * (x + 0.5) + v0) / k
            if u < 0 or v < 0 or u >= cols or v >= rows:
                continue
            mark = sheet.marks[int(v), int(u)]
            z = zed[o + x]
            if mark and z >= f((a + b * k * (1 + _NEARER * k) + 1) * 0.5):
                kept[y, x] = 255
                if mark == _SHUT:
                    zed[o + x] = f(-2) - z
