"""Buttons with a drawn sign: the fonts have no such letters, and a drawn one is sharp at every scale."""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from viz3d.live.widgets.painted_once import PaintedOnce
from viz3d.live.widgets.parts import LEFT, Cut, button, cut, reach_by_keys
from viz3d.live.widgets.style import look

_ARROW = 27  # px at the right of a text
_REACH = 9.0  # px from a sign's centre to where it ends

Sign = Callable[[QPainter], None]
"""Draws in a square from -6 to 6, with pen and brush in the button's colour."""


def _lines(*strokes: tuple[tuple[float, float], ...]) -> Sign:
    def draw(painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in strokes:
            painter.drawPolyline([QPointF(x, y) for x, y in stroke])

    return draw


def _solid(*corners: tuple[float, float], bars: tuple[tuple[float, float, float, float], ...] = ()) -> Sign:
    def draw(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if corners:
            painter.drawPolygon([QPointF(x, y) for x, y in corners])
        for bar in bars:
            painter.drawRoundedRect(QRectF(*bar), 1, 1)

    return draw


def _loop(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(-5, -5, 10, 10), 30 * 16, 290 * 16)
    painter.drawPolyline([QPointF(5.6, -6), QPointF(4.6, -2.2), QPointF(0.8, -3.2)])


def _shuffle(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (-1, 1):
        path = QPainterPath(QPointF(-6, 3.5 * side))
        path.cubicTo(QPointF(0, 3.5 * side), QPointF(0, -3.5 * side), QPointF(5, -3.5 * side))
        painter.drawPath(path)
        tip = QPointF(5.5, -3.5 * side)
        painter.drawPolyline([tip + QPointF(-2.5, -2.5), tip, tip + QPointF(-2.5, 2.5)])


def _home(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline([QPointF(-6, 0.5), QPointF(0, -5), QPointF(6, 0.5)])
    painter.drawPolyline([QPointF(-4, 0), QPointF(-4, 5), QPointF(4, 5), QPointF(4, 0)])


def _orbit(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(-6.5, -4, 13, 7), -60 * 16, 300 * 16)
    painter.drawPolyline([QPointF(5.6, -0.4), QPointF(3.2, 2.6), QPointF(6.4, 4.6)])


def _lamp(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(-4.5, -6.5, 9, 9), -50 * 16, 280 * 16)
    for y, half in ((3.6, 2.4), (6.0, 1.6)):
        painter.drawLine(QPointF(-half, y), QPointF(half, y))


def _cube(*face: tuple[float, float]) -> Sign:
    """A box whose face is filled."""
    edge = [QPointF(*at) for at in ((0, -6), (5.2, -3), (5.2, 3), (0, 6), (-5.2, 3), (-5.2, -3), (0, -6))]
    inner = [[QPointF(0, 0), QPointF(*at)] for at in ((5.2, -3), (0, 6), (-5.2, -3))]

    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(painter.pen().color(), 1.2))
        painter.drawPolygon([QPointF(*at) for at in face])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in (edge, *inner):
            painter.drawPolyline(line)

    return draw


def _question(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(-3.2, -3.4))
    path.cubicTo(QPointF(-3.2, -8.2), QPointF(3.6, -8.2), QPointF(3.6, -3.6))
    path.cubicTo(QPointF(3.6, -0.6), QPointF(0, -0.8), QPointF(0, 2.4))
    painter.drawPath(path)
    painter.drawPoint(QPointF(0, 6.2))


SIGNS = MappingProxyType(
    {
        "left": _lines(((1.5, -4), (-2.5, 0), (1.5, 4))),
        "right": _lines(((-1.5, -4), (2.5, 0), (-1.5, 4))),
        "down": _lines(((-3.5, -1.5), (0, 2), (3.5, -1.5))),
        "play": _solid((-3.5, -7), (8, 0), (-3.5, 7)),
        "pause": _solid(bars=((-6, -7, 4, 14), (2, -7, 4, 14))),
        "back": _solid((5, -4.5), (-2, 0), (5, 4.5), bars=((-4.5, -4.5, 2, 9),)),
        "forth": _solid((-5, -4.5), (2, 0), (-5, 4.5), bars=((2.5, -4.5, 2, 9),)),
        "loop": _loop,
        "shuffle": _shuffle,
        "unequal": _lines(((-5, -2.2), (5, -2.2)), ((-5, 2.2), (5, 2.2)), ((2.6, -6), (-2.6, 6))),
        "home": _home,
        "front": _cube((5.2, -3), (0, 0), (0, 6), (5.2, 3)),
        "side": _cube((-5.2, -3), (0, 0), (0, 6), (-5.2, 3)),
        "top": _cube((0, -6), (5.2, -3), (0, 0), (-5.2, -3)),
        "orbit": _orbit,
        "lamp": _lamp,
        "help": _question,
        "close": _lines(((-3.5, -3.5), (3.5, 3.5)), ((-3.5, 3.5), (3.5, -3.5))),
    }
)


def stamp(painter: QPainter, sign: str, centre: QPointF, colour: QColor) -> None:
    """Draw a sign about `centre`, which lies on a pixel or between two."""
    drawn = _stamped(sign, colour.rgba(), painter.device().devicePixelRatio())
    painter.drawImage(centre + drawn.at, drawn.image)


@lru_cache(maxsize=256)  # those in the scene's corner are drawn with each picture
def _stamped(sign: str, rgba: int, ratio: float) -> PaintedOnce:
    colour = QColor.fromRgba(rgba)

    def paint(painter: QPainter) -> None:
        line = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(colour, 1.6, *line))
        painter.setBrush(colour)
        SIGNS[sign](painter)

    return PaintedOnce.painted(QRectF(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH), ratio, paint)


class IconButton(QPushButton):
    """A quiet button of 24 px with a sign in place of text."""

    def __init__(self, sign: str, tip: str, checkable: bool = False) -> None:
        super().__init__()
        self._sign = sign
        self.setProperty("role", "quiet")
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setCheckable(checkable)
        self.setFixedSize(26, 26)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        reach_by_keys(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then its sign."""
        super().paintEvent(event)
        colours = look()
        lit = colours.accent if self.isChecked() else colours.text if self.underMouse() else colours.soft
        with QPainter(self) as painter:
            middle = QRectF(self.rect()).center()
            stamp(painter, self._sign, middle, lit if self.isEnabled() else colours.off)


class PlayButton(QPushButton):
    """The round button that plays while it is checked."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(36, 36)
        self.setCheckable(True)
        self.setToolTip("Play or pause (space)")
        self.setAccessibleName("Play")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        reach_by_keys(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a disc and the sign of what a press would do."""
        colours = look()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            painter.setPen(QPen(colours.text, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent if self.isEnabled() else colours.raised)
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            stamp(painter, "pause" if self.isChecked() else "play", box.center(), colours.on_accent)


class HelpButton(IconButton):
    """The sign at the end of the bar, whose menu helps."""

    def __init__(self, tip: str) -> None:
        super().__init__("help", tip)
        self.setAccessibleName("Help")
        self.setFixedSize(30, 30)


class MenuButton(QPushButton):
    """A button that opens a menu, with a small arrow at its right.

    chooses: what its text tells the choice of, such as "Network": to who hears a name alone, which. Of a
    button that always has the same text, none.

    Attributes:
        lead: px that its text stands off the left edge.
    """

    lead = 12

    def __init__(self, text: str, tip: str = "", chooses: str = "") -> None:
        super().__init__(text)
        self._chooses = chooses
        model = button(text, tip)
        self.setFont(model.font())
        self.setProperty("role", "")
        self.setToolTip(tip)
        self.setAccessibleName(chooses or text or tip)
        self.setCursor(model.cursor())
        reach_by_keys(self)

    def setText(self, text: str) -> None:
        """Show what is chosen."""
        super().setText(text)
        if self._chooses:
            self.setAccessibleName(f"{self._chooses}: {text}")

    def sizeHint(self) -> QSize:
        """Leave room for the arrow."""
        wide = QFontMetricsF(self.font()).horizontalAdvance(self.text()) + self.lead + _ARROW
        return QSize(ceil(wide), super().sizeHint().height())  # rounded down, the name would be cut

    @property
    def text_room(self) -> int:
        """How many pixels its text has."""
        return self.width() - self.lead - _ARROW

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, its text and its arrow: Qt would centre the text over its own arrow, too."""
        colours, option = look(), QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        with QPainter(self) as painter:
            self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
            role = self.foregroundRole()
            painter.setPen(self.palette().color(role) if self.isEnabled() else colours.off)
            room = QRectF(self.lead, 0, self.text_room, self.height())
            painter.drawText(room, LEFT, cut(painter, self.text(), room.width(), Cut.ElideMiddle))
            place = QPointF(self.width() - 14, self.height() / 2)
            stamp(painter, "down", place, colours.soft if self.isEnabled() else colours.off)
