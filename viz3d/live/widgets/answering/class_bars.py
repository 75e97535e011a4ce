"""What a net says, and a bar for each class."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from scenes.light.theme import Colour
from scenes.space.rows import zero_of
from scenes.texts import ENGLISH
from viz3d.live.widgets.answering.rows import Rows
from viz3d.live.widgets.parts import LEFT, RIGHT, cut
from viz3d.live.widgets.style import CAPTION, SIDE_PANEL, TEXT, Look, font

ROW = 16  # px
_SHORTEST, _LONGEST = 22.0, 104.0  # px of the names of classes
_ALL, _LEADING = 62, 20  # classes up to which each has a row (EMNIST has so many), and rows of more
_LEAST = 10  # rows that there are in any case
SHARE = 60  # px of a share at the end of its row, as of ">99.9%"
_TIP = "The share of each class in the answer; click one for the neuron that speaks for it"
_SHORT = 1.5  # px: no bar is shorter
_STUB = _SHORT / SIDE_PANEL  # a share below it has the shortest bar, however wide the panel


@dataclass(frozen=True, eq=False)
class Answer:
    """What a net says.

    Attributes:
        classes: names of the classes.
        probabilities: (k,), which sum to 1; or the one number that the net gives.
        before: the same before the edits, None where there are none.
        label: the true class, None where it is not known.
        entropy: how undecided the net is, in bits.
        loss: against the label, None where it is not known.
        over_crops: the mean over four crops of the digit, None where the net sees all of it.
        empty: of a picture with nothing in it, what the answer comes from.
        numbers: whether they are numbers, each for itself, and no shares.
    """

    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    before: NDArray[np.float32] | None = None
    label: int | None = None
    entropy: float = 0.0
    loss: float | None = None
    over_crops: NDArray[np.floating[Any]] | None = None
    empty: str = ""
    numbers: bool = False

    @property
    def gives_numbers(self) -> bool:
        """Whether it is one number or several, and no class of several."""
        return self.numbers or len(self.classes) == 1

    def read(self, probabilities: NDArray[np.floating[Any]]) -> tuple[str, str]:
        """What is read at these probabilities, such as those before the edits; see `Texts.answer`."""
        best = int(np.argmax(np.abs(probabilities) if self.gives_numbers else probabilities))
        name = "" if len(self.classes) == 1 else self.classes[best]
        return ENGLISH.answer(float(probabilities[best]), name, number=self.gives_numbers)

    @cached_property
    def prediction(self) -> int:
        """The most probable class; of several numbers the one furthest from 0."""
        return int(np.argmax(self.weight))

    @cached_property
    def weight(self) -> NDArray[np.float32]:
        """By what the likeliest come first: the probabilities, or of numbers how far from 0 they are."""
        return np.abs(self.probabilities) if self.gives_numbers else self.probabilities

    @cached_property
    def zero(self) -> float:
        """Where bars begin, 0..1 of their length, see `zero_of`."""
        return zero_of(self.probabilities, self.gives_numbers)

    def end(self, value: float) -> float:
        """Where the bar of a value ends, 0..1 of its length."""
        several = self.gives_numbers and len(self.classes) > 1
        most = float(np.abs(self.probabilities).max()) if several else 1.0
        return min(max(self.zero + (1.0 - self.zero) * value / (most or 1.0), 0.0), 1.0)

    @cached_property
    def shares(self) -> tuple[tuple[float, str], ...]:
        """Where each bar ends, 0..1 of its length, and its text: a class's probability, or the number."""
        shares = self.probabilities.tolist()
        if self.gives_numbers:
            return tuple((self.end(share), ENGLISH.value(share)) for share in shares)
        return tuple((share, ENGLISH.percent(share)) for share in shares)

    @cached_property
    def looks(self) -> tuple[tuple[object, ...], ...]:
        """All that each bar shows, to a hundredth of a pixel."""
        before = (
            [0.0] * len(self.shares) if self.before is None else list(map(self.end, self.before.tolist()))
        )
        return tuple(
            (text, self.zero, round(1e4 * max(share, _STUB)), round(1e4 * was), place == self.prediction)
            for place, ((share, text), was) in enumerate(zip(self.shares, before, strict=True))
        )


@lru_cache(maxsize=16)
def _fill(start: Colour, end: Colour, left: float, right: float) -> QLinearGradient:
    """What a bar between these ends is filled with; it is shared."""
    fill = QLinearGradient(left, 0, right, 0)
    fill.setColorAt(0, QColor(*start))
    fill.setColorAt(1, QColor(*end))
    return fill


@lru_cache(maxsize=16)
def _boxes(width: int, high: int, names: float) -> tuple[QRectF, QRectF, QRectF]:
    """Where a row of a size has its bar, its name and its share, px; they are shared."""
    bar = QRectF(names, high / 2 - 3, width - names - SHARE, 6)
    return bar, QRectF(0, 0, names, high), QRectF(width - SHARE, 0, SHARE, high)


class Bars(Rows):
    """A bar for each class, with a tick where it ended before the edits; of many, for the likeliest alone.

    Attributes:
        labels: the class of each row.
    """

    def __init__(self) -> None:
        super().__init__(ROW)
        self._answer: Answer | None = None
        self.labels: list[int] = []
        self._most = _ALL  # rows that there is room for
        self._names, self._whole = _SHORTEST, False  # room for names, and whether they all have enough
        self.setMinimumWidth(160)
        self.setFixedHeight(10 * ROW)
        self.setAccessibleName("Probability of each class")
        self.setToolTip(_TIP)
        self.hovered.connect(self._tell_whole)

    def set_answer(self, answer: Answer) -> None:
        """Show an answer; only rows that look otherwise than before are painted again."""
        before, self._answer = self._answer, answer
        if before is None or before.classes != answer.classes:
            metrics = QFontMetricsF(font("semibold", TEXT))
            widest = max(map(metrics.horizontalAdvance, answer.classes))
            self._names = min(max(12 + widest, _SHORTEST), _LONGEST)
            self._whole = widest <= self._names - 4
            self.labels = leading(answer, self._most)
            self.set_count(len(self.labels))
            return
        if len(answer.classes) > len(self.labels):
            if (labels := leading(answer, self._most)) != self.labels:
                self.labels = labels
                self._hover(-1)  # the row under the pointer is another class's by now
            self.update()
            return
        for place, (was, now) in enumerate(zip(before.looks, answer.looks, strict=True)):
            if was != now or (before.before is None) != (answer.before is None):
                # The name is written otherwise of the answer alone.
                self.touch(place, 0 if was[-1] != now[-1] else math.floor(self._names))

    @property
    def answer(self) -> Answer | None:
        """What is shown."""
        return self._answer

    def set_most(self, rows: int) -> None:
        """Have no more rows than there is room for: then they are of the likeliest classes alone."""
        rows = min(max(rows, _LEAST), _ALL)
        if rows != self._most:
            self._most = rows
            if self._answer is not None and (labels := leading(self._answer, rows)) != self.labels:
                self.labels = labels
                self._hover(-1)
                self.set_count(len(labels))

    def row(self, painter: QPainter, look: Look, place: int, lit: bool) -> None:
        """Draw the bar of a class."""
        answer = self._answer
        assert answer is not None
        label = self.labels[place]
        best, (share, told) = label == answer.prediction, answer.shares[label]
        painter.setPen(Qt.PenStyle.NoPen)
        if lit:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(0, 0, self.width(), self.high), 4, 4)
        bar, named, shared = _boxes(self.width(), self.high, self._names)
        painter.setBrush(look.track)
        painter.drawRoundedRect(bar, 2, 2)
        ends = look.theme.bar_winner if best else look.theme.bar
        painter.setBrush(_fill(*ends, bar.left(), bar.right()))
        low, high = sorted((answer.zero, share))
        start = bar.x() + bar.width() * low
        painter.drawRoundedRect(QRectF(start, bar.y(), max(bar.width() * (high - low), _SHORT), 6), 2, 2)
        if answer.zero:
            painter.setBrush(look.soft)
            painter.drawRect(QRectF(bar.x() + bar.width() * answer.zero - 0.5, bar.y() - 3, 1, 12))
        if answer.before is not None:
            painter.setBrush(look.accent)
            x = bar.x() + bar.width() * answer.end(float(answer.before[label]))
            painter.drawRect(QRectF(min(x, bar.right() - 1.5), bar.y() - 2, 1.5, 10))
        painter.setPen(look.answer if best else look.soft)
        painter.setFont(font("semibold" if best else "regular", TEXT if best else CAPTION))
        # Of most rows that are painted again the name stands: in the region, not in its least box.
        if self.exposed.intersects(QRect(0, place * self.high, math.floor(self._names), self.high)):
            name = answer.classes[label]
            name = name if self._whole else cut(painter, name, self._names - 4)
            painter.drawText(named, LEFT, name)
        painter.drawText(shared, RIGHT, told)

    def told(self, place: int) -> str:
        """The class of a row and its share."""
        label = self.label(place)
        return (
            f"{self._answer.classes[label]}, {self._answer.shares[label][1]}"
            if self._answer and label >= 0
            else ""
        )

    def aloud(self) -> str:
        """All rows in words."""
        return "; ".join(map(self.told, range(len(self.labels))))

    def _tell_whole(self, place: int) -> None:
        """Have the tip of a row tell its name, where the row has room for a part of it alone."""
        known = self._answer is not None and not self._whole and self.label(place) >= 0
        name = self._answer.classes[self.label(place)] if known and self._answer is not None else ""
        self.setToolTip(f"{name}. {_TIP}" if name else _TIP)

    def label(self, place: int) -> int:
        """The class of a row, -1 for none."""
        return self.labels[place] if 0 <= place < len(self.labels) else -1

    def light_label(self, label: int) -> None:
        """Light the row of a class up, -1 for none."""
        self.light(self.labels.index(label) if label in self.labels else -1)


def leading(answer: Answer, most: int = _ALL) -> list[int]:
    """The classes that have a row: all in their order, or of many the likeliest, the first one first.

    most: rows that there is room for.
    """
    if len(answer.classes) <= most:
        return list(range(len(answer.classes)))
    rows = min(_LEADING, most)
    found: list[int] = np.argsort(-answer.weight, kind="stable")[:rows].tolist()
    return found
