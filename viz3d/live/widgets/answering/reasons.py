"""Why one class and not the next: the neurons that decide, and what the bars are without each of them."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QMoveEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.answering.reason import Reason, Reasons
from viz3d.live.widgets.answering.reason_rows import ReasonHeads, ReasonRows
from viz3d.live.widgets.parts import elided, label
from viz3d.live.widgets.style import number

_FEW, _MORE = (3, 2), (5, 3)  # neurons, and maps or heads, where the card is low and where it is not
_BESIDE = 24  # letters of the title that leave room for the margin beside it
_TIP = (
    "Of all hidden layers, those of most evidence (activation × slope of the lead) were silenced, each by "
    "itself, and the network read on: all of this is measured. Where no probability changes, it is by how "
    "much the score leads. Click one, then Ablate."
)


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
        self._note = elided("faint")
        self.rows, self._few = ReasonRows(sum(_FEW)), True
        self._heads = ReasonHeads(self.rows, _TIP)
        self._reasons: Reasons | None = None
        self._measured: Reasons | None = None  # the last of which the rows were known
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._margin)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._below)
        column.addSpacing(2)
        column.addWidget(self._heads)
        column.addWidget(self.rows)
        column.addSpacing(2)
        column.addWidget(self._note)
        self.rows.chosen.connect(self._choose)
        self.rows.hovered.connect(lambda place: self.hovered.emit(self.rows.at(place)))
        self.rows.menu_asked.connect(lambda place, at: self.menu_asked.emit(self.rows.at(place), at))

    def set_few(self, few: bool) -> None:
        """Show fewer rows, where there is little room."""
        if few != self._few:
            self._few = few
            if self._reasons is not None:
                self.set_reasons(self._reasons)

    def moveEvent(self, event: QMoveEvent) -> None:
        """The rows have moved with it."""
        super().moveEvent(event)
        self.rows.point_again()

    def set_reasons(self, reasons: Reasons) -> None:
        """Show why a class is ahead of another; what is not measured yet stays as it was, and dimmed."""
        self._reasons = reasons
        of_number = not reasons.behind
        self._title.setText("OUTPUT" if of_number else f"WHY {reasons.ahead} AND NOT {reasons.behind}")
        margin = "" if of_number else f"its score is {number(reasons.margin)} above"
        long = len(self._title.text()) > _BESIDE
        self._margin.setText("" if long else margin)
        self._below.setText(margin)
        self._below.setVisible(long)
        if reasons.single is None:
            self._outdate(reasons)
        else:
            old, self._measured = self._measured, reasons
            same = old is not None and old.contest == reasons.contest
            self.rows.set_reasons(self._fitting(reasons.single, reasons.whole, same), reasons)
            self._note.setText(reasons.note)
            # Above no row there is nothing to name.
            self._heads.setVisible(bool(reasons.single or reasons.whole))
            self._heads.update()
        if self.rows.lit >= 0:
            self.hovered.emit(self.rows.at(self.rows.lit))  # another now stands under the pointer

    def _outdate(self, reasons: Reasons) -> None:
        """Dim what was measured before, and say of what it was; rows of another network go."""
        old = self._measured
        if old is not None and old.net == reasons.net:
            self.rows.outdate(reasons, keep=True)
            told = f"dimmed: {old.ahead} and not {old.behind}, before this change"
            self._note.setText(told if old.single or old.whole else "")
        else:
            self._measured = None
            self.rows.outdate(reasons, keep=False)
            self._note.setText("")
            self._heads.update()

    def _choose(self, place: int) -> None:
        if (reason := self.rows.at(place)) is not None:  # keys reach a row that is not known yet
            self.chosen.emit(reason)

    def _fitting(
        self, single: tuple[Reason, ...], whole: tuple[Reason, ...], same: bool
    ) -> tuple[Reason, ...]:
        """What there is room for: of neurons alone as many as of both; same: as to the classes before."""
        few, more = _FEW if self._few else _MORE
        if not whole:
            few = sum(_FEW)
        if same:
            single, whole = self.rows.held(single, 0), self.rows.held(whole, min(few, len(single)))
        return (*single[:few], *whole[:more])
