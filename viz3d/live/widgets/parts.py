"""Parts that all panels are made of: labels, buttons, the card, and a widget that paints itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import CAPTION, HEAD, NAME, RADIUS, TEXT, Look, font, look

Cut = Qt.TextElideMode
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FONTS = {
    "": ("medium", TEXT),
    "soft": ("regular", TEXT),
    "faint": ("regular", CAPTION),
    "section": ("medium", CAPTION),
    "head": ("semibold", HEAD),
    "name": ("display", NAME),
    "wrong": ("regular", CAPTION),
}


def label(text: str = "", role: str = "", width: int = 0, colour: str = "") -> QLabel:
    """A line of text: "", soft, faint, section, head, name or wrong; `colour`: another role's."""
    made = QLabel(text)
    made.setFont(font(*_FONTS[role]))
    made.setProperty("role", colour or role)
    if width:
        made.setFixedWidth(width)
    return made


class Elided(QLabel):
    """A line that is cut in the middle where it has no room, and told whole under the pointer."""

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Show a text."""
        if text != self.text():
            super().setText(text)
            self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, as much as there is room for."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), self.alignment(), self.shown())

    def shown(self) -> str:
        """What of the text there is room for."""
        return self.fontMetrics().elidedText(self.text(), Cut.ElideMiddle, self.width())


class Clauses(Elided):
    """Such a line that ends after a clause: cut in its middle, another number would be read in it."""

    def shown(self) -> str:
        """As many clauses of the text as there is room for, part of the first where that is too long."""
        ends = [each.start() for each in re.finditer("[,;] ", self.text())]
        for text in (self.text(), *(f"{self.text()[:end]} …" for end in reversed(ends))):
            if self.fontMetrics().horizontalAdvance(text) <= self.width():
                return text
        return super().shown()


class Figure(QLabel):
    """A line whose text changes with each move of a pen: its size stands, and only it is painted anew.

    widest: the longest text that it is to have room for.
    """

    def __init__(self, widest: str, role: str, alignment: Qt.AlignmentFlag = LEFT) -> None:
        super().__init__(widest)
        self.setFont(font(*_FONTS[role]))
        self.setProperty("role", role)
        self.setAlignment(alignment)
        self.setFixedSize(self.sizeHint())  # else all panels were laid out for each text
        self.setText("")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text: a style sheet takes several times as long."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), self.alignment(), self.text())


def elided(role: str, colour: str = "", kind: type[Elided] = Elided) -> Elided:
    """A line of text of a role as `label` has them, which gives way where room is short."""
    made = kind()
    made.setFont(font(*_FONTS[role]))
    made.setProperty("role", colour or role)
    return made


def cut(painter: QPainter, text: str, room: float, mode: Cut = Cut.ElideRight) -> str:
    """A text as far as it fits into so many pixels in the painter's font."""
    return QFontMetricsF(painter.font()).elidedText(text, mode, room)


def recolour(widget: QWidget, role: str) -> None:
    """Give a label or button the colours of another role."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def button(text: str, tip: str = "", role: str = "", checkable: bool = False) -> QPushButton:
    """A button: "", primary, quiet or row. Tab reaches it, Space and Enter press it: keys do all."""
    made = QPushButton(text)
    made.setFont(font("semibold" if role == "primary" else "medium", TEXT))
    made.setProperty("role", role)
    made.setToolTip(tip)
    made.setAccessibleName(text or tip)
    made.setCheckable(checkable)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    reach_by_keys(made)
    return made


def reach_by_keys(made: QPushButton) -> None:
    """Have Tab reach a button, and Enter press it as Space does: outside dialogs Qt leaves that out."""
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAutoDefault(True)


_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


class Painted(QWidget):
    """A widget that paints itself: `paint` is given an antialiased painter and the look of the moment.

    Attributes:
        ringed: whether a line around it tells that it has the focus of the keys.
        exposed: while it paints, what of it is to be painted; Qt cuts off the rest.
        role: what it is to a screen reader.
    """

    ringed = True
    exposed = QRegion()
    role = Role.Graphic

    def aloud(self) -> str:
        """What it shows, in words for who does not see it; "" where its tip tells all."""
        return ""

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the widget."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the widget, and a line around it where it has the focus of the keys."""
        self.exposed = event.region()
        with QPainter(self) as painter:
            painter.setRenderHints(_SMOOTH)
            self.paint(painter, look())
            if self.ringed and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(look().accent, 1))
                painter.drawRoundedRect(inside(self), 6, 6)


class Card(Painted):
    """A surface over the scene; clicks and the wheel stop at it.

    Attributes:
        opaque: whether it hides what it lies over; else the scene shines through a little.
    """

    opaque = False
    role = Role.Pane

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the surface and its edge."""
        ground = look.popup if self.opaque else look.panel
        if self.rect().adjusted(RADIUS, RADIUS, -RADIUS, -RADIUS).contains(self.exposed.boundingRect()):
            painter.fillRect(self.rect(), ground)  # its edge is not touched
            return
        painter.setBrush(ground)
        painter.setPen(QPen(look.line, 1))
        painter.drawRoundedRect(inside(self), RADIUS, RADIUS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the click from the scene beneath."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Keep the wheel from the scene beneath."""
        event.accept()


def page_of(card: Card) -> QVBoxLayout:
    """The column of a card's page, which scrolls where the window is low."""
    page, scroll = QWidget(), QScrollArea()
    page.setObjectName("page")  # of the style sheet
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is on it has the keys
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(page)
    FingerScroll(scroll)
    outer, column = QVBoxLayout(card), QVBoxLayout(page)
    outer.setContentsMargins(0, 8, 0, 8)
    outer.addWidget(scroll)
    column.setContentsMargins(16, 4, 16, 4)
    column.setSpacing(0)
    return column


def scrolled_by(widget: QWidget) -> QScrollArea | None:
    """What a widget lies on that scrolls, if anything."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above


def inside(widget: QWidget) -> QRectF:
    """The widget's rectangle for a line of one pixel, which lies on pixels and not between them."""
    return QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)


def rounded(box: QRectF, radius: float) -> QPainterPath:
    """A rectangle with round corners, as a path to clip with."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    return path


@contextmanager
def aside(painter: QPainter) -> Iterator[None]:
    """Have a painter be afterwards as it was, after a fault too: Qt ends the process else, within its own."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


def framed(painter: QPainter, box: QRectF, radius: float, fill: Callable[[], None]) -> None:
    """Run `fill` with everything outside the rounded box left as it is."""
    with aside(painter):
        painter.setClipPath(rounded(box, radius))
        fill()
