"""Ground: the background of a picture."""

import numpy as np
from numpy.typing import NDArray

from scenes.light.theme import Theme


def ground(size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    """Paint the background of `size` (width, height): uint8 (height, width, 3).

    A soft light in the middle and a vignette; fine noise keeps the dark gradients from banding in 8 bits.
    """
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.clip(
        1 - np.hypot((x - width * 0.5) / (width * 0.62), (y - height * 0.48) / (height * 0.75)), 0, 1
    )
    rim = np.hypot((x - width * 0.52) / width, (y - height * 0.5) / height * 0.8)
    base = np.array(theme.background, dtype=np.float32) / 255
    lit = base + glow[..., None] * np.array(theme.background_light, dtype=np.float32) * (1 - base)
    shade = np.clip(1.05 - theme.vignette * rim**2.2, 0, 1)[..., None]
    noise = np.random.default_rng(0).uniform(0, 1, (height, width, 1)).astype(np.float32)
    pixels: NDArray[np.uint8] = np.clip(np.clip(lit * shade, 0, 1) * 255 + noise, 0, 255).astype(np.uint8)
    return pixels


class Veil:
    """The ground laid once more over the foot of a picture, so that nothing disturbs the legend.

    Args:
        paper: the ground, uint8 (h, w, 3).
        top: row in pixels where the legend begins; the veil fades out above it.
    """

    def __init__(self, paper: NDArray[np.uint8], top: float) -> None:
        height = len(paper)
        self._first = max(0, int(top - 0.35 * (height - top)))
        rows = np.arange(self._first, height, dtype=np.float32)
        rise = np.clip((rows - self._first) / max(top - self._first, 1.0), 0.0, 1.0)
        cover = (rise * rise * (3.0 - 2.0 * rise) * 0.94 * 256).astype(np.uint16)[:, None, None]
        self._keep = np.uint16(256) - cover
        self._add = paper[self._first :].astype(np.uint16) * cover

    def draw(self, pixels: NDArray[np.uint8]) -> None:
        """Cover the foot of a picture uint8 (h, w, 3), in place."""
        foot = pixels[self._first :]
        np.copyto(foot, (foot * self._keep + self._add) >> 8, casting="unsafe")
