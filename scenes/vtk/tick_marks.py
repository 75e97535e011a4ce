"""Tick marks: short texts in space that face the camera, drawn before what shines over them."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scenes.camera.orbit import Orbit
from scenes.frame import Tick
from scenes.lettering.fonts import fitted, font
from scenes.light.theme import Colour
from scenes.vtk.window.offscreen import OffscreenWindow

_TILE = 96  # texels of a tick's side
_TYPE = 60  # texels of the type's size: there is room around it for two characters and an edge
_EDGE = 6  # texels by which the ground's colour goes beyond the type
_CAP = 0.73  # height of a figure, of the type's size


class TickMarks:
    """A picture of each tick on a quad of its own.

    Args:
        count: how many ticks a frame has.
        window: where they are drawn.
        ground: the colour of the edge around the type.

    Attributes:
        stamps: what draws them: the driver, or compiled loops.
    """

    def __init__(self, count: int, window: OffscreenWindow, ground: Colour) -> None:
        self._ground = ground
        self._shown: tuple[Tick, ...] = ()
        self._pose: Orbit | None = None
        self._inks: list[Any] = [None] * count
        self.stamps = window.add_stamps(count, _TILE)

    def draw(self, ticks: tuple[Tick, ...]) -> None:
        """Show these ticks. Unchanged ones cost nothing."""
        if ticks == self._shown:
            return
        inks = [(tick.text, tick.colour, tick.alpha) for tick in ticks]
        for place, ink in enumerate(inks):
            if ink != self._inks[place]:
                self.stamps.paint(place, _tile(*ink, self._ground))
        self._inks, self._shown = inks, ticks
        self._turn()

    def aim(self, pose: Orbit) -> None:
        """Face a camera."""
        if pose != self._pose:
            self._pose = pose
            self._turn()

    def _turn(self) -> None:
        if self._pose is None or not self._shown:
            return
        right, up, _ = self._pose.axes()
        at = np.array([tick.at for tick in self._shown])
        size = np.array([tick.size for tick in self._shown])[:, None]
        side = size * (_TILE / _TYPE)
        beside = np.array([tick.beside for tick in self._shown])[:, None]
        # The middle of the type's left side is what stands at its place, or the middle of its foot.
        middle = at + np.where(beside, 0.30 * size * right, 0.5 * _CAP * size * up)
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])[None, :, :, None]
        corners = middle[:, None] + 0.5 * side[:, None] * (signs[:, :, 0] * right + signs[:, :, 1] * up)
        self.stamps.move(corners.astype(np.float32))


@lru_cache(maxsize=128)
def _masks(text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far a text's edge and its ink cover a tile: float32 (_TILE, _TILE) each, 0..1."""
    masks: list[NDArray[np.float32]] = []
    for stroke in (_EDGE, 0):
        image = Image.new("L", (_TILE, _TILE))
        size = fitted(text, "semibold", _TYPE, _TILE - 2 * _EDGE)
        face = font("semibold", size)
        # Figures stand a little above the middle of their line: their own middle is what is centred.
        place = (_TILE / 2, _TILE / 2 + 0.5 * _CAP * _TYPE)
        ImageDraw.Draw(image).text(place, text, fill=255, font=face, anchor="ms", stroke_width=stroke)
        masks.append(np.asarray(image, np.float32) / np.float32(255))
    edge, ink = masks
    return np.float32(0.7) * edge, ink


@lru_cache(maxsize=128)
def _tile(text: str, colour: Colour, alpha: float, ground: Colour) -> NDArray[np.uint8]:
    """The picture of a tick: uint8 (_TILE, _TILE, 4), top row first."""
    edge, ink = _masks(text)
    tile = np.empty((_TILE, _TILE, 4), np.uint8)
    for channel in range(3):
        tile[..., channel] = np.round(ground[channel] + (colour[channel] - ground[channel]) * ink)
    tile[..., 3] = np.round(255 * alpha * np.maximum(edge, ink))
    return tile
