"""A mark on a button: something is under way behind it."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from viz3d.live.widgets.parts import Painted
from viz3d.live.widgets.style import Look

_DOT, _EDGE = 7, 3  # px: how large it is, and how far from the button's edges


class Mark(Painted):
    """A dot at the upper right of a button."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__()
        self.setParent(owner)
        self.setFixedSize(_DOT, _DOT)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        owner.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to its corner."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.move(watched.width() - _DOT - _EDGE, _EDGE)
        return False

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the dot."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.accent)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
