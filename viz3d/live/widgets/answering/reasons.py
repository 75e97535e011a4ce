"""Why one class and not the next: the neurons that make the difference between their scores."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.answering.rows import Rows
from viz3d.live.widgets.parts import LEFT, RIGHT, Cut, cut, elided, label
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number

ROW = 20
_BAR, _NUMBER = 72, 56  # px
_BESIDE = 24  # letters of the title that leave room for the margin beside it
_EACH = "lost if silenced alone: click one, then Ablate"
_NONE = "no neuron before it makes any of that"


@dataclass(frozen=True)
class Reasons:
    """Why a class is ahead of another.

    Attributes:
        ahead, behind: names of the classes.
        margin: the difference of their scores.
        neurons, names: numbers and addresses of those that make most of the difference, the first one first.
        pushes: how much of it goes when each alone is silenced.
    """

    ahead: str
    behind: str
    margin: float
    neurons: tuple[int, ...]
    names: tuple[str, ...]
    pushes: tuple[float, ...]


class ReasonRows(Rows):
    """A row for each neuron: address, bar, what it brings."""

    def __init__(self) -> None:
        super().__init__(ROW)
        self._reasons: Reasons | None = None
        self.setAccessibleName("Neurons that make the difference")
        self.setAccessibleDescription("What decides most: click a neuron, or press Enter on it, to go there")

    def set_reasons(self, reasons: Reasons) -> None:
        """Show other neurons."""
        self._reasons = reasons
        self.set_count(len(reasons.neurons))

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw a neuron."""
        assert self._reasons is not None
        wide, push = self.width(), self._reasons.pushes[place]
        painter.setPen(Qt.PenStyle.NoPen)
        if lit:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, 0, wide, self.high), 4, 4)
        bar = QRectF(wide - _NUMBER - _BAR, self.high / 2 - 2, _BAR, 4)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(look.excite)
        share = push / max(*self._reasons.pushes, 1e-12)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * share, 1.5), 4), 2, 2)
        painter.setPen(look.text)
        painter.setFont(font("medium", TEXT))
        room = bar.x() - 8
        name = cut(painter, self._reasons.names[place], room, Cut.ElideMiddle)
        painter.drawText(QRectF(0, 0, room, self.high), LEFT, name)
        painter.setFont(font("regular", CAPTION))
        painter.drawText(QRectF(wide - _NUMBER, 0, _NUMBER, self.high), RIGHT, number(push, signed=True))


class ReasonsPanel(QWidget):
    """The two classes, by how much one leads, and the neurons. Signals bring the number of a neuron."""

    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._title, self._margin, self._below = elided("section"), label("", "faint"), label("", "faint")
        self._note = label(_EACH, "faint")
        self._note.setToolTip("All other neurons, and the biases, make the rest of it")
        self.rows = ReasonRows()
        self._reasons: Reasons | None = None
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._margin)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._below)
        column.addSpacing(4)
        column.addWidget(self.rows)
        column.addSpacing(4)
        column.addWidget(self._note)
        self.rows.chosen.connect(lambda place: self.chosen.emit(self._neuron(place)))
        self.rows.hovered.connect(lambda place: self.hovered.emit(self._neuron(place)))

    def set_reasons(self, reasons: Reasons) -> None:
        """Show why a class is ahead of another."""
        self._reasons = reasons
        self._title.setText(f"WHY {reasons.ahead} AND NOT {reasons.behind}")
        margin, long = f"its score is {number(reasons.margin)} above", len(self._title.text()) > _BESIDE
        self._margin.setText("" if long else margin)
        self._below.setText(margin)
        self._below.setVisible(long)
        self._note.setText(_EACH if reasons.neurons else _NONE)
        self.rows.set_reasons(reasons)
        if self.rows.lit >= 0:
            self.hovered.emit(self._neuron(self.rows.lit))  # another neuron now stands under the pointer

    def _neuron(self, place: int) -> int:
        return self._reasons.neurons[place] if self._reasons is not None and place >= 0 else -1
