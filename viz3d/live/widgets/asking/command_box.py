"""A line for any mutation, with completion and the words of what was wrong under it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from viz3d.live.widgets.menu import cut_round
from viz3d.live.widgets.parts import button, elided, label
from viz3d.live.widgets.style import TEXT, font
from viz3d.live.widgets.training.run_progress import ProgressBar

_ENDS = " ;"  # a word begins after one of these
_AROUND = 10  # px of a list of completions beside its rows
_GOES_ON = (":", ",")  # what ends so is the beginning of an address
Offers = Callable[[str], Sequence[str]]


class CommandLine(QLineEdit):
    """A line whose words are completed; up and down bring back what was entered before.

    `left`: the keys go to something else now, and Esc has emptied it or not.

    Attributes:
        verbs: whether its first word says what is done.
    """

    left = Signal()
    verbs = True

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font("medium", TEXT))
        self._past: list[str] = []
        self._at = 0
        self._offers: Offers = lambda _text: ()
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(8)
        self._popup = QListView()
        self._popup.setObjectName("completions")
        self._popup.setFont(self.font())
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._insert)
        self.textEdited.connect(self._offer)

    def set_offers(self, offers: Offers) -> None:
        """Ask `offers` what the last word of a text may become: whole words."""
        self._offers = offers

    def begin(self, words: str, more: str) -> None:
        """Write the beginning of a line, and mark what is to be said behind it."""
        self.setText(words + more)
        self.setSelection(len(words), len(more))
        self.setFocus()

    def remember(self, text: str) -> None:
        """Keep a line for the up key."""
        self._past = [*(line for line in self._past if line != text), text]
        self._at = len(self._past)

    def _begin(self) -> int:
        """Where the word at the cursor begins."""
        before = self.text()[: self.cursorPosition()]
        return max(before.rfind(end) for end in _ENDS) + 1

    def _offer(self) -> None:
        word = self.text()[self._begin() : self.cursorPosition()]
        known = list(self._offers(self.text()[: self.cursorPosition()])) if word else []
        if not known or known == [word]:
            self._popup.hide()
            return
        self._popup.hide()
        self._words.setStringList(known)
        # Qt counts on rows without the room that the style leaves around them: the last would be cut.
        rows = min(len(known), self._completer.maxVisibleItems())
        self._popup.setMinimumHeight(rows * self._popup.sizeHintForRow(0) + _AROUND)
        self._completer.complete()
        cut_round(self._popup)

    def _insert(self, word: str) -> None:
        begin, text = self._begin(), self.text()
        before, rest = text[:begin] + word, text[self.cursorPosition() :]
        first = self.verbs and text[:begin].rstrip(" ")[-1:] in ("", ";")
        if first and not rest and self._offers(f"{before} "):
            before += " "  # what is done, and now to what: that can be typed at once
        self.setText(before + rest)
        self.setCursorPosition(len(before))
        if word.endswith(_GOES_ON):
            self._offer()

    def event(self, event: QEvent) -> bool:
        """Take a completion with Tab, which without one goes to the next widget, as everywhere.

        Leave undo and redo to the window where they would do nothing here.
        """
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # What was typed has nothing to take back: the key is the window's.
            spare = (event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()) or (
                event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            )
            if spare:
                event.ignore()
                return True
            if event.key() == Qt.Key.Key_Escape and self._leavable:
                event.accept()  # it is this line that Esc leaves, and not what is selected
                return True
        tab = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab
        if tab and event.type() == QEvent.Type.KeyPress and self._popup.isVisible():
            chosen = self._popup.currentIndex().data() or self._words.index(0).data()
            self._popup.hide()
            self._insert(chosen)
            return True
        return super().event(event)

    @property
    def _leavable(self) -> bool:
        """Whether there is something that Esc takes away."""
        return bool(self.text() or self.property("wrong"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it is left; its own list of completions, or another window, leaves it as it is."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through what was entered with up and down, leave with Esc; all else as usual."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self._leavable:
            self.setText("")
            self.left.emit()
            self.window().setFocus()
            return
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._past:
            self._at = min(max(self._at + (-1 if key == Qt.Key.Key_Up else 1), 0), len(self._past))
            self.setText(self._past[self._at] if self._at < len(self._past) else "")
            return
        offered = self._popup.isVisible() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        walked = self._popup.selectedIndexes() if offered else []
        if offered:
            self._popup.hide()
        if walked:
            self._insert(walked[0].data())
        else:
            super().keyPressEvent(event)
        if offered:
            event.accept()  # else Qt, after the line was entered, completes what is left of it


class CommandBox(QWidget):
    """The line, what was wrong with it, and what is under way.

    `entered` brings a line; what is wrong stays until it is changed or left. After a line that was good, call
    `accept`; after another, `show_error`. `stop`: what is under way shall end.
    """

    entered = Signal(str)
    stop = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line, self._error = CommandLine(), label("", "wrong")
        self._error.setWordWrap(True)
        self.line.setPlaceholderText("Type any change  ( / )")
        self.line.setAccessibleName("Change the network")
        self.line.setToolTip("Any edit or act, such as ablate hidden1:17 or sample mnist:test:9735")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self._error)
        column.addWidget(self._under_way())
        self._error.hide()
        self.line.returnPressed.connect(self._enter)
        self.line.textEdited.connect(lambda _text: self.show_error(""))
        self.line.left.connect(lambda: self.show_error(""))

    def show_error(self, words: str) -> None:
        """Say what is wrong with the line; with "" nothing is."""
        # A long name may be broken where one who reads it would: it has no other place.
        self._error.setText(words.replace("_", "_\u200b"))
        self._error.setVisible(bool(words))
        self.line.setProperty("wrong", bool(words))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)

    def show_work(self, words: str, share: float) -> None:
        """Say what is under way, and how much of it is done, 0..1; with "" nothing is."""
        self._work.setVisible(bool(words))
        self._told.setText(f"{words} …  {share:.0%}")
        self._bar.set_share(share)

    def _under_way(self) -> QWidget:
        self._work, self._told, self._bar = QWidget(), elided("faint"), ProgressBar()
        end = button("Stop", "Give it up (Esc)", "quiet")
        end.clicked.connect(lambda _on: self.stop.emit())
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._told, 3)
        row.addWidget(self._bar, 1)
        row.addWidget(end)
        self._work.hide()
        return self._work

    def accept(self) -> None:
        """The line was good: keep it for the up key and empty the field."""
        self.line.remember(self.line.text().strip())
        self.line.setText("")  # not `clear`, which undo would bring back
        self.show_error("")

    def _enter(self) -> None:
        if self.line.text().strip():
            self.entered.emit(self.line.text().strip())
