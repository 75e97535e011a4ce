"""Veils: what lies behind a text is dimmed, with soft borders."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from scenes import Layout, Orbit, Scene
from scenes.light.theme import Colour, Theme
from scenes.space.page import Box
from viz3d.live.widgets.painted_once import PaintedOnce

_SOFT, _STEP = 28, 36  # px that a veil fades over: with less a box is seen; opacity of a step, of 255
_DENSE = 70  # the same where bars are behind it, whose light is as strong as a text's


def draw_veil(painter: QPainter, scene: Scene, box: QRectF, camera: Orbit | None = None) -> None:
    """Dim what lies behind a text: close up, the net runs under it.

    camera: from which bars may be seen behind it; None where none can.
    """
    behind = 0.0 if camera is None else _bars_behind(scene, camera, box)
    step = round(_STEP + behind * (_DENSE - _STEP))
    size, ratio = (round(box.width()), round(box.height())), painter.device().devicePixelRatio()
    veil = _veil(size, scene.theme.background, step, ratio)
    painter.drawImage(veil.at + QPointF(round(box.left()), round(box.top())), veil.image)


@lru_cache(maxsize=16)  # as dear as all that is written over it; two megabytes on a fine screen
def _veil(size: tuple[int, int], colour: Colour, step: int, ratio: float) -> PaintedOnce:
    """A veil over a box of a size (width, height) that begins at (0, 0), px."""
    box = QRectF(0, 0, *size)

    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*colour, step))
        for out in range(_SOFT, -4, -4):
            painter.drawRoundedRect(box.adjusted(-out, -out, out, out / 2), out + 6, out + 6)

    return PaintedOnce.painted(box.adjusted(-_SOFT, -_SOFT, _SOFT, _SOFT / 2), ratio, paint)


def draw_veil_above(painter: QPainter, scene: Scene, high: float) -> None:
    """Dim the uppermost rows of the picture, where panels stand, down to `high` px, where it has faded."""
    _fade(painter, scene.theme.background, (scene.size[0], high), (205, 165))


def draw_ground_above(painter: QPainter, scene: Scene, worn: Theme, high: float) -> None:
    """Give the top bar's words their own ground while the picture is of another theme than the window.

    worn: the window's theme. high: px down to which the ground reaches, where it has faded.
    """
    if worn.name != scene.theme.name:
        _fade(painter, worn.background, (scene.size[0], high), (255, 255))


def _fade(painter: QPainter, colour: Colour, size: tuple[float, float], opacities: tuple[int, int]) -> None:
    """Lay a colour over the uppermost rows; size: width and height, px; opacities: at the top and below."""
    fade = QLinearGradient(0, 0, 0, size[1])
    for at, alpha in zip((0.0, 0.7, 1.0), (*opacities, 0), strict=True):
        fade.setColorAt(at, QColor(*colour, alpha))
    painter.fillRect(QRectF(0, 0, *size), fade)


def _bars_behind(scene: Scene, camera: Orbit, box: QRectF) -> float:
    """How far bars reach behind a text, 0..1: at 1 as far as its veil's border is wide."""
    bars, box = _bars_seen(scene.layout, camera, scene.size), box.adjusted(-_SOFT, -_SOFT, _SOFT, _SOFT)
    if bars is None:
        return 0.0
    left, top, right, foot = bars
    wide = min(right, box.right()) - max(left, box.left())
    high = min(foot, box.bottom()) - max(top, box.top())
    return min(max(min(wide, high) / _SOFT, 0.0), 1.0)


@lru_cache(maxsize=1)  # two texts of each picture ask
def _bars_seen(layout: Layout, camera: Orbit, size: tuple[int, int]) -> Box | None:
    """The box in which all bars are seen that have grown whole, px; None where none is."""
    bars = layout.bars
    corners = bars.quads(np.ones(len(bars.base), dtype=np.float32)).reshape(-1, 3)
    seen = camera.project(corners, size)
    seen = seen[np.isfinite(seen).all(axis=1)]
    if not len(seen):
        return None
    (left, top), (right, foot) = seen.min(axis=0).tolist(), seen.max(axis=0).tolist()
    return left, top, right, foot
