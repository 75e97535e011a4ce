"""A hint: a small card that points at a part of the window, and goes away by itself."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import Painted, button, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.style import RADIUS, Look, with_alpha

_WIDE, _TIP, _GAP = 232, 9, 4  # of the card, of its point, and between that and what it points at
_EDGE = 8  # px that it stays off its parent's edges
_NARROW = 174  # px that the card is wide where it would hide words, and in more lines does not
_LOW = 316  # px that a low card is wide: it stands at the right, over the head of the card there
SIDES = {"above": (0, -1), "below": (0, 1), "left": (-1, 0), "right": (1, 0)}  # of its place, for the card
_STEP = 4  # px by which a card is tried further along a side


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

    def point_at(self, place: QRect, side: str, *busy: Sequence[QRect]) -> None:
        """Stand beside a place of the parent, on a side of `SIDES`, within the parent.

        busy: what had better be seen, what matters most first; where the card would hide some of it, it
        stands further along the side, or on another.
        """
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        if self._low:
            at = _within(_beside(place, self._size(_LOW), side), room)
            at.moveRight(room.right())
        else:
            side, at, hidden = self._fitted(_WIDE, place, side, room, busy)
            if hidden and hidden[0]:
                narrow = self._fitted(_NARROW, place, side, room, busy)
                side, at, _ = min((side, at, hidden), narrow, key=lambda each: each[2])
        self.setGeometry(at)
        self._side = side
        self._point = QPointF(place.center() - self.pos())
        self.update()

    def _fitted(
        self, wide: int, place: QRect, side: str, room: QRect, busy: Sequence[Sequence[QRect]]
    ) -> tuple[str, QRect, list[int]]:
        """Side and place of a card that is so many pixels wide, and how many of each of `busy` it hides."""
        size = self._size(wide)
        sides = [side, *(each for each in SIDES if each != side)]
        tried = [(side, _within(_beside(place, size, side), room))]
        tried += [(each, box) for each in sides for box in _along(place, size, each, room)]
        hidden = [(each, box, [_hidden(box, boxes) for boxes in busy]) for each, box in tried]
        return min(hidden, key=lambda each: each[2])

    def _size(self, wide: int) -> QSize:
        column = self.layout()
        assert column is not None
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
            "right": [(box.left() + 1, y - _TIP), (box.left() - _TIP + 1, y), (box.left() + 1, y + _TIP)],
        }
        return QPolygonF([QPointF(*corner) for corner in corners[self._side]])


def _beside(place: QRect, size: QSize, side: str) -> QRect:
    """A card of a size beside the middle of a place."""
    (x, y), box = SIDES[side], QRect(QPoint(), size)
    box.moveCenter(place.center())
    away = {0: box.left(), -1: place.left() - _GAP - size.width(), 1: place.right() + _GAP}
    over = {0: box.top(), -1: place.top() - _GAP - size.height(), 1: place.bottom() + _GAP}
    return QRect(QPoint(away[x], over[y]), size)


def _within(box: QRect, room: QRect) -> QRect:
    left = min(max(box.left(), room.left()), room.right() - box.width())
    top = min(max(box.top(), room.top()), room.bottom() - box.height())
    return QRect(QPoint(left, top), box.size())


def _along(place: QRect, size: QSize, side: str, room: QRect) -> Iterator[QRect]:
    """Cards beside a place, nearest to its middle first, all of which can point at it; those in a room."""
    middle, (x, y) = _beside(place, size, side), SIDES[side]
    length, of_place = (size.height(), place.height()) if x else (size.width(), place.width())
    furthest = (length + of_place) // 2 - RADIUS - 2 * _TIP
    for away in sorted(range(-(furthest // _STEP) * _STEP, furthest + 1, _STEP), key=abs):
        box = middle.translated(away * abs(y), away * abs(x))
        if room.contains(box):
            yield box


def _hidden(box: QRect, busy: Sequence[QRect]) -> int:
    """How many pixels of what is busy a card hides: around it is the room of its point."""
    shared = [box.adjusted(_TIP, _TIP, -_TIP, -_TIP).intersected(each) for each in busy]
    return sum(each.width() * each.height() for each in shared if not each.isEmpty())
