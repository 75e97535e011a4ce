"""Finder and Studier: find something out in a thread of their own, at once or step by step."""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Signal

from viz3d.live.work.worker import Worker


class Finder(Worker):
    """Does what is asked in a thread. Signals: `found` brings what it came to, and the asker's stamp."""

    found = Signal(object, object)

    def ask(self, find: Callable[[], object], stamp: object = None) -> None:
        """Ask for something; of several requests in a row only the last is sure to be handled."""
        self._put((find, stamp))

    def _handle(self, request: Any) -> None:
        find, stamp = request
        self.found.emit(find(), stamp)


class Studier(Worker):
    """Makes studies, which come step by step, and leaves off where another request has come.

    Signals: `progressed` brings the share done 0..1, `found` what it came to, each with the asker's stamp.
    """

    progressed = Signal(float, object)
    found = Signal(object, object)

    def ask(self, steps: Callable[[], Iterator[tuple[float, object]]], stamp: object = None) -> None:
        """Ask for a study: steps makes its iterator of (share done, None) and at the end (1.0, result)."""
        self._put((steps, stamp))

    def cancel(self) -> None:
        """Leave off what is being done."""
        self._put((lambda: iter(()), None))

    def _handle(self, request: Any) -> None:
        steps, stamp = request
        study = steps()
        for share, result in study:
            if self._superseded():
                break
            if result is None:
                self.progressed.emit(share, stamp)
            else:
                self.found.emit(result, stamp)
        # A generator that is left off gives back its threads now, not when it is collected.
        if hasattr(study, "close"):
            study.close()
