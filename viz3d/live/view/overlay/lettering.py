"""What is written over the picture at places in space: labels, rings, ghosts, and cards of neurons."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from scenes import Caption, Frame, Ghost, Orbit, Scene
from scenes.lettering.fonts import extent
from scenes.light.theme import Colour
from viz3d.live.widgets.painted_once import PaintedOnce
from viz3d.live.widgets.parts import CENTRE
from viz3d.live.widgets.style import TEXT, Look, font, with_alpha

_FACES = {"display-bold": "bold"}
_EDGE = 3.5  # px of a label's soft edge
_RING = 7.0  # px, the smallest


@dataclass(frozen=True)
class Spot:
    """Where a neuron is seen: the middle and the radius of the ring around it, px."""

    x: float
    y: float
    radius: float


def spot(scene: Scene, pose: Orbit, neuron: int) -> Spot | None:
    """Where a neuron is seen from a pose; None where it is behind the camera."""
    place = scene.layout.positions[neuron]
    x, y = map(float, pose.project(place[None], scene.size)[0])
    if not np.isfinite((x, y)).all():
        return None
    radius = float(scene.neurons.radius[neuron]) * pose.scale_at(place, scene.size)
    return Spot(x, y, max(1.25 * radius + 3.0, _RING))


def about(corners: NDArray[np.floating]) -> Spot | None:
    """The middle and half the height of what has these corners (n, 2), px; None where one is not seen."""
    if not np.isfinite(corners).all():
        return None
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Spot((left + right) / 2, (top + bottom) / 2, (bottom - top) / 2)


def write_captions(painter: QPainter, look: Look, captions: tuple[Caption, ...]) -> None:
    """Write the labels of a frame, where they stand in it; those of edits, amid the net, on cards."""
    ratio = painter.device().devicePixelRatio()
    accent = look.accent.red(), look.accent.green(), look.accent.blue()
    for caption in captions:
        name, size = _FACES.get(caption.font, caption.font), round(caption.size)
        text, anchor = caption.text, caption.anchor
        wide, ascent, capital, high = _measured(text, name, size)
        x, y = caption.at
        x -= _before(anchor, wide)
        y += 0.0 if anchor[1] == "s" else ascent if anchor[1] == "t" else capital / 2
        painter.setOpacity(caption.alpha)
        edge = caption.outline
        if caption.plate or caption.colour == accent:
            _lay_card(painter, look, QRectF(x, y - ascent, wide, high))
            edge = None
        # Letters stand on whole pixels of the screen in height, and on quarters of a unit in width.
        along = floor(x)
        laid = _written(text, name, size, caption.colour, edge, floor(4 * (x - along)), ratio)
        painter.drawImage(laid.at + QPointF(along, round(y * ratio) / ratio), laid.image)
    painter.setOpacity(1.0)


def written(caption: Caption) -> QRectF:
    """Where `write_captions` writes a label, whose letters are wider than those of a film."""
    _, top, _, bottom = extent(caption)
    wide = _measured(caption.text, _FACES.get(caption.font, caption.font), round(caption.size))[0]
    return QRectF(caption.at[0] - _before(caption.anchor, wide), top, wide, bottom - top)


def _before(anchor: str, wide: float) -> float:
    """How much of a text's width is before its anchor, px."""
    return {"l": 0.0, "m": wide / 2, "r": wide}[anchor[0]]


@lru_cache(maxsize=1024)
def _measured(text: str, face: str, size: int) -> tuple[float, float, float, float]:
    """How wide a text is, and how high its font is over its line, a capital letter, and all of it, px."""
    metrics = QFontMetricsF(font(face, size))
    return metrics.horizontalAdvance(text), metrics.ascent(), metrics.capHeight(), metrics.height()


def _lay_card(painter: QPainter, look: Look, text: QRectF) -> None:
    painter.setBrush(with_alpha(look.popup, 0.86))
    painter.setPen(QPen(with_alpha(look.accent, 0.35), 1))
    painter.drawRoundedRect(text.adjusted(-5, -1, 5, 1), 5, 5)


@lru_cache(maxsize=512)  # they cost more to draw than all else of a picture
def _written(
    text: str, face: str, size: int, colour: Colour, outline: Colour | None, quarters: int, ratio: float
) -> PaintedOnce:
    """A text with its soft edge, if it has one, that begins at (quarters / 4, 0), px."""
    path = QPainterPath()
    path.addText(QPointF(0, 0), font(face, size), text)
    box = path.boundingRect().adjusted(-_EDGE, -_EDGE, _EDGE + 1, _EDGE)

    def paint(painter: QPainter) -> None:
        if outline is not None:
            painter.strokePath(path, QPen(QColor(*outline, 190), _EDGE))
        painter.setFont(font(face, size))
        painter.setPen(QColor(*colour))
        painter.drawText(QPointF(quarters / 4, 0), text)

    return PaintedOnce.painted(box, ratio, paint)


def draw_rings(painter: QPainter, frame: Frame) -> None:
    """Draw the rings around what edits have touched."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in frame.rings:
        painter.setPen(QPen(QColor(*ring.colour, round(255 * ring.alpha)), ring.width))
        painter.drawEllipse(QPointF(*ring.at), ring.radius, ring.radius)


def draw_ghosts(painter: QPainter, ghosts: tuple[Ghost, ...]) -> None:
    """Draw a ghost where each bar ended before the edits."""
    for ghost in ghosts:
        painter.setPen(QPen(QColor(*ghost.colour), ghost.width))
        painter.drawLine(QPointF(*ghost.start), QPointF(*ghost.end))


def draw_row(painter: QPainter, look: Look, scene: Scene, frame: Frame, label: int) -> None:
    """Draw a line around the track of the bar that is pointed at."""
    bars = scene.layout.bars
    if label in scene.rows:
        corners = bars.quads(np.ones(len(bars.base), dtype=np.float32))[scene.rows.index(label)]
        _outline(painter, look, frame.camera.project(corners, scene.size))


def draw_pixel(painter: QPainter, look: Look, scene: Scene, frame: Frame, place: tuple[float, float]) -> None:
    """Draw a line around the pixel of the input's plane that a pen is over; place: row and column."""
    panel = scene.layout.panels[0]
    cells, (row, col) = panel.raster, np.floor(place)
    if not (0 <= row < cells.rows and 0 <= col < cells.cols):
        return
    ends = np.array([(row, col), (row, col + 1), (row + 1, col + 1), (row + 1, col)])
    across = (ends[:, 1] - cells.cols / 2) * cells.cell[0]
    above = (cells.rows / 2 - ends[:, 0]) * cells.cell[1]
    corners = (panel.centre + across[:, None] * panel.right + above[:, None] * panel.up).astype(np.float32)
    _outline(painter, look, frame.camera.project(corners, scene.size))


def _outline(painter: QPainter, look: Look, places: NDArray[np.float32]) -> None:
    if np.isfinite(places).all():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(with_alpha(look.accent, 0.75), 1.2))
        painter.drawPolygon([QPointF(*place) for place in places.tolist()])


def draw_ring(painter: QPainter, look: Look, at: Spot, strong: bool) -> None:
    """Draw the ring around a neuron that is selected, or only pointed at."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.accent if strong else with_alpha(look.accent, 0.75), 1.8 if strong else 1.2))
    painter.drawEllipse(QPointF(at.x, at.y), at.radius, at.radius)


def tag_box(text: str, at: Spot, bounds: QRectF, written: Sequence[QRectF] = ()) -> QRectF:
    """The box of the address above a selected neuron, within bounds and beside what is written.

    Where there is no room above it stands below.
    """
    wide = QFontMetricsF(font("semibold", TEXT)).horizontalAdvance(text) + 16
    above = QRectF(at.x - wide / 2, at.y - at.radius - 28, wide, 22)
    low = above.top() < bounds.top()
    if low or any(_within(QRectF(above), bounds).intersects(each) for each in written):
        above.moveTop(at.y + at.radius + 6)
    return _within(above, bounds)


def draw_tag(painter: QPainter, look: Look, text: str, box: QRectF) -> None:
    """Draw the address of a selected neuron."""
    _slip(painter, box, QColor(look.popup), with_alpha(look.accent, 0.45))
    painter.setFont(font("semibold", TEXT))
    painter.setPen(look.accent)
    painter.drawText(box, CENTRE, text)


def card_box(wide: float, at: Spot, bounds: QRectF) -> QRectF:
    """The box of a card so many pixels wide: above a spot and beside it, else where it hides it not."""
    high, away = 24.0, at.radius + 6
    sides = at.x + away, at.x - away - wide
    tried = [QRectF(x, y, wide, high) for y in (at.y - at.radius - high, at.y + at.radius) for x in sides]
    return next((box for box in tried if bounds.contains(box)), _within(QRectF(tried[0]), bounds))


def draw_card(painter: QPainter, look: Look, texts: tuple[str, str], at: Spot, bounds: QRectF) -> None:
    """Draw the small card of a neuron that is pointed at: its address, and its value."""
    name, value = font("medium", TEXT), font("semibold", TEXT)
    first = QFontMetricsF(name).horizontalAdvance(texts[0])
    second = QFontMetricsF(value).horizontalAdvance(texts[1])
    box = card_box(first + second + 20 + (12 if texts[1] else 0), at, bounds)
    _slip(painter, box, QColor(look.popup), look.line)
    inner = box.adjusted(10, 0, -10, 0)
    painter.setFont(name)
    painter.setPen(look.text)
    painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, texts[0])
    painter.setFont(value)
    painter.setPen(look.soft)
    painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, texts[1])


def _slip(painter: QPainter, box: QRectF, ground: QColor, edge: QColor) -> None:
    ground.setAlpha(232)
    painter.setBrush(ground)
    painter.setPen(QPen(edge, 1))
    painter.drawRoundedRect(box, 6, 6)


def _within(box: QRectF, bounds: QRectF) -> QRectF:
    """The box moved to where all of it can be seen."""
    box.moveLeft(max(min(box.left(), bounds.right() - box.width()), bounds.left()))
    box.moveTop(max(min(box.top(), bounds.bottom() - box.height()), bounds.top()))
    return box
