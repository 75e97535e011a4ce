"""Forms of digits that MNIST has seldom: flagged ones, some footed or in thick print; barred, footed sevens;
fours that are closed above, with a bar that goes on beyond the stem.

They are drawn onto MNIST's own digits, with a pen as wide as the digit's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.augment.warp import CHUNK, Floats, Images, mapped, read_at

Labels = NDArray[np.integer[Any]]
_INK = 128  # of 255: what belongs to a stroke
_ROOM = 2  # pixels that stay free at the borders


@dataclass(frozen=True, eq=False)
class _Stems:
    """Where strokes stand, all float32 (n,) and in pixels.

    top, bottom: rows of the ink's ends; head, foot: its columns there; waist: its column at half its height;
    left: its first column in the upper third; pen: the stroke's width.
    """

    top: Floats
    bottom: Floats
    head: Floats
    foot: Floats
    waist: Floats
    left: Floats
    pen: Floats

    @property
    def height(self) -> Floats:
        return self.bottom - self.top


def hands(
    images: Images, labels: Labels, rng: np.random.Generator, strength: float = 1.0
) -> tuple[Images, Labels]:
    """The set, and after it half of its ones, all its sevens, three of ten fours again, in another form.

    strength: 0.5 takes half as many.

    An expansion of the set, not a draw: uint8 (N, h, w) with labels (N,) to (N + n, h, w) and (N + n,), where
    n counts the new ones. Each new image is centred by its mass, as MNIST's are.
    """
    # A 1 with a flag is near to a 7: with more of them narrow sevens are taken for ones.
    kinds = ((1, 0.5, _new_one), (7, 1.0, _new_seven), (4, 0.3, _new_four))
    new_images, new_labels = [images], [labels]
    for digit, share, renewed in kinds:
        places = np.flatnonzero((labels == digit) & (images.max((1, 2)) >= _INK))
        places = places[rng.random(len(places)) < share * strength]
        for start in range(0, len(places), CHUNK):
            part = images[places[start : start + CHUNK]]
            new_images.append(_centred(renewed(part, rng)))
            new_labels.append(labels[places[start : start + CHUNK]])
    return np.concatenate(new_images), np.concatenate(new_labels)


def _new_one(images: Images, rng: np.random.Generator) -> Images:
    """Flags of a fifth to half of the height and more, a quarter as long as the stem; a third lean further, a
    third stand on a foot, a sixth in thick print.
    """
    count = len(images)
    images = _leaning(images, np.where(rng.random(count) < 1 / 3, rng.uniform(0.1, 0.6, count), 0))
    stems = _stems(images)
    long = rng.random(count) < 1 / 4
    # From the way down, to the left; between a long one and the stem, more would make it a 7.
    lean = np.rad2deg(np.arctan2(stems.head - stems.foot, np.maximum(stems.height, 1)))
    apart = np.clip(lean, 0, 40) + rng.uniform(24, 54, count)
    angle = np.deg2rad(np.where(long, np.clip(apart, 30, 70), rng.uniform(20, 66, count)))
    reach = np.where(long, rng.uniform(0.58, 1.1, count), rng.uniform(0.2, 0.58, count)) * stems.height
    thick = np.where(rng.random(count) < 1 / 6, rng.uniform(1, 4.5, count), 0)
    # In thick print a flag is short, for the stem swallows its root.
    reach = np.where(thick > 0, np.minimum(reach, 5) + thick, reach)
    pen = stems.pen * rng.uniform(0.75, 1.1, count)
    down, right = reach * np.cos(angle), -reach * np.sin(angle)
    flag = _segment(images.shape, stems.top + pen / 3, stems.head, down, right)
    stem = _segment(images.shape, stems.top, stems.head, stems.height, stems.foot - stems.head)
    half = np.where(rng.random(count) < 1 / 3, rng.uniform(0.15, 0.35, count) * stems.height, 0)
    foot = _segment(images.shape, stems.bottom, stems.foot - half, np.zeros(count), 2 * half)
    ink = [_stroked(flag, pen), _stroked(stem, np.where(thick > 0, stems.pen + thick, 0))]
    ink.append(_stroked(foot, np.where(half > 0, pen, 0)))
    return np.asarray(np.maximum.reduce([images, *ink]), np.uint8)


def _leaning(images: Images, leans: NDArray[Any]) -> Images:
    """Images (n, h, w) leaning to the right, each by its own share (n,) of the height."""
    maps = np.zeros((len(images), 2, 2), np.float32)
    maps[:, 0, 0] = maps[:, 1, 1] = 1
    maps[:, 1, 0] = leans
    return read_at(images, *mapped(maps, np.zeros((len(images), 2), np.float32), images.shape[1:]))


def _new_seven(images: Images, rng: np.random.Generator) -> Images:
    """Most get a bar through the stem, a sixth a short foot, a fifth a hook at the left of the roof."""
    count = len(images)
    stems = _stems(images)
    pen = stems.pen * rng.uniform(0.75, 1.05, count)
    zero, footed = np.zeros(count), rng.random(count) < 1 / 6
    half = rng.uniform(0.14, 0.28, count) * stems.height
    tilt = rng.uniform(-0.25, 0.15, count) * half
    row = (stems.top + stems.bottom) / 2 + rng.uniform(-0.05, 0.1, count) * stems.height
    bar = _segment(images.shape, row - tilt, stems.waist - half, 2 * tilt, 2 * half)
    # A long one would make it a 1 or a 2.
    foot = _segment(images.shape, stems.bottom, stems.foot - 0.6 * half, zero, 1.2 * half)
    hook = _segment(
        images.shape, stems.top + pen / 2, stems.left, rng.uniform(0.15, 0.3, count) * stems.height, -pen / 3
    )
    hooked = rng.random(count) < 1 / 5
    ink = [
        _stroked(bar, np.where(footed, 0, pen)),
        _stroked(foot, np.where(footed, pen, 0)),
        _stroked(hook, np.where(hooked, pen, 0)),
    ]
    return np.asarray(np.maximum.reduce([images, *ink]), np.uint8)


def _new_four(images: Images, rng: np.random.Generator) -> Images:
    """The bar goes on beyond the stem by 1/6 to 2/5 of the height; most with near arms are closed above."""
    count, (height, width) = len(images), images.shape[1:]
    stems, ink = _stems(images), images >= _INK
    pen = stems.pen * rng.uniform(0.75, 1.05, count)
    at = np.arange(count)
    rows, inner = np.arange(height), stems.top + 0.35 * stems.height
    level = (rows >= inner[:, None]) & (rows <= (inner + 0.4 * stems.height)[:, None])
    bar = np.where(level, ink.sum(2), -1).argmax(1)
    end = width - 1 - ink[at, bar][:, ::-1].argmax(1)
    more = rng.uniform(1 / 6, 2 / 5, count) * stems.height
    beyond = _segment(images.shape, bar, end - 1, rng.uniform(-0.5, 0.1, count) * more, more)
    y, x, to_y, to_x = _arms(ink)
    closed = _segment(images.shape, y, x, to_y - y, to_x - x)
    # From an arm that stands far off, a roof would make it a nine with a bar.
    is_closed = (rng.random(count) < 0.8) & (np.hypot(to_y - y, to_x - x) < 0.45 * stems.height)
    drawn = _stroked(beyond, pen), _stroked(closed, np.where(is_closed, pen, 0))
    return np.asarray(np.maximum.reduce([images, *drawn]), np.uint8)


def _arms(ink: NDArray[np.bool_]) -> tuple[NDArray[np.int64], ...]:
    """Row and column where a four's left arm begins, and the same of its stem's upper end, each (n,)."""
    height, width = ink.shape[1:]
    at, first = np.arange(len(ink)), np.where(ink.any(1), ink.argmax(1), height)  # each column's first row
    inked = first < height
    left, right = inked.argmax(1), width - 1 - inked[:, ::-1].argmax(1)
    aside = np.arange(width) <= (left + 0.45 * (right - left))[:, None]
    columns = [np.where(side, first, height).argmin(1) for side in (aside, ~aside)]
    return first[at, columns[0]], columns[0], first[at, columns[1]], columns[1]


def _stems(images: Images) -> _Stems:
    """Measure the ink of each image, which has some."""
    ink = images >= _INK
    height, width = ink.shape[1:]
    rows, columns = np.arange(height), np.arange(width, dtype=np.float32)
    inked: NDArray[np.bool_] = np.asarray(ink.any(2))
    top, bottom = inked.argmax(1), height - 1 - inked[:, ::-1].argmax(1)

    def middle(first: NDArray[np.int64], last: NDArray[np.int64]) -> Floats:
        band = ink & ((rows >= first[:, None]) & (rows <= last[:, None]))[:, :, None]
        mass = band.sum((1, 2))
        return np.asarray((band.sum(1) @ columns) / np.maximum(mass, 1), np.float32)

    head, foot = middle(top, top + 1), middle(bottom - 1, bottom)
    half = (top + bottom) // 2
    upper = (ink & (rows <= (top + (bottom - top) // 3)[:, None])[:, :, None]).any(1)
    # The shorter way through the ink, as a person's pen has it: half of the rows are narrower than that.
    widths = np.where(inked, ink.sum(2), np.nan)
    lean = (bottom - top) / np.maximum(np.hypot(bottom - top, head - foot), 1)
    pen = np.clip(np.nanmedian(widths, 1) * lean, 1.5, 5)
    stems = (top, bottom, head, foot, middle(half - 1, half + 1), upper.argmax(1), pen)
    return _Stems(*(np.asarray(each, np.float32) for each in stems))


def _segment(shape: tuple[int, ...], *line: NDArray[Any]) -> Floats:
    """How far each pixel is from each image's own line, in pixels: float32 (n, h, w).

    line: row and column of its beginning, and how far it goes down and to the right, each (n,).
    """
    row, column, down, right = (np.asarray(each, np.float32)[:, None, None] for each in line)
    y = np.arange(shape[1], dtype=np.float32)[None, :, None] - row
    x = np.arange(shape[2], dtype=np.float32)[None, None, :] - column
    along = np.clip((y * down + x * right) / np.maximum(down**2 + right**2, 1e-6), 0, 1)
    return np.asarray(np.hypot(y - along * down, x - along * right), np.float32)


def _stroked(distance: Floats, pen: NDArray[Any]) -> Images:
    """Ink of a round pen along a line, soft at its rim: uint8 (n, h, w); a width of 0 draws none."""
    wide = np.asarray(pen, np.float32)[:, None, None]
    ink = np.clip(wide / 2 + 0.5 - distance, 0, 1) * (wide > 0)
    return np.asarray(np.round(255 * ink), np.uint8)


def _centred(images: Images) -> Images:
    """Each image moved by whole pixels until its mass is in the middle, as far as its ink stays inside."""
    height, width = images.shape[1:]
    mass = np.maximum(images.sum((1, 2), dtype=np.float32), 1)
    out = np.zeros_like(images)
    shifts = []
    for axis, size in ((2, height), (1, width)):
        weight = images.sum(axis, dtype=np.float32)
        shift = np.round((size - 1) / 2 - weight @ np.arange(size, dtype=np.float32) / mass).astype(int)
        inked = weight > 0
        first, last = inked.argmax(1), size - 1 - inked[:, ::-1].argmax(1)
        shifts.append(np.clip(shift, np.minimum(_ROOM - first, 0), np.maximum(size - 1 - _ROOM - last, 0)))
    for number, (y, x) in enumerate(zip(*shifts, strict=True)):
        out[number] = np.roll(images[number], (y, x), (0, 1))
    return out
