"""A hint: a small card that points at a part of the window, and goes away by itself."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import Painted, button, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import RADIUS, Look, with_alpha

_WIDE, _TIP, _GAP = 232, 9, 4  # of the card, of its point, and between that and what it points at
_LOW = 316  # px that a low card is wide: it stands at the right, over the head of the card there
SIDES = {"above": (0, -1), "below": (0, 1), "left": (-1, 0)}  # where the card stands beside its place


class Hint(Painted):
    """Words with a point towards a place. `skipped` when no more hints are wanted."""

    role = Role.Pane
    skipped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("clear", True)  # of `beneath`: the scene is seen around its point
        self._title, self._text, self._count = label("", "head"), label("", "soft"), label("", "faint")
        self._text.setWordWrap(True)
        self.skip = button("Skip the tour", "No more hints; the help menu brings them back", "quiet")
        self.skip.clicked.connect(lambda _on: self.skipped.emit())
        self._point, self._side = QPointF(), "above"
        self._head, self._foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._low = False
        self._head.addWidget(self._title, 1)
        column.addLayout(self._head)
        column.addWidget(self._text)
        column.addLayout(self._foot)
        self._arrange()
        self.hide()

    def _arrange(self) -> None:
        """Put the count and the button below the words, or in a low card beside the title."""
        row, column = self._head if self._low else self._foot, self.layout()
        assert isinstance(column, QVBoxLayout)
        row.addWidget(self._count, 0 if self._low else 1)
        row.addWidget(self.skip)
        above, below = (4, 6) if self._low else (12, 8)
        column.setContentsMargins(16 + _TIP, above + _TIP, 12 + _TIP, below + _TIP)
        column.setSpacing(0 if self._low else 4)

    def tell(self, title: str, text: str, count: str, *, low: bool = False) -> None:
        """Say something; low: in a card of two lines."""
        if low != self._low:
            self._low = low
            self._arrange()
        self._title.setText(title)
        self._text.setText(text)
        self._count.setText(count)
        self.setAccessibleName(f"{title}: {text}")

    def point_at(self, place: QRect, side: str) -> None:
        """Stand beside a place of the parent, on a side of `SIDES`, within the parent."""
        parent, size = self.parentWidget(), self._size()
        assert parent is not None
        x, y = SIDES[side]
        middle = place.center()
        left = {0: middle.x() - size.width() // 2, -1: place.left() - _GAP - size.width()}[x]
        top = {0: middle.y() - size.height() // 2, -1: place.top() - _GAP - size.height()}.get(
            y, place.bottom() + _GAP
        )
        most = parent.width() - size.width() - 8
        left = most if self._low else min(max(left, 8), most)
        top = min(max(top, 8), parent.height() - size.height() - 8)
        self.setGeometry(left, top, size.width(), size.height())
        self._side = side
        self._point = QPointF(middle - self.pos())
        self.update()

    def _size(self) -> QSize:
        column = self.layout()
        assert column is not None
        wide = _LOW if self._low else _WIDE
        return QSize(wide, column.heightForWidth(wide))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the click from what is beneath."""
        event.accept()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the card and its point."""
        box = QRectF(self.rect()).adjusted(_TIP, _TIP, -_TIP, -_TIP)
        path = QPainterPath()
        path.addRoundedRect(box, RADIUS, RADIUS)
        tip = QPainterPath()
        tip.addPolygon(self._tip(box))
        painter.setBrush(look.popup)
        painter.setPen(QPen(with_alpha(look.accent, 0.55), 1.2, Qt.PenStyle.SolidLine))
        painter.drawPath(path.united(tip))

    def _tip(self, box: QRectF) -> QPolygonF:
        room = RADIUS + _TIP
        x = min(max(self._point.x(), box.left() + room), box.right() - room)
        y = min(max(self._point.y(), box.top() + room), box.bottom() - room)
        corners = {
            "above": [
                (x - _TIP, box.bottom() - 1),
                (x, box.bottom() + _TIP - 1),
                (x + _TIP, box.bottom() - 1),
            ],
            "below": [(x - _TIP, box.top() + 1), (x, box.top() - _TIP + 1), (x + _TIP, box.top() + 1)],
            "left": [(box.right() - 1, y - _TIP), (box.right() + _TIP - 1, y), (box.right() - 1, y + _TIP)],
        }
        return QPolygonF([QPointF(*corner) for corner in corners[self._side]])
