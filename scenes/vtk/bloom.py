"""Bloom: light that spills from what is bright, added to a picture after it is rendered."""

from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from scenes.vtk.window.driver import finish_loops

Pixels = NDArray[np.uint8]

_THRESHOLD = 0.26
_LEAST = 7  # of 255: what falls on pixels that keep their colours, too little to be told from another value
# Blur radius in pixels of a 1080 high picture, and strength: a tight glow, a soft one, and a haze.
_SPILLS = ((5.0, 0.40), (15.0, 0.38), (44.0, 0.34))


@cache
def _bright(strength: float) -> NDArray[np.uint8]:
    curve = [max(0.0, (i / 255 - _THRESHOLD) / (1 - _THRESHOLD)) ** 1.2 for i in range(256)]
    return np.array([int(255 * strength * value) for value in curve], np.uint8)


@cache
def _dimmed(share: float) -> NDArray[np.uint8]:
    """A share of each value."""
    return np.array([int(value * share) for value in range(256)], np.uint8)


def bloom(
    pixels: Pixels,
    strength: float,
    kept: Pixels | None = None,
    within: NDArray[np.int64] | None = None,
) -> Pixels:
    """Add the glow of bright parts to a picture uint8 (h, w, 3), in place; returns it.

    kept: uint8 (h, w), how much of each pixel nearly keeps its colour; None for none.
    within: int64 (4,), left, top, right and bottom of where any does, None where that is not known.

    The spill is blurred at a quarter and less of the size, where a blur is cheap and looks the same.
    """
    height = pixels.shape[0]
    radii = [radius * height / 1080 / 4 / 2**i for i, (radius, _) in enumerate(_SPILLS)]
    if loops := finish_loops():
        flat = pixels.reshape(height, -1)
        loops.spill.spill(flat, _glow(loops.glow, flat, _bright(strength), radii), kept, _LEAST, within)
        return pixels
    spills, level = [], Image.fromarray(pixels).reduce(4).point(_bright(strength).tolist() * 3)
    for i, (_, share) in enumerate(_SPILLS):
        level = level.reduce(2) if i else level
        blurred = np.asarray(level.filter(ImageFilter.GaussianBlur(radii[i])))
        spills.append(Image.fromarray(_dimmed(share)[blurred]))
    total = spills.pop()
    while spills:
        total = ImageChops.add(spills[-1], _enlarged(total, spills.pop().size))
    box = total.getbbox()
    if box:
        _add_enlarged(pixels, total.crop(box), box, kept)
    return pixels


def _glow(loops: ModuleType, pixels: Pixels, bright: Pixels, radii: list[float]) -> Pixels:
    """The glow of a picture, uint8 (h, 3w), at a quarter of its size, by loops."""
    high, wide = ((side + 3) // 4 for side in (len(pixels), pixels.shape[1] // 3))
    level, levels = np.empty((high, 3 * wide), np.uint8), list[Pixels]()
    if len(pixels) % 4 or pixels.shape[1] % 12:
        level = _flat(bright[np.asarray(Image.fromarray(_deep(pixels)).reduce(4))])
    else:
        loops.quarter(pixels, bright, level)
    for i, radius in enumerate(radii):
        level = loops.half(level) if i else level
        levels.append(loops.soften(level, radius))
    shares = [_dimmed(share) for _, share in _SPILLS]
    total = shares.pop()[levels.pop()]
    while levels:
        fine, dimmed = levels.pop(), shares.pop()
        if fine.shape == (2 * total.shape[0], 2 * total.shape[1]):
            loops.heap(total, fine, dimmed)
            total = fine
            continue
        size = fine.shape[1] // 3, fine.shape[0]
        larger = _enlarged(Image.fromarray(_deep(total)), size)
        total = _flat(np.array(ImageChops.add(Image.fromarray(_deep(dimmed[fine])), larger)))
    return total


def _flat(picture: Pixels) -> Pixels:
    return picture.reshape(len(picture), -1)


def _deep(picture: Pixels) -> Pixels:
    return picture.reshape(len(picture), -1, 3)


def _enlarged(level: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture in the size (width, height) of about twice its own, each pixel mixed of those around it."""
    return level.resize(size, Image.Resampling.BILINEAR)


def _add_enlarged(
    pixels: Pixels, glow: Image.Image, box: tuple[int, int, int, int], kept: Pixels | None
) -> None:
    """Add a glow at a quarter of the size to the part of the picture that it covers, and clip at white.

    It is enlarged smoothly to half the size, and each of its pixels then serves for four: in a glow that is
    not seen, and takes half the time.
    """
    left, top = 4 * box[0], 4 * box[1]
    part = pixels[top : 4 * box[3], left : 4 * box[2]]
    half = np.asarray(glow.resize((2 * glow.width, 2 * glow.height), Image.Resampling.BILINEAR))
    wide = np.repeat(half, 2, axis=1)[:, : part.shape[1]]
    for first in (0, 1):
        rows = part[first::2]
        light = wide[: len(rows)]
        if kept is not None:
            light = _spared(light, kept[top : 4 * box[3], left : 4 * box[2]][first::2])
        room = np.invert(rows)
        np.minimum(room, light, out=room)
        np.add(rows, room, out=rows)


def _spared(light: Pixels, kept: Pixels) -> Pixels:
    """The light that falls on pixels of which so much keeps its colour: of the hue that it has."""
    rows, cols = np.flatnonzero(kept.max(axis=1)), np.flatnonzero(kept.max(axis=0))
    if not len(rows):
        return light
    where = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    light, part, mark = light.copy(), light[where], kept[where].astype(np.int32)
    most = np.maximum(part.max(axis=2).astype(np.int32), _LEAST)
    share = ((255 - mark) * 256 + mark * (256 * _LEAST // most)) // 255
    light[where] = (part * share[..., None]) >> 8
    return light
