"""One synapse told: its ends, its weight and what that comes to, its sharers, the answer without it."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import Painted, button, elided, label
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number


@dataclass(frozen=True)
class SynapseCard:
    """A synapse, for one image.

    Attributes:
        source, target: addresses of its ends.
        weight, activation, contribution: of it, of its source, and their product.
        total: the sum that its target comes to, of which the contribution is a term.
        rank, among: its place by size among the synapses of its target.
        kind: what its weight is, in words.
        shared, sharers: how many synapses have this learned number as their weight, and the first of them.
        evidence: how much it speaks for the answer; answer: what that is.
        without: what is read without it, in words; changed: whether that is another answer.
    """

    source: str
    target: str
    weight: float
    activation: float
    contribution: float
    total: float
    rank: int
    among: int
    kind: str
    shared: int
    sharers: tuple[str, ...]
    evidence: float
    answer: str
    without: str
    changed: bool


class _Ends(Painted):
    """Source and target as two dots joined by the synapse in the colour of its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.card: SynapseCard | None = None

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw both ends, and what flows."""
        card = self.card
        if card is None:
            return
        colour = look.excite if card.contribution > 0 else look.inhibit if card.contribution else look.off
        left, right = QPointF(8, 12), QPointF(self.width() - 8, 12)
        painter.setPen(QPen(colour, 1.5 + 3 * min(abs(card.contribution), 1.0)))
        painter.drawLine(left, right)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.text)
        for end in (left, right):
            painter.drawEllipse(end, 5, 5)
        painter.setFont(font("regular", CAPTION))
        painter.setPen(look.soft)
        foot = QRectF(0, 24, self.width(), 16)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, f"activation {number(card.activation)}")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"sum {number(card.total)}")


class SynapsePanel(QWidget):
    """The synapse that is selected.

    Signals: `followed` the address of an end or of a sharer that is clicked. `room` is a column at the end
    where what changes the synapse may stand.
    """

    followed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._source, self._target = (button("", "Go to this neuron", "row") for _ in range(2))
        self._ends, self._value = _Ends(), label("", "name")
        self._product, self._rank, self._kind = elided("soft"), elided("soft"), elided("soft")
        self._evidence, self._without = elided("soft"), elided("soft")
        self._shared = label("", "section")
        self.sharers = QListWidget()
        self.sharers.setFrameShape(QFrame.Shape.NoFrame)
        self.sharers.setFont(font("regular", TEXT))
        self.sharers.setFixedHeight(112)
        self.sharers.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sharers.setAccessibleName("Synapses that share the weight")
        self.room = QVBoxLayout()
        self._fill()
        self._source.clicked.connect(lambda _on: self.followed.emit(self._source.text()))
        self._target.clicked.connect(lambda _on: self.followed.emit(self._target.text()))
        self.sharers.itemClicked.connect(lambda item: self.followed.emit(item.text()))
        self.sharers.itemActivated.connect(lambda item: self.followed.emit(item.text()))

    def set_card(self, card: SynapseCard) -> None:
        """Show a synapse."""
        self._source.setText(card.source)
        self._target.setText(card.target)
        self._ends.card = card
        self._ends.update()
        self._value.setText(number(card.weight, 3, signed=True))
        told = f"{number(card.weight, 3)} × {number(card.activation, 3)} = {number(card.contribution, 3)}"
        self._product.setText(f"weight × activation: {told}")
        self._rank.setText(f"number {card.rank:,} of {card.among:,} into its target, by size")
        self._kind.setText(card.kind)
        self._evidence.setText(f"speaks for {card.answer} by {number(card.evidence, 3, signed=True)}")
        self._without.setText(f"without it: {card.without}" + ("" if card.changed else ", as with it"))
        shared = card.shared > 1
        self._shared.setVisible(shared)
        self.sharers.setVisible(shared)
        if shared:
            more = f", THE FIRST {len(card.sharers):,}" if len(card.sharers) < card.shared else ""
            self._shared.setText(f"{card.shared:,} SYNAPSES SHARE THIS WEIGHT{more}")
            self._list(card)

    def _list(self, card: SynapseCard) -> None:
        known = [self.sharers.item(k).text() for k in range(self.sharers.count())]
        if known != list(card.sharers):
            self.sharers.clear()
            self.sharers.addItems(card.sharers)
        mine = f"{card.source} -> {card.target}"
        if mine in card.sharers:
            self.sharers.setCurrentRow(card.sharers.index(mine))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(280, super().sizeHint().height())

    def _fill(self) -> None:
        column, names, values = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        names.addWidget(self._source)
        names.addStretch(1)
        names.addWidget(self._target)
        values.addWidget(label("Weight", "head"))
        values.addStretch(1)
        values.addWidget(self._value)
        column.addLayout(values)
        column.addSpacing(8)
        column.addLayout(names)
        column.addWidget(self._ends)
        column.addSpacing(4)
        for line in (self._product, self._rank, self._kind, self._evidence, self._without):
            column.addWidget(line)
        column.addSpacing(8)
        column.addLayout(self.room)
        column.addWidget(self._shared)
        column.addWidget(self.sharers)
