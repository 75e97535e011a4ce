"""Faults of viz3d itself: told in the window and written to the log, while the window lives on."""

import logging
import sys
import threading
from collections import Counter
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
    """Tell each exception that nobody caught, in whichever thread or slot, with `say` in this thread.

    One that comes again, as that of a part that is painted over and over, is told at the 1st, 2nd, 4th, 8th
    time and so on.
    """
    herald, counts = _Herald(), Counter[tuple[object, ...]]()
    # Queued: amid the painting of a part, nothing else can change.
    herald.said.connect(say, Qt.ConnectionType.QueuedConnection)

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        fault = kind.__name__, *_place(trace)
        counts[fault] += 1
        count = counts[fault]
        if count & (count - 1):
            return
        again = f" (seen {count:,} times)" if count > 1 else ""
        LOG.error("not caught%s", again, exc_info=(kind, error or kind(), trace))
        herald.said.emit(f"a fault of viz3d{again}: {' '.join(f'{kind.__name__}: {error}'.split())}")

    def tell_of_thread(fault: threading.ExceptHookArgs) -> None:
        tell(fault.exc_type, fault.exc_value, fault.exc_traceback)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = tell, tell_of_thread
    try:
        with handlers_told(tell):
            yield
    finally:
        sys.excepthook, threading.excepthook = before


def _place(trace: TracebackType | None) -> tuple[str, int]:
    """File and line where a fault arose."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
