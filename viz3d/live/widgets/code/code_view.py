"""Lines of code that can be read and marked, and that tell which one the pointer is on."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QMouseEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from viz3d.live.widgets.finger_scroll import FingerScroll
from viz3d.live.widgets.style import CAPTION, look


def code_font() -> QFont:
    """The system's font in which all letters are of one width."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    face.setStyleHint(QFont.StyleHint.Monospace)
    face.setPixelSize(CAPTION)
    return face


class _Remarks(QSyntaxHighlighter):
    """Comments step back behind the code."""

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        pale = QTextCharFormat()
        pale.setForeground(look().faint)
        at = text.find("# ")
        if at >= 0:
            self.setFormat(at, len(text) - at, pale)


class CodeView(QPlainTextEdit):
    """Code to read and to copy. Signals: `pointed` the number of the line under the pointer, -1 for none."""

    pointed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._at = -1
        self._remarks = _Remarks(self.document())
        FingerScroll(self)
        self.setReadOnly(True)
        self.setFont(code_font())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.document().setDocumentMargin(0)  # flush with what is above it, and room for longer lines
        self.setMouseTracking(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Code")
        self.setAccessibleDescription("A line under the pointer, or chosen with arrows, lights its layer")

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show other lines; where they are the same ones, what is scrolled to stays."""
        text = "\n".join(lines)
        if text != self.toPlainText():
            self.setPlainText(text)
            self._point(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the line under the pointer."""
        super().mouseMoveEvent(event)
        cursor = self.cursorForPosition(event.position().toPoint())
        inside = self.cursorRect(cursor).bottom() + 4 >= event.position().y()
        self._point(cursor.blockNumber() if inside else -1)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Tell the line of the text cursor: keys walk through the layers too."""
        super().keyReleaseEvent(event)
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._point(self.textCursor().blockNumber())

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that there is none."""
        super().leaveEvent(event)
        self._point(-1)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._remarks.rehighlight()
            self._mark()

    def _point(self, line: int) -> None:
        if line != self._at:
            self._at = line
            self._mark()
            self.pointed.emit(line)

    def _mark(self) -> None:
        """Lay a ground under the line that is pointed at."""
        marks = []
        document: QTextDocument = self.document()
        if 0 <= self._at < document.blockCount():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(document.findBlockByNumber(self._at))
            shape = QTextCharFormat()
            shape.setBackground(QColor(look().hover))
            shape.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.format = shape
            marks.append(mark)
        self.setExtraSelections(marks)
