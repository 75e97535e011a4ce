"""Strokes of a pen, as values, and how they are inked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from viz3d.live.widgets.pictures import Picture, array_of, fitted, grey_image

SIDE = 280  # of the picture that a pad gives
_FINE = 2  # inked at this many times the side, so that it is sharp on dense screens and smooth when halved
WHITE, BLACK = QColor(255, 255, 255), QColor(0, 0, 0)


@dataclass(frozen=True)
class Stroke:
    """One stroke.

    Attributes:
        points: (x, y, width) in pixels of the picture; the width follows the pressure of a tablet's pen.
        erases: black in place of white.
    """

    points: tuple[tuple[float, float, float], ...]
    erases: bool = False

    def longer(self, x: float, y: float, width: float) -> "Stroke":
        """The stroke, drawn on to a point."""
        return Stroke((*self.points, (x, y, width)), self.erases)


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a pad holds: a picture below, if any, and the strokes over it."""

    below: Picture | None = None
    strokes: tuple[Stroke, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn or shown."""
        return self.below is None and not self.strokes


def blank() -> QImage:
    """A black picture to ink on."""
    image = QImage(_FINE * SIDE, _FINE * SIDE, QImage.Format.Format_Grayscale8)
    image.fill(0)
    return image


def ink(image: QImage, below: Picture | None, strokes: Sequence[Stroke]) -> QImage:
    """A copy of `image` with a picture (stretched smoothly) and strokes over it."""
    inked = image.copy()
    with QPainter(inked) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(_FINE, _FINE)
        if below is not None:
            painter.drawImage(fitted(QRectF(0, 0, SIDE, SIDE), below.shape), grey_image(below))
        for stroke in strokes:
            _ink_stroke(painter, stroke)
    return inked


def _ink_stroke(painter: QPainter, stroke: Stroke) -> None:
    """Curves through the middles between the points: as smooth as the hand, whatever the mouse's rate.

    Quadratic Bezier curves, each with a point as its control: neighbours meet with one tangent.
    """
    ink = BLACK if stroke.erases else WHITE
    points = [QPointF(x, y) for x, y, _ in stroke.points]
    widths = [width for _, _, width in stroke.points]
    if len(points) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(points[0], widths[0] / 2, widths[0] / 2)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(ink, widths[0], Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    path = QPainterPath(points[0])
    for k in range(1, len(points)):
        last = k == len(points) - 1
        end = points[k] if last else (points[k] + points[k + 1]) / 2
        if widths[k] != pen.widthF():
            painter.setPen(pen)
            painter.drawPath(path)
            path = QPainterPath(path.currentPosition())
            pen.setWidthF(widths[k])
        path.quadTo(points[k], end)
    painter.setPen(pen)
    painter.drawPath(path)


def rows_of(points: Sequence[tuple[float, float, float]]) -> slice:
    """The rows of a picture in which a line through points may leave ink, its soft edge too."""
    # A line is as wide at a point as at the next one.
    far = max(width for *_, width in points) / 2
    top, bottom = min(y for _, y, _ in points) - far - 2, max(y for _, y, _ in points) + far + 3
    return slice(*(min(max(int(edge), 0), SIDE) for edge in (top, bottom)))


def picture_of(image: QImage, rows: slice = slice(0, SIDE)) -> Picture:
    """The uint8 (280, 280) of an inked image, or some of its rows: means of 2 x 2."""
    # Two neighbours are one number here: whole rows are added much faster than every other pixel.
    pairs = array_of(image)[_FINE * rows.start : _FINE * rows.stop].view(np.uint16)
    total = (pairs & 255) + (pairs >> 8)
    return ((total[::_FINE] + total[1::_FINE]) >> 2).astype(np.uint8)
