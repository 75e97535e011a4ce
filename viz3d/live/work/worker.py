"""Worker: a thread that handles the newest request, and tells the window of the result by a signal."""

from threading import Condition, Thread
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine import EngineError
from scenes import SceneError


class Worker(QObject):
    """A thread with one slot, in which a newer request takes the place of an older one that is not begun.

    Signals arrive in the thread that made the worker.

    `failed` brings one line on what went wrong with a request; the next one is tried all the same.
    """

    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._changed, self._request, self._closed = Condition(), None, False
        self._thread: Thread | None = None

    def close(self) -> None:
        """End the thread and wait for it: what is begun is finished first. A closed worker stays closed."""
        with self._changed:
            self._closed, self._request = True, None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _put(self, request: Any) -> None:
        """Ask for something, in place of a request that is not begun."""
        with self._changed:
            if self._closed:
                return
            self._request = request
            self._changed.notify()
            if self._thread is None:
                self._thread = Thread(target=self._run, name=type(self).__name__, daemon=True)
                self._thread.start()

    def _superseded(self) -> bool:
        """Whether a newer request has come, or it was closed; for use in the thread."""
        with self._changed:
            return self._closed or self._request is not None

    def _rest(self, seconds: float) -> bool:
        """Wait a while; whether nothing newer has come meanwhile; for use in the thread."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._closed or self._request is not None, seconds)

    def _take(self) -> Any:
        """Wait for a request; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._request is not None)
            request, self._request = self._request, None
            return request

    def _run(self) -> None:
        while (request := self._take()) is not None:
            try:
                self._handle(request)
            # Whatever it is, the window lives on and says so.
            except Exception as error:
                self.failed.emit(line_of(error))
            # A request holds a scene: it is not kept while nothing is to do.
            del request
        self._end()

    def _handle(self, request: Any) -> None:
        """Do what is asked for, in the thread."""
        raise NotImplementedError

    def _end(self) -> None:
        """Give back what the thread owns, in the thread."""


def line_of(error: Exception) -> str:
    """What went wrong, in one line; of what nobody foresaw with its kind."""
    words = " ".join(str(error).split())
    return words if isinstance(error, (EngineError, SceneError)) else f"{type(error).__name__}: {words}"
