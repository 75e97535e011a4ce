"""The card of one layer: facts and histogram, its values as pictures beside them or below."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from scenes.light.theme import Theme
from viz3d.command.wording import short
from viz3d.figures.flow import Spot, flow
from viz3d.findings.layer_strips import Strip
from viz3d.findings.layers import BINS, LayerPanel
from viz3d.live.widgets.parts import LEFT, RIGHT, Painted, cut, inside
from viz3d.live.widgets.pictures import ends, minus, sheet_image
from viz3d.live.widgets.style import CAPTION, HEAD, RADIUS, TEXT, Look, font

_FACTS, _EDGE = 208, 16  # px of the column of facts, and of the margin
_TITLE, _LINE, _HISTOGRAM = 20, 16, 40


@dataclass(frozen=True, eq=False)
class _Laid:
    """Where the pictures stand in a card of a width, and how high it is."""

    width: int
    shapes: tuple[tuple[int, int, int], ...]
    spots: tuple[Spot, ...]
    height: int


class LayerCard(Painted):
    """A layer with a digit.

    Signals: `chosen` the layer's name where the card is clicked; `picked` its name and the flat index of a
    neuron whose cell is.

    part: whether it is a part of a page that has a ground and names the layer: then it does neither, and its
    pictures stand below its facts.
    """

    chosen = Signal(str)
    picked = Signal(str, int)

    def __init__(self, *, part: bool = False) -> None:
        super().__init__()
        self._part, self._edge = part, 0 if part else _EDGE
        self.panel: LayerPanel | None = None
        self._laid = _Laid(0, (), (), 0)
        self._images: dict[int, QImage] = {}
        self._theme: Theme | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Layer")
        self.setToolTip("What the layer holds: a cell selects its neuron, the rest flies there")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_panel(self, panel: LayerPanel) -> None:
        """Show a layer; the one of before with other values stands as it stood."""
        self.panel = panel
        self._images.clear()
        self.setAccessibleName(f"Layer {panel.layer.name}")
        self._lay(self.width())
        self.update()

    def spot_of(self, name: str) -> QRectF:
        """Where the picture of that name stands; an empty rectangle for none."""
        for strip, spot in self._standing():
            if strip.name == name:
                return _box(spot)
        return QRectF()

    def sizeHint(self) -> QSize:
        """As high as its pictures and facts need."""
        return QSize(_FACTS + 200, self._laid.height or 160)

    def aloud(self) -> str:
        """Its facts, and of each picture the least and the greatest value."""
        if self.panel is None:
            return ""
        return "; ".join([*_lines(self.panel), *(f"{each.name}: {ends(each)}" for each in self.panel.strips)])

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the card."""
        if self.panel is None:
            return
        if self._theme is not look.theme:
            self._images.clear()
            self._theme = look.theme
        if not self._part:
            painter.setBrush(look.raised)
            painter.setPen(QPen(look.accent if self.underMouse() else look.line, 1))
            painter.drawRoundedRect(inside(self), RADIUS, RADIUS)
        self._facts(painter, look, self.panel)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for strip, spot in self._standing():
            box = _box(spot)
            image = self._images.setdefault(id(strip), sheet_image(strip, look))
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform, box.width() < strip.values.shape[1]
            )
            painter.drawImage(box, image)
            _write(painter, QRectF(box.x(), box.y() - 18, 400, 16), strip.name, "medium", TEXT, look.soft)
            below = QRectF(box.x(), box.bottom() + 2, self.width() - self._edge - box.x(), 16)
            _write(painter, below, _fitting(ends(strip), below.width()), "regular", CAPTION, look.faint)

    def _facts(self, painter: QPainter, look: Look, panel: LayerPanel) -> None:
        edge, wide = self._edge, self.width() if self._part else _FACTS
        line = QRectF(edge, edge - 2, wide, 18)
        if not self._part:
            painter.setFont(font("semibold", HEAD))
            title = cut(painter, panel.layer.title or panel.layer.name, wide)
            _write(painter, line, title, "semibold", HEAD, look.text)
            room = wide - QFontMetricsF(painter.font()).horizontalAdvance(title) - 12
            if QFontMetricsF(font("regular", CAPTION)).horizontalAdvance(panel.layer.name) <= room:
                _write(painter, line, panel.layer.name, "regular", CAPTION, look.faint, RIGHT)
            line.translate(0, _TITLE)
        for words in _lines(panel):
            _write(painter, line, words, "regular", TEXT, look.soft)
            line.translate(0, _LINE)
        box = QRectF(edge, line.top() + 8, wide, _HISTOGRAM)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.curve)
        # A root keeps the few large values in sight: most are often 0.
        share = np.sqrt(panel.histogram / max(panel.histogram.max(), 1))
        step = box.width() / BINS
        for k in np.flatnonzero(share).tolist():
            high = max(float(share[k]) * box.height(), 1.5)
            painter.drawRect(QRectF(box.x() + k * step, box.bottom() - high, step - 1.5, high))
        foot = QRectF(edge, box.bottom() + 2, wide, 16)
        _write(painter, foot, minus(short(panel.low)), "regular", CAPTION, look.faint)
        _write(painter, foot, minus(short(panel.high)), "regular", CAPTION, look.faint, RIGHT)

    def _standing(self) -> list[tuple[Strip, Spot]]:
        """The pictures, and where they stand."""
        if self.panel is None:
            return []
        return list(zip(self.panel.strips, self._laid.spots, strict=True))

    def _lay(self, width: int) -> None:
        if self.panel is None:
            return
        shapes = tuple((*each.values.shape, _letters(each)) for each in self.panel.strips)
        if (width, shapes) == (self._laid.width, self._laid.shapes):
            return
        facts = _LINE * len(_lines(self.panel)) + 8 + _HISTOGRAM + 18
        if self._part:
            left, top, room = 0.0, facts + 8.0, float(width)
        else:
            left, top, room = _FACTS + 2.5 * _EDGE, float(_EDGE), width - _FACTS - 3.5 * _EDGE
            facts += _TITLE
        spots, high = flow(shapes, max(room, 100.0))
        moved = tuple(Spot(s.x + left, s.y + top, s.wide, s.high) for s in spots)
        whole = top + high if self._part else 2 * _EDGE + max(high, facts)
        self._laid = _Laid(width, shapes, moved, round(whole))
        self.setFixedHeight(self._laid.height)

    def resizeEvent(self, event: QEvent) -> None:
        """Let the pictures flow into the new width."""
        self._lay(self.width())

    def enterEvent(self, event: QEvent) -> None:
        """Mark the card under the pointer."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Mark it no more."""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the neuron under the pointer, else the layer."""
        if self.panel is None or event.button() != Qt.MouseButton.LeftButton:
            return
        neuron = self._cell(event.position())[1]
        if neuron >= 0:
            self.picked.emit(self.panel.layer.name, neuron)
        else:
            self.chosen.emit(self.panel.layer.name)

    def event(self, event: QEvent) -> bool:
        """Tell the value under the pointer; Return chooses the layer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._cell(QPointF(event.pos()))[0]
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _cell(self, at: QPointF) -> tuple[str, int]:
        """What is told of the cell at a place, and the flat index of its neuron, -1 for none."""
        for strip, spot in self._standing():
            box = _box(spot)
            if box.contains(at):
                rows, columns = strip.values.shape
                row = min(int((at.y() - box.y()) / box.height() * rows), rows - 1)
                column = min(int((at.x() - box.x()) / box.width() * columns), columns - 1)
                value = float(strip.values[row, column])
                neuron = -1 if strip.neurons is None else int(strip.neurons[row, column])
                return ("" if np.isnan(value) else f"{strip.name}: {minus(short(value))}"), neuron
        return "", -1


def _lines(panel: LayerPanel) -> list[str]:
    formula, equals, count = panel.count.partition(" = ")
    function = f"function {panel.function}" if panel.function else ""
    return [line for line in (panel.size, panel.made, formula, f"{equals}{count}".strip(), function) if line]


def _letters(strip: Strip) -> int:
    # The ends change with each digit: what is measured must not, or all pictures would move.
    return max(len(strip.name), 20 + len(strip.shown) if strip.shown else 18)


def _fitting(words: str, room: float) -> str:
    """What is told below a picture, in fewer words where there is not so much room, and then cut."""
    metrics = QFontMetricsF(font("regular", CAPTION))
    if metrics.horizontalAdvance(words) > room:
        words = words.replace("first ", "").removesuffix(" each")
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)


def _box(spot: Spot) -> QRectF:
    return QRectF(spot.x, spot.y, spot.wide, spot.high)


def _write(
    painter: QPainter,
    box: QRectF,
    words: str,
    face: str,
    size: int,
    colour: QColor,
    where: Qt.AlignmentFlag = LEFT,
) -> None:
    painter.setFont(font(face, size))
    painter.setPen(colour)
    painter.drawText(box, where, words)
