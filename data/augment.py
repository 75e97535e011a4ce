"""Training images made new: a random shift, turn and scale for each image of a batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 512  # images at a time: their index arrays stay in the processor's cache


def affine(
    images: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    shift: float = 1.5,
    turn: float = 10.0,
    scale: float = 0.1,
    shear: float = 0.1,
) -> NDArray[np.uint8]:
    """Each image moved by its own random affine map, bilinear, black outside: uint8 (N, h, w) to the same.

    shift: up to so many pixels; turn: degrees; scale: share of the size; shear: share of the height. Each is
    drawn uniformly from -limit to +limit.
    """
    out = np.empty_like(images)
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        out[part] = _warp(images[part], _maps(len(images[part]), rng, turn, scale, shear), rng, shift)
    return out


def _maps(
    count: int, rng: np.random.Generator, turn: float, scale: float, shear: float
) -> NDArray[np.float32]:
    """Matrices (count, 2, 2) from a place in the new image to that in the old one, both from the centre."""
    angle = np.deg2rad(rng.uniform(-turn, turn, count))
    size = 1 + rng.uniform(-scale, scale, (count, 1, 1))
    lean = rng.uniform(-shear, shear, count)
    cos, sin, zero, one = np.cos(angle), np.sin(angle), np.zeros(count), np.ones(count)
    rotation = np.stack([cos, -sin, sin, cos], axis=-1).reshape(count, 2, 2)
    slant = np.stack([one, zero, lean, one], axis=-1).reshape(count, 2, 2)
    return np.asarray(rotation @ slant / size, np.float32)


def _warp(
    images: NDArray[np.uint8], maps: NDArray[np.float32], rng: np.random.Generator, shift: float
) -> NDArray[np.uint8]:
    count, height, width = images.shape
    centre = np.array([height - 1, width - 1], np.float32) / 2
    grid = np.indices((height, width)).reshape(2, -1).T.astype(np.float32) - centre
    moved = rng.uniform(-shift, shift, (count, 1, 2)).astype(np.float32)
    at = grid @ maps.transpose(0, 2, 1) + (centre + moved)
    # One black pixel around each image stands for all that lies outside.
    limit = np.array([height, width], np.float32)
    at = np.clip(at + 1, 0, limit + np.float32(0.999))
    corner = at.astype(np.int32)
    part = at - corner
    stride = width + 2
    padded = np.zeros((count, height + 2, stride), np.float32)
    padded[:, 1:-1, 1:-1] = images
    flat = padded.reshape(-1)
    index = (
        corner[..., 0] * stride
        + corner[..., 1]
        + (np.arange(count, dtype=np.int32) * padded[0].size)[:, None]
    )
    down, right = part[..., 0], part[..., 1]
    upper = flat[index] * (1 - right) + flat[index + 1] * right
    lower = flat[index + stride] * (1 - right) + flat[index + stride + 1] * right
    mixed = upper * (1 - down) + lower * down
    return np.asarray(mixed + np.float32(0.5), np.uint8).reshape(images.shape)
