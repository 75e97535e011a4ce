"""Bloom: light that spills from what is bright, added to a picture after it is rendered."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

Pixels = NDArray[np.uint8]

_THRESHOLD = 0.26
# Blur radius in pixels of a 1080 high picture, and strength: a tight glow, a soft one, and a haze.
_SPILLS = ((5.0, 0.40), (15.0, 0.38), (44.0, 0.34))


def _bright(strength: float) -> list[int]:
    curve = [max(0.0, (i / 255 - _THRESHOLD) / (1 - _THRESHOLD)) ** 1.2 for i in range(256)]
    return [int(255 * strength * value) for value in curve] * 3


def bloom(pixels: Pixels, strength: float) -> Pixels:
    """Add the glow of bright parts to a picture uint8 (h, w, 3), in place; returns it.

    The spill is blurred at a quarter and less of the size, where a blur is cheap and looks the same.
    """
    height = pixels.shape[0]
    small = Image.fromarray(pixels).reduce(4).point(_bright(strength))
    total, level = None, small
    for i, (radius, share) in enumerate(_SPILLS):
        if i:
            level = level.reduce(2)
        scaled = radius * height / 1080 / 4 / 2**i
        spill = level.filter(ImageFilter.GaussianBlur(scaled)).point([int(v * share) for v in range(256)] * 3)
        spill = spill if i == 0 else spill.resize(small.size, Image.Resampling.BILINEAR)
        total = spill if total is None else ImageChops.add(total, spill)
    assert total is not None
    box = total.getbbox()
    if box:
        _add_enlarged(pixels, total.crop(box), box)
    return pixels


def _add_enlarged(pixels: Pixels, glow: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Add a glow at a quarter of the size to the part of the picture that it covers, and clip at white."""
    left, top = 4 * box[0], 4 * box[1]
    right, bottom = min(4 * box[2], pixels.shape[1]), min(4 * box[3], pixels.shape[0])
    large = glow.resize((4 * glow.width, 4 * glow.height), Image.Resampling.BILINEAR)
    part = pixels[top:bottom, left:right]
    room = np.invert(part)
    np.minimum(room, np.asarray(large)[: bottom - top, : right - left], out=room)
    np.add(part, room, out=part)
