"""Small image morphology on numpy arrays: means, closings, runs, growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
A = TypeVar("A", Floats, Mask)

CLOSING_SIDE = 150  # paper changes slowly; it is estimated in at most about so many pixels


@dataclass(frozen=True)
class Cut:
    """Where a part was cut out of a picture (height, width): its first row and column there."""

    top: int
    left: int
    height: int
    width: int


def closing(grey: Floats, size: float, blocks: int = CLOSING_SIDE) -> Floats:
    """Fill dark valleys narrower than size pixels (h, w); ramps and the edges of wide shadows stay in place.

    Beyond each border the border's own closed profile goes on, so a stroke that runs off the picture is
    filled as well. blocks: along the longer side, about, of which it is the closing.
    """
    step, reach = closing_grid(max(grey.shape), size, blocks)
    padded = np.pad(reduce(grey, step), reach, mode="edge")
    for axis in (0, 1):
        lines = np.moveaxis(padded, axis, 0)
        # A stroke may lie along the border, so it is looked at with twice the reach.
        lines[:reach] = _closed_line(lines[reach], 2 * reach)
        lines[-reach:] = _closed_line(lines[-reach - 1], 2 * reach)
    closed = _spread(_spread(padded, reach, np.maximum), reach, np.minimum)
    return _enlarge(closed[reach:-reach, reach:-reach], step, grey.shape)


def closing_grid(side: int, size: float, blocks: int = CLOSING_SIDE) -> tuple[int, int]:
    """Side in pixels of a closing's blocks, and its reach in blocks; side: the picture's longer one."""
    step = max(1, side // blocks)
    return step, max(1, round(size / step / 2))


def closing_fills(mask: Mask, size: float, box: tuple[slice, slice]) -> bool:
    """Whether closing surely gives white everywhere: the picture is dark at the mask (h, w), white elsewhere.

    So it does where nothing is as wide as the closing, and so little lies at the border that the border's
    own profile closes. box: the mask's, see `box_of`.
    """
    step, reach = closing_grid(max(mask.shape), size)
    blocks = any_of_blocks(mask, step)
    at_border = (blocks[0], blocks[-1], blocks[:, 0], blocks[:, -1])
    if max(np.count_nonzero(side) for side in at_border) > reach:
        return False
    part = blocks[box if step == 1 else box_of(blocks)]
    span = 2 * reach + 1
    if min(part.shape) < span or np.count_nonzero(part) < span**2:
        return True
    return not bool(_extreme(_extreme(part, span, np.logical_and, 0), span, np.logical_and, 1).any())


def valleys(light: Floats, reach: int) -> Floats:
    """How much a closing fills of light (h, w) that is alone on black, where black goes on for its reach."""
    reach = min(reach, max(light.shape) // 2 + 1)  # a square longer than the picture sees as much as any
    padded = surrounded(light, 2 * reach)
    closed = _spread(_spread(padded, reach, np.maximum), reach, np.minimum)
    return (closed - padded)[2 * reach : -2 * reach, 2 * reach : -2 * reach]


def dilate(mask: Mask, radius: int) -> Mask:
    """The mask grown by radius pixels in all eight directions."""
    return _spread(mask, radius, np.logical_or)


def maximum(grey: Floats, radius: int) -> Floats:
    """The greatest value within radius pixels in all eight directions."""
    return _spread(grey, radius, np.maximum)


def minimum(grey: Floats, radius: int) -> Floats:
    """The least value within radius pixels in all eight directions."""
    return _spread(grey, radius, np.minimum)


def extended(grey: Floats, radius: int) -> Floats:
    """The picture with its border going on outside for radius pixels, on all sides."""
    return _extended(_extended(grey, radius, radius, 0), radius, radius, 1)


def blur(grey: Floats, radius: int) -> Floats:
    """Means over (2 * radius + 1) squared pixels; the border goes on outside."""
    for axis in (0, 1):
        sums = np.cumsum(_extended(grey, radius + 1, radius, axis), axis=axis, dtype=np.float64)
        sums = np.moveaxis(sums, axis, 0)
        span = 2 * radius + 1
        grey = np.asarray(np.moveaxis((sums[span:] - sums[:-span]) / span, 0, axis), np.float32)
    return grey


def grow(ink: Floats, radius: float) -> Floats:
    """Thicken ink (h, w) by radius pixels on all sides, which enlarges the picture: maximum over a disc."""
    reach = int(np.ceil(radius))
    padded = surrounded(ink, 2 * reach)
    height, across = ink.shape[0] + 2 * reach, padded.shape[1]
    away = np.arange(-reach, reach + 1)
    # A soft rim: radius need not be whole.
    shares = np.clip(radius + 0.5 - np.hypot.outer(away, away), 0, 1).astype(np.float32)
    # Pixels are taken row after row, as one line: a step down is one of so many to the right.
    line, out = padded.reshape(-1), np.zeros(height * across, np.float32)
    grown_line = out[: len(out) - 2 * reach]
    whole = (shares == 1).sum(1)  # a row of the disc's whole part is one run: a maximum along it
    run, span = line, 1
    for wanted in np.unique(whole[whole > 0]).tolist():
        run, span = _longer(run, span, wanted), wanted
        for down in np.flatnonzero(whole == wanted).tolist():
            start = down * across + reach - wanted // 2
            np.maximum(grown_line, run[start : start + len(grown_line)], out=grown_line)
    rim = np.empty_like(line)
    for share in np.unique(shares[(shares > 0) & (shares < 1)]):
        np.multiply(line, share, out=rim)
        for down, right in zip(*np.nonzero(shares == share), strict=True):
            start = down * across + right
            np.maximum(grown_line, rim[start : start + len(grown_line)], out=grown_line)
    return out.reshape(height, across)[:, : ink.shape[1] + 2 * reach]


def _longer(run: Floats, span: int, wanted: int) -> Floats:
    """Maxima over each wanted neighbours of a line, from those over each span of them."""
    while span < wanted:
        shift = min(span, wanted - span)
        run = np.maximum(run[:-shift], run[shift:])
        span += shift
    return run


def reduce(grey: Floats, step: int) -> Floats:
    """Means over step x step pixels; an incomplete last row or column of blocks is filled from the border."""
    if step == 1:
        return grey
    below, beside = (-side % step for side in grey.shape)
    full = np.pad(grey, ((0, below), (0, beside)), mode="edge") if below or beside else grey
    # Row by row and column by column: a mean over two axes at once takes ten times as long.
    rows = sum((full[k::step] for k in range(1, step)), full[::step])
    whole = sum((rows[:, k::step] for k in range(1, step)), rows[:, ::step])
    return np.asarray(whole * (1 / step**2), np.float32)


def long_runs(mask: Mask, least: int) -> Mask:
    """The pixels of a mask that lie in vertical runs of at least so many pixels."""
    if mask.shape[0] < least:
        return np.zeros_like(mask)
    whole = _extreme(mask, least, np.logical_and, 0)  # where such a run begins
    around = np.zeros((len(mask) + least - 1, mask.shape[1]), np.bool_)
    around[least - 1 : len(mask)] = whole
    return _extreme(around, least, np.logical_or, 0)


def surrounded(values: A, by: int) -> A:
    """The values with so many rows and columns of 0 on all sides; np.pad takes many times as long."""
    height, width = values.shape
    out = np.zeros((height + 2 * by, width + 2 * by), values.dtype)
    out[by : by + height, by : by + width] = values
    return out


def border_of(values: A) -> A:
    """The values along the four sides of (h, w): (2 h + 2 w,)."""
    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])


def box_of(mask: Mask, margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a mask's pixels, with a margin inside the picture; both empty if there are none."""
    # As bytes, the first and the last True are found soonest: this is asked a dozen times for each picture.
    pixels, width = mask.tobytes(), mask.shape[1]
    first = pixels.find(1)
    if first < 0:
        return slice(0, 0), slice(0, 0)
    rows = slice(first // width, pixels.rfind(1) // width + 1)
    columns = np.logical_or.reduce(mask[rows], 0).tobytes()
    return grown((rows, slice(columns.find(1), columns.rfind(1) + 1)), margin)


def grown(box: tuple[slice, slice], margin: int) -> tuple[slice, slice]:
    """Rows and columns with a margin, as `box_of` has it."""
    rows, columns = box
    return (
        slice(max(0, rows.start - margin), rows.stop + margin),
        slice(max(0, columns.start - margin), columns.stop + margin),
    )


def runs(mask: Mask) -> tuple[Ints, Ints, Ints]:
    """Horizontal runs of a mask, row by row: first column, column after the last, row."""
    height, width = mask.shape
    if not mask.size:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    edges = np.empty((height, width + 1), np.bool_)
    edges[:, 0], edges[:, -1] = mask[:, 0], mask[:, -1]
    np.not_equal(mask[:, 1:], mask[:, :-1], out=edges[:, 1:-1])
    at = np.flatnonzero(edges)  # in each row a run's start and its end by turns
    rows = at[::2] // (width + 1)
    return at[::2] - rows * (width + 1), at[1::2] - rows * (width + 1), rows


def spanned(mask: Mask) -> int:
    """Pixels of a mask (h, w) from the first to the last of each row."""
    rows = mask[mask.any(1)]
    return int((rows.shape[1] - rows[:, ::-1].argmax(1) - rows.argmax(1)).sum())


def _spread(values: A, reach: int, take: np.ufunc, axes: tuple[int, ...] = (0, 1)) -> A:
    """Extreme over 2 * reach + 1 pixels along each axis; the border goes on outside."""
    for axis in axes:
        values = _extreme(_extended(values, reach, reach, axis), 2 * reach + 1, take, axis)
    return values


def _extreme(values: A, wanted: int, take: np.ufunc, axis: int) -> A:
    """Extreme over each wanted neighbours along axis, which shortens it by wanted - 1."""
    lines = values if axis == 0 else values.T
    span = 1
    while span < wanted:
        shift = min(span, wanted - span)
        lines = take(lines[:-shift], lines[shift:])
        span += shift
    return lines if axis == 0 else lines.T


def _extended(values: A, before: int, after: int, axis: int) -> A:
    """The first and the last line repeated outside; np.pad does the same in many times the time."""
    inner = values if axis == 0 else values.T
    size, across = inner.shape
    more = size + before + after
    out = np.empty((more, across) if axis == 0 else (across, more), values.dtype)
    lines = out if axis == 0 else out.T
    lines[before : before + size] = inner
    lines[:before], lines[before + size :] = inner[0], inner[-1]
    return out


def any_of_blocks(mask: Mask, step: int) -> Mask:
    """Which blocks of step x step pixels have any of the mask; incomplete ones go on outside."""
    if step == 1:
        return mask
    height, width = (-(-side // step) for side in mask.shape)
    full = np.zeros((height * step, width * step), np.bool_)
    full[: mask.shape[0], : mask.shape[1]] = mask
    # Row by row and column by column: over two axes at once it takes ten times as long.
    rows = np.logical_or.reduce(full.reshape(height, step, -1), 1)
    return np.asarray(np.logical_or.reduce([rows[:, k::step] for k in range(step)], 0))


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


def strokes_crossed(mask: Mask) -> int:
    """How many strokes the rows of a mask (h, w) cross, together."""
    return int(np.count_nonzero(mask[:, 1:] > mask[:, :-1]) + np.count_nonzero(mask[:, 0]))
