"""Faults of viz3d itself: told in the window and written to the log, while the window lives on."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from viz3d.live.widgets.handlers import handlers_told

LOG = logging.getLogger("viz3d.live")


class _Herald(QObject):
    """Carries a message from any thread to the thread that made this object."""

    said = Signal(str)


@contextmanager
def told(say: Callable[[str], object]) -> Iterator[None]:
    """Tell each exception that nobody caught, in whichever thread or slot, with `say` in this thread."""
    herald = _Herald()
    # Queued: amid the painting of a part, nothing else can change.
    herald.said.connect(say, Qt.ConnectionType.QueuedConnection)

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        LOG.error("not caught", exc_info=(kind, error or kind(), trace))
        herald.said.emit(f"a fault of viz3d: {' '.join(f'{kind.__name__}: {error}'.split())}")

    def tell_of_thread(fault: threading.ExceptHookArgs) -> None:
        tell(fault.exc_type, fault.exc_value, fault.exc_traceback)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = tell, tell_of_thread
    try:
        with handlers_told(tell):
            yield
    finally:
        sys.excepthook, threading.excepthook = before
