"""The answer at a glance, where a sheet lies over the scene that shows it else."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter

from viz3d.live.widgets.answering.answer import verdict
from viz3d.live.widgets.answering.class_bars import Answer
from viz3d.live.widgets.parts import CENTRE, LEFT, Card, cut
from viz3d.live.widgets.style import CAPTION, NAME, TEXT, Look, font

_EDGE = 16  # px within the card
_ROOMY, _HEAD = 396, 184  # px of width from which on the head stands beside the columns, and its own
_LOW = 64  # px that the head is high where it stands above them
_STEP, _WIDEST, _THICK = 17.0, 44.0, 18.0  # px from column to column, at least and at most; of a column
_APART, _FEW = 4.0, 3  # px between names; columns that there are at least, if their names are cut for it
_NAMES, _SHARES = 20.0, 16.0  # px below and above the columns
_SHORT = 1.5  # px: no column is shorter
_SPOKEN_OF = 0.0005  # a share that is not told as less than the least figure


class AnswerStrip(Card):
    """Name and share of the answer, right or wrong, and columns for as many classes as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: Answer | None = None
        self._wide = np.zeros(0)  # px that each class's name takes
        self.setAccessibleName("Answer")
        self.setToolTip("The answer, which the sheet above hides in the scene; a tick is what it was before")

    def set_answer(self, answer: Answer) -> None:
        """Show an answer."""
        if self._answer is None or self._answer.classes != answer.classes:
            metrics = QFontMetricsF(font("semibold", TEXT))
            self._wide = np.array([metrics.horizontalAdvance(name) for name in answer.classes])
        self._answer = answer
        self.update()

    def aloud(self) -> str:
        """The answer with its share, and whether it is right."""
        answer = self._answer
        return "" if answer is None else ", ".join((*answer.read(answer.probabilities), verdict(answer)[0]))

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw the card, the head and the columns."""
        super().paint(painter, look)
        if self._answer is None:
            return
        inner = QRectF(self.rect()).adjusted(_EDGE, _EDGE - 4, -_EDGE, 4 - _EDGE)
        beside = self.width() >= _ROOMY
        head = QRectF(
            inner.topLeft(), QPointF(inner.left() + _HEAD, inner.bottom()) if beside else inner.topRight()
        )
        if not beside:
            head.setHeight(_LOW)
        self._write_head(painter, look, head)
        self._draw_columns(
            painter, look, inner.adjusted(*((_HEAD + 8, 0) if beside else (0, _LOW + 8)), 0, 0)
        )

    def _write_head(self, painter: QPainter, look: Look, box: QRectF) -> None:
        answer = self._answer
        assert answer is not None
        sure = answer.label is not None or not answer.empty
        big = QFont(font("bold", 48 if box.height() > _LOW else 40))
        name, share = answer.read(answer.probabilities)
        while big.pixelSize() > NAME and QFontMetricsF(big).horizontalAdvance(name) > 0.5 * box.width():
            big.setPixelSize(big.pixelSize() - 4)
        wide = min(QFontMetricsF(big).horizontalAdvance(name), 0.6 * box.width())
        top = QRectF(box.left(), box.top() + (box.height() - _LOW) / 2 - 8, box.width(), 48)
        if box.height() <= _LOW:
            top.moveTop(box.top())
        painter.setFont(big)
        painter.setPen(look.answer if sure else look.faint)
        painter.drawText(top, LEFT, cut(painter, name, wide + 1))
        painter.setFont(font("display", NAME))
        painter.setPen(look.text)
        painter.drawText(top.adjusted(wide + 12, 0, 0, 0), LEFT, share)
        words, role = verdict(answer)
        painter.setFont(font("regular", CAPTION))
        painter.setPen(getattr(look, role))
        line = QRectF(box.left(), top.bottom(), box.width(), _NAMES)
        painter.drawText(line, LEFT, cut(painter, words, box.width()))

    def _draw_columns(self, painter: QPainter, look: Look, box: QRectF) -> None:
        answer = self._answer
        assert answer is not None
        labels = self._fitting(answer, box.width())
        step = min(box.width() / len(labels), max(_WIDEST, float(self._wide[labels].max()) + _APART))
        room = QRectF(box.left(), box.top() + _SHARES, box.width(), box.height() - _SHARES - _NAMES)
        fills = {best: _fill(look, room, best) for best in (False, True)}
        told = _told(answer, labels, step)
        for place, label in enumerate(labels):
            best, share = label == answer.prediction, answer.shares[label][0]
            middle, wide = room.left() + (place + 0.5) * step, min(_THICK, step - 5)
            track = QRectF(middle - wide / 2, room.top(), wide, room.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.track)
            painter.drawRoundedRect(track, 3, 3)
            painter.setBrush(fills[best])
            low, top = sorted((answer.zero, share))
            high = max(track.height() * (top - low), _SHORT)
            foot = track.bottom() - track.height() * low
            painter.drawRoundedRect(QRectF(track.left(), foot - high, wide, high), 3, 3)
            if answer.zero:
                painter.setBrush(look.soft)
                zero = track.bottom() - track.height() * answer.zero
                painter.drawRect(QRectF(track.left() - 3, zero - 0.5, wide + 6, 1))
            if answer.before is not None:
                painter.setBrush(look.accent)
                y = track.bottom() - track.height() * answer.end(float(answer.before[label]))
                painter.drawRect(QRectF(track.left() - 2, max(y - 1, track.top()), wide + 4, 1.5))
            painter.setPen(look.answer if best else look.soft)
            painter.setFont(font("semibold" if best else "regular", TEXT if best else CAPTION))
            named = QRectF(middle - step / 2, room.bottom() + 3, step, _NAMES - 3)
            painter.drawText(named, CENTRE, cut(painter, answer.classes[label], step - 2))
            if label in told:
                painter.setFont(_share_font(best))
                above = QRectF(middle - room.width(), box.top(), 2 * room.width(), _SHARES - 3)
                painter.drawText(above, CENTRE, answer.shares[label][1])

    def _fitting(self, answer: Answer, room: float) -> list[int]:
        """As many of the likeliest classes as can be named side by side, a few in any case."""
        labels = most(answer, int(room // _STEP))
        while len(labels) > _FEW and self._wide[labels].max() + _APART > room / len(labels):
            labels = most(answer, len(labels) - 1)
        return labels


def _told(answer: Answer, labels: list[int], step: float) -> set[int]:
    """The classes whose shares stand above columns that are so far apart, so that none touches another.

    All of them where they have room, else the likeliest that have a share to speak of, as many as fit.
    """
    if step < 1.5 * _STEP:
        return set()  # the head tells that of the answer
    places = {label: (place + 0.5) * step for place, label in enumerate(labels)}
    told: dict[int, tuple[float, float]] = {}
    for label in sorted(labels, key=lambda each: -answer.weight[each]):
        metrics = QFontMetricsF(_share_font(label == answer.prediction))
        half = (metrics.horizontalAdvance(answer.shares[label][1]) + _APART) / 2
        left, right = places[label] - half, places[label] + half
        if not all(right <= other[0] or other[1] <= left for other in told.values()):
            break
        told[label] = left, right
    whole = len(told) == len(labels)
    return {label for label in told if whole or answer.gives_numbers or answer.shares[label][0] >= _SPOKEN_OF}


def _share_font(best: bool) -> QFont:
    return font("semibold" if best else "regular", CAPTION - 1)


def most(answer: Answer, room: int) -> list[int]:
    """The classes that there is room for: the likeliest ones, in their order."""
    found: list[int] = np.argsort(-answer.weight, kind="stable")[: max(room, 1)].tolist()
    return sorted(found)


def _fill(look: Look, room: QRectF, best: bool) -> QLinearGradient:
    start, end = look.theme.bar_winner if best else look.theme.bar
    fill = QLinearGradient(0, room.bottom(), 0, room.top())
    fill.setColorAt(0, QColor(*start))
    fill.setColorAt(1, QColor(*end))
    return fill
