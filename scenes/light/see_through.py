"""Pictures without a ground: all that is drawn is light on black, or on a light ground ink on white."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenes.errors import shaped
from scenes.light.theme import Theme


def without_ground(theme: Theme) -> Theme:
    """The same theme on even black, or of ink on even white."""
    even = (255, 255, 255) if theme.ink else (0, 0, 0)
    return replace(theme, background=even, background_light=(0.0, 0.0, 0.0), vignette=0.0)


def see_through(picture: NDArray[np.uint8], *, ink: bool) -> NDArray[np.uint8]:
    """A picture drawn so, uint8 (h, w, 3), as straight RGBA, uint8 (h, w, 4): the ground is clear.

    A pixel covers as much as its brightest channel shines (its darkest is inked), and its colour is then the
    purest that it can be: laid on the even ground, the picture is the same to a level of 255.
    """
    picture = shaped(picture, "picture", -1, -1, 3)
    light = 255 - picture if ink else picture
    cover = light.max(axis=2)
    whole = np.maximum(cover, 1).astype(np.uint16)
    clear = np.empty((*cover.shape, 4), np.uint8)
    for channel in range(3):  # arrays whose last axis is short are slow
        clear[..., channel] = (light[..., channel] * np.uint16(255) + whole // 2) // whole
    if ink:
        clear[..., :3] = 255 - clear[..., :3]
    clear[..., 3] = cover
    return clear
