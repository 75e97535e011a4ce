"""Strokes of a pen, as values, and how they are inked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from viz3d.live.widgets.pictures import Picture, as_grey, fitted, grey_image, pixels_of

Points = Sequence[tuple[float, float, float]]
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
            painter.drawImage(fitted(QRectF(0, 0, SIDE, SIDE), below.shape), grey_image(as_grey(below)))
        for stroke in strokes:
            _ink_stroke(painter, stroke)
    return inked


def ink_on(inked: QImage, settled: QImage, stroke: Stroke, part: tuple[slice, slice]) -> None:
    """Ink on `inked`, in some rows and columns of the picture: `settled` and a stroke over it."""
    rows, columns = part
    place = QRect(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    fine = QRect(place.topLeft() * _FINE, place.size() * _FINE)
    with QPainter(inked) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(fine)
        painter.drawImage(fine.topLeft(), settled, fine)
        painter.scale(_FINE, _FINE)
        _ink_stroke(painter, stroke, QRectF(place))


def _ink_stroke(painter: QPainter, stroke: Stroke, within: QRectF | None = None) -> None:
    """Curves through the middles between the points: as smooth as the hand, whatever the mouse's rate.

    Quadratic Bezier curves, each with a point as its control: neighbours meet with one tangent. within: where
    ink is wanted; curves that leave none there are left out.
    """
    ink, points = BLACK if stroke.erases else WHITE, stroke.points
    x, y, _ = points[0]
    if all(each[:2] == (x, y) for each in points):  # a pen that only presses: Qt draws no line without a way
        width = max(wide for *_, wide in points)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, y), width / 2, width / 2)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(ink, points[0][2], Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    path, before, last = QPainterPath(), -1, len(points) - 1
    for k in range(1, len(points)) if within is None else _reaching(points, within):
        here = QPointF(*points[k][:2])
        begin, end = (QPointF(*points[each][:2]) for each in (k - 1, min(k + 1, last)))
        begin, end = begin if k == 1 else (begin + here) / 2, end if k == last else (here + end) / 2
        if points[k][2] != pen.widthF():
            painter.setPen(pen)
            painter.drawPath(path)
            path, before = QPainterPath(), -1
            pen.setWidthF(points[k][2])
        if k != before + 1 or before < 0:
            path.moveTo(begin)
        path.quadTo(here, end)
        before = k
    painter.setPen(pen)
    painter.drawPath(path)


def _reaching(points: Points, within: QRectF) -> list[int]:
    """Points whose curves may leave ink in a place: not those that lie beyond a side with both neighbours."""
    far = max(width for *_, width in points) / 2 + 2  # the soft edge too
    left, right, top, bottom = within.left(), within.right(), within.top(), within.bottom()
    # A bit for each side (Cohen and Sutherland's codes).
    beyond = [
        (x + far < left) | (x - far > right) << 1 | (y + far < top) << 2 | (y - far > bottom) << 3
        for x, y, _ in points
    ]
    beyond.append(beyond[-1])
    return [k for k in range(1, len(points)) if not beyond[k - 1] & beyond[k] & beyond[k + 1]]


def part_of(points: Points) -> tuple[slice, slice]:
    """Rows and columns of a picture in which a line through points may leave ink, its soft edge too."""
    # A line is as wide at a point as at the next one.
    far = max(width for *_, width in points) / 2
    across, down = [x for x, _, _ in points], [y for _, y, _ in points]
    top, left = (min(max(int(min(each) - far - 2), 0), SIDE) for each in (down, across))
    bottom, right = (min(max(int(max(each) + far + 3), 0), SIDE) for each in (down, across))
    return slice(top, bottom), slice(left, right)


def picture_of(image: QImage, part: tuple[slice, slice] = (slice(0, SIDE), slice(0, SIDE))) -> Picture:
    """The uint8 (280, 280) of an inked image, or some of its rows and columns: means of 2 x 2."""
    rows, columns = part
    # Two neighbours are one number here: whole rows are added much faster than every other pixel.
    pairs = pixels_of(image).view(np.uint16)[_FINE * rows.start : _FINE * rows.stop, columns]
    total = (pairs & 255) + (pairs >> 8)
    return ((total[::_FINE] + total[1::_FINE]) >> 2).astype(np.uint8)
