"""A test told wide: figures, the confusion matrix, and the images with what was read."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from viz3d.command.choice.models import called
from viz3d.command.wording import duration, percent, short_name
from viz3d.evaluate.report import Report
from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.leavable import Sheet
from viz3d.live.widgets.parts import RIGHT, button, elided, label
from viz3d.live.widgets.training.confusion import ConfusionMatrix
from viz3d.live.widgets.training.predictions import PredictionGrid

_FIGURES = ("accuracy", "correct", "total", "time")
_INSET = 16  # px around all
_NAME = 8  # characters of a class beside the tabs
_TOLD = 24  # characters of a network's history: a run's line is longer than the sheet is wide


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
        self.cell = button("", "Those of the cell of the matrix", "quiet")
        self.matrix.chosen.connect(self.show_cell)
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
        self._who.setText(f"{_who(report)} reads {report.where}")
        self._who.setToolTip(f"{report.who} reads {report.where}")
        self.matrix.set_counts(result.confusion, report.names)
        self.wrong.setText(f"Misread ({len(report.mistakes):,})")
        self.cell.hide()
        if self.cell.isChecked():
            self.first.setChecked(True)
        self._show()

    def show_cell(self, truth: int, answer: int) -> None:
        """Show the images of a class that were read as one."""
        assert self._report is not None
        names = [short_name(self._report.names[k], _NAME) for k in (truth, answer)]
        self.cell.setText(f"{names[0]} as {names[1]}" if truth != answer else f"{names[0]} right")
        self.matrix.pick((truth, answer))
        self.cell.show()
        self.cell.setChecked(True)
        self._show()

    def free(self, fits: Callable[[int], QSize]) -> QRect:
        """Where a message of such a size hides least, px: below the cells, else over the last images.

        fits: its size in so much room.
        """
        column = self.layout()
        assert column is not None
        column.activate()  # the sheet may have another size since it was laid out
        floor, top = self.height() - _INSET, self.matrix.mapTo(self, self.matrix.foot)
        middle = self.width() // 2
        size = fits(middle - 2 * _INSET)
        left = _INSET if floor - size.height() > top.y() else middle
        return QRect(QPoint(left, floor - size.height()), size)

    def _show(self) -> None:
        report = self._report
        if report is None:
            return
        if self.cell.isChecked() and self.matrix.picked is not None:
            self.grid.set_images(report, report.of_cell(*self.matrix.picked))
        else:
            self.matrix.pick(None)
            self.cell.hide()
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
        what = elided("faint")
        what.setText("row: the truth, column: the answer; click a cell")
        left.addWidget(what)
        left.addWidget(self.matrix, 1)
        right.addLayout(self._tabs())
        right.addWidget(self._scrolled(), 1)
        body.setSpacing(16)
        body.addLayout(left, 1)
        body.addLayout(right, 1)
        column.setContentsMargins(_INSET, 12, _INSET, _INSET)
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
        for each in (self.first, self.wrong, self.cell):
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
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the images have the keys
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("page")
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.grid)
        inner.addStretch()
        scroll.setWidget(page)
        FingerScroll(scroll)

        def show(place: int) -> None:
            cell = self.grid.cell(place).toRect().translated(self.grid.pos())
            scroll.ensureVisible(cell.center().x(), cell.center().y(), cell.width() // 2, cell.height() // 2)

        self.grid.walked.connect(show)
        return scroll


def _who(report: Report) -> str:
    """The network in few words: after which step of a run, or after which change, or after how many."""
    net = report.net
    if report.step is not None:
        return f"{net.name} after step {report.step:,} of its run"
    short = len(report.who) <= len(net.name) + _TOLD or len(net.history) < 2
    return called(net, _TOLD) if short else f"{net.name} after {len(net.history):,} changes"
