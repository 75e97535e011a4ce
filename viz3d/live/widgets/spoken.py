"""What a screen reader says of its own accord: nobody has gone there with the keys."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

_RESTS = 700  # ms after which what changes all the time is worth saying


def speak(widget: QWidget, words: str) -> None:
    """Have a screen reader say words as soon as it has said what it is at; nothing where there is none."""
    if words and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


class Spoken(QTimer):
    """Says what a widget shows once that rests, and not the same twice in a row."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget, self._words, self._said, self._held = widget, "", "", False
        self.setSingleShot(True)
        self.setInterval(_RESTS)
        self.timeout.connect(self._say)

    def tell(self, words: str) -> None:
        """Say this, unless something else is told before it is said."""
        self._words = words
        if self._held:
            self.stop()
        elif QAccessible.isActive():
            self.start()

    def hold(self, on: bool) -> None:
        """Say nothing while what is told changes by itself; then what has come of it."""
        self._held = on
        self.tell(self._words)

    def _say(self) -> None:
        if self._words != self._said:
            self._said = self._words
            speak(self._widget, self._words)
