"""Reader: reads files in a thread, one after the other, and hands back what is to be done with each."""

from collections import deque
from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from viz3d.live.work.maker import Maker

Action = Callable[[], object]
_SLOW = 700  # ms after which it is told that a file is still being read
_LATER = 50  # ms after which it is looked again whether one is free
_JOIN = 1.0  # seconds that the window's end waits for a file: nothing is lost with it


class Reader(QObject):
    """Files of a slow disk, or huge ones, are read beside the window. All signals arrive in its thread.

    free: whether what was read may be done with now; else it waits, and what is behind it, too.

    Signals: `read` brings what is to be done now, an Action; `refused` why nothing is, in a line; `slow` the
    file that is being read, and how many wait behind it.
    """

    read = Signal(object)
    refused = Signal(str)
    slow = Signal(object, int)

    def __init__(self, free: Callable[[], bool]) -> None:
        super().__init__()
        self._free = free
        self._waiting: deque[tuple[Path, Callable[[], Callable[[], Action]]]] = deque()
        self._file: Path | None = None  # that is being read
        self._closed = False
        self._maker, self._late = Maker(), QTimer(self, singleShot=True, interval=_SLOW)
        self._maker.made.connect(lambda action: self._end(lambda: self.read.emit(action)))
        self._maker.refused.connect(lambda why: self._end(lambda: self.refused.emit(why)))
        self._late.timeout.connect(lambda: self.slow.emit(self._file, len(self._waiting)))

    def add(self, file: Path, begin: Callable[[], Callable[[], Action]]) -> None:
        """Have a file read after those that wait.

        begin: called here when its turn has come, for what was done with the files before it counts. It gives
        what reads the file in the thread, which gives what is then done here.
        """
        self._waiting.append((file, begin))
        if self._file is None:
            self._next()
        elif not self._late.isActive():
            self.slow.emit(self._file, len(self._waiting))

    def close(self) -> None:
        """Read nothing more, and do nothing with what was read and has not been told yet."""
        self._closed = True
        self._waiting.clear()
        self._late.stop()
        self._maker.close(_JOIN)

    def _next(self) -> None:
        if self._waiting:
            self._file, begin = self._waiting.popleft()
            self._late.start()
            self._maker.make(_once(begin()))

    def _end(self, tell: Callable[[], None]) -> None:
        if self._closed:
            return
        if not self._free():
            QTimer.singleShot(_LATER, self, lambda: self._end(tell))
            return
        self._file = None
        self._late.stop()
        tell()
        if self._file is None:
            self._next()


def _once(work: Callable[[], Action]) -> Generator[float, None, Action]:
    yield 0.0
    return work()
