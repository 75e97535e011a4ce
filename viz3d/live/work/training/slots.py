"""News from a thread to the window's: of each kind the newest alone, however slow the window is."""

import threading
from typing import Any

from PySide6.QtCore import QObject, Signal


class Slots(QObject):
    """Named places, each with the newest value that was put there. `rung` tells the window once to `take`.

    rung is delivered in the thread that made this, and not again until that has taken.
    """

    rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turn = threading.Lock()
        self._values: dict[str, Any] = {}

    def put(self, name: str, value: Any) -> None:
        """Leave a value in place of what was not taken yet."""
        with self._turn:
            ring = not self._values
            self._values[name] = value
        if ring:
            self.rung.emit()

    def take(self) -> dict[str, Any]:
        """What was put since the last time, by name."""
        with self._turn:
            taken, self._values = self._values, {}
        return taken
