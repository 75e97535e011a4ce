"""Finder: finds something out in a thread of its own."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal

from viz3d.live.work.worker import Worker


class Finder(Worker):
    """Does what is asked in a thread. Signals: `found` brings what it came to, and the asker's stamp."""

    found = Signal(object, object)

    def ask(self, find: Callable[[], object], stamp: object = None) -> None:
        """Wish for something; of several wishes in a row only the last is sure to be fulfilled."""
        self._put((find, stamp))

    def _fulfil(self, wish: Any) -> None:
        find, stamp = wish
        self.found.emit(find(), stamp)
