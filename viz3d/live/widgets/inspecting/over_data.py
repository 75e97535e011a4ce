"""A neuron over the data set: its mean for each digit, what lights it most, what is lost without it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.drawing.samples import Samples
from viz3d.live.widgets.inspecting.neuron_card import Floats
from viz3d.live.widgets.parts import CENTRE, Painted, button, cut, elided, label, scrolled_by
from viz3d.live.widgets.pictures import Picture
from viz3d.live.widgets.style import CAPTION, Look, font, number

TITLE = "OVER THE DATA SET"
_SELECTIVE = "Selectivity: which share of its variance lies between the classes; 0 none, 1 all of it"
_ROW = 26  # px high, as a quiet button is


@dataclass(frozen=True, eq=False)
class OverData:
    """What a neuron does over many images.

    Attributes:
        images: which, in words.
        by_digit: its mean for each class, (k,); classes: their names.
        brightest: uint8 (h, w) pictures of the images that light it most, and places: which these are.
        facts: how often it fires and how selective it is, in words.
        lost: what is lost without it, in words.
    """

    images: str
    by_digit: Floats
    classes: tuple[str, ...]
    brightest: Sequence[Picture]
    places: tuple[int, ...]
    facts: str
    lost: str


class DigitBars(Painted):
    """A bar for each class, up or down from 0, with its number under the highest alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(76)
        self._means: Floats = np.zeros(0, np.float32)
        self._classes: tuple[str, ...] = ()

    def set_means(self, means: Floats, classes: tuple[str, ...]) -> None:
        """Show means (k,)."""
        self._means, self._classes = means, classes
        told = ", ".join(
            f"{name}: {number(float(mean), 3)}" for name, mean in zip(classes, means, strict=True)
        )
        self.setToolTip(told)
        self.setAccessibleName(f"Mean activation by digit: {told}")
        self.update()

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the bars, their classes, and the largest and least mean."""
        count = len(self._means)
        if not count:
            return
        high, low = max(float(self._means.max()), 0.0), min(float(self._means.min()), 0.0)
        room, span = 44.0, (high - low) or 1.0
        zero, step = 14 + room * high / span, self.width() / count
        best = int(self._means.argmax())
        painter.setPen(QPen(look.track, 1))
        painter.drawLine(QPointF(0, zero), QPointF(self.width(), zero))
        for k, mean in enumerate(self._means.tolist()):
            end = zero - room * mean / span
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.curve)
            wide = min(14.0, step - 4)
            box = QRectF(
                QPointF((k + 0.5) * step - wide / 2, zero), QPointF((k + 0.5) * step + wide / 2, end)
            )
            painter.drawRect(box.normalized())
            painter.setPen(look.text if k == best else look.soft)
            painter.setFont(font("semibold" if k == best else "regular", CAPTION))
            painter.drawText(QRectF(k * step, 60, step, 16), CENTRE, cut(painter, self._classes[k], step - 4))
            if k == best:
                painter.drawText(QRectF((k - 1) * step, end - 14, 3 * step, 13), CENTRE, number(mean))


class OverDataPanel(QWidget):
    """Asks for the data set, shows how far that is, and what came of it.

    Signals: `wanted`; `cancelled`; `taken` the place of an image among the test images.
    """

    wanted = Signal()
    cancelled = Signal()
    taken = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.ask, self.cancel = (
            button("Work it out", "Watch it over many test images", "quiet"),
            button("Cancel", "Stop, and keep no part of it", "quiet"),
        )
        self.told, self.images = elided("faint"), elided("faint")
        self._found, self.bars = QWidget(), DigitBars()
        self.samples, self._facts, self._lost = Samples(5, 48, 8), elided("soft"), elided("soft")
        self._places: tuple[int, ...] = ()
        row, column = QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row.setSpacing(8)
        row.addStrut(_ROW)  # what is below does not jump while it is asked
        row.addWidget(label(TITLE, "section"))
        row.addWidget(self.told, 1)
        row.addStretch()
        row.addWidget(self.ask)
        row.addWidget(self.cancel)
        column.addLayout(row)
        column.addWidget(self._found)
        inner = QVBoxLayout(self._found)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        for part in (
            self.images,
            label("its mean activation for each class", "faint"),
            self.bars,
            self._facts,
            self._lost,
        ):
            inner.addWidget(part)
        inner.addWidget(label("what lights it most: click one to take it", "faint"))
        inner.addWidget(self.samples)
        self.ask.clicked.connect(lambda _on: self.wanted.emit())
        self.cancel.clicked.connect(lambda _on: self.cancelled.emit())
        self.samples.chosen.connect(lambda at: self.taken.emit(self._places[at]))
        self.rest()

    def rest(self) -> None:
        """Wait to be asked."""
        self._set(asking=True, working=False, found=False)

    def set_progress(self, share: float, images: str) -> None:
        """Show how far it is, 0..1."""
        self.told.setText(f"reading: {share:.0%}")
        self.told.setToolTip(images)
        self._set(asking=False, working=True, found=False)

    def set_found(self, found: OverData, *, asked: bool = True) -> None:
        """Show what came of it, in sight where it was asked for just now."""
        self.images.setText(found.images)
        self.bars.set_means(found.by_digit, found.classes)
        self._facts.setText(found.facts)
        self._facts.setToolTip(_SELECTIVE)
        self._lost.setText(found.lost)
        self._places = found.places
        self.samples.offer(list(found.brightest))
        self._set(asking=False, working=False, found=True)
        if asked:
            QTimer.singleShot(0, self, self._come_into_view)  # once it has been laid out

    def _come_into_view(self) -> None:
        """Have the card scrolled so far that what was asked for can be read."""
        above = scrolled_by(self)
        if above is not None and self._found.isVisible():
            above.ensureWidgetVisible(self, 0, 8)

    def _set(self, *, asking: bool, working: bool, found: bool) -> None:
        self.ask.setVisible(asking)
        self.told.setVisible(working)
        self.cancel.setVisible(working)
        self._found.setVisible(found)
