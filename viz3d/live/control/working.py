"""What takes long is done in a thread beside the window, one thing at a time, and told in the command box."""

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QTimer

from viz3d.live.control.desk import Desk
from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.work.maker import Maker

_LATER = 50  # ms after which it is looked again whether a change still waits


class LongWork(QObject):
    """Does one piece of work that yields shares of what is done; meanwhile the network stays as it is.

    What came of it is taken after a change that waits for a step: that is one of the network as it is now.
    """

    def __init__(self, desk: Desk, box: CommandBox) -> None:
        super().__init__()
        self._desk, self._box, self._maker = desk, box, Maker()
        self._words = self._stopped = ""
        self._then: Callable[[Any], object] | None = None  # while something is under way
        self._otherwise: Callable[[], object] | None = None
        self._closed = False
        box.stop.connect(self.stop)
        self._maker.progressed.connect(lambda share: box.show_work(self._words, share))
        self._maker.made.connect(self._made)
        self._maker.refused.connect(self._give_up)
        self._maker.stopped.connect(lambda: self._give_up(f"{self._words} was stopped: {self._stopped}"))

    def begin(
        self,
        words: str,
        work: Generator[float, None, Any],
        then: Callable[[Any], object],
        otherwise: Callable[[], object] | None = None,
        *,
        stopped: str,
        changes: bool,
    ) -> None:
        """Begin; UserError where something is under way.

        words: what is under way. then: is given what came of it. otherwise: done where nothing did, once it
        was said why. stopped: what is said where it was stopped. changes: whether closing would lose work.
        """
        self._desk.check_free()
        self._words, self._then, self._otherwise, self._stopped = words, then, otherwise, stopped
        self._desk.set_busy(words, changes=changes)
        self._box.show_work(words, 0.0)
        self._maker.make(work)

    def stop(self) -> bool:
        """Stop what is under way; False where nothing is."""
        if self._then is not None:
            self._maker.stop()
        return self._then is not None

    def close(self) -> None:
        """End the thread; what it has made, and has not been told yet, comes too late."""
        self._closed, self._then, self._otherwise = True, None, None
        self._maker.close()

    def _made(self, made: object) -> None:
        if self._closed:
            return
        if self._desk.waiting:
            QTimer.singleShot(_LATER, self, lambda: self._made(made))
            return
        then = self._then
        self._end()
        if then is not None:
            self._desk.attempt(lambda: then(made))

    def _give_up(self, why: str) -> None:
        if self._closed:
            return
        otherwise = self._otherwise
        self._end()
        self._desk.said.emit(why)
        if otherwise is not None:
            otherwise()

    def _end(self) -> None:
        self._then = self._otherwise = None
        self._box.show_work("", 0.0)
        self._desk.set_busy("")
