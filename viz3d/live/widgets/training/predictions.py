"""Images of a test with what they were read as."""

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent

from scenes.lettering.class_names import abbreviated
from viz3d.evaluate.report import Report, label_of, likeliest
from viz3d.live.widgets.parts import CENTRE, RIGHT, Painted, cut
from viz3d.live.widgets.pictures import fitted, image_of, pictured
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import CAPTION, Look, font

_MOST = 60  # images of a grid
_CELL = (84, 122)  # px of one, with its label and its bars
_SIDE = 56  # px of its picture
_NAME = 30.0  # px of a name beside its bar, where it is more than a figure


class PredictionGrid(Painted):
    """Images, each with its answer and its three likeliest classes.

    Signals: `chosen` brings an image's number; `walked` the place in the grid that keys have come to.
    """

    role = Role.List
    chosen = Signal(int)
    walked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Answers")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click an image to see it cross the network")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lit = -1  # the place that keys have come to
        self._report: Report | None = None
        self.places = np.empty(0, np.int64)

    def set_images(self, report: Report, places: np.ndarray) -> None:
        """Show some images of a test."""
        self._report, self.places, self.lit = report, places[:_MOST], -1
        self._fit()
        self.update()

    def cell(self, number: int) -> QRectF:
        """Where an image has its place, by its number in the grid."""
        columns = self._columns
        row, column = divmod(number, columns)
        return QRectF(column * self.width() / columns, row * _CELL[1], self.width() / columns, _CELL[1])

    @property
    def _columns(self) -> int:
        return max(self.width() // _CELL[0], 1)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw all cells."""
        for number, place in enumerate(self.places):
            if number == self.lit:
                painter.setPen(QPen(look.accent, 1))
                painter.setBrush(look.hover)
                painter.drawRoundedRect(self.cell(number).adjusted(2, 0.5, -2, -2), 6, 6)
            self._draw(painter, look, self.cell(number), int(place))

    def _draw(self, painter: QPainter, look: Look, cell: QRectF, place: int) -> None:
        assert self._report is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        left = cell.center().x() - _SIDE / 2
        picture = pictured(self._report.images.images[place], self._report.net)
        box = QRectF(left, cell.top() + 2, _SIDE, _SIDE)
        painter.drawImage(seen := fitted(box, picture.shape), image_of(picture))
        painter.setPen(QPen(look.line, 1))  # white cells have an edge on a light ground
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(seen.adjusted(-0.5, -0.5, 0.5, 0.5))
        words, right = label_of(self._report, place)
        painter.setFont(font("semibold", CAPTION))
        painter.setPen(look.right if right else look.wrong)
        below = QRectF(cell.left(), cell.top() + _SIDE + 3, cell.width(), 18)
        painter.drawText(below, CENTRE, cut(painter, words, cell.width() - 4))
        painter.setFont(font("regular", 9))
        truth, names = int(self._report.images.labels[place]), self._report.names
        wide = 8.0 if max(map(len, names)) == 1 else _NAME
        for k, (digit, share) in enumerate(likeliest(self._report, place)):
            y = cell.top() + _SIDE + 22 + 12 * k
            painter.setPen(look.soft)
            painter.drawText(QRectF(left, y, wide, 10), RIGHT, cut(painter, abbreviated(names, digit), wide))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.track)
            bar = QRectF(left + wide + 4, y + 2.5, _SIDE - wide - 4, 5)
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(look.right if digit == truth else look.soft)
            painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * share, 1), 5), 2, 2)

    def _fit(self) -> None:
        self.setMinimumHeight(-(-len(self.places) // self._columns) * _CELL[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make as many rows as are needed."""
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        event.accept()
        for number, place in enumerate(self.places):
            if self.cell(number).contains(event.position()):
                self.chosen.emit(int(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the images, Enter chooses."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and len(self.places):
            self._walk(self.lit + step if self.lit >= 0 else 0)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.lit >= 0:
            self.chosen.emit(int(self.places[self.lit]))
        else:
            super().keyPressEvent(event)

    def aloud(self) -> str:
        """The answer to the image that keys have come to."""
        if self.lit < 0 or self._report is None:
            return ""
        report, place = self._report, int(self.places[self.lit])
        words, right = label_of(report, place)
        told = ", ".join(f"{report.names[k]} {share:.0%}" for k, share in likeliest(report, place))
        return f"image {place}: {words}, {'right' if right else 'wrong'}; {told}"

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Light up none."""
        super().focusOutEvent(event)
        self.lit = -1
        self.update()

    def _walk(self, place: int) -> None:
        if 0 <= place < len(self.places):
            self.lit = place
            self.update()
            self.walked.emit(place)
            speak(self, self.aloud())
