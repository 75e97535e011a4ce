"""A question in the window, with a button for each answer: no box that stands in the way."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from viz3d.live.widgets.leavable import Leavable
from viz3d.live.widgets.parts import button, label
from viz3d.live.widgets.roles import Role
from viz3d.live.widgets.spoken import speak
from viz3d.live.widgets.style import BELOW_HEADLINE

Answer = tuple[str, str, Callable[[], object]]  # the button's words, its tip, and what it does
_WIDE = 432  # px wide


class Question(Leavable):
    """A card in the window's upper middle. Each answer takes it away; Esc gives the last one.

    parent: the widget that it lies over; it moves with that one's size.
    """

    role = Role.Dialog
    opaque = True

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text, self._more = label("", "head"), label("", "soft")
        self.buttons: list[QPushButton] = []
        self._last: Callable[[], object] = self.hide
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        for line in (self._text, self._more):
            line.setWordWrap(True)
            line.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(line)
        column.addSpacing(8)
        column.addLayout(self._row)
        self.setFixedWidth(_WIDE)
        parent.installEventFilter(self)
        self.hide()

    def ask(self, text: str, more: str, answers: Sequence[Answer]) -> None:
        """Ask, in place of what was asked before, if that was not answered.

        The last answer loses nothing: Esc gives it.
        """
        self._text.setText(text)
        self._more.setText(more)
        self._clear()
        self.buttons = [self._button(*answer) for answer in answers]
        self._last = self.buttons[-1].click
        self.setAccessibleName(text)
        self.setToolTip(more)
        self.show()
        self._place()
        self.raise_()
        speak(self, f"{text} {more}")

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():  # asked before the window is seen, too
            self._place()
        return False

    def leave(self) -> None:
        """Give the last answer."""
        self._last()

    def _button(self, words: str, tip: str, action: Callable[[], object]) -> QPushButton:
        made = button(words, tip, "" if self._row.count() else "primary")

        def answer() -> None:
            self.hide()
            self._clear()
            action()

        made.clicked.connect(lambda _on: answer())
        self._row.addWidget(made, 1)
        return made

    def _clear(self) -> None:
        """Let go of the answers: one may hold a whole session that was to be opened."""
        for old in self.buttons:
            self._row.removeWidget(old)
            old.deleteLater()
        self.buttons, self._last = [], self.hide

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        inner = self.width() - 48
        high = sum(_height(line, inner) for line in (self._text, self._more))
        box = QRect(0, 0, self.width(), max(high + 40 + 32 + 24, self.minimumSizeHint().height()))
        self.setGeometry(
            box.translated((parent.width() - box.width()) // 2, max(parent.height() // 5, BELOW_HEADLINE))
        )


def _height(line: QLabel, width: int) -> int:
    return line.heightForWidth(width) if line.text() else 0
