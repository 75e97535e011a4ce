"""Ground: the background of a picture."""

import numpy as np
from numpy.typing import NDArray

from scenes.theme import Theme


def ground(size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    """Paint the background of `size` (width, height): uint8 (height, width, 3).

    A soft light in the middle and a vignette; fine noise keeps the dark gradients from banding in 8 bits.
    """
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.clip(1 - np.hypot((x - width * 0.5) / (width * 0.62), (y - height * 0.48) / (height * 0.75)), 0, 1)
    rim = np.hypot((x - width * 0.52) / width, (y - height * 0.5) / height * 0.8)
    base = np.array(theme.background, dtype=np.float32) / 255
    lit = base + glow[..., None] * np.array(theme.background_light, dtype=np.float32) * (1 - base)
    shade = np.clip(1.05 - theme.vignette * rim**2.2, 0, 1)[..., None]
    noise = np.random.default_rng(0).uniform(0, 1, (height, width, 1)).astype(np.float32)
    return np.clip(np.clip(lit * shade, 0, 1) * 255 + noise, 0, 255).astype(np.uint8)
