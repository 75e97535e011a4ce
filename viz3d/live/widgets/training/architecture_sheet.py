"""The architecture as text, to be edited in place: what is wrong is said under the word that is."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout

from viz3d.live.widgets.code.code_view import code_font
from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.leavable import Sheet
from viz3d.live.widgets.parts import button, label
from viz3d.live.widgets.style import look

_HINT = (
    "One layer a line: input 28x28, conv 16 5x5 relu, pool 2, dropout 0.2, dense 10 softmax. "
    "The weights will be new ones."
)

_INSET = 16  # px between the sheet's edge and what it holds
_HIGHEST = 400  # px of words about a mark
_LEAST, _APART = 240, 12  # px that such words need, and between them and the lines that they stand beside


class LayersField(QPlainTextEdit):
    """A text with a mark on the word that is wrong, and words about it beside its line, or under them all."""

    def __init__(self) -> None:
        super().__init__()
        FingerScroll(self)
        self.setAccessibleName("Architecture")
        self.setAccessibleDescription("The layers of the network as text, one a line")
        self.setFont(code_font())
        self.setTabChangesFocus(True)
        self.words = label("", "wrong")
        self.words.setParent(self.viewport())
        self.words.setWordWrap(True)
        self.words.setAutoFillBackground(True)
        self.words.hide()
        self.textChanged.connect(self.clear_mark)

    def mark(self, line: int, column: int, length: int, words: str) -> None:
        """Say what is wrong with so many characters, or behind the text for none; line and column from 1."""
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        cursor.movePosition(QTextCursor.MoveOperation.Right, n=column - 1)
        self.setTextCursor(cursor)
        # Whoever has pressed the button goes on typing: letters would be the window's keys.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, length)
        selection, form = QTextEdit.ExtraSelection(), QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(look().wrong)
        form.setForeground(look().wrong)
        selection.cursor, selection.format = cursor, form
        self.setExtraSelections([selection])
        colours = f"background: {_css(look().popup)}; border: 1px solid {_css(look().wrong)}"
        self.words.setStyleSheet(f"{colours}; padding: 4px; border-radius: 4px;")
        self.words.setText(words)
        self._place_words(self.cursorRect())
        self.words.show()

    def _place_words(self, place: QRect) -> None:
        """Put the words where they hide no line: beside all or below all; else below their own."""
        room, beside = self.viewport().size(), self._widest() + _APART
        aside = room.width() - beside >= _LEAST
        left = beside if aside else max(min(place.left(), room.width() - _LEAST), 4)
        self.words.setFixedWidth(room.width() - left - 4)
        self.words.setMinimumHeight(0)  # not as it was for other words
        self.words.setMaximumHeight(_HIGHEST)
        self.words.adjustSize()
        line = place.height()  # of lines that it lies over none is seen by halves
        self.words.setFixedHeight(-(-self.words.height() // line) * line)
        top, lowest = place.bottom() + 1, room.height() - self.words.height()
        if aside:
            top = max(min(place.top(), lowest), 0)
        elif (below := self._foot() + _APART) <= lowest:
            top = below
        self.words.move(QPoint(left, top))

    def _foot(self) -> int:
        """Where the last line ends in the viewport, px."""
        last = QTextCursor(self.document())
        last.movePosition(QTextCursor.MoveOperation.End)
        return self.cursorRect(last).bottom()

    def _widest(self) -> int:
        """Where the longest line ends in the viewport, px."""
        lines, metrics = self.toPlainText().splitlines(), self.fontMetrics()
        wide = max((metrics.horizontalAdvance(line) for line in lines), default=0)
        return round(self.contentOffset().x() + self.document().documentMargin()) + wide

    def clear_mark(self) -> None:
        """Nothing is wrong, as far as is known."""
        self.setExtraSelections([])
        self.words.hide()


class ArchitectureSheet(Sheet):
    """The field, with what changes the network. `entered` brings the text."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Architecture")
        self.setAccessibleDescription("Describe another network, and take it in place of this one")
        self.field, self._told = LayersField(), label("", "soft")
        self._told.setWordWrap(True)
        self.change = button("Change network", "Make this network, with new weights (Ctrl+Enter)", "primary")
        self.close_button = button("Close", "Esc", "quiet")
        self.change.clicked.connect(lambda _on: self.entered.emit(self.field.toPlainText()))
        self.close_button.clicked.connect(lambda _on: self.closed.emit())
        self.field.textChanged.connect(lambda: self._told.setText(""))
        hint = label(_HINT, "faint")
        hint.setWordWrap(True)
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(label("ARCHITECTURE", "section"))
        head.addStretch()
        head.addWidget(self.close_button)
        foot.setSpacing(12)
        foot.addWidget(self._told, 1)
        foot.addWidget(self.change)
        column.setContentsMargins(_INSET, 12, _INSET, _INSET)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(hint)
        column.addWidget(self.field, 1)
        column.addLayout(foot)

    def set_text(self, text: str) -> None:
        """Show an architecture."""
        self.field.setPlainText(text)

    def free(self, fits: Callable[[int], QSize]) -> QRect:
        """Where a message of such a size hides least, px: over the end of the text, above the button.

        fits: its size in so much room.
        """
        column = self.layout()
        assert column is not None
        column.activate()  # the sheet may have another size since it was laid out
        size = fits(self.width() - 2 * _INSET)
        foot = min(self.change.y(), self._told.y()) - 8
        return QRect(QPoint((self.width() - size.width()) // 2, foot - size.height()), size)

    def say(self, words: str) -> None:
        """Tell what became of it."""
        self._told.setText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter with Ctrl+Enter."""
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif enters and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.change.click()
        else:
            event.accept()  # no letter typed here is one of the window's keys


def _css(colour: QColor) -> str:
    return f"rgb({colour.red()}, {colour.green()}, {colour.blue()})"
