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
_COLUMNS = "Ablate one, and it reads"
_TIP = (
    "Of all hidden layers, those of most evidence (activation × slope of the lead) were silenced, each by "
    "itself, and the network read on: these probabilities are measured. Click one, then Ablate."
)


@dataclass(frozen=True)
class Reason:
    """A neuron, or a whole map or head, and what is read without it.

    Attributes:
        where: its address; layer: that of its layer.
        neuron: its number, -1 of a map or a head.
        left: the probability of the class ahead without it.
        shares: the probabilities of both classes without it, as texts; that of the answer in place of the
            second, where it is a third class.
        turns: whether something else is read without it.
        tip: all of this as a sentence.
    """

    where: str
    layer: str
    neuron: int
    left: float
    shares: tuple[str, str]
    turns: bool
    tip: str


@dataclass(frozen=True)
class Reasons:
    """Why a class is ahead of another.

    Attributes:
        ahead, behind: names of the classes.
        margin: the difference of their scores.
        share: the probability of the class ahead.
        single, whole: neurons, and maps or heads, those first that cost most of it; None while not measured.
        note: whether one of them alone decides.
    """

    ahead: str
    behind: str
    margin: float
    share: float
    single: tuple[Reason, ...] | None = None
    whole: tuple[Reason, ...] = ()
    note: str = ""


class ReasonRows(Rows):
    """A row for each: address, a bar of what is left, both probabilities.

    `menu_asked` brings the place of a row, and one of the screen.
    """

    menu_asked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__(ROW)
        self._shown: tuple[Reason, ...] = ()
        self._share = 0.0
        self.set_count(sum(_FEW))
        self.setAccessibleName("Neurons that decide")
        self.setAccessibleDescription("Each silenced by itself: what the network would read without it.")
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
        """What stands in a row; None where that is not known yet."""
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def set_reasons(self, shown: tuple[Reason, ...] | None, share: float) -> None:
        """Show others; with None the rows stay empty until they are known."""
        if shown is None and not self._shown:
            return  # so it is at each move of a pen
        self._shown, self._share = shown or (), share
        told = ". ".join(each.tip for each in self._shown)
        self.setAccessibleDescription(f"{told}. Click one, or press Enter on it, to go there" if told else "")
        if shown is not None:
            self.set_count(len(shown))
        self.update()

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw one."""
        each, wide = self.at(place), self.width()
        painter.setPen(Qt.PenStyle.NoPen)
        if lit and each:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, 0, wide, self.high), 4, 4)
        bar = QRectF(wide - 2 * _SHARE - _BAR, self.high / 2 - 2, _BAR, 4)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        if each is None:
            return
        painter.setBrush(look.excite)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * each.left, 1.5), 4), 2, 2)
        painter.setBrush(look.text)
        painter.drawRect(QRectF(bar.x() + bar.width() * self._share - 0.5, bar.y() - 3, 1, 10))
        painter.setPen(look.text)
        painter.setFont(font("medium", TEXT))
        name = cut(painter, each.where, self._room, Cut.ElideMiddle)
        painter.drawText(QRectF(0, 0, self._room, self.high), LEFT, name)
        for column, share in enumerate(each.shares):
            read = column == each.turns
            painter.setPen(look.answer if read and each.turns else look.text if read else look.faint)
            painter.setFont(font("semibold" if read and each.turns else "regular", CAPTION))
            painter.drawText(QRectF(wide - (2 - column) * _SHARE, 0, _SHARE, self.high), RIGHT, share)

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
        self.rows, self._few = ReasonRows(), True
        self._reasons: Reasons | None = None
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
        line, words = QHBoxLayout(), label(_COLUMNS, "faint")
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
        """Show why a class is ahead of another."""
        self._reasons = reasons
        self._title.setText(f"WHY {reasons.ahead} AND NOT {reasons.behind}")
        margin, long = f"its score is {number(reasons.margin)} above", len(self._title.text()) > _BESIDE
        self._margin.setText("" if long else margin)
        self._below.setText(margin)
        self._below.setVisible(long)
        for name, text in zip(self._columns, (reasons.ahead, reasons.behind), strict=True):
            name.setText(text)
        self._note.setText(reasons.note)
        self.rows.set_reasons(self._fitting(reasons), reasons.share)
        if self.rows.lit >= 0:
            self.hovered.emit(self.rows.at(self.rows.lit))  # another now stands under the pointer

    def _choose(self, place: int) -> None:
        if (reason := self.rows.at(place)) is not None:  # keys reach a row that is not known yet
            self.chosen.emit(reason)

    def _fitting(self, reasons: Reasons) -> tuple[Reason, ...] | None:
        """What there is room for: of neurons alone as many as of both."""
        if reasons.single is None:
            return None
        single, whole = _FEW if self._few else _MORE
        if not reasons.whole:
            single = sum(_FEW)
        return (*reasons.single[:single], *reasons.whole[:whole])
