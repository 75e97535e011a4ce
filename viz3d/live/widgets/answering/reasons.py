"""Why one class and not the next: the neurons that decide, and what the bars are without each of them."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.answering.rows import Rows
from viz3d.live.widgets.parts import LEFT, RIGHT, Cut, cut, elided, label
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number

ROW = 20
_BAR, _SHARE, _GAP = 34, 52, 8  # px
_HEAD = 16  # px of the line that names the columns
_FEW, _MORE = (3, 2), (5, 3)  # neurons, and maps or heads, where the card is low and where it is not
_BESIDE = 24  # letters of the title that leave room for the margin beside it
_READS, _LEADS = "Ablate one, and it reads", "Ablate one, and it leads"
_BY = "by", "less"  # columns below the latter
_SOON = "Not measured yet"
_DIM = 0.4  # how opaque a row is that tells of before
_TIP = (
    "Of all hidden layers, those of most evidence (activation × slope of the lead) were silenced, each by "
    "itself, and the network read on: all of this is measured. Where no probability changes, it is by how "
    "much the score leads. Click one, then Ablate."
)


@dataclass(frozen=True)
class Reason:
    """A neuron, or a whole map or head, and what is read without it.

    Attributes:
        where: its address.
        neuron: its number, -1 of a map or a head.
        left: the probability of the class ahead without it.
        lead: the difference of both scores without it.
        shares: the probabilities of both classes without it, as texts; that of the answer in place of the
            second, where it is a third class.
        turns: whether something else is read without it.
        tip: all of this as a sentence.
    """

    where: str
    neuron: int
    left: float
    lead: float
    shares: tuple[str, str]
    turns: bool
    tip: str


@dataclass(frozen=True)
class Reasons:
    """Why a class is ahead of another.

    Attributes:
        ahead, behind: names of the classes.
        margin: the difference of their scores.
        share: the probability of the class ahead; shares: those of both as texts.
        net: the name of the network.
        single, whole: neurons, and maps or heads, those first that cost most of it; None while not measured.
        note: whether one of them alone decides.
    """

    ahead: str
    behind: str
    margin: float
    share: float
    shares: tuple[str, str]
    net: str
    single: tuple[Reason, ...] | None = None
    whole: tuple[Reason, ...] = ()
    note: str = ""


class ReasonRows(Rows):
    """A row for each: address, a bar of what is left, both probabilities.

    Where all of these stay as they are, in place of them by how much the score leads, and by how much less.

    `menu_asked` brings the place of a row, and one of the screen.
    """

    menu_asked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__(ROW)
        self._shown: tuple[Reason, ...] = ()
        self._share, self._margin = 0.0, 0.0
        self.by_lead = self.stale = False
        self.set_count(sum(_FEW))
        self.setAccessibleName("Neurons that decide")
        self.setAccessibleDescription(_SOON)
        self.hovered.connect(self._tell)

    def _tell(self, place: int) -> None:
        """Tell an address whole that is cut; else a tip would but hide the rows below."""
        each = self.at(place)
        wide = 0.0 if each is None else QFontMetricsF(font("medium", TEXT)).horizontalAdvance(each.where)
        self.setToolTip(each.where if each is not None and wide > self._room else "")

    @property
    def _room(self) -> float:
        """How many px an address has."""
        return float(self.width() - 2 * _SHARE - _BAR - _GAP)

    def at(self, place: int) -> Reason | None:
        """What stands in a row; None where that is not known yet, or no longer true."""
        return self._shown[place] if 0 <= place < len(self._shown) and not self.stale else None

    def set_reasons(self, shown: tuple[Reason, ...], reasons: Reasons) -> None:
        """Show others."""
        self._shown, self.stale = shown, False
        self._share, self._margin = reasons.share, reasons.margin
        self.by_lead = (
            reasons.margin > 0 and bool(shown) and all(each.shares == reasons.shares for each in shown)
        )
        told = ". ".join(each.tip for each in shown)
        self.setAccessibleDescription(
            f"{told}. Click one, or press Enter on it, to go there" if told else "There are none"
        )
        self.set_count(len(shown))
        self.update()

    def outdate(self, keep: bool) -> None:
        """What is shown is true no longer: dim it, or, where it is not even of the same, show empty rows."""
        if self.stale and (keep or not self._shown):
            return  # so it is at each move of a pen
        self.stale = True
        if not keep:
            self._shown, self.by_lead = (), False
        self.setAccessibleDescription(_SOON)
        self.update()

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw one."""
        each, wide = self._shown[place] if place < len(self._shown) else None, self.width()
        painter.setOpacity(_DIM if self.stale else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        if lit and self.at(place):
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, 0, wide, self.high), 4, 4)
        bar = QRectF(wide - 2 * _SHARE - _BAR, self.high / 2 - 2, _BAR, 4)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        if each is None:
            return
        left, now = (each.lead / self._margin, 1.0) if self.by_lead else (each.left, self._share)
        painter.setBrush(look.excite)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * left, 1.5), 4), 2, 2)
        painter.setBrush(look.text)
        painter.drawRect(QRectF(bar.x() + bar.width() * now - 0.5, bar.y() - 3, 1, 10))
        painter.setPen(look.text)
        painter.setFont(font("medium", TEXT))
        name = cut(painter, each.where, self._room, Cut.ElideMiddle)
        painter.drawText(QRectF(0, 0, self._room, self.high), LEFT, name)
        for column, share in enumerate(self._figures(each)):
            read = column == each.turns
            painter.setPen(look.answer if read and each.turns else look.text if read else look.faint)
            painter.setFont(font("semibold" if read and each.turns else "regular", CAPTION))
            painter.drawText(QRectF(wide - (2 - column) * _SHARE, 0, _SHARE, self.high), RIGHT, share)

    def _figures(self, each: Reason) -> tuple[str, str]:
        return (number(each.lead), number(self._margin - each.lead)) if self.by_lead else each.shares

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row, or with the right button ask for its menu."""
        place = self._at(event)
        if self.at(place) is None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(place, event.globalPosition().toPoint())
        else:
            super().mousePressEvent(event)


class ReasonsPanel(QWidget):
    """The two classes, by how much one leads, and what decides that.

    Signals bring a Reason: `chosen`; `hovered`, None when the pointer leaves; `menu_asked` and a place of the
    screen.
    """

    chosen = Signal(object)
    hovered = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._title, self._margin, self._below = elided("section"), label("", "faint"), label("", "faint")
        self._note, self._columns = elided("faint"), (elided("faint"), elided("faint"))
        self._words = label(_READS, "faint")
        self.rows, self._few = ReasonRows(), True
        self._reasons: Reasons | None = None
        self._measured: Reasons | None = None  # the last of which the rows were known
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._below)
        column.addSpacing(2)
        column.addLayout(self._named_columns())
        column.addWidget(self.rows)
        column.addSpacing(2)
        column.addWidget(self._note)
        self.rows.chosen.connect(self._choose)
        self.rows.hovered.connect(lambda place: self.hovered.emit(self.rows.at(place)))
        self.rows.menu_asked.connect(lambda place, at: self.menu_asked.emit(self.rows.at(place), at))

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._margin)
        return head

    def _named_columns(self) -> QHBoxLayout:
        line, words = QHBoxLayout(), self._words
        line.setSpacing(0)
        words.setToolTip(_TIP)
        words.setFixedHeight(_HEAD)
        line.addWidget(words)
        line.addStretch()
        for name in self._columns:
            name.setAlignment(RIGHT)
            name.setFixedSize(_SHARE, _HEAD)
            line.addWidget(name)
        return line

    def set_few(self, few: bool) -> None:
        """Show fewer rows, where there is little room."""
        if few != self._few:
            self._few = few
            if self._reasons is not None:
                self.set_reasons(self._reasons)

    def set_reasons(self, reasons: Reasons) -> None:
        """Show why a class is ahead of another; what is not measured yet stays as it was, and dimmed."""
        self._reasons = reasons
        self._title.setText(f"WHY {reasons.ahead} AND NOT {reasons.behind}")
        margin, long = f"its score is {number(reasons.margin)} above", len(self._title.text()) > _BESIDE
        self._margin.setText("" if long else margin)
        self._below.setText(margin)
        self._below.setVisible(long)
        if reasons.single is None:
            self._outdate(reasons)
        else:
            self._measured = reasons
            self.rows.set_reasons(self._fitting(reasons.single, reasons.whole), reasons)
            self._note.setText(reasons.note)
            self._name_columns(reasons)
        if self.rows.lit >= 0:
            self.hovered.emit(self.rows.at(self.rows.lit))  # another now stands under the pointer

    def _outdate(self, reasons: Reasons) -> None:
        """Dim what was measured before, and say of what it was; rows of another network go."""
        old = self._measured
        if old is not None and old.net == reasons.net:
            self.rows.outdate(keep=True)
            told = f"dimmed: {old.ahead} and not {old.behind}, before this change"
            self._note.setText(told if old.single or old.whole else "")
        else:
            self._measured = None
            self.rows.outdate(keep=False)
            self._note.setText("")
            self._name_columns(reasons)

    def _name_columns(self, reasons: Reasons) -> None:
        self._words.setText(_LEADS if self.rows.by_lead else _READS)
        names = _BY if self.rows.by_lead else (reasons.ahead, reasons.behind)
        for name, text in zip(self._columns, names, strict=True):
            name.setText(text)

    def _choose(self, place: int) -> None:
        if (reason := self.rows.at(place)) is not None:  # keys reach a row that is not known yet
            self.chosen.emit(reason)

    def _fitting(self, single: tuple[Reason, ...], whole: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """What there is room for: of neurons alone as many as of both."""
        few, more = _FEW if self._few else _MORE
        if not whole:
            few = sum(_FEW)
        return (*single[:few], *whole[:more])
