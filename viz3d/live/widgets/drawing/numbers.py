"""The numbers that a network reads where its input is no picture: each with a slider and a field."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.parts import RIGHT, elided, label
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import TEXT, font

_WIDE, _ROW = 414, 28  # px
_SEEN = 5  # rows that there is room for; the others are scrolled to
_MOST = 60  # rows; further numbers are changed by a typed line
_NAME, _FIELD = 144, 72  # px


@dataclass(frozen=True)
class Entry:
    """One number: its name, its value as it was found, and the least and the largest of the data set."""

    name: str
    value: float
    low: float
    high: float


def written(value: float) -> str:
    """A number as its field shows it."""
    return f"{value:.6g}"


def rounded(value: float, entry: Entry) -> float:
    """A value of a slider, with as many decimals as its range deserves."""
    span = entry.high - entry.low
    return round(value, 2 - math.floor(math.log10(span))) if span > 0 else value


class Field(QLineEdit):
    """A field whose text, while it is as it was set, leaves Ctrl+Z to the window."""

    def event(self, event: QEvent) -> bool:
        """Leave the keys of undo and redo alone where there is nothing typed to take back."""
        undoes = isinstance(event, QKeyEvent) and (
            event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        )
        if undoes and event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            event.ignore()
            return False
        return super().event(event)


class NumberRow(QWidget):
    """A name, a slider over the range of the data set, and a field for any value.

    Signals: `sliding` at each move of a hand; `chosen` when it rests, or a value was typed; `refused` says
    what was typed and is no number.
    """

    sliding = Signal(float)
    chosen = Signal(float)
    refused = Signal(str)

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        self._setting = Setting(
            "", Scale(entry.low, entry.high), lambda _value: "", f"{entry.name}: drag to change it", (0, 0)
        )
        self.slider, self.field = self._setting.slider, Field()
        self.slider.setAccessibleName(entry.name)
        self.field.setAccessibleName(f"Value of {entry.name}")
        self.field.setToolTip(
            f"From {written(entry.low)} to {written(entry.high)} in the data; any number may be typed"
        )
        self.field.setProperty("role", "small")
        self.field.setFont(font("medium", TEXT))
        self.field.setAlignment(RIGHT)
        self.field.setFixedSize(_FIELD, 24)
        name = elided("soft")
        name.setText(entry.name)
        name.setFixedWidth(_NAME)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(name)
        row.addWidget(self._setting, 1)
        row.addWidget(self.field)
        self.setFixedHeight(_ROW)
        self._setting.sliding.connect(self._slide)
        self._setting.chosen.connect(lambda value: self.chosen.emit(rounded(value, self._entry)))
        self.field.editingFinished.connect(self._typed)
        self.show_value(entry.value)

    def show_value(self, value: float) -> None:
        """Show a value without a signal; what a hand is at stays in that hand."""
        self._value = value
        self._setting.set_value(value)
        if not (self.slider.isSliderDown() or self.field.isModified()):
            self.field.setText(written(value))

    def _slide(self, value: float) -> None:
        value = rounded(value, self._entry)
        self.field.setText(written(value))
        self.sliding.emit(value)

    def _typed(self) -> None:
        if not self.field.isModified():
            return
        text = self.field.text().strip()
        self.field.setModified(False)
        try:
            value = float(text.replace("−", "-").replace(",", "."))
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            self.chosen.emit(value)
        else:
            self.refused.emit(f"{self._entry.name}: {text or 'nothing'} is no number: type one such as 0.5")
        self.show_value(self._value)


class Numbers(QWidget):
    """Rows of numbers. Signals as those of a row, `sliding` and `chosen` with the place of the number."""

    sliding = Signal(int, float)
    chosen = Signal(int, float)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[NumberRow] = []
        self._kinds: list[tuple[str, float, float]] = []
        self._count = label("", "faint")
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the rows have the keys
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        FingerScroll(self._scroll)
        column, head = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head.addWidget(label("WHAT IT READS", "section"))
        head.addStretch()
        head.addWidget(self._count)
        column.addLayout(head)
        column.addWidget(self._scroll)
        self.setFixedWidth(_WIDE)
        self.setAccessibleName("The numbers that are read")

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these: in the rows that are there, where they are of the same names and ranges."""
        shown = entries[:_MOST]
        kinds = [(each.name, each.low, each.high) for each in shown]
        if kinds != self._kinds:
            self._kinds = kinds
            self._build(shown)
            rest = len(entries) - len(shown)
            more = f"; of the last {rest:,} type number NAME = VALUE" if rest else ""
            self._count.setText(f"{len(entries):,} number{'s' if len(entries) > 1 else ''}{more}")
        for row, entry in zip(self.rows, shown, strict=True):
            row.show_value(entry.value)

    def _build(self, entries: Sequence[Entry]) -> None:
        page = QWidget()
        page.setObjectName("page")  # of the style sheet
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8 if len(entries) > _SEEN else 0, 0)
        column.setSpacing(0)
        self.rows = [NumberRow(entry) for entry in entries]
        for place, row in enumerate(self.rows):
            column.addWidget(row)
            row.sliding.connect(lambda value, at=place: self.sliding.emit(at, value))
            row.chosen.connect(lambda value, at=place: self.chosen.emit(at, value))
            row.refused.connect(self.refused)
        column.addStretch()
        self._scroll.setWidget(page)
        self._scroll.setFixedHeight(_ROW * min(len(entries), _SEEN))
