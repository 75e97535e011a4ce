"""Bloom: light that spills from what is bright, added to a picture after it is rendered."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from scenes.vtk.window.driver import finish_loops

Pixels = NDArray[np.uint8]

_THRESHOLD = 0.26
_LEAST = 6  # of 255: what falls on pixels that keep their colours, too little to be told from another value
# Blur radius in pixels of a 1080 high picture, and strength: a tight glow, a soft one, and a haze.
_SPILLS = ((5.0, 0.40), (15.0, 0.38), (44.0, 0.34))


@cache
def _bright(strength: float) -> list[int]:
    curve = [max(0.0, (i / 255 - _THRESHOLD) / (1 - _THRESHOLD)) ** 1.2 for i in range(256)]
    return [int(255 * strength * value) for value in curve] * 3


def bloom(pixels: Pixels, strength: float, kept: Pixels | None = None) -> Pixels:
    """Add the glow of bright parts to a picture uint8 (h, w, 3), in place; returns it.

    kept: uint8 (h, w), more than 0 for pixels that nearly keep their colours; None for none.

    The spill is blurred at a quarter and less of the size, where a blur is cheap and looks the same.
    """
    height = pixels.shape[0]
    spills, level = [], _small(pixels, strength)
    for i, (radius, share) in enumerate(_SPILLS):
        level = level.reduce(2) if i else level
        scaled = radius * height / 1080 / 4 / 2**i
        dimmed = _softened(level, scaled).tobytes().translate(_dimmed(share))
        spills.append(Image.frombytes("RGB", level.size, dimmed))
    total = spills.pop()
    while spills:
        total = ImageChops.add(spills[-1], _enlarged(total, spills.pop().size))
    box = total.getbbox()
    if box:
        spared = _spared(pixels, kept) if kept is not None else ()
        _add_enlarged(pixels, total.crop(box), box)
        for part, most in spared:
            np.minimum(part, most, out=part)
    return pixels


def _spared(pixels: Pixels, kept: Pixels) -> list[tuple[Pixels, Pixels]]:
    """The part of a picture in which pixels are kept, and the most that each may become; [] where none is."""
    rows = np.flatnonzero(kept.max(axis=1))
    if not len(rows):
        return []
    cols = np.flatnonzero(kept[rows[0] : rows[-1] + 1].max(axis=0))
    down, left, right = slice(rows[0], rows[-1] + 1), cols[0], cols[-1] + 1
    # Rows of bytes: arrays whose last axis is three long are slow.
    part = pixels.reshape(len(pixels), -1)[down, 3 * left : 3 * right]
    room = np.where(kept[down, left:right], np.uint8(_LEAST), np.uint8(255)).repeat(3, axis=1)
    return [(part, np.minimum(np.invert(part), room) + part)]


@cache
def _dimmed(share: float) -> bytes:
    """A share of each value, a byte each: Pillow's own tables are a loop in Python for each picture."""
    return bytes(int(value * share) for value in range(256))


def _softened(level: Image.Image, radius: float) -> Pixels:
    """A blurred picture."""
    if loops := finish_loops():
        blurred: Pixels = loops.soften(np.array(level), radius)
        return blurred
    return np.asarray(level.filter(ImageFilter.GaussianBlur(radius)))


def _enlarged(level: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture in the size (width, height) of about twice its own, each pixel mixed of those around it."""
    loops = finish_loops()
    if loops is None or size != (2 * level.width, 2 * level.height):
        return level.resize(size, Image.Resampling.BILINEAR)
    flat = np.array(level).reshape(level.height, -1)
    twice = np.empty((size[1], 3 * size[0]), np.uint8)
    loops.enlarge(flat, twice)
    return Image.fromarray(twice.reshape(size[1], size[0], 3))


def _small(pixels: Pixels, strength: float) -> Image.Image:
    """What is bright of a picture, at a quarter of its size."""
    height, width = pixels.shape[:2]
    loops = finish_loops()
    if loops is None or height % 4 or width % 4:
        return Image.fromarray(pixels).reduce(4).point(_bright(strength))
    small = np.empty((height // 4, 3 * (width // 4)), np.uint8)
    loops.quarter(pixels.reshape(height, -1), np.array(_bright(strength)[:256], np.uint8), small)
    return Image.fromarray(small.reshape(height // 4, width // 4, 3))


def _add_enlarged(pixels: Pixels, glow: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Add a glow at a quarter of the size to the part of the picture that it covers, and clip at white.

    It is enlarged smoothly to half the size, and each of its pixels then serves for four: in a glow that is
    not seen, and takes half the time.
    """
    left, top = 4 * box[0], 4 * box[1]
    if loops := finish_loops():
        flat = np.ascontiguousarray(glow).reshape(glow.height, -1)
        loops.spill(pixels.reshape(len(pixels), -1), flat, left, top)
        return
    part = pixels[top : 4 * box[3], left : 4 * box[2]]
    half = np.asarray(glow.resize((2 * glow.width, 2 * glow.height), Image.Resampling.BILINEAR))
    wide = np.repeat(half, 2, axis=1)[:, : part.shape[1]]
    for first in (0, 1):
        rows = part[first::2]
        room = np.invert(rows)
        np.minimum(room, wide[: len(rows)], out=room)
        np.add(rows, room, out=rows)
