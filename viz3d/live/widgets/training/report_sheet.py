"""A test told wide: figures, the confusion matrix, and the images with what was read."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from scenes.lettering.class_names import abbreviated
from viz3d.command.wording import duration, percent
from viz3d.evaluate.report import Report, label_of, likeliest
from viz3d.live.widgets.parts import CENTRE, RIGHT, Painted, Sheet, button, cut, elided, label
from viz3d.live.widgets.pictures import fitted, image_of, pictured
from viz3d.live.widgets.style import CAPTION, Look, font, with_alpha

_LEAST = 12  # px of a cell that has room for its count
_ROOMY, _WIDER = 26, 1.7  # px of a cell with room for four figures; how much wider than high a smaller one is
_MOST = 60  # images of a grid
_CELL = (84, 122)  # px of one, with its label and its bars
_SIDE = 56  # px of its picture
_HEAD, _LONGEST = 18.0, 84.0  # px beside the matrix: of figures, and of names at most
_NAME = 30.0  # px of a name beside its bar, where it is more than a figure
_FIGURES = ("accuracy", "correct", "total", "time")


class ConfusionMatrix(Painted):
    """Counts: each row a class, each column what it was read as."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Confusion matrix")
        self.setMinimumSize(200, 150)
        self._counts = np.zeros((10, 10), np.int64)
        self._names: Sequence[str] = ()

    def set_counts(self, counts: np.ndarray, names: Sequence[str] = ()) -> None:
        """Show counts [truth, answer]; names: of the classes, where they are not their numbers."""
        self._counts, self._names = counts, names
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the cells, darker where there are more; a single misread image can still be seen."""
        counts, n = self._counts, len(self._counts)
        names = self._names or tuple(map(str, range(n)))
        metrics = QFontMetricsF(font("regular", CAPTION))
        head = min(max(max(map(metrics.horizontalAdvance, names)) + 8, _HEAD), _LONGEST)
        wide, step = self._steps(head)
        most = np.sqrt(np.maximum(counts.max(axis=1), 1))
        wrong = np.sqrt(max((counts - np.diag(np.diag(counts))).max(), 1))
        painter.setFont(font("regular", _size(f"{counts.max()}", wide, step)))
        for row in range(n):
            across = QRectF(head + row * wide, 0, wide, 16)
            for place in (QRectF(0, _HEAD + row * step, head - 4, step), across):
                painter.setPen(look.faint)
                painter.drawText(place, CENTRE, cut(painter, names[row], place.width()))
            for column in range(n):
                count = int(counts[row, column])
                same = row == column
                share = np.sqrt(count) / (most[row] if same else wrong)
                colour = with_alpha(look.right if same else look.wrong, 0.08 + 0.6 * share)
                box = QRectF(head + column * wide + 1, _HEAD + row * step + 1, wide - 2, step - 2)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour if count else look.track)
                painter.drawRoundedRect(box, 3, 3)
                if count and step >= _LEAST:
                    painter.setPen(look.text)
                    painter.drawText(box, CENTRE, f"{count}")

    def _steps(self, head: float) -> tuple[float, float]:
        """Width and height of a cell, px: as wide as high, but wider where its count would be cut else."""
        n = len(self._counts)
        room, high = (self.width() - head) / n, (self.height() - _HEAD) / n
        step = min(room, high)
        return (step if step >= _ROOMY else min(room, _WIDER * step)), step


def _size(widest: str, wide: float, high: float) -> int:
    """The largest size of figures, px, that a cell has room for."""
    for size in (CAPTION, CAPTION - 1):
        if QFontMetricsF(font("regular", size)).horizontalAdvance(widest) + 4 <= wide and size + 2 <= high:
            return size
    return CAPTION - 2


class PredictionGrid(Painted):
    """Images, each with its answer and its three likeliest digits. `chosen` brings an image's number."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Answers")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click an image to see it cross the network")
        self._report: Report | None = None
        self.places = np.empty(0, np.int64)

    def set_images(self, report: Report, places: np.ndarray) -> None:
        """Show some images of a test."""
        self._report, self.places = report, places[:_MOST]
        self._fit()
        self.update()

    def cell(self, number: int) -> QRectF:
        """Where an image has its place, by its number in the grid."""
        columns = max(self.width() // _CELL[0], 1)
        row, column = divmod(number, columns)
        return QRectF(column * self.width() / columns, row * _CELL[1], self.width() / columns, _CELL[1])

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw all cells."""
        for number, place in enumerate(self.places):
            self._draw(painter, look, self.cell(number), int(place))

    def _draw(self, painter: QPainter, look: Look, cell: QRectF, place: int) -> None:
        assert self._report is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        left = cell.center().x() - _SIDE / 2
        picture = pictured(self._report.images.images[place])
        box = QRectF(left, cell.top() + 2, _SIDE, _SIDE)
        painter.drawImage(fitted(box, picture.shape), image_of(picture))
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
        columns = max(self.width() // _CELL[0], 1)
        self.setMinimumHeight(-(-len(self.places) // columns) * _CELL[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make as many rows as are needed."""
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        event.accept()
        for number, place in enumerate(self.places):
            if self.cell(number).contains(event.position()):
                self.chosen.emit(int(place))


class ReportSheet(Sheet):
    """A report. `chosen` brings an image's number."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Test")
        self.setAccessibleDescription("How the network reads images that it was not trained on")
        self.matrix, self.grid, self._who = ConfusionMatrix(), PredictionGrid(), elided("soft")
        self.close_button = button("Close", "Esc", "quiet")
        self.close_button.clicked.connect(lambda _on: self.closed.emit())
        self.grid.chosen.connect(self.chosen)
        self._figures = {name: label("", "name") for name in _FIGURES}
        self.first = button("First", "Images in their order", "quiet")
        self.wrong = button("Misread", "Only those that are read wrongly", "quiet")
        self._report: Report | None = None
        self._lay_out()

    def set_report(self, report: Report) -> None:
        """Show a test."""
        self._report, result = report, report.result
        values = (
            percent(result.accuracy),
            f"{result.correct:,}",
            f"{result.total:,}",
            duration(report.seconds),
        )
        for name, value in zip(_FIGURES, values, strict=True):
            self._figures[name].setText(value)
        self._who.setText(f"{report.who} reads {report.where}")
        self.matrix.set_counts(result.confusion, report.names)
        self.wrong.setText(f"Misread ({len(report.mistakes):,})")
        self._show()

    def _show(self) -> None:
        report = self._report
        if report is not None:
            self.grid.set_images(
                report, report.mistakes if self.wrong.isChecked() else np.arange(report.result.total)
            )

    def _lay_out(self) -> None:
        head, body, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(label("TEST", "section"))
        head.addWidget(self._who, 1)
        head.addWidget(self.close_button)
        head.setSpacing(12)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addLayout(self._figure_row())
        left.addWidget(label("each row what it is, each column what it was read as", "faint"))
        left.addWidget(self.matrix, 1)
        right.addLayout(self._tabs())
        right.addWidget(self._scrolled(), 1)
        body.setSpacing(16)
        body.addLayout(left, 2)
        body.addLayout(right, 3)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(body, 1)

    def _figure_row(self) -> QHBoxLayout:
        figures = QHBoxLayout()
        for name, figure in self._figures.items():
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(figure)
            cell.addWidget(label(name, "faint"))
            figures.addLayout(cell, 1)
        return figures

    def _tabs(self) -> QHBoxLayout:
        """Which images are shown, and what the colours of their answers mean."""
        tabs, both = QHBoxLayout(), QButtonGroup(self)
        for each in (self.first, self.wrong):
            each.setCheckable(True)
            both.addButton(each)
            tabs.addWidget(each)
            each.clicked.connect(lambda _on: self._show())
        self.first.setChecked(True)
        legend = elided("faint")
        legend.setText("red: wrong (truth)")
        legend.setToolTip("Green was read rightly; red was not, its true class stands in parentheses")
        legend.setAlignment(RIGHT)
        tabs.addWidget(legend, 1)
        return tabs

    def _scrolled(self) -> QScrollArea:
        """The images, as many rows as there are."""
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("Images")
        scroll.setAccessibleDescription("Each with what it was read as: a click takes one")
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("page")
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.grid)
        inner.addStretch()
        scroll.setWidget(page)
        return scroll
