"""Frames in space: around layers and groups that a person means, and around what a neuron can see."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from engine import Net
from engine.graph.receptive_field import Box
from scenes import Orbit, Scene
from scenes.space.panel import Panel
from viz3d.live.widgets.style import Look, with_alpha

_CELLS = 300  # of a map that are framed each by itself, where others stand among them


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
            _draw(painter, pose.project(panel.corners(), scene.size))


def draw_field(painter: QPainter, look: Look, scene: Scene, pose: Orbit, field: Box) -> None:
    """Draw a frame in the accent around a rectangle of input pixels, which is a part of them alone."""
    panel = scene.layout.panels[0]
    raster, (top, left, bottom, right) = panel.raster, field
    if scene.neurons.stripes:
        left, right = 3 * left, 3 * right + 2
    if raster.walled or top < 0 or (bottom - top + 1) * (right - left + 1) in (1, raster.rows * raster.cols):
        return
    painter.setPen(QPen(look.accent, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _draw(painter, pose.project(_around(panel, (top, left, bottom, right)), scene.size))


def draw_group_frames(
    painter: QPainter,
    look: Look,
    scene: Scene,
    pose: Orbit,
    frames: Sequence[NDArray[np.float32]],
    *,
    strong: bool,
) -> None:
    """Draw frames of corners (4, 3) in space: around a map, or a head in each token and on its face."""
    painter.setPen(QPen(look.accent, 2) if strong else QPen(with_alpha(look.accent, 0.9), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for corners in frames:
        _draw(painter, pose.project(corners, scene.size))


def face_corners(scene: Scene, net: Net, where: str) -> list[NDArray[np.float32]]:
    """The corners (4, 3) of the face on which a head's attention is drawn, by its address; none of others."""
    layer, _, head = where.partition(":head")
    if not head.isdecimal():
        return []
    near = layer, *net.layer(layer).sources
    faces = (face.panel for face in scene.layout.faces if face.panel.layer in near)
    maps = ((panel, panel.raster.maps[int(head)].tolist()) for panel in faces)
    return [_around(panel, (top, left, bottom, right)) for panel, (top, bottom, left, right) in maps]


def group_corners(scene: Scene, neurons: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """The corners (4, 3) of each frame that holds some neurons (n,) of a layer, and none of the others."""
    found: list[NDArray[np.float32]] = []
    for panel in scene.layout.panels:
        if panel.start <= neurons[0] < panel.stop:
            row, col = panel.raster.row[neurons - panel.start], panel.raster.col[neurons - panel.start]
            found += [_around(panel, box) for box in _boxes(panel, row, col)]
    return found


def _boxes(panel: Panel, row: NDArray[np.int32], col: NDArray[np.int32]) -> Iterator[Box]:
    """Rectangles of cells (top, left, bottom, right), of each map one, or, where others stand in it, many."""
    for top, bottom, left, right in panel.raster.maps.tolist():
        within = (row >= top) & (row <= bottom) & (col >= left) & (col <= right)
        if not within.any():
            continue
        r, c = row[within], col[within]
        box = int(r.min()), int(c.min()), int(r.max()), int(c.max())
        if (box[2] - box[0] + 1) * (box[3] - box[1] + 1) == len(r):
            yield box
        elif len(r) <= _CELLS:
            yield from ((y, x, y, x) for y, x in zip(r.tolist(), c.tolist(), strict=True))
        else:
            yield top, left, bottom, right


def _around(panel: Panel, box: Box) -> NDArray[np.float32]:
    """The corners (4, 3) of a rectangle of a panel's cells."""
    raster, (top, left, bottom, right) = panel.raster, box
    wide, high = raster.cell
    x = (np.array([left, right + 1, right + 1, left]) - raster.cols / 2) * wide
    y = (raster.rows / 2 - np.array([bottom + 1, bottom + 1, top, top])) * high
    corners = panel.centre + x[:, None] * panel.right + y[:, None] * panel.up
    return corners.astype(np.float32)


def _draw(painter: QPainter, corners: NDArray[np.floating]) -> None:
    if np.isfinite(corners).all():
        painter.drawPolygon([QPointF(x, y) for x, y in corners.tolist()])
