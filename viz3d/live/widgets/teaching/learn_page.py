"""The card that explains: headings, texts, and a button for what can be shown in the scene."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from viz3d.live.widgets.icons import IconButton
from viz3d.live.widgets.leavable import Leavable
from viz3d.live.widgets.parts import button, label, page_of
from viz3d.live.widgets.style import NAME, font
from viz3d.live.widgets.teaching.prose import Prose

_LINE = 40  # px that a key of an arrow scrolls
_SCROLLS = {
    Qt.Key.Key_Up: (-1, False),
    Qt.Key.Key_Down: (1, False),
    Qt.Key.Key_PageUp: (-1, True),
    Qt.Key.Key_PageDown: (1, True),
}


class LearnPage(Leavable):
    """Parts with heading and text. `shown` brings the place of a part whose button is pressed."""

    shown = Signal(int)
    ringed, opaque = False, True

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("How a network reads a digit")
        self.setToolTip("How such a network works, in six steps")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._column = page_of(self)
        scroll = self.findChild(QScrollArea)
        assert isinstance(scroll, QScrollArea)
        self._scroll = scroll
        self.buttons: list[QWidget] = []
        head = QHBoxLayout()
        title = label("How it works", "name")
        title.setFont(font("display", NAME))
        close = IconButton("close", "Close this page (Esc)")
        close.clicked.connect(lambda _on: self.hide())
        head.addWidget(title, 1)
        head.addWidget(close)
        self._column.addLayout(head)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(0)
        self._column.addLayout(self._parts)
        self._column.addStretch()
        self.hide()

    def add(self, title: str, text: str, shows: str = "") -> None:
        """Add a part; shows: what its button would show, "" for none."""
        place = len(self.buttons)
        self._parts.addSpacing(12)
        self._parts.addWidget(label(title, "head"))
        self._parts.addSpacing(4)
        self._parts.addWidget(Prose(text))
        if shows:
            show = button("Show it", plain(shows), "")
            show.setAccessibleName(f"Show it: {plain(shows)}")
            show.clicked.connect(lambda _on: self.shown.emit(place))
            note = label(plain(shows), "faint")
            note.setWordWrap(True)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(show)
            row.addWidget(note, 1)
            self._parts.addSpacing(8)
            self._parts.addLayout(row)
            self.buttons.append(show)

    def fill(self, parts: Sequence[tuple[str, str, str]]) -> None:
        """Add parts, each its title, its text, and what can be shown."""
        for part in parts:
            self.add(*part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the keys of a page."""
        bar, step = self._scroll.verticalScrollBar(), _SCROLLS.get(Qt.Key(event.key()))
        if step is not None:
            way, whole = step
            bar.setValue(bar.value() + way * (bar.pageStep() if whole else _LINE))
        else:
            super().keyPressEvent(event)


def plain(markdown: str) -> str:
    """Words without their stars."""
    return markdown.replace("*", "")
