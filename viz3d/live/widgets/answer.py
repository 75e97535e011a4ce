"""The answer at small size: prediction, how sure, and a bar for each class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from scenes.lettering.words import percent
from viz3d.live.widgets.parts import LEFT, RIGHT, Painted, label, recolour
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font

ROW = 16


@dataclass(frozen=True, eq=False)
class Answer:
    """What a net says.

    Attributes:
        classes: names of the classes.
        probabilities: (k,), which sum to 1.
        before: the same before the edits, None where there are none.
        label: the true class, None where it is not known.
    """

    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    before: NDArray[np.float32] | None = None
    label: int | None = None

    @property
    def prediction(self) -> int:
        """The most probable class."""
        return int(np.argmax(self.probabilities))

    @property
    def entropy(self) -> float:
        """How undecided the net is, in bits: 0 is certain, log2(k) is a guess (Shannon 1948, section 6)."""
        some = self.probabilities[self.probabilities > 0].astype(np.float64)
        return abs(float(-(some * np.log2(some)).sum()))


class Bars(Painted):
    """A bar for each class, with a tick where it ended before the edits.

    Signals: `chosen` the class that is clicked; `hovered` the one under the pointer, -1 when it leaves.
    """

    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._answer: Answer | None = None
        self._under = -1
        self.setMinimumWidth(160)
        self.setFixedHeight(10 * ROW)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Probability of each class")

    def set_answer(self, answer: Answer) -> None:
        """Show an answer; only rows that look otherwise than before are painted again."""
        before, self._answer = self._answer, answer
        self.setFixedHeight(len(answer.classes) * ROW)
        if before is None or before.classes != answer.classes:
            self.update()
            return
        for k in range(self._count()):
            if self._seen(before, k) != self._seen(answer, k):
                self.update(0, k * ROW, self.width(), ROW)

    def _seen(self, answer: Answer, k: int) -> tuple[object, ...]:
        """All that a row shows, to a hundredth of a pixel."""
        before = None if answer.before is None else round(1e4 * float(answer.before[k]))
        share = float(answer.probabilities[k])
        return percent(share), round(1e4 * share), k == answer.prediction, before

    def _count(self) -> int:
        return len(self._answer.classes) if self._answer else 0

    def _hover(self, place: int) -> None:
        if place != self._under:
            self._under = place
            self.update()
            self.hovered.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the bar under the pointer."""
        place = int(event.position().y() // ROW)
        self._hover(place if 0 <= place < self._count() else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """Light up none."""
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a class."""
        place = int(event.position().y() // ROW)
        if 0 <= place < self._count():
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk over the bars, Enter chooses."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._hover(min(max(self._under + step, 0), self._count() - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._under >= 0:
            self.chosen.emit(self._under)
        else:
            super().keyPressEvent(event)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the rows."""
        if self._answer is None:
            return
        for k in range(self._count()):
            if self.exposed.intersects(QRect(0, k * ROW, self.width(), ROW)):
                self._row(painter, look, self._answer, k)

    def _row(self, painter: QPainter, look: Look, answer: Answer, k: int) -> None:
        y, best, share = k * ROW, k == answer.prediction, float(answer.probabilities[k])
        painter.setPen(Qt.PenStyle.NoPen)
        if k == self._under:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, y, self.width(), ROW), 4, 4)
        bar = QRectF(26, y + 5, self.width() - 26 - 52, 6)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        start, end = look.theme.bar_winner if best else look.theme.bar
        fill = QLinearGradient(bar.topLeft(), bar.topRight())
        fill.setColorAt(0, QColor(*start))
        fill.setColorAt(1, QColor(*end))
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * share, 1.5), 6), 2, 2)
        if answer.before is not None:
            painter.setBrush(look.accent)
            x = bar.x() + bar.width() * float(answer.before[k])
            painter.drawRect(QRectF(min(x, bar.right() - 1.5), y + 3, 1.5, 10))
        painter.setPen(look.answer if best else look.soft)
        painter.setFont(font("semibold" if best else "regular", TEXT if best else CAPTION))
        painter.drawText(QRectF(4, y, 22, ROW), LEFT, answer.classes[k])
        painter.drawText(QRectF(self.width() - 52, y, 48, ROW), RIGHT, percent(share))


class AnswerPanel(QWidget):
    """The prediction, how sure, how undecided, the bars. Signals as those of the bars."""

    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._digit, self._share = label("", "name", colour="answer"), label("", "head")
        self._entropy, self._note = label("", "faint"), label("", "soft")
        self.bars = Bars()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._digit)
        head.addWidget(self._share)
        head.addStretch()
        head.addWidget(self._entropy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label("PREDICTION", "section"))
        column.addLayout(head)
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addWidget(self.bars)
        self.bars.chosen.connect(self.chosen)
        self.bars.hovered.connect(self.hovered)

    def set_answer(self, answer: Answer) -> None:
        """Show an answer."""
        self.bars.set_answer(answer)
        self._digit.setText(answer.classes[answer.prediction])
        self._share.setText(percent(float(answer.probabilities.max())))
        self._entropy.setText(f"entropy {answer.entropy:.2f} bits")
        self._entropy.setToolTip(f"0 is certain, {np.log2(len(answer.classes)):.2f} is a guess")
        text, role = _note(answer)
        self._note.setText(text)
        recolour(self._note, role)


def _note(answer: Answer) -> tuple[str, str]:
    """What stands under the prediction, and its role: what it was before the edits, else the true label."""
    if answer.before is not None:
        was = int(np.argmax(answer.before))
        return f"was {answer.classes[was]} · {percent(float(answer.before[was]))} before", "accent"
    if answer.label is None:
        return "", "soft"
    right = answer.label == answer.prediction
    return f"label {answer.classes[answer.label]}" + (
        ", right" if right else ""
    ), "right" if right else "wrong"
