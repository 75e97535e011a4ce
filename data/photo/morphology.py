"""Small image morphology on numpy arrays: means, closings, runs, growth."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
A = TypeVar("A", Floats, Mask)

CLOSING_SIDE = 150  # paper changes slowly; it is estimated in at most about so many pixels


def closing(grey: Floats, size: float) -> Floats:
    """Fill dark valleys narrower than size pixels (h, w); ramps and the edges of wide shadows stay in place.

    Beyond each border the border's own closed profile goes on, so a stroke that runs off the picture is
    filled as well.
    """
    step = max(1, max(grey.shape) // CLOSING_SIDE)
    reach = max(1, round(size / step / 2))
    padded = np.pad(reduce(grey, step), reach, mode="edge")
    for axis in (0, 1):
        lines = np.moveaxis(padded, axis, 0)
        # A stroke may lie along the border, so it is looked at with twice the reach.
        lines[:reach] = _closed_line(lines[reach], 2 * reach)
        lines[-reach:] = _closed_line(lines[-reach - 1], 2 * reach)
    closed = _spread(_spread(padded, reach, np.maximum), reach, np.minimum)
    return _enlarge(closed[reach:-reach, reach:-reach], step, grey.shape)


def dilate(mask: Mask, radius: int) -> Mask:
    """The mask grown by radius pixels in all eight directions."""
    return _spread(mask, radius, np.logical_or)


def maximum(grey: Floats, radius: int) -> Floats:
    """The greatest value within radius pixels in all eight directions."""
    return _spread(grey, radius, np.maximum)


def blur(grey: Floats, radius: int) -> Floats:
    """Means over (2 * radius + 1) squared pixels; the border goes on outside."""
    for axis in (0, 1):
        width = ((radius + 1, radius), (0, 0)) if axis == 0 else ((0, 0), (radius + 1, radius))
        sums = np.cumsum(np.pad(grey, width, mode="edge"), axis=axis, dtype=np.float64)
        sums = np.moveaxis(sums, axis, 0)
        span = 2 * radius + 1
        grey = np.asarray(np.moveaxis((sums[span:] - sums[:-span]) / span, 0, axis), np.float32)
    return grey


def grow(ink: Floats, radius: float) -> Floats:
    """Thicken ink (h, w) by radius pixels on all sides, which enlarges the picture: maximum over a disc."""
    reach = int(np.ceil(radius))
    padded = np.pad(ink, 2 * reach)
    height, width = ink.shape[0] + 2 * reach, ink.shape[1] + 2 * reach
    out = np.zeros((height, width), np.float32)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            away = np.hypot(down - reach, right - reach)
            share = np.float32(np.clip(radius + 0.5 - away, 0, 1))  # a soft rim: radius need not be whole
            if share > 0:
                np.maximum(out, share * padded[down : down + height, right : right + width], out=out)
    return out


def reduce(grey: Floats, step: int) -> Floats:
    """Means over step x step pixels; an incomplete last row or column of blocks is filled from the border."""
    if step == 1:
        return grey
    height, width = (-(-side // step) for side in grey.shape)
    full = np.pad(grey, ((0, height * step - grey.shape[0]), (0, width * step - grey.shape[1])), mode="edge")
    return np.asarray(full.reshape(height, step, width, step).mean((1, 3)), np.float32)


def run_lengths(mask: Mask, axis: int) -> Ints:
    """For each pixel of the mask the length of its straight run along axis, 0 outside: int (h, w)."""
    lines = np.moveaxis(mask, axis, 1)
    starts, ends, rows = runs(lines)
    steps = np.zeros((lines.shape[0], lines.shape[1] + 1), np.int64)
    np.add.at(steps, (rows, starts), ends - starts)
    np.add.at(steps, (rows, ends), starts - ends)
    return np.moveaxis(np.cumsum(steps, axis=1)[:, :-1], 1, axis)


def runs(mask: Mask) -> tuple[Ints, Ints, Ints]:
    """Horizontal runs of a mask, row by row: first column, column after the last, row."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return starts, ends, rows


def _spread(values: A, reach: int, take: np.ufunc, axes: tuple[int, ...] = (0, 1)) -> A:
    """Extreme over 2 * reach + 1 pixels along each axis; the border goes on outside."""
    for axis in axes:
        width = ((reach, reach), (0, 0)) if axis == 0 else ((0, 0), (reach, reach))
        lines = np.moveaxis(np.pad(values, width, mode="edge"), axis, 0)
        span, wanted = 1, 2 * reach + 1
        while span < wanted:
            shift = min(span, wanted - span)
            lines = take(lines[:-shift], lines[shift:])
            span += shift
        values = np.moveaxis(lines, 0, axis)
    return values


def _closed_line(line: Floats, reach: int) -> Floats:
    row = line[None]
    closed = _spread(_spread(row, reach, np.maximum, (1,)), reach, np.minimum, (1,))
    return np.asarray(closed[0], np.float32)


def _enlarge(small: Floats, step: int, shape: tuple[int, ...]) -> Floats:
    """Linear interpolation back to shape."""
    if step == 1:
        return small
    for axis in (0, 1):
        last = small.shape[axis] - 1
        at = np.clip((np.arange(shape[axis]) + 0.5) / step - 0.5, 0, last)
        low = at.astype(np.int64)
        part = (at - low).astype(np.float32)
        part = part[:, None] if axis == 0 else part[None]
        small = small.take(low, axis) * (1 - part) + small.take(np.minimum(low + 1, last), axis) * part
    return small
