"""The answer at small size: prediction, how sure, a bar for each class, and why."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from scenes.texts import ENGLISH
from viz3d.command.wording import short
from viz3d.live.widgets.answering.class_bars import ROW, Answer, Bars
from viz3d.live.widgets.answering.reason_rows import ROW as REASON
from viz3d.live.widgets.answering.reasons import ReasonsPanel
from viz3d.live.widgets.parts import RIGHT, Figure, elided, recolour
from viz3d.live.widgets.spoken import Spoken

_HIGH = 24  # px of a row at most, where the card is high
_FEW = 12  # classes up to which rows may be higher
_SHORT = 670  # px of a card up to which fewer reasons are told: the edits below them stay in sight
_BESIDE = 370  # px of a card for all else than the bars: head, reasons and edits
_LOW, _PER = 540, 32  # px of a card from which on they are, and more of it for each pixel of a row


class AnswerPanel(QWidget):
    """The prediction, how sure, how undecided, right or wrong, the bars, and why.

    Signals: `chosen` and `hovered` a class, as those of the bars; `appeared` when it is shown again.
    """

    chosen = Signal(int)
    hovered = Signal(int)
    appeared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._digit, self._share = elided("name", colour="answer"), Figure(">99.9%", "head")
        self._entropy, self._note = Figure("entropy 88.88 bits", "faint", RIGHT), elided("soft")
        self._before, self._crops = elided("soft", colour="accent"), elided("faint")
        self._others = elided("faint")
        self._count = 0  # classes that the tip of the entropy tells of
        self.bars, self.reasons, self._spoken = Bars(), ReasonsPanel(), Spoken(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._digit)
        head.addWidget(self._share)
        head.addStretch()
        head.addWidget(self._entropy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._note)
        column.addWidget(self._before)
        column.addSpacing(4)
        column.addWidget(self.bars)
        column.addWidget(self._others)
        column.addWidget(self._crops)
        column.addSpacing(12)
        column.addWidget(self.reasons)
        self._room = _LOW  # px of the card that it lies on
        self._crops.setToolTip("The network sees a part of the digit: this is over an even grid of 2x2 crops")
        self.bars.chosen.connect(lambda place: self.chosen.emit(self.bars.label(place)))
        self.bars.hovered.connect(lambda place: self.hovered.emit(self.bars.label(place)))

    def set_room(self, high: int) -> None:
        """Use the room of a card that is so many pixels high: its rows stand wider apart."""
        self._room = high
        more = max(0, high - _LOW) // _PER
        # With an edit a line comes: where there is room, rows below it do not move from under a pointer.
        keeps = self._before.sizePolicy()
        keeps.setRetainSizeWhenHidden(high >= _SHORT)
        self._before.setSizePolicy(keeps)
        self.bars.set_most((high - _BESIDE) // ROW)
        self._tell_others()
        few = len(self.bars.labels) <= _FEW
        self.bars.set_high(min(ROW + more, _HIGH) if few else ROW)
        self.reasons.rows.set_high(min(REASON + more, _HIGH))
        self.reasons.set_few(high < _SHORT)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it can be seen."""
        super().showEvent(event)
        self.appeared.emit()

    def hush(self, on: bool) -> None:
        """Have a screen reader say nothing of it, while a run changes it each second; then what it is."""
        self._spoken.hold(on)

    def set_answer(self, answer: Answer) -> None:
        """Show an answer."""
        count = len(self.bars.labels)
        self.bars.set_answer(answer)
        if len(self.bars.labels) != count:
            self.set_room(self._room)
        read, sure = answer.read(answer.probabilities)
        self._digit.setText(read)
        # Of nothing drawn it claims nothing.
        recolour(self._digit, "faint" if answer.label is None and answer.empty else "answer")
        self._share.setText(sure)
        self._entropy.setText("" if answer.gives_numbers else f"entropy {answer.entropy:.2f} bits")
        if len(answer.classes) != self._count:
            self._count = len(answer.classes)
            self._entropy.setToolTip(f"−Σ p log₂ p: 0 is certain, {np.log2(self._count):.2f} is a guess")
        text, role = verdict(answer)
        self._note.setText(text)
        self._spoken.tell(f"{_best(answer, answer.probabilities)}, {text}")
        recolour(self._note, role)
        self._tell(
            self._before, "" if answer.before is None else f"was {_best(answer, answer.before)} before"
        )
        crops = "" if answer.over_crops is None else f"mean over 4 crops: {_best(answer, answer.over_crops)}"
        self._tell(self._crops, crops)
        self._tell_others()

    def _tell_others(self) -> None:
        answer = self.bars.answer
        self._tell(self._others, "" if answer is None else self._rest(answer))

    def _rest(self, answer: Answer) -> str:
        """How many classes have no row, and what they have together; "" where each has one."""
        more = len(answer.classes) - len(self.bars.labels)
        if not more:
            return ""
        if answer.gives_numbers:
            return f"{more:,} other numbers, nearer to 0"
        rest = max(1.0 - float(answer.probabilities[self.bars.labels].sum()), 0.0)
        return f"{more:,} other classes, {ENGLISH.percent(rest)} together"

    def _tell(self, line: QLabel, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))


def _best(answer: Answer, probabilities: NDArray[np.floating[Any]]) -> str:
    return " · ".join(filter(None, answer.read(probabilities)))


def _loss(loss: float) -> str:
    return "<0.001" if 0 <= loss < 0.001 else short(loss)


def verdict(answer: Answer) -> tuple[str, str]:
    """Whether the answer is right and what the loss is, and the role of its colour."""
    if answer.label is None and answer.empty:
        return f"nothing is drawn: {answer.empty}", "faint"
    if answer.gives_numbers:
        what = "a number, no class" if len(answer.classes) == 1 else "numbers, no classes"
        return f"{what}: neither right nor wrong", "faint"
    if answer.label is None:
        return "no label: neither right nor wrong", "faint"
    right = answer.label == answer.prediction
    words = f"label {answer.classes[answer.label]} · {'right' if right else 'wrong'}"
    loss = "" if answer.loss is None else f" · loss {_loss(answer.loss)}"
    return words + loss, "right" if right else "wrong"
