"""Frames around layers that a person points at elsewhere."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from scenes import Orbit, Scene
from viz3d.live.widgets.style import Look, with_alpha


def draw_layer_frames(
    painter: QPainter, look: Look, scene: Scene, pose: Orbit, layers: Sequence[str]
) -> None:
    """Draw a frame in the accent around the plane of each layer."""
    painter.setPen(QPen(look.accent, 2))
    painter.setBrush(with_alpha(look.accent, 0.10))
    for panel in scene.layout.panels:
        if panel.layer in layers:
            corners = pose.project(panel.corners(), scene.size)
            if np.isfinite(corners).all():
                painter.drawPolygon([QPointF(x, y) for x, y in corners.tolist()])
