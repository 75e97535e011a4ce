"""Faults of viz3d itself: told in the window and written to the log, while the window lives on."""

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType, TracebackType
from typing import Any

from PySide6.QtCore import QObject, Signal

_NESTED = re.compile(r"Error calling Python override of \w+::\w+\(\): ")  # PySide's, for each handler
LOG = logging.getLogger("viz3d.live")


class _Herald(QObject):
    """Carries a message from any thread to the thread that made this object."""

    said = Signal(str)


@contextmanager
def told(say: Callable[[str], object]) -> Iterator[None]:
    """Tell each exception that nobody caught, in whichever thread or slot, with `say` in this thread."""
    herald = _Herald()
    herald.said.connect(say)
    if sys.version_info < (3, 12):
        _hold_handlers()

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        LOG.error("not caught", exc_info=(kind, error or kind(), trace))
        words = _NESTED.sub("", str(error))
        herald.said.emit(f"a fault of viz3d: {' '.join(f'{kind.__name__}: {words}'.split())}")

    def tell_of_thread(fault: threading.ExceptHookArgs) -> None:
        tell(fault.exc_type, fault.exc_value, fault.exc_traceback)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = tell, tell_of_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before


def _hold_handlers() -> None:
    """Have each exception that leaves an event's handler be an object: PySide would end the process else.

    Before Python 3.12 what C code raises, such as an index out of range, is a kind and a text until someone
    catches it. PySide 6.11 writes into its object where a handler was called on behalf of Python code, as
    all of a widget's are that has an `event` of its own.
    """
    for kind in set(_kinds(QObject)):
        if kind.__module__.startswith("viz3d."):
            for name, handler in list(vars(kind).items()):
                if isinstance(handler, FunctionType) and name.lower().endswith(("event", "eventfilter")):
                    setattr(kind, name, _held(handler))


def _kinds(of: type) -> Iterator[type]:
    known: list[type] = type.__subclasses__(of)
    for kind in known:
        yield kind
        yield from _kinds(kind)


def _held(handler: FunctionType) -> Callable[..., Any]:
    if hasattr(handler, "__wrapped__"):
        return handler

    @wraps(handler)
    def held(*given: Any) -> Any:
        try:
            return handler(*given)
        except Exception:
            raise  # what was caught is an object

    return held
