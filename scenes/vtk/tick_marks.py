"""Tick marks: short texts in space that face the camera; strands shine through them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scenes.camera.orbit import Orbit
from scenes.frame import Tick
from scenes.lettering.fonts import draw_line, fitted, width
from scenes.light.theme import Colour
from scenes.space.rows import letters
from scenes.vtk.window.offscreen import OffscreenWindow

_TILE = 96  # texels of a tick's height, and of its width where it has a letter or two
_WIDE = 3  # times as wide is one that has more
_TYPE = 60  # texels of the type's size: there is room around it for two letters and an edge
_EDGE = 6  # texels by which the ground's colour goes beyond the type
_CAP = 0.73  # height of a figure, of the type's size
_OVER = 0.75  # of their opacity, that with which they lie over strands: in dense bundles they are read still
_HALF = 0.30  # of the type's size, half the width of a figure


class TickMarks:
    """A picture of each tick on a quad of its own.

    Args:
        count: how many ticks a frame has.
        window: where they are drawn.
        ground: the colour of the edge around the type.
        names: of the classes, which ticks tell: where all are short, so are the pictures.

    Attributes:
        stamps: what draws them: the driver, or compiled loops.
    """

    def __init__(self, count: int, window: OffscreenWindow, ground: Colour, names: Sequence[str]) -> None:
        self._ground, self._wide = ground, max((_across(name) for name in names), default=_TILE)
        self._shown: tuple[Tick, ...] = ()
        self._pose: Orbit | None = None
        self._inks: list[Any] = [None] * count
        self.stamps = window.add_stamps(count, (_TILE, self._wide), _OVER)

    def draw(self, ticks: tuple[Tick, ...], pose: Orbit) -> None:
        """Show these ticks, facing a camera. Unchanged ones cost nothing but their turn."""
        if ticks == self._shown:
            self.aim(pose)
            return
        inks = [(tick.text, tick.colour, tick.alpha) for tick in ticks]
        for place, ink in enumerate(inks):
            if ink != self._inks[place]:
                tile = _tile(*ink, self._ground)
                aside = (self._wide - tile.shape[1]) // 2
                self.stamps.paint(place, np.pad(tile, ((0, 0), (aside, aside), (0, 0))))
        self._inks, self._shown, self._pose = inks, ticks, pose
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
        high = size * (_TILE / _TYPE)
        half = np.array([_half(tick.text) for tick in self._shown])[:, None]
        beside = np.array([tick.beside for tick in self._shown])[:, None]
        # The middle of the type's left side is what stands at its place, or the middle of its foot.
        middle = at + np.where(beside, half * size * right, 0.5 * _CAP * size * up)
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])[None, :, :, None]
        wide, high = 0.5 * self._wide / _TILE * high[:, None], 0.5 * high[:, None]
        corners = middle[:, None] + wide * signs[:, :, 0] * right + high * signs[:, :, 1] * up
        self.stamps.move(corners.astype(np.float32))


def _across(text: str) -> int:
    """Texels that a text's picture is wide."""
    return _TILE if letters(text) <= 2 else _WIDE * _TILE


@lru_cache(maxsize=1024)
def _half(text: str) -> float:
    """From the left side of a text to its middle, of the type's size."""
    wide = min(width(text, "semibold", _TYPE), _across(text) - 2 * _EDGE)
    return _HALF if len(text) < 2 else max(_HALF, 0.5 * wide / _TYPE)


@lru_cache(maxsize=128)
def _masks(text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far a text's edge and its ink cover its picture: float32 (_TILE, width) each, 0..1."""
    masks: list[NDArray[np.float32]] = []
    wide = _across(text)
    for stroke in (_EDGE, 0):
        image = Image.new("L", (wide, _TILE))
        size = fitted(text, "semibold", _TYPE, wide - 2 * _EDGE)
        # Figures stand a little above the middle of their line: their own middle is what is centred.
        place = (wide / 2, _TILE / 2 + 0.5 * _CAP * _TYPE)
        draw_line(ImageDraw.Draw(image), place, text, "semibold", size, "ms", stroke)
        masks.append(np.asarray(image, np.float32) / np.float32(255))
    edge, ink = masks
    return np.float32(0.7) * edge, ink


@lru_cache(maxsize=128)
def _tile(text: str, colour: Colour, alpha: float, ground: Colour) -> NDArray[np.uint8]:
    """The picture of a tick: uint8 (_TILE, width, 4), top row first."""
    edge, ink = _masks(text)
    tile = np.empty((*ink.shape, 4), np.uint8)
    for channel in range(3):
        tile[..., channel] = np.round(ground[channel] + (colour[channel] - ground[channel]) * ink)
    tile[..., 3] = np.round(255 * alpha * np.maximum(edge, ink))
    return tile
