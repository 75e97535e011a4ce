"""Ground: the background of a picture."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes.light.theme import Theme
from scenes.vtk.window.driver import finish_loops

_BAND = 32  # rows


@lru_cache(maxsize=1)
def ground(size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    """Paint the background of `size` (width, height): uint8 (height, width, 3).

    A soft light in the middle and a vignette; fine noise keeps the dark gradients from banding in 8 bits.
    The last one is kept, for the other half of a pair and the next net in a window: nobody may write to it.
    """
    width, height = size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    random = np.random.default_rng(0)
    # A few rows at a time stay in the processor's cache.
    for row in range(0, height, _BAND):
        some = slice(row, min(row + _BAND, height))
        noise = random.uniform(0, 1, (some.stop - row, width)).astype(np.float32)
        _paint(pixels[some], row, size, theme, noise)
    return pixels


def _paint(
    pixels: NDArray[np.uint8], row: int, size: tuple[int, int], theme: Theme, noise: NDArray[np.float32]
) -> None:
    """Paint some rows (n, width, 3) from a row on; noise (n, width)."""
    width, height = size
    y, x = np.mgrid[row : row + len(pixels), 0:width].astype(np.float32)
    glow = np.clip(
        1 - np.hypot((x - width * 0.5) / (width * 0.62), (y - height * 0.48) / (height * 0.75)), 0, 1
    )
    rim = np.hypot((x - width * 0.52) / width, (y - height * 0.5) / height * 0.8)
    shade = np.clip(1.05 - theme.vignette * rim**2.2, 0, 1)
    base = np.array(theme.background, dtype=np.float32) / 255
    light = np.array(theme.background_light, dtype=np.float32)
    # Channel by channel: arrays whose last axis is three long are slow.
    for channel in range(3):
        lit = base[channel] + glow * light[channel] * (1 - base[channel])
        pixels[..., channel] = np.clip(np.clip(lit * shade, 0, 1) * 255 + noise, 0, 255)


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
        cover = (rise * rise * (3.0 - 2.0 * rise) * 0.94 * 256).astype(np.uint16)
        self._keep = np.uint16(256) - cover
        # Rows of bytes: arrays whose last axis is three long are slow.
        self._add = paper[self._first :].reshape(len(rows), -1).astype(np.uint16) * cover[:, None]

    def draw(self, pixels: NDArray[np.uint8]) -> None:
        """Cover the foot of a picture uint8 (h, w, 3), in place."""
        flat = pixels.reshape(len(pixels), -1)
        if loops := finish_loops():
            loops.veil(flat, self._add, self._keep, self._first)
            return
        foot = flat[self._first :]
        np.copyto(foot, (foot * self._keep[:, None] + self._add) >> 8, casting="unsafe")
