"""Frames in space: around layers that a person means, and around what a neuron can see."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.graph.receptive_field import Box
from scenes import Orbit, Scene
from viz3d.live.widgets.style import Look, with_alpha


def draw_layer_frames(
    painter: QPainter,
    look: Look,
    scene: Scene,
    pose: Orbit,
    layers: Sequence[str],
    *,
    strong: bool = True,
    fill: bool = True,
) -> None:
    """Draw a frame in the accent around the plane of each layer; strong, or as what is only pointed at."""
    painter.setPen(QPen(look.accent, 2) if strong else QPen(with_alpha(look.accent, 0.6), 1.2))
    painter.setBrush(with_alpha(look.accent, 0.10) if fill else Qt.BrushStyle.NoBrush)
    for panel in scene.layout.panels:
        if panel.layer in layers:
            corners = pose.project(panel.corners(), scene.size)
            if np.isfinite(corners).all():
                painter.drawPolygon([QPointF(x, y) for x, y in corners.tolist()])


def draw_field(painter: QPainter, look: Look, scene: Scene, pose: Orbit, field: Box) -> None:
    """Draw a frame in the accent around a rectangle of input pixels, which is a part of them alone."""
    panel = scene.layout.panels[0]
    raster, (top, left, bottom, right) = panel.raster, field
    if scene.neurons.stripes:
        left, right = 3 * left, 3 * right + 2
    if raster.walled or top < 0 or (bottom - top + 1) * (right - left + 1) in (1, raster.rows * raster.cols):
        return
    wide, high = raster.cell
    x = (np.array([left, right + 1, right + 1, left]) - raster.cols / 2) * wide
    y = (raster.rows / 2 - np.array([bottom + 1, bottom + 1, top, top])) * high
    corners = panel.centre + x[:, None] * panel.right + y[:, None] * panel.up
    places = pose.project(corners.astype(np.float32), scene.size)
    if np.isfinite(places).all():
        painter.setPen(QPen(look.accent, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon([QPointF(x, y) for x, y in places.tolist()])
