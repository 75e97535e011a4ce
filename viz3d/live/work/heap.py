"""Tidying: the freed memory of the window goes back to the system in a while, see command/process/heap.py."""

from threading import Thread

from PySide6.QtCore import QObject, QTimer

from viz3d.command.process.heap import give_back

_TIDY = 5000  # ms from a picture until what it has freed goes back; the pictures until then are one


class Tidying(QObject):
    """Hands freed memory back some time (ms) after something was done, once; at rest it does nothing."""

    def __init__(self, parent: QObject | None = None, after: int = _TIDY) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=after)
        # Not in the window's thread: it takes as long as a picture where the processor is busy.
        self._timer.timeout.connect(lambda: Thread(target=give_back, name="Tidying", daemon=True).start())

    def soon(self) -> None:
        """Something was done: hand back in a while, together with what is done until then."""
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Hand nothing back any more."""
        self._timer.stop()
