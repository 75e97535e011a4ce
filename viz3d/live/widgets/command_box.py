"""A line for any mutation, with completion and the words of what was wrong under it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import label
from viz3d.live.widgets.style import TEXT, font

_ENDS = " ;,>"  # a word begins after one of these: an address such as conv1:3,4,12 is completed by its name


class CommandLine(QLineEdit):
    """A line whose words are completed from a list; up and down bring back what was entered before."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font("medium", TEXT))
        self._past: list[str] = []
        self._at = 0
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(8)
        self._popup = QListView()
        self._popup.setObjectName("completions")
        self._popup.setFont(self.font())
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._insert)
        self.textEdited.connect(self._offer)

    def set_words(self, words: Sequence[str]) -> None:
        """Complete from these words."""
        self._words.setStringList(list(words))

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
        self._completer.setCompletionPrefix(word)
        known = [self._completer.completionModel().index(k, 0).data() for k in range(2)]
        if not word or self._completer.completionCount() == 0 or known == [word, None]:
            self._popup.hide()
        else:
            self._completer.complete()

    def _insert(self, word: str) -> None:
        begin, text = self._begin(), self.text()
        self.setText(text[:begin] + word + text[self.cursorPosition() :])
        self.setCursorPosition(begin + len(word))

    def event(self, event: QEvent) -> bool:
        """Take a completion with Tab, which without one goes to the next widget, as everywhere."""
        tab = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab
        if tab and event.type() == QEvent.Type.KeyPress and self._popup.isVisible():
            self._insert(self._popup.currentIndex().data() or self._completer.currentCompletion())
            self._popup.hide()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through what was entered with up and down; all else as usual."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._past:
            self._at = min(max(self._at + (-1 if key == Qt.Key.Key_Up else 1), 0), len(self._past))
            self.setText(self._past[self._at] if self._at < len(self._past) else "")
            return
        super().keyPressEvent(event)


class CommandBox(QWidget):
    """The line and what was wrong with it. `entered` brings a line; what is wrong stays until it is changed.

    After a line that was good, call `accept`; after another, `show_error`.
    """

    entered = Signal(str)

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
        self._error.hide()
        self.line.returnPressed.connect(self._enter)
        self.line.textEdited.connect(lambda _text: self.show_error(""))

    def set_words(self, words: Sequence[str]) -> None:
        """Complete from these words."""
        self.line.set_words(words)

    def show_error(self, words: str) -> None:
        """Say what is wrong with the line; with "" nothing is."""
        self._error.setText(words)
        self._error.setVisible(bool(words))
        self.line.setProperty("wrong", bool(words))
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)

    def accept(self) -> None:
        """The line was good: keep it for the up key and empty the field."""
        self.line.remember(self.line.text().strip())
        self.line.clear()
        self.show_error("")

    def _enter(self) -> None:
        if self.line.text().strip():
            self.entered.emit(self.line.text().strip())
