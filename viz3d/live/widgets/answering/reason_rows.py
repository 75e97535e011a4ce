"""Rows of what decides: what each is called, and what is read without it; and the heads of their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen

from viz3d.live.widgets.answering.reason import Reason, Reasons
from viz3d.live.widgets.answering.rows import Rows
from viz3d.live.widgets.parts import LEFT, RIGHT, Cut, Painted, cut
from viz3d.live.widgets.style import CAPTION, TEXT, Look, font, number

ROW, HEAD = 20, 16  # px of a row, and of the line above them that names the columns
_BAR, _LEAST_BAR, _SHARE, _GAP = 34, 20, 44, 8  # px: of a bar, of a column of figures, and beside either
_THIRD = 40  # px that the name of a third class has in any case: three digits, or the start of a word
_SOON = "Not measured yet"
_DIM = 0.4  # how opaque a row is that tells of before
_MOVED = 0.01  # of probability: where none makes more of it, the score tells them apart
_READS, _LEADS = "Ablate one, and it reads", "Ablate one, and it leads"
_BY = "by", "less"  # columns below the latter


@dataclass(frozen=True)
class Columns:
    """How wide what stands in a row is, px: the address, the bar, and either figure."""

    name: float
    bar: float
    first: float
    second: float

    @classmethod
    def of(
        cls, wide: float, names: Sequence[float], figures: Sequence[float], heads: Sequence[float]
    ) -> "Columns":
        """Room for both figures first, then for the addresses, and what is left for what stands above.

        All in px. wide: a row; names: what the addresses take, and the words above them and the bar;
        figures, heads: what those of either column take.
        """
        least = [max(_SHARE, figure + _GAP) for figure in figures]
        address, words = names
        spare = wide - max(address + _BAR + _GAP, words + _GAP) - sum(least)
        bar = min(max(_BAR + spare, _LEAST_BAR), _BAR)
        more = [max(head + _GAP - share, 0.0) for head, share in zip(heads, least, strict=True)]
        part = min(max(spare, 0.0) / (sum(more) or 1.0), 1.0)
        first, second = (share + part * extra for share, extra in zip(least, more, strict=True))
        return cls(wide - first - second - bar - _GAP, bar, first, second)


class ReasonRows(Rows):
    """A row for each: address, a bar of what is left, both probabilities; maps or heads below a line.

    Where none of these moves, in place of them by how much the score leads, and by how much less.

    `menu_asked` brings the place of a row, and one of the screen.
    """

    menu_asked = Signal(int, QPoint)

    def __init__(self, count: int) -> None:
        super().__init__(ROW)
        self._shown: tuple[Reason, ...] = ()
        self._share, self._margin = 0.0, 0.0
        self._classes = ("", "")
        self.by_lead = self.stale = False
        self._clicked = ""  # address of a dimmed row that was clicked
        self._menu_at: QPoint | None = None  # where, if that was with the right button
        self.set_count(count)
        self.setAccessibleName("Neurons that decide")
        self.setAccessibleDescription(_SOON)
        self.hovered.connect(self._tell)

    def _tell(self, place: int) -> None:
        """Tell an address whole that is cut; else a tip would but hide the rows below."""
        each = self.at(place)
        hidden = each is not None and _wide(each.where) > self.columns().name
        self.setToolTip(each.where if each is not None and hidden else "")

    @property
    def heads(self) -> tuple[str, str, str]:
        """What stands above the rows, and above either figure."""
        return (_LEADS, *_BY) if self.by_lead else (_READS, *self._classes)

    def at(self, place: int) -> Reason | None:
        """What stands in a row; None where that is not known yet, or no longer true."""
        return self._shown[place] if 0 <= place < len(self._shown) and not self.stale else None

    def told(self, place: int) -> str:
        """All that a row says."""
        each = self.at(place)
        return "" if each is None else each.tip

    def held(self, found: tuple[Reason, ...], first: int) -> tuple[Reason, ...]:
        """The same, but what stands in the row that is lit stays there; first: the row where `found` begins.

        While a network trains others cost the most with each of its pictures: they would pass under a hand.
        """
        lit = self._shown[self.lit].where if 0 <= self.lit < len(self._shown) else ""
        each, place = next((each for each in found if each.where == lit), None), self.lit - first
        if each is None or place < 0:
            return found
        rest = [other for other in found if other is not each]
        return (*rest[:place], each, *rest[place:])

    def set_reasons(self, shown: tuple[Reason, ...], reasons: Reasons) -> None:
        """Show others."""
        self._shown, self.stale = shown, False
        self._share, self._margin = reasons.share, reasons.margin
        self._classes = reasons.ahead, reasons.behind
        moved = max((abs(each.left - reasons.share) for each in shown), default=1.0)
        self.by_lead = reasons.margin > 0 and moved < _MOVED and not any(each.turns for each in shown)
        told = ". ".join(each.tip for each in shown)
        self.setAccessibleDescription(
            f"{told}. Click one, or press Enter on it, to go there" if told else "There are none"
        )
        self.set_count(len(shown))
        self.update()
        if self._clicked:
            # Whoever shows these is to end with that before one is chosen.
            QTimer.singleShot(0, self, self._choose_clicked)

    def _choose_clicked(self) -> None:
        """Choose what was clicked while it was dimmed, or open its menu, if it still decides."""
        clicked, self._clicked = self._clicked, ""
        place = next((place for place, each in enumerate(self._shown) if each.where == clicked), -1)
        if self.at(place) is None:
            return
        if self._menu_at is None:
            self.chosen.emit(place)
        else:
            self.menu_asked.emit(place, self._menu_at)

    def outdate(self, reasons: Reasons, keep: bool) -> None:
        """What is shown is true no longer: dim it, or, where it is not even of the same, show empty rows."""
        if self.stale and (keep or not self._shown):
            return  # so it is at each move of a pen
        self.stale = True
        if not keep:
            self._shown, self.by_lead, self._clicked = (), False, ""
            self._classes = reasons.ahead, reasons.behind
        self.setAccessibleDescription(_SOON)
        self.update()

    def columns(self) -> Columns:
        """How wide each part of a row is."""
        small = QFontMetricsF(font("semibold", CAPTION)).horizontalAdvance
        words, first, second = map(small, self.heads)
        figures = [self._figures(each) for each in self._shown]
        widest = [max((small(pair[column]) for pair in figures), default=0.0) for column in (0, 1)]
        if not self.by_lead:
            thirds = [(small(f"{each.third} "), small(each.shares[1])) for each in self._shown if each.third]
            second = max([second, *map(sum, thirds)])
            # What is read without it comes before its address, which a tip tells whole.
            widest[1] = max([widest[1], *(min(name, _THIRD) + share for name, share in thirds)])
        longest = max((_wide(each.where) for each in self._shown), default=0.0)
        return Columns.of(self.width(), (longest + 2, words), widest, (first, second))

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the rows, and a line between neurons and what is more than one."""
        self._columns = self.columns()
        super().paint(painter, look)
        whole = next((place for place, each in enumerate(self._shown) if each.neuron < 0), 0)
        if whole:
            painter.setPen(QPen(look.line, 1))
            y = whole * self.high + 0.5
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw one."""
        each, wide, columns = (
            self._shown[place] if place < len(self._shown) else None,
            self.width(),
            self._columns,
        )
        painter.setOpacity(_DIM if self.stale else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        if lit and self.at(place):
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, 1, wide, self.high - 1), 4, 4)
        bar = QRectF(columns.name + _GAP / 2, self.high / 2 - 2, columns.bar, 4)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        if each is None:
            return
        self._draw_bar(painter, look, bar, each)
        painter.setPen(look.text)
        painter.setFont(font("medium", TEXT))
        name = cut(painter, each.where, columns.name, Cut.ElideMiddle)
        painter.drawText(QRectF(0, 0, columns.name, self.high), LEFT, name)
        self._write_figures(painter, look, each)

    def _draw_bar(self, painter: QPainter, look: Look, bar: QRectF, each: Reason) -> None:
        """What is left, and a tick where it is now; the most of any row fills it."""
        full = max([self._share, *(other.left for other in self._shown)])
        left, now = (
            (each.lead / self._margin, 1.0) if self.by_lead else (each.left / full, self._share / full)
        )
        painter.setBrush(look.excite)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(bar.width() * left, 1.5), 4), 2, 2)
        painter.setBrush(look.text)
        painter.drawRect(QRectF(bar.x() + bar.width() * now - 0.5, bar.y() - 3, 1, 10))

    def _write_figures(self, painter: QPainter, look: Look, each: Reason) -> None:
        columns, wide = self._columns, self.width()
        for place, (text, room) in enumerate(
            zip(self._figures(each), (columns.first, columns.second), strict=True)
        ):
            read, told = place == each.turns, text
            painter.setPen(look.answer if read and each.turns else look.text if read else look.faint)
            painter.setFont(font("semibold" if read and each.turns else "regular", CAPTION))
            if place and each.third and not self.by_lead:
                left = room - _GAP - painter.fontMetrics().horizontalAdvance(f" {text}")
                told = f"{cut(painter, each.third, left)} {text}"
            right = wide - (0 if place else columns.second)
            painter.drawText(QRectF(right - room, 0, room, self.high), RIGHT, told)

    def _figures(self, each: Reason) -> tuple[str, str]:
        return (number(each.lead), number(self._margin - each.lead)) if self.by_lead else each.shares

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row, or with the right button ask for its menu; of a dimmed one once it is known again."""
        place, right = self._at(event), event.button() == Qt.MouseButton.RightButton
        at = event.globalPosition().toPoint() if right else None
        if self.at(place) is None:
            if self.stale and place < len(self._shown):
                self._clicked, self._menu_at = self._shown[place].where if place >= 0 else "", at
        elif at is not None:
            self.menu_asked.emit(place, at)
        else:
            super().mousePressEvent(event)


def _wide(address: str) -> float:
    return QFontMetricsF(font("medium", TEXT)).horizontalAdvance(address)


class ReasonHeads(Painted):
    """The line above the rows, which names their columns."""

    ringed = False

    def __init__(self, rows: ReasonRows, tip: str) -> None:
        super().__init__()
        self._rows = rows
        self.setAccessibleName("How they were found")
        self.setToolTip(tip)
        self.setFixedHeight(HEAD)

    def paint(self, painter: QPainter, look: Look) -> None:
        """Write the words, and the columns' names, which are cut where they are too long."""
        words, *names = self._rows.heads
        columns, wide = self._rows.columns(), self.width()
        painter.setPen(look.faint)
        painter.setFont(font("regular", CAPTION))
        rooms = columns.first, columns.second
        for place, (name, room) in enumerate(zip(names, rooms, strict=True)):
            right = wide - (0 if place else columns.second)
            told = cut(painter, name, room - _GAP / 2, Cut.ElideMiddle)
            painter.drawText(QRectF(right - room, 0, room, HEAD), RIGHT, told)
        painter.drawText(QRectF(0, 0, wide - sum(rooms), HEAD), LEFT, words)
