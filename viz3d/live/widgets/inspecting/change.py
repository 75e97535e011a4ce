"""The section "Change it", and the list of what was changed."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.icons import MenuButton
from viz3d.live.widgets.inspecting.neuron_card import NeuronCard
from viz3d.live.widgets.menu import Entries, menu_of
from viz3d.live.widgets.parts import button, label
from viz3d.live.widgets.setting import Scale, Setting
from viz3d.live.widgets.style import CAPTION, TEXT, font, look, number

_LINE = 19  # px of a line of the list of edits


class ChangePanel(QWidget):
    """Sliders and buttons that change a neuron.

    Signals: `sliding` and `chosen` bring "clamp", "scale" or "shift" and a value, the first at each move, the
    second once when the hand rests; `ablate` and `freeze` whether it shall be.
    """

    sliding = Signal(str, float)
    chosen = Signal(str, float)
    ablate = Signal(bool)
    freeze = Signal(bool)
    verbs: Mapping[str, str] = MappingProxyType({"clamp": "Clamp", "scale": "Scale", "shift": "Shift"})

    def __init__(self) -> None:
        super().__init__()
        self.clamp = Setting("Clamp to", Scale(), number, "Hold its activation at a value (C)")
        self.scale = Setting("Scale by", Scale(0, 3), lambda x: f"× {x:.2f}", "Multiply its activation (S)")
        self.shift = Setting("Shift by", Scale(-1, 1), signed, "Add to its bias (T)")
        self.settings = {"clamp": self.clamp, "scale": self.scale, "shift": self.shift}
        self.silent = button("Ablate", "Silence it: its activation is 0 (Delete)", checkable=True)
        self.still = button("Freeze", "Training leaves it as it is (X)", checkable=True)
        self.menu_button = MenuButton("More", "Function, cut, add, remove …")
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for setting in self.settings.values():
            column.addWidget(setting)
        column.addSpacing(4)
        row.setSpacing(8)
        for each in (self.silent, self.still, self.menu_button):
            row.addWidget(each, 1)
        column.addLayout(row)
        for verb, setting in self.settings.items():
            setting.sliding.connect(lambda value, of=verb: self.sliding.emit(of, value))
            setting.chosen.connect(lambda value, of=verb: self.chosen.emit(of, value))
        self.silent.clicked.connect(self.ablate)
        self.still.clicked.connect(self.freeze)
        self.set_more(())

    def set_card(self, card: NeuronCard) -> None:
        """Show how a neuron is now."""
        self.clamp.set_scale(Scale(*card.clamp))
        self.clamp.set_value(card.value)
        self.scale.set_value(card.scale)
        self.shift.set_scale(Scale(*card.shifts))
        self.shift.set_value(card.shift)
        parts = {**self.settings, "ablate": self.silent, "freeze": self.still}
        for verb, part in parts.items():
            part.setEnabled(verb not in card.refused)
        self.silent.setChecked(card.ablated)
        self.still.setChecked(card.frozen)

    def set_more(self, entries: Entries) -> None:
        """Offer these in the menu."""
        old = self.menu_button.menu()
        if old is not None:
            old.deleteLater()
        self.menu_button.setMenu(menu_of(self, entries))
        self.menu_button.setEnabled(bool(entries))


def _face(now: bool, undone: bool, size: int) -> QFont:
    """The font of a step: the one that stands out, and those that were taken back struck out."""
    face = QFont(font("medium" if now else "regular", size))
    face.setStrikeOut(undone)
    return face


def signed(value: float) -> str:
    """A value with its sign."""
    return number(value, signed=True)


_FIGURE = "\u2007"  # a space as wide as a figure: numbers end below each other
_INSET = 3  # px that Qt leaves before the words of a list: they begin where their headline does


class _Lines(QListWidget):
    """Whole lines alone, for half a line is not read; one of them, the `kept` one, stays in sight."""

    kept = 0

    def __init__(self) -> None:
        super().__init__()
        self.setViewportMargins(-_INSET, 0, 0, 0)
        FingerScroll(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep that line in sight where a card above takes its room."""
        super().resizeEvent(event)  # ahead of which it could not be scrolled so far
        self.scrollToItem(self.item(self.kept))
        seen, high = self.viewport(), max(self.sizeHintForRow(0), 1)
        seen.setMask(QRegion(0, 0, seen.width(), max(seen.height() // high, 1) * high))


class Steps(QWidget):
    """A step back and a step forth among edits: signals `undo` and `redo`."""

    undo = Signal()
    redo = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._undo = button("Undo", "Ctrl+Z", "quiet")
        self._redo = button("Redo", "Ctrl+Shift+Z", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._undo)
        row.addWidget(self._redo)
        self._undo.clicked.connect(lambda _on: self.undo.emit())
        self._redo.clicked.connect(lambda _on: self.redo.emit())

    def beside(self, title: str) -> QHBoxLayout:
        """A row with a title, and these at its right end."""
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(label(title, "section"))
        row.addStretch()
        row.addWidget(self)
        return row

    def set_edits(self, count: int, done: int) -> None:
        """Offer what can be done where the first `done` of so many edits hold."""
        self._undo.setEnabled(done > 0)
        self._redo.setEnabled(done < count)


class EditsList(QWidget):
    """What was done, in order; what was undone stays below, struck out, until something else is done.

    Signals: `undo`, `redo`; `jumped` brings how many edits shall hold, 0 for none.
    """

    undo = Signal()
    redo = Signal()
    jumped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], int] = ((), 0)
        self.steps = Steps()
        self.list = _Lines()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.keep_lines(2)
        self.list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustIgnored)
        # What Qt would like a list to have is no reason for a page to scroll.
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setAccessibleName("Edits")
        self.list.setToolTip("All that was done; click a line to go back or forth to it")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self.steps.beside("EDITS"))
        column.addWidget(self.list, 1)
        self.steps.undo.connect(self.undo)
        self.steps.redo.connect(self.redo)
        self.list.itemClicked.connect(lambda item: self.jumped.emit(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.jumped.emit(self.list.row(item)))
        self.set_edits((), 0)

    def keep_lines(self, count: int) -> None:
        """Have room for so many lines at least."""
        self.list.setMinimumHeight(count * _LINE)

    def set_edits(self, edits: Sequence[str], done: int) -> None:
        """Show edits in words, of which the first `done` hold."""
        self._shown = (tuple(edits), done)
        self.steps.set_edits(len(edits), done)
        self.list.clear()
        colours = look()
        first = "as it was" if edits else "none yet: every change can be undone"
        wide = len(str(len(edits)))
        for k, words in enumerate((first, *edits)):
            item = QListWidgetItem(f"{str(k).rjust(wide, _FIGURE)}  {words}" if edits else words)
            item.setFont(_face(k == done and bool(edits), k > done, TEXT if edits else CAPTION))
            item.setForeground(
                colours.text if k == done and edits else colours.soft if k <= done else colours.faint
            )
            item.setToolTip(words)
            self.list.addItem(item)
        self.list.setEnabled(bool(edits))
        self.list.kept = done
        self.list.scrollToItem(self.list.item(done))

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.set_edits(*self._shown)
