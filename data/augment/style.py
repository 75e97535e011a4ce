"""Hands that a training set has seldom: strokes thick and thin, leaning, wide and narrow, some noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.augment.warp import CHUNK, Floats, Images, mapped, read_at


@dataclass(frozen=True)
class Style:
    """How far an image is taken from its own hand, each drawn evenly from -limit to +limit.

    aspect: logarithm of the width over the height; lean: share of the height; stroke: of what the strokes
    gain by a pixel on all sides, or lose by half of one; noise: greatest standard deviation, of black to
    white. share: of the images that are changed; the rest stay as they are.
    """

    aspect: float = 0.35
    lean: float = 0.3
    stroke: float = 0.9
    noise: float = 0.05
    share: float = 0.5

    def times(self, strength: float) -> Style:
        """These limits, all of them `strength` times as wide; as many images are changed."""
        aspect, lean, stroke, noise = (
            strength * limit for limit in (self.aspect, self.lean, self.stroke, self.noise)
        )
        return Style(aspect, lean, stroke, noise, self.share)


def restyled(images: Images, rng: np.random.Generator, style: Style) -> Images:
    """Each image with its own random style: uint8 (N, h, w) to the same, black outside."""
    count, shape = len(images), (images.shape[1], images.shape[2])
    chosen = rng.random(count) < style.share
    maps = _maps(count, rng, style)
    strokes = np.clip(rng.uniform(-style.stroke, style.stroke, count), -1, 1).astype(np.float32)
    noise = rng.uniform(0, 255 * style.noise, count).astype(np.float32)
    out = images.copy()
    still = np.zeros((CHUNK, 2), np.float32)
    places = np.flatnonzero(chosen)
    for start in range(0, len(places), CHUNK):
        part = places[start : start + CHUNK]
        moved = read_at(images[part], *mapped(maps[part], still[: len(part)], shape)).astype(np.float32)
        moved = _restroked(moved, strokes[part])
        moved += noise[part, None, None] * rng.standard_normal(moved.shape, np.float32) * (moved > 0)
        out[part] = np.clip(moved + 0.5, 0, 255)
    return out


def _maps(count: int, rng: np.random.Generator, style: Style) -> Floats:
    """Matrices (count, 2, 2) from a place in the new image to that in the old one, both from the centre."""
    aspect = np.exp(rng.uniform(-style.aspect, style.aspect, count))
    lean = rng.uniform(-style.lean, style.lean, count)
    # What gets wider gets lower too, for it must fit where it was; what gets narrower keeps its height.
    high = np.minimum(1, 1 / np.sqrt(aspect))
    wide = aspect * high
    zero = np.zeros(count)
    return np.asarray(np.stack([1 / high, zero, lean, 1 / wide], axis=-1).reshape(count, 2, 2), np.float32)


def _restroked(images: Floats, strokes: Floats) -> Floats:
    """Strokes thicker by up to a pixel on all sides where strokes (n,) is above 0, thinner below."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    around = [padded[:, 1 + y :, 1 + x :][:, : images.shape[1], : images.shape[2]] for y, x in _CROSS]
    most, least = np.maximum.reduce(around), np.minimum.reduce(around)
    gain = np.maximum(strokes, 0)[:, None, None]
    loss = np.maximum(-strokes, 0)[:, None, None] / 2
    return np.asarray(images + gain * (most - images) - loss * (images - least), np.float32)


_CROSS = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
