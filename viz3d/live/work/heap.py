"""Heap: what was freed goes back to the system, where the C library would keep it.

A stage that is built anew frees tens of megabytes in small parts. glibc keeps them for later, in pieces that
later fits seldom: a window that is used for an hour grew to three times its size. And it keeps them for each
thread apart, in up to eight heaps for a processor.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from threading import Thread

from PySide6.QtCore import QObject, QTimer

# Numbers of the C library's: see mallopt(3).
_ARENA_MAX = -8
_ARENAS = 2
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


def share_arenas() -> None:
    """Let all threads that begin from now on share two heaps, where the C library has such a setting."""
    mallopt = _found("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Hand freed memory back; nothing where the C library has no such call."""
    trim = _found("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _found(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it has none of the name."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # musl has neither
        return None
    return found
