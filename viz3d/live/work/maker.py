"""Maker: does what takes long in a thread of its own, bit by bit, until it is done or stopped."""

import time
from collections.abc import Generator
from typing import Any

from PySide6.QtCore import Signal

from viz3d.command.cli import explained
from viz3d.live.work.worker import Worker

Work = Generator[float, None, Any]
"""It yields the share that is done, and returns what came of it."""
_TELL = 0.1  # seconds between news
_JOIN = 10.0  # seconds after which a thread that compiles is left to end by itself


class Maker(Worker):
    """Makes networks, or reads sessions. All signals arrive in the thread that made it.

    Signals: `progressed` brings the share that is done, at most ten times a second; `made` what came of it;
    `refused` why nothing did, in a line; `stopped`: it was stopped, and nothing comes of it.
    """

    progressed = Signal(float)
    made = Signal(object)
    refused = Signal(str)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._stop = False

    def make(self, making: Work) -> None:
        """Begin; one at a time."""
        self._stop = False
        self._put(making)

    def stop(self) -> None:
        """Give up what is under way, after the step that it is at."""
        self._stop = True

    def close(self, patience: float = _JOIN) -> None:
        """End the thread; what is under way is given up. patience: seconds after which it ends by itself."""
        self._stop = True
        with self._changed:
            self._closed, self._request = True, None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(patience)

    def _handle(self, request: Work) -> None:
        told = 0.0
        try:
            while not self._stop:
                share = next(request)
                if time.monotonic() - told >= _TELL:
                    told = time.monotonic()
                    self.progressed.emit(share)
        except StopIteration as end:
            # What was asked to stop in its last step is not made either.
            if not self._stop:
                self.made.emit(end.value)
                return
        except Exception as error:
            self.refused.emit(" ".join((explained(error) or f"{type(error).__name__}: {error}").split()))
            return
        request.close()
        self.stopped.emit()
