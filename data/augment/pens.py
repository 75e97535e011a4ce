"""Digits drawn again with another pen along their middle lines, thinner and thicker than MNIST has most."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.augment.warp import Floats, Images, mapped, read_at
from data.photo.canvas import BOX, THICKEST, THINNED

Labels = NDArray[np.integer[Any]]
Masks = NDArray[np.bool_]
Sizes = NDArray[np.float64]

_SHARE = 0.3  # of the set, drawn again at strength 1
_INK = 115  # of 255: what the middle line is found in
_USUAL = 2.4  # pixels: half of MNIST's pens are wider
_TIMES = 2  # as large as the image is what the pen is drawn in
_MANY = 64  # images at a time
_AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))  # clockwise from above


def penned(
    images: Images, labels: Labels, rng: np.random.Generator, strength: float = 1.0
) -> tuple[Images, Labels]:
    """The set, and after it three tenths of it a second time, drawn along the middle line with another pen.

    Half of these are 1.5 to 2.6 pixels wide, along a line with the steps and gaps of the image's own pixels;
    half are 2.6 to 4.8 wide, along a smoother line. What is wider than `THICKEST` closes its holes and is
    then thinned to `THINNED`, as a drawing's strokes are when it is read. strength: 0.5 takes half as many.

    An expansion of the set, not a draw: uint8 (N, h, w) with labels (N,) to (N + n, h, w) and (N + n,).
    """
    places = np.flatnonzero((rng.random(len(images)) < _SHARE * strength) & (images.max((1, 2)) >= _INK))
    thick = rng.random(len(places)) < 0.5
    new_images, new_labels = [images], [labels]
    for chosen, widths, fine in ((places[~thick], (1.5, 2.6), 1), (places[thick], (2.6, 4.8), _TIMES)):
        for start in range(0, len(chosen), _MANY):
            part = chosen[start : start + _MANY]
            new_images.append(_redrawn(images[part], rng.uniform(*widths, size=len(part)), fine))
            new_labels.append(labels[part])
    return np.concatenate(new_images), np.concatenate(new_labels)


def _redrawn(images: Images, pens: Sizes, fine: int) -> Images:
    """Images drawn with pens (n,) in pixels, along lines found in images so many times as fine."""
    lines = middle_lines(_enlarged(images, (BOX - pens) / (BOX - _USUAL), fine) >= _INK)
    line = _TIMES // fine  # the line's own width
    ink = np.repeat(np.repeat(lines, line, 1), line, 2).astype(np.float32)
    ink = _grown(ink, (_TIMES * pens - line) / 2)
    ink = 1 - _grown(1 - ink, _TIMES * np.where(pens > THICKEST, (pens - THINNED) / 2, 0))
    count, height, width = images.shape
    ink = ink.reshape(count, height, _TIMES, width, _TIMES).mean((2, 4))
    return np.asarray(np.round(255 * ink), np.uint8)


def _enlarged(images: Images, sizes: Sizes, fine: int) -> Images:
    """Images (n, h, w) to (n, fine h, fine w), each digit scaled by its own size (n,) about the centre."""
    count, height, width = images.shape
    shape = fine * height, fine * width
    large = np.zeros((count, *shape), np.uint8)
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    large[:, top : top + height, left : left + width] = images
    maps = np.asarray(np.eye(2)[None] / (fine * sizes[:, None, None]), np.float32)
    return read_at(large, *mapped(maps, np.zeros((count, 2), np.float32), shape))


def middle_lines(masks: Masks) -> Masks:
    """The middle lines (n, h, w) of masks, one pixel wide (Zhang and Suen, 1984)."""
    count, height, width = masks.shape
    lines = np.pad(masks, ((0, 0), (1, 1), (1, 1))).view(np.uint8)
    inner = lines[:, 1:-1, 1:-1]
    around = [lines[:, 1 - y :, 1 - x :][:, :height, :width] for y, x in _AROUND]
    while True:
        before = np.count_nonzero(inner)
        for free in _FREE:
            near = np.zeros((count, height, width), np.uint8)
            for bit, beside in enumerate(around):
                near |= beside << np.uint8(bit)
            inner &= ~free[near]
        if np.count_nonzero(inner) == before:
            return inner.astype(np.bool_)


def _free() -> NDArray[np.uint8]:
    """Whether a pixel is taken away (2, 256), by the turn and by its neighbours' bits in order of _AROUND."""
    near = [(np.arange(256) >> bit & 1).astype(np.bool_) for bit in range(8)]
    up, right, down, left = near[::2]
    count = np.sum(near, 0)
    steps = np.sum([~near[k] & near[(k + 1) % 8] for k in range(8)], 0)
    line = (count >= 2) & (count <= 6) & (steps == 1)
    # Each turn takes from other sides of a stroke.
    first = ~(up & right & down) & ~(right & down & left)
    second = ~(up & right & left) & ~(up & down & left)
    return np.stack([line & first, line & second]).astype(np.uint8)


_FREE = _free()


def _grown(ink: Floats, radii: Sizes) -> Floats:
    """Ink (n, h, w) 0..1 with strokes thicker by each image's radius (n,) in pixels, soft at the rim."""
    reach = int(np.ceil(radii.max() + 0.5))
    if radii.max() <= 0:
        return ink
    height, width = ink.shape[1:]
    wide = np.pad(ink, ((0, 0), (reach, reach), (reach, reach)))
    out = ink.copy()
    for down, right in np.ndindex(2 * reach + 1, 2 * reach + 1):
        shares = np.clip(radii + 0.5 - np.hypot(down - reach, right - reach), 0, 1)
        if shares.any() and (down, right) != (reach, reach):
            beside = wide[:, down : down + height, right : right + width]
            np.maximum(out, shares[:, None, None].astype(np.float32) * beside, out=out)
    return out
