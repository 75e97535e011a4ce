"""One synapse told: what it is to its target and to the answer, and who shares its weight."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QListWidget, QVBoxLayout, QWidget

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.parts import Painted, elided
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number

_NOTHING = 0.0005  # evidence that three digits cannot tell
_ROWS = 6  # of those that share a weight, how many are seen at once


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


Side = Qt.AlignmentFlag


class _Ends(Painted):
    """Source and target as two dots joined by the synapse in the colour of its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What it carries")
        self.setFixedHeight(40)
        self.card: SynapseCard | None = None

    def aloud(self) -> str:
        """What stands at both ends."""
        return "" if self.card is None else " to ".join(self._told(self.card))

    def _told(self, card: SynapseCard) -> tuple[str, str]:
        return f"activation {number(card.activation)}", f"sum {number(card.total)}"

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
        for side, words in zip((Side.AlignLeft, Side.AlignRight), self._told(card), strict=True):
            painter.drawText(foot, side, words)


class SynapseFactsPart(QWidget):
    """What a synapse is to its target, to the answer, and among those of its kind."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = _Ends()
        self._lines = tuple(elided("soft") for _ in range(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(self._ends)
        for line in self._lines:
            column.addWidget(line)

    @property
    def told(self) -> tuple[str, ...]:
        """The lines that are told."""
        return tuple(line.text() for line in self._lines)

    def set_card(self, card: SynapseCard) -> None:
        """Tell of a synapse."""
        self._ends.card = card
        self._ends.update()
        told = (
            f"number {card.rank:,} of {card.among:,} into its target, by size",
            card.kind,
            _evidence(card),
            f"without it: {card.without}" + ("" if card.changed else ", as with it"),
        )
        for line, text in zip(self._lines, told, strict=True):
            line.setText(text)


def _evidence(card: SynapseCard) -> str:
    """What it says of the answer, in words."""
    if abs(card.evidence) < _NOTHING:
        return f"says next to nothing about {card.answer}"
    side = "for" if card.evidence > 0 else "against"
    return f"speaks {side} {card.answer} by {number(abs(card.evidence), 3)}"


class SharersPart(QWidget):
    """The synapses that share a weight. Signals: `followed` the address of one that is clicked."""

    followed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._count = elided("section")
        self.list = QListWidget()
        FingerScroll(self.list)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFont(font("regular", TEXT))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setAccessibleName("Synapses that share the weight")
        self.list.setToolTip("Synapses with this very weight: click or Enter goes to one")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._count)
        column.addWidget(self.list)
        self.list.itemClicked.connect(lambda item: self.followed.emit(item.text()))
        self.list.itemActivated.connect(lambda item: self.followed.emit(item.text()))

    def set_card(self, card: SynapseCard) -> None:
        """List those of a synapse, and choose it among them."""
        more = f": {len(card.sharers):,} OF THEM" if len(card.sharers) < card.shared else ""
        self._count.setText(f"{card.shared:,} SHARE THIS WEIGHT{more}")
        known = [self.list.item(k).text() for k in range(self.list.count())]
        if not card.sharers:
            self.list.clear()
        elif known != list(card.sharers):
            self.list.clear()
            self.list.addItems(card.sharers)
            # Whole lines alone: half a line is not read.
            self.list.setFixedHeight(_ROWS * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth())
        mine = f"{card.source} -> {card.target}"
        if mine in card.sharers:
            self.list.setCurrentRow(card.sharers.index(mine))
