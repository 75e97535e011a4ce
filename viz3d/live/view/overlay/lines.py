"""Lines over the picture: a synapse, and what a hand draws from neuron to neuron."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from viz3d.live.view.overlay.lettering import Spot
from viz3d.live.widgets.style import Look, with_alpha

Line = NDArray[np.float32]


def middle(line: Line) -> Spot | None:
    """What the address of a line (P, 2) is written above, all of it; None where it is behind the camera."""
    if not np.isfinite(line).all():
        return None
    return Spot(float(line[len(line) // 2, 0]), float(line[:, 1].min()), 8.0)


def draw_line(painter: QPainter, look: Look, line: Line, *, there: bool) -> None:
    """Draw a synapse's way (P, 2), px; broken where there is no such synapse."""
    pen = QPen(with_alpha(look.accent, 0.9), 1.6)
    if not there:
        pen.setStyle(Qt.PenStyle.DashLine)
    _stroke(painter, pen, line)


def draw_pull(painter: QPainter, look: Look, start: Spot, end: QPointF) -> None:
    """Draw the line that a hand leads from a neuron."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.accent, 1.8))
    painter.drawEllipse(QPointF(start.x, start.y), start.radius, start.radius)
    painter.drawLine(QPointF(start.x, start.y), end)
    painter.setBrush(look.accent)
    painter.drawEllipse(end, 3.0, 3.0)


def _stroke(painter: QPainter, pen: QPen, line: Line) -> None:
    if not np.isfinite(line).all():
        return
    path = QPainterPath(QPointF(*map(float, line[0])))
    for x, y in line[1:].tolist():
        path.lineTo(x, y)
    painter.strokePath(path, pen)
